"""Applies a contract's events to a ledger. Pure: the same events give the same ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pyodide_app.engine.model import id_number, id_order
from stempress.collection.eth_addresses import is_burn_address
from stempress.collection.token_ids import collection_id
from stempress.drop.events import ZERO, Transfer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pyodide_app.engine.model import Song
    from stempress.collection.albums import Album

    type Entry = dict[str, Any]
    """A token as written in tokens.json."""


@dataclass(frozen=True, slots=True)
class Forging:
    """A transaction that burned tokens and minted another."""

    token: str
    burned: tuple[str, ...]


@dataclass(slots=True)
class ChainState:
    """Owners (token -> address -> copies), all tokens ever seen, and all forgings.

    ``buried`` are copies at addresses that nobody can transfer from: these are burned. ``minted``
    are copies that ever came into existence.
    """

    owners: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seen: set[str] = field(default_factory=set)
    forgings: list[Forging] = field(default_factory=list)
    buried: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    minted: Counter[str] = field(default_factory=Counter)

    def copies(self, token: str) -> int:
        """Return the number of copies of a token in existence."""
        return sum(self.owners[token].values()) if token in self.owners else 0


def replay(events: Iterable[object], *, complete: bool = True) -> ChainState:
    """Return the state after all transfers.

    ValueError if a sender lacks what is transferred, unless the events are not ``complete``.
    """
    state = ChainState()
    transfers = [event for event in events if isinstance(event, Transfer)]
    for event in transfers:
        _transfer(state, event, complete=complete)
    state.forgings += find_forgings((event, str(event.token)) for event in transfers)
    return state


def find_forgings(transfers: Iterable[tuple[Transfer, str]]) -> Iterator[Forging]:
    """Yield the forgings among transfers in chain order, each with its token's ID."""
    for _, transaction in groupby(transfers, key=lambda pair: pair[0].transaction):
        yield from _forgings_of(list(transaction))


def _transfer(state: ChainState, event: Transfer, *, complete: bool) -> None:
    token = str(event.token)
    state.seen.add(token)
    if not event.amount:
        return
    if event.sender == ZERO:
        state.minted[token] += event.amount
    else:
        source = state.buried if is_burn_address(event.sender) else state.owners
        source[token][event.sender] -= event.amount
        if source[token][event.sender] < 0 and complete:
            raise ValueError(f"{event.sender} transfers token {token} without owning it")
        if source[token][event.sender] <= 0:
            del source[token][event.sender]
    if event.to != ZERO:
        target = state.buried if is_burn_address(event.to) else state.owners
        target[token][event.to] += event.amount
    for holders in (state.owners, state.buried):
        if token in holders and not holders[token]:
            del holders[token]


def _forgings_of(transaction: Sequence[tuple[Transfer, str]]) -> Iterator[Forging]:
    """Yield the forgings of a transaction: burns with a mint after them, or one mint before all."""
    burned: list[str] = []
    minted_first: list[str] = []
    for event, token in transaction:
        if is_burn_address(event.to) and not is_burn_address(event.sender):
            burned += [token] * min(event.amount, 2)  # two already fit no recipe
        elif event.sender == ZERO and not is_burn_address(event.to):
            if burned:
                yield Forging(token, tuple(burned))
                burned = []
            else:
                minted_first.append(token)
    if burned and len(minted_first) == 1:
        yield Forging(minted_first[0], tuple(burned))


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
        warnings.append(f"tokens that are not in the ledger: {abbreviate(unknown)}")
    for token in owners:
        if (copies := state.copies(token)) > by_id[token].get("supply", 1):
            warnings.append(f"token {token} has {copies} copies: its supply has been raised")
            by_id[token]["supply"] = copies
    return SyncedLedger(list(by_id.values()), owners, unknown, added, warnings)


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


def _result(parts: Sequence[Entry], albums: Sequence[Album]) -> dict[str, Any] | None:
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
        warnings.append(f"tokens that were burned unrevealed: {abbreviate(lost)}")


def _owners_value(state: ChainState, token: str, standards: Mapping[str, str]) -> object:
    """Return owners in the ledger's format: a single address, or addresses with counts."""
    holders = state.owners[token]
    if standards[token.rpartition("/")[0]] == "erc721" and len(holders) == 1:
        return next(iter(holders))
    return dict(sorted(holders.items()))


def abbreviate(tokens: Iterable[str]) -> str:
    """Return the first ten ids and the number of the others."""
    ids = sorted(tokens, key=id_order)
    more = f" and {len(ids) - 10} more" if len(ids) > 10 else ""
    return ", ".join(ids[:10]) + more
