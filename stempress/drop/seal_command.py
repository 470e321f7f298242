"""``stempress seal`` and ``reveal``: commit to what tokens are, and open the commitment."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from pyodide_app.engine.model import id_number, id_order, stem_keys
from pyodide_app.provenance import final_hash, item_hash
from stempress.collection.commitments import WHERE as SEALS
from stempress.collection.commitments import Seal
from stempress.collection.ledger import WHERE as LEDGER
from stempress.collection.perk_settings import parse_ranges
from stempress.collection.settings import RELATIVE_ADDRESSES
from stempress.collection.token_parser import REVEALING_KEYS
from stempress.collection.token_spec import parse_item, tier_of
from stempress.core.errors import Fault, Findings, SiteError
from stempress.core.files import write_atomically
from stempress.core.program import program
from stempress.core.text_files import SECRET_FILE
from stempress.drop.drop_state import open_drop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.drop.drop_state import DropState, Entry
    from stempress.drop.track_sealing import EncryptedTrack


def seal(site: Path, progress: Progress) -> None:
    """Write a commitment to all unrevealed tokens that are not sealed yet."""
    drop = open_drop(site)
    ledger_changed = _move_to_secret(drop)
    tokens = [
        token.id
        for token in sorted(drop.collection.tokens, key=lambda token: id_order(token.id))
        if token.state == "unrevealed" and drop.seal_of(token.id) is None
    ]
    if not tokens:
        raise SiteError([_nothing_to_seal(drop)])
    if not drop.secret.items:
        _require_secret(site)
    items = _items(drop, tokens)
    salts = drop.secret.salts
    for token in tokens:
        salts.setdefault(token, secrets.token_hex(32))
    tracks = _encrypt_tracks(drop, tokens, items)
    hashes = tuple(item_hash(salts[token], item) for token, item in zip(tokens, items, strict=True))
    hidden = tuple(track.entry for track in tracks)
    final = final_hash(hashes, [track.content() for track in hidden])
    drop.seals.append(Seal(tuple(tokens), hashes, final, hidden=hidden))
    drop.secret.hidden |= {track.entry.slug: track.sound_digest for track in tracks}
    drop.write_secret()  # first: a commitment whose salts are lost could never be opened
    for track in tracks:
        write_atomically(track.path, track.content)
    if ledger_changed:
        drop.write_ledger()
    drop.write_seals()
    progress.log(f"{len(tokens)} tokens sealed in {SEALS}: publish it before the mint")
    for track in tracks:
        path = track.path.relative_to(site).as_posix()
        progress.log(f"{path}: opens when all of its {track.entry.tokens} tokens are revealed")
    progress.log(f"final hash {drop.seals[-1].final}")
    if not drop.collection.settings.has_absolute_assets:
        progress.log(f"warning: {RELATIVE_ADDRESSES}")
    if not drop.blind:
        progress.log(
            "warning: site.toml: [drop] blind is not true, so newly minted tokens are not hidden\n"
            "    -> set blind = true if tokens should stay unrevealed until you reveal them"
        )
    progress.log(f"{SECRET_FILE} contains the salts: keep a copy, and keep it secret")


def _encrypt_tracks(
    drop: DropState, tokens: Sequence[str], items: Sequence[str]
) -> list[EncryptedTrack]:
    """Encrypt the hidden tracks that are in no seal yet."""
    tracks = [track for track in drop.collection.hidden if not track.entry]
    if not tracks:
        return []
    from stempress.drop.track_sealing import encrypt_tracks  # noqa: PLC0415 - slow to import

    return encrypt_tracks(tracks, tokens, dict(zip(tokens, items, strict=True)), drop.secret.salts)


def _nothing_to_seal(drop: DropState) -> Fault:
    message = "has no unrevealed tokens left to seal"
    if not drop.entries:
        hint = f"{program('mint')} draws tokens"
    elif drop.blind:
        hint = f"{program('mint --append')} draws more"
    else:
        hint = (
            "the drop is not blind, so mint reveals tokens at once: for a sealed drop set "
            "blind = true in [drop] of site.toml, move the ledger away and mint again"
        )
    return Fault(LEDGER, message, hint=hint)


def _move_to_secret(drop: DropState) -> bool:
    """Move items of unrevealed tokens from the ledger to the secret file; return if any were."""
    moved = False
    for entry in drop.entries:
        if entry["state"] == "unrevealed" and REVEALING_KEYS & entry.keys():
            fields = {key: entry.pop(key) for key in REVEALING_KEYS & entry.keys()}
            if "stem" in fields:
                item = f"{fields['song']}/{fields['layer']}/{fields['stem']}"
            else:
                pairs = sorted(fields.get("stems", {}).items())
                item = f"{fields['song']}/" + ",".join(f"{la}={st}" for la, st in pairs)
            drop.secret.items[entry["id"]] = item
            moved = True
    return moved


def _require_secret(site: Path) -> None:
    """Report a secret file that is missing, once rather than for every token."""
    if not (site / SECRET_FILE).exists():
        hint = "restore your copy of it: nothing else has the items and salts of the tokens"
        raise SiteError([Fault(SECRET_FILE, "is missing", hint=hint)])


def _items(drop: DropState, tokens: Sequence[str]) -> list[str]:
    """Return the tokens' items from the secret file; report those missing or unknown."""
    findings = Findings()
    items = []
    for token in tokens:
        item = drop.secret.items.get(token, "")
        try:
            parse_item(item, drop.songs)
        except ValueError as error:
            message = str(error) if item else "does not list this token's item"
            hint = "" if item else f"such as {_example(drop)}; {program('mint')} writes it"
            findings.fault(
                SECRET_FILE, message, key=f"items.{token}", value=item or None, hint=hint
            )
        items.append(item)
    findings.raise_faults()
    return items


