"""``stempress reveal``: opens the commitment to what tokens are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pyodide_app.engine.model import id_number
from pyodide_app.provenance import item_hash
from stempress.collection.perk_settings import parse_ranges
from stempress.collection.token_spec import parse_item, tier_of
from stempress.core.errors import Fault, Findings, SiteError
from stempress.core.program import program
from stempress.core.text_files import SECRET_FILE
from stempress.drop.drop_state import open_drop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stempress.collection.commitments import Seal
    from stempress.core.progress import Progress
    from stempress.drop.drop_state import DropState, Entry


def reveal(site: Path, ranges: str, progress: Progress, starting_index: int | None = None) -> None:
    """Reveal sealed tokens in the ledger, and open the commitment to prove it.

    ``ranges`` lists token ids, such as ``1-500, 605``.
    """
    drop = open_drop(site)
    tokens = _sealed_tokens(drop, ranges)
    drop.require_secret()
    previous = list(drop.seals)
    _open_seals(drop, tokens, starting_index)
    entries = {entry["id"]: entry for entry in drop.entries}
    new = [token for token in tokens if entries[token]["state"] == "unrevealed"]
    findings = Findings()
    for token in new:
        _reveal_entry(drop, entries[token], findings)
    findings.raise_faults()
    drop.write_ledger()
    drop.write_seals()
    _report(drop, len(new), previous, progress)


def _open_seals(drop: DropState, tokens: Sequence[str], starting_index: int | None) -> None:
    """Open the tokens' seals, of which the first reveal fixes the starting index."""
    for index, seal in enumerate(drop.seals):
        members = [token for token in tokens if token in seal.slots]
        if members:
            drop.seals[index] = _open(drop, _set_index(drop, seal, starting_index), members)


def _report(drop: DropState, count: int, previous: Sequence[Seal], progress: Progress) -> None:
    """Log what was revealed; ``previous`` are the seals as they were before."""
    for before, after in zip(previous, drop.seals, strict=True):
        if before.starting_index is None and after.starting_index is not None:
            progress.log(f"starting index, now final: {after.starting_index}")
        _log_opened_tracks(drop, before, after, progress)
    left = sum(entry["state"] == "unrevealed" for entry in drop.entries)
    progress.log(f"{count} tokens revealed, {left} still unrevealed; build the site to show them")


def _log_opened_tracks(drop: DropState, before: Seal, after: Seal, progress: Progress) -> None:
    """Report the hidden tracks for which a reveal has published the last salt."""
    for track in drop.collection.hidden:
        entry = track.entry
        if entry not in after.hidden or len(after.salts_of(entry)) < entry.tokens:
            continue
        if len(before.salts_of(entry)) == entry.tokens:
            continue
        from stempress.drop.track_sealing import opens  # noqa: PLC0415 - slow to import

        if opens(track, after):
            progress.log(f"the hidden track {track.slug} is open")
        else:
            progress.log(f"warning: {track.where}: does not open with the salts of its tokens")


def _reveal_entry(drop: DropState, entry: Entry, findings: Findings) -> None:
    """Replace an unrevealed entry by what the secret file says; report what is there no more."""
    token, item = entry["id"], drop.secret_item(entry["id"])
    try:
        fields = parse_item(item, drop.songs)
    except ValueError as error:
        message = f"was sealed as {item}, which the collection no longer has"
        hint = f"{error}; restore what was sealed: its name cannot change"
        findings.fault("reveal", message, key=f"token {token}", hint=hint)
        return
    supply = {"supply": entry["supply"]} if "supply" in entry else {}
    entry.clear()
    entry |= {"id": token, "tier": tier_of(item), "state": "revealed"}
    entry |= {**fields, **supply}


def _parse_ids(ranges: str) -> tuple[tuple[int, int], ...]:
    try:
        return parse_ranges(ranges)
    except ValueError:
        message, hint = "is not a list of token ids", 'such as "1-500, 605"'
        raise SiteError([Fault("reveal", message, "tokens", ranges, hint)]) from None


def _sealed_tokens(drop: DropState, ranges: str) -> list[str]:
    """Return the sealed tokens in ranges of ids; reject unsealed ones."""
    spans = _parse_ids(ranges)
    states = {entry["id"]: entry["state"] for entry in drop.entries}
    in_range = [
        token
        for token in states
        if any(low <= int(id_number(token)) <= high for low, high in spans)
    ]
    sealed = [token for token in in_range if drop.seal_of(token)]
    unsealed = [
        token for token in in_range if token not in sealed and states[token] == "unrevealed"
    ]
    if unsealed or not sealed:
        message = f"token {unsealed[0]} is not sealed" if unsealed else "none of these is sealed"
        hint = f"run {program('seal')} first"
        raise SiteError([Fault("reveal", message, "tokens", ranges, hint)])
    return sealed


def _set_index(drop: DropState, seal: Seal, starting_index: int | None) -> Seal:
    """Return the seal with its starting index, which the first reveal fixes."""
    size, current = len(seal.tokens), seal.starting_index
    index = 0 if starting_index is None else starting_index % size
    if current is not None:
        if starting_index is not None and index != current:
            message = "was fixed by the first reveal"
            raise SiteError(
                [Fault("reveal", message, "starting-index", starting_index, str(current))]
            )
        return seal
    tiers = {tier_of(drop.secret.items.get(token, "")) for token in seal.tokens}
    if index and len(tiers) > 1:
        message = "would move items between tokens of different tiers"
        hint = "without --starting-index every token gets the item at its own position"
        raise SiteError([Fault("reveal", message, "starting-index", starting_index, hint)])
    return replace(seal, starting_index=index)


def _open(drop: DropState, seal: Seal, tokens: Sequence[str]) -> Seal:
    """Return the seal with the salts and items of these tokens added to ``opened``."""
    findings = Findings()
    opened = dict(seal.opened)
    for token in tokens:
        slot = seal.slot_of(token)
        salt, item = drop.secret.salts.get(slot, ""), drop.secret.items.get(slot, "")
        if slot not in opened and item_hash(salt, item) != seal.hashes[seal.slots[slot]]:
            message = "does not contain the salt and item that were sealed"
            hint = "restore the copy made when sealing"
            findings.fault(SECRET_FILE, message, key=f"items.{slot}", hint=hint)
        opened.setdefault(slot, (salt, item))
    findings.raise_faults()
    return replace(seal, opened=opened)
