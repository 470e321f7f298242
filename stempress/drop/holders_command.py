"""``stempress holders``: who holds what, as CSV or JSON, and as a Merkle tree for contracts."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from pyodide_app.engine.model import TIERS
from stempress.collection.holders import holders_of
from stempress.collection.ledger import WHERE as LEDGER
from stempress.core.errors import Fault, Findings, SiteError, suggestion
from stempress.core.files import write_text_atomically
from stempress.core.program import program
from stempress.drop.contract_reading import read_journals
from stempress.drop.drop_state import open_drop
from stempress.drop.holders import WHERE, snapshot_at
from stempress.drop.merkle import hex_text, merkle_tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Tier, Token
    from stempress.collection.holders import Holder
    from stempress.collection.settings import Perk, Settings
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
    perks = _named_perks(drop, options)
    tiers = _tiers(options, perks)
    settings, ledger = drop.collection.settings, drop.collection.ledger
    journals = [
        (source, journal)
        for source, journal in read_journals(settings)
        if any(settings.contract_of(tier) is source.contract for tier in tiers)
    ]
    chains = {source.contract.chain_id for source, _ in journals}
    if options.block is not None and len(chains) > 1:
        raise SiteError([_several_chains(settings, tiers, options.block)])
    if not all(map(settings.is_on_first_chain, tiers)):
        ledger = replace(ledger, block=None)
    snapshot = snapshot_at(ledger, journals, options.block)

    def is_wanted(token: Token) -> bool:
        return (
            token.tier in tiers
            and options.song in ("", token.song)
            and (not perks or any(perk.covers(token.tier, token.id) for perk in perks))
        )

    holders = holders_of(snapshot.owners, drop.collection.tokens, is_wanted, snapshot.since)
    _log_source(drop, snapshot, len(holders), progress, is_one_chain=len(chains) < 2)
    if options.merkle:
        _write_tree(options.merkle, holders, progress)
    write = write_json if options.json else write_csv
    write(snapshot, holders, output)


def _named_perks(drop: DropState, options: HoldersOptions) -> list[Perk]:
    """Return the perks of a title; SiteError if the collection lacks what the options name."""
    findings = Findings()
    perks = drop.collection.settings.perks
    named = [perk for perk in perks if perk.is_named(options.perk)]
    if options.perk and not named:
        hint = suggestion(options.perk, {perk.title for perk in perks})
        findings.fault(WHERE, "is not a perk", key="perk", value=options.perk, hint=hint)
    if options.song and options.song not in drop.songs:
        hint = suggestion(options.song, drop.songs)
        findings.fault(WHERE, "is not a song", key="song", value=options.song, hint=hint)
    if options.merkle and options.merkle.is_dir():
        findings.fault(WHERE, "is a folder", key="merkle", value=str(options.merkle))
    elif options.merkle and not options.merkle.parent.is_dir():
        findings.fault(
            WHERE, "is in a folder that does not exist", key="merkle", value=str(options.merkle)
        )
    findings.raise_faults()
    return named


def _tiers(options: HoldersOptions, perks: Sequence[Perk]) -> list[Tier]:
    """Return the tiers that wanted tokens may be of; SiteError if there are none."""
    possible: list[Tier] = [
        tier
        for tier in TIERS
        if not (options.song and tier == "album")
        and (not perks or any(perk.tier in ("", tier) for perk in perks))
    ]
    if options.tier in possible:
        return [options.tier]
    if options.tier or not possible:
        key, value = ("tier", options.tier) if options.tier else ("song", options.song)
        allowed = " and ".join(f"{tier} tokens" for tier in possible) or "none: no song has it"
        message = "leaves no token, given the other options"
        raise SiteError([Fault(WHERE, message, key, value, f"they allow {allowed}")])
    return possible


def _several_chains(settings: Settings, tiers: Sequence[Tier], block: int) -> Fault:
    """Return the fault of a block that may be of any of several chains."""
    of = {tier: contract for tier in tiers if (contract := settings.contract_of(tier))}
    places = ", ".join(f"{tier} tokens on chain {of[tier].chain_id}" for tier in of)
    hint = f"choose a tier with --tier: {places}"
    return Fault(
        WHERE, "is a block of one chain, but the tokens are on several", "block", block, hint
    )


def _log_source(
    drop: DropState, snapshot: Snapshot, count: int, progress: Progress, *, is_one_chain: bool
) -> None:
    block = "" if snapshot.block is None else f" at block {snapshot.block}"
    progress.log(f"{count} {'holder' if count == 1 else 'holders'}{block}, from {snapshot.source}")
    if not is_one_chain:
        progress.log(
            "warning: the tokens are on several chains, so no block says since when they are held"
            "\n    -> choose a tier with --tier"
        )
    elif not snapshot.since and count:
        progress.log(
            "warning: since when tokens are held is not known: no sync on this computer has read it"
        )
    if not (snapshot.owners or drop.collection.ledger.owners):
        progress.log(f"warning: {LEDGER} has no owners\n    -> {program('sync')} reads them")


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
