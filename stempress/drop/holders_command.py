"""``build.py holders``: who holds what, as CSV or JSON, and as a Merkle tree for contracts."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, TextIO

from stempress.collection.holders import holders_of
from stempress.collection.ledger import WHERE as LEDGER
from stempress.core.errors import Findings, suggestion
from stempress.core.files import write_text_atomically
from stempress.drop.contract_reading import read_journals
from stempress.drop.drop_state import open_drop
from stempress.drop.holders import WHERE, snapshot_at
from stempress.drop.merkle import hex_text, merkle_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Token
    from stempress.collection.holders import Holder
    from stempress.core.progress import Progress
    from stempress.drop.drop_state import DropState
    from stempress.drop.holders import Snapshot
    from stempress.drop.holders_options import HoldersOptions

COLUMNS = ("address", "tokens", "copies", "since")
LEAF = ("address", "uint256")
"""The types of a leaf: the holder, and how many copies it holds."""


def list_holders(options: HoldersOptions, progress: Progress, output: TextIO) -> None:
    """Write the holders of the tokens that the options name to ``output``."""
    drop = open_drop(options.site)
    is_wanted = _selection(drop, options)
    settings, ledger = drop.collection.settings, drop.collection.ledger
    snapshot = snapshot_at(ledger, read_journals(settings), options.block)
    holders = holders_of(snapshot.owners, drop.collection.tokens, is_wanted, snapshot.since)
    _log_source(drop, snapshot, len(holders), progress)
    if options.merkle:
        _write_tree(options.merkle, holders, progress)
    write = write_json if options.json else write_csv
    write(snapshot, holders, output)


def _selection(drop: DropState, options: HoldersOptions) -> Callable[[Token], bool]:
    """Return which tokens count; SiteError if the collection lacks what the options name."""
    findings = Findings()
    perks = drop.collection.settings.perks
    named = [perk for perk in perks if perk.is_named(options.perk)]
    if options.perk and not named:
        hint = suggestion(options.perk, {perk.title for perk in perks})
        findings.fault(WHERE, "is not a perk", key="perk", value=options.perk, hint=hint)
    if options.song and options.song not in drop.songs:
        hint = suggestion(options.song, drop.songs)
        findings.fault(WHERE, "is not a song", key="song", value=options.song, hint=hint)
    if options.merkle and not options.merkle.parent.is_dir():
        findings.fault(WHERE, "is in no folder", key="merkle", value=str(options.merkle))
    findings.raise_faults()

    def is_wanted(token: Token) -> bool:
        return (
            options.tier in ("", token.tier)
            and options.song in ("", token.song)
            and (not named or any(perk.covers(token.tier, token.id) for perk in named))
        )

    return is_wanted


def _log_source(drop: DropState, snapshot: Snapshot, count: int, progress: Progress) -> None:
    block = "" if snapshot.block is None else f" at block {snapshot.block}"
    progress.log(f"{count} {'holder' if count == 1 else 'holders'}{block}, from {snapshot.source}")
    if not snapshot.since and count:
        progress.log(
            "warning: since when tokens are held is not known: no sync on this computer has read it"
        )
    if not (snapshot.owners or drop.collection.ledger.owners):
        progress.log(f"warning: {LEDGER} has no owners\n    -> build.py sync reads them")


def write_csv(_: Snapshot, holders: Sequence[Holder], output: TextIO) -> None:
    """Write a row per holder: the ids are separated by spaces, each once however many copies."""
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(COLUMNS)
    for holder in holders:
        ids = " ".join(holder.tokens)
        writer.writerow([holder.address, ids, holder.copies, holder.since])


def write_json(snapshot: Snapshot, holders: Sequence[Holder], output: TextIO) -> None:
    """Write the same as JSON, with the copies of each token."""
    rows = [
        {"address": holder.address, "tokens": holder.tokens, "since": holder.since}
        for holder in holders
    ]
    json.dump({"block": snapshot.block, "holders": rows}, output, indent=1)
    output.write("\n")


def _write_tree(path: Path, holders: Sequence[Holder], progress: Progress) -> None:
    """Write a tree of holders and copies, its root, and a proof for every holder."""
    if not holders:
        findings = Findings()
        findings.fault(WHERE, "has no holders to prove", key="merkle", value=str(path))
        findings.raise_faults()
    tree = merkle_tree(LEAF, [(holder.address, holder.copies) for holder in holders])
    proofs = {
        holder.address: {
            "copies": str(holder.copies),
            "proof": [hex_text(node) for node in tree.proof(nth)],
        }
        for nth, holder in enumerate(holders)
    }
    content = {"root": hex_text(tree.root), **tree.content(), "proofs": proofs}
    write_text_atomically(path, json.dumps(content, indent=1) + "\n")
    progress.log(f"Merkle root {content['root']}; proofs in {path}")