def _example(drop: DropState) -> str:
    """Return an example of an item."""
    key = next(stem_keys(list(drop.songs.values())), ("song", "layer", "stem"))
    return f'"{"/".join(key)}"'


def reveal(site: Path, ranges: str, progress: Progress, starting_index: int | None = None) -> None:
    """Reveal sealed tokens in the ledger, and open the commitment to prove it.

    ``ranges`` lists token ids, such as ``1-500, 605``.
    """
    drop = open_drop(site)
    tokens = _sealed_tokens(drop, ranges)
    _require_secret(site)
    previous = list(drop.seals)
    for index, seal in enumerate(previous):
        members = [token for token in tokens if token in seal.slots]
        if members:
            drop.seals[index] = _open(drop, _set_index(drop, seal, starting_index), members)
    entries = {entry["id"]: entry for entry in drop.entries}
    new = [token for token in tokens if entries[token]["state"] == "unrevealed"]
    findings = Findings()
    for token in new:
        _reveal_entry(drop, entries[token], findings)
    findings.raise_faults()
    drop.write_ledger()
    drop.write_seals()
    for before, after in zip(previous, drop.seals, strict=True):
        if before.starting_index is None and after.starting_index is not None:
            progress.log(f"starting index, now final: {after.starting_index}")
        _log_opened_tracks(drop, before, after, progress)
    left = sum(entry["state"] == "unrevealed" for entry in drop.entries)
    progress.log(
        f"{len(new)} tokens revealed, {left} still unrevealed; build the site to show them"
    )


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


def _sealed_tokens(drop: DropState, ranges: str) -> list[str]:
    """Return the sealed tokens in ranges of ids; reject unsealed ones."""
    try:
        spans = parse_ranges(ranges)
    except ValueError:
        fault = Fault(
            "reveal", "is not a list of token ids", "tokens", ranges, 'such as "1-500, 605"'
        )
        raise SiteError([fault]) from None
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
