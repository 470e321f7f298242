"""``stempress seal``: commits to what tokens are."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pyodide_app.engine.model import id_order, stem_keys
from pyodide_app.provenance import final_hash, item_hash
from stempress.collection.commitments import WHERE as SEALS
from stempress.collection.commitments import Seal
from stempress.collection.ledger import WHERE as LEDGER
from stempress.collection.settings import RELATIVE_ADDRESSES
from stempress.collection.token_parser import REVEALING_KEYS
from stempress.collection.token_spec import parse_item
from stempress.core.errors import Fault, Findings, SiteError
from stempress.core.files import write_atomically
from stempress.core.program import program
from stempress.core.text_files import SECRET_FILE
from stempress.drop.drop_state import open_drop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.drop.drop_state import DropState
    from stempress.drop.track_sealing import EncryptedTrack


def seal(site: Path, progress: Progress) -> None:
    """Write a commitment to all unrevealed tokens that are not sealed yet."""
    drop = open_drop(site)
    ledger_changed = _move_to_secret(drop)
    tokens = _unsealed_tokens(drop)
    if not tokens:
        raise SiteError([_nothing_to_seal(drop)])
    if not drop.secret.items:
        drop.require_secret()
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
    _write_files(drop, tracks, with_ledger=ledger_changed)
    _report(drop, len(tokens), tracks, progress)


def _write_files(drop: DropState, tracks: Sequence[EncryptedTrack], *, with_ledger: bool) -> None:
    drop.write_secret()  # first: a commitment whose salts are lost could never be opened
    for track in tracks:
        write_atomically(track.path, track.content)
    if with_ledger:
        drop.write_ledger()
    drop.write_seals()


def _unsealed_tokens(drop: DropState) -> list[str]:
    """Return the IDs of unrevealed tokens that are in no seal, in order."""
    return [
        token.id
        for token in sorted(drop.collection.tokens, key=lambda token: id_order(token.id))
        if token.state == "unrevealed" and drop.seal_of(token.id) is None
    ]


def _encrypt_tracks(
    drop: DropState, tokens: Sequence[str], items: Sequence[str]
) -> list[EncryptedTrack]:
    """Encrypt the hidden tracks that are in no seal yet."""
    tracks = [track for track in drop.collection.hidden if not track.entry]
    if not tracks:
        return []
    from stempress.drop.track_sealing import encrypt_tracks  # noqa: PLC0415 - slow to import

    return encrypt_tracks(tracks, tokens, dict(zip(tokens, items, strict=True)), drop.secret.salts)


def _report(
    drop: DropState, count: int, tracks: Sequence[EncryptedTrack], progress: Progress
) -> None:
    """Log what was sealed, and what to see to before the mint."""
    progress.log(f"{count} tokens sealed in {SEALS}: publish it before the mint")
    for track in tracks:
        path = track.path.relative_to(drop.site).as_posix()
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
