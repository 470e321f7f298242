"""A ledger brought in line with a contract's state. Pure: the same state gives the same ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.model import id_number
from stempress.collection.token_ids import collection_id, show_ids

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from pyodide_app.engine.model import Song
    from stempress.collection.albums import Album
    from stempress.drop.chain_state import ChainState
    from stempress.drop.drop_state import Entry


@dataclass(frozen=True, slots=True)
class SyncedLedger:
    """A ledger in line with the chain.

    ``unknown`` are the owners of tokens that are neither in the ledger nor forged from its tokens;
    ``added`` are ids of tokens added because they were forged.
    """

    entries: list[Entry]
    owners: dict[str, object]
    unknown: dict[str, object]
    added: list[str]
    warnings: list[str]


def apply_state(
    entries: Sequence[Entry],
    state: ChainState,
    albums: Sequence[Album],
    standards: Mapping[str, str],
    added_before: Iterable[str] = (),
) -> SyncedLedger:
    """Return the ledger updated to a state of the chain.

    ``standards`` are those of the contracts by tier, "" for the shared one. ``added_before`` are
    tokens added by earlier syncs. Those that the chain no longer confirms are removed, and the
    tokens burned for them are restored.
    """
    by_id = {entry["id"]: dict(entry) for entry in entries}
    warnings: list[str] = []
    for token in added_before:
        by_id.pop(token, None)
    _undo_burns(by_id, state)
    added = _apply_forgings(by_id, state, albums, standards)
    _apply_burns(by_id, state, warnings)
    holders = {token: _owners_value(state, token, standards) for token in state.owners}
    owners = {token: value for token, value in holders.items() if token in by_id}
    unknown = {token: value for token, value in holders.items() if token not in by_id}
    if unknown:
        warnings.append(f"tokens that are not in the ledger: {show_ids(unknown)}")
    _raise_supplies(by_id, state, owners, warnings)
    return SyncedLedger(list(by_id.values()), owners, unknown, added, warnings)


def _raise_supplies(
    by_id: Mapping[str, Entry], state: ChainState, owners: Iterable[str], warnings: list[str]
) -> None:
    """Raise the supplies of tokens that have more copies than the ledger says."""
    for token in owners:
        if (copies := state.copies(token)) > by_id[token].get("supply", 1):
            warnings.append(f"token {token} has {copies} copies: its supply has been raised")
            by_id[token]["supply"] = copies


def _undo_burns(by_id: Mapping[str, Entry], state: ChainState) -> None:
    """Mark tokens that have an owner as not burned: the chain is authoritative."""
    for token, entry in by_id.items():
        if entry["state"] == "forged" and (token in state.owners or entry.get("into") not in by_id):
            if token in state.owners:
                entry["state"] = "revealed"
            entry.pop("into", None)


def _apply_forgings(
    by_id: dict[str, Entry], state: ChainState, albums: Sequence[Album], own: Collection[str]
) -> list[str]:
    """Add forged tokens and link the burned ones to them; return the ids added."""
    added = []
    for forging in state.forgings:
        parts = [by_id.get(token) for token in forging.burned]
        fields = _result([part for part in parts if part], albums) if all(parts) else None
        if fields is None or forging.token != collection_id(
            fields["tier"], id_number(forging.token), own
        ):
            continue
        entry = by_id.get(forging.token)
        if entry is None:
            by_id[forging.token] = entry = {"id": forging.token, **fields, "burned": []}
            added.append(forging.token)
        all_burned = not any(token in state.owners for token in forging.burned)
        if all_burned and entry["tier"] == fields["tier"] and entry.get("burned") in ([], None):
            entry["burned"] = list(forging.burned)
        if entry.get("burned") == list(forging.burned):
            for token in forging.burned:
                by_id[token] |= {"state": "forged", "into": forging.token}
    return added


def _result(parts: Sequence[Entry], albums: Sequence[Album]) -> Entry | None:
    """Return the fields of the token that others are forged into; None if they match no recipe.

    A stem token of every layer that is not left out becomes a song token, a song token of every
    song an album token.
    """
    if any(part["state"] == "unrevealed" for part in parts):
        return None
    tiers = {part["tier"] for part in parts}
    songs = {song.slug: song for album in albums for song in album.songs}
    if tiers == {"stem"}:
        song = songs.get(parts[0]["song"])
        chosen = {part["layer"]: part["stem"] for part in parts if part["song"] == parts[0]["song"]}
        if song and len(parts) == len(chosen) and _is_whole(song, chosen):
            stems = {la.slug: chosen[la.slug] for la in song.layers if la.slug in chosen}
            return {"tier": "song", "state": "revealed", "song": song.slug, "stems": stems}
    elif tiers == {"song"}:
        slugs = sorted(part["song"] for part in parts)
        for album in albums:
            if slugs == sorted(song.slug for song in album.songs):
                return {"tier": "album", "state": "revealed", "album": album.slug}
    return None


def _is_whole(song: Song, chosen: Mapping[str, str]) -> bool:
    """Return whether stems of these layers are a variation of a song."""
    layers = {layer.slug for layer in song.layers}
    optional = {layer.slug for layer in song.layers if layer.empty}
    return layers - optional <= chosen.keys() <= layers


def _apply_burns(by_id: Mapping[str, Entry], state: ChainState, warnings: list[str]) -> None:
    """Mark burned tokens; unrevealed ones only get a warning, as they will never be revealed."""
    lost = []
    for token in state.seen - state.owners.keys():
        entry = by_id.get(token)
        if entry is None or entry["state"] == "forged":
            continue
        if entry["state"] == "unrevealed":
            lost.append(token)
        else:
            entry["state"] = "forged"
    if lost:
        warnings.append(f"tokens that were burned unrevealed: {show_ids(lost)}")


def _owners_value(state: ChainState, token: str, standards: Mapping[str, str]) -> object:
    """Return owners in the ledger's format: a single address, or addresses with counts."""
    holders = state.owners[token]
    if standards[token.rpartition("/")[0]] == "erc721" and len(holders) == 1:
        return next(iter(holders))
    return dict(sorted(holders.items()))
