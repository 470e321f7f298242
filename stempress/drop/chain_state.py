"""What a contract's events make of a ledger. Pure: the same events, the same ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stempress.drop.events import ZERO, Transfer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stempress.collection.albums import Album

    type Entry = dict[str, Any]
    """A token as tokens.json has it."""


@dataclass(frozen=True, slots=True)
class Forged:
    """A token that came out of a transaction into which others went."""

    token: str
    burned: tuple[str, ...]


@dataclass(slots=True)
class State:
    """Who holds what after some events; ``seen`` are all tokens that the chain has ever had."""

    owners: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seen: set[str] = field(default_factory=set)
    forged: list[Forged] = field(default_factory=list)

    def copies(self, token: str) -> int:
        """Return how many copies of a token are held by someone."""
        return sum(self.owners[token].values()) if token in self.owners else 0


def fold(events: Iterable[object]) -> State:
    """Return what transfers come to; ValueError if someone gives what they do not have."""
    state = State()
    transaction: list[Transfer] = []
    for event in events:
        if not isinstance(event, Transfer):
            continue
        if transaction and transaction[0].transaction != event.transaction:
            state.forged += _forged(transaction)
            transaction = []
        transaction.append(event)
        _move(state, event)
    state.forged += _forged(transaction)
    return state


def _move(state: State, event: Transfer) -> None:
    token = str(event.token)
    state.seen.add(token)
    if not event.amount:
        return
    holders = state.owners[token]
    if event.sender != ZERO:
        holders[event.sender] -= event.amount
        if holders[event.sender] < 0:
            raise ValueError(f"{event.sender} gives away token {token} without having it")
        if not holders[event.sender]:
            del holders[event.sender]
    if event.to != ZERO:
        holders[event.to] += event.amount
    if not holders:
        del state.owners[token]


def _forged(transaction: Sequence[Transfer]) -> Iterator[Forged]:
    """Yield what one transaction forged: burns, and the mint after them, or before all of them."""
    burned: list[str] = []
    alone: list[str] = []
    for event in transaction:
        if event.to == ZERO and event.sender != ZERO:
            burned += [str(event.token)] * min(event.amount, 2)  # two are one too many already
        elif event.sender == ZERO and event.to != ZERO:
            if burned:
                yield Forged(str(event.token), tuple(burned))
                burned = []
            else:
                alone.append(str(event.token))
    if burned and len(alone) == 1:
        yield Forged(alone[0], tuple(burned))


@dataclass(frozen=True, slots=True)
class Told:
    """A ledger as the chain has it, and what is to be said of it.

    ``unknown`` are tokens that the ledger does not know and that no forging explains; ``made`` are
    those that forging explains.
    """

    entries: list[Entry]
    owners: dict[str, object]
    unknown: dict[str, object]
    made: list[str]
    remarks: list[str]


def apply(
    entries: Sequence[Entry],
    state: State,
    albums: Sequence[Album],
    standard: str,
    made_before: Iterable[str] = (),
) -> Told:
    """Return the ledger that a state makes of entries.

    ``made_before`` are tokens that an earlier sync made: those that the chain no longer explains
    go again, and what was burned for them comes back.
    """
    known = {entry["id"]: dict(entry) for entry in entries}
    remarks: list[str] = []
    for token in made_before:
        known.pop(token, None)
    _revive(known, state)
    made = _forge(known, state, albums)
    _bury(known, state, remarks)
    held = {token: _shown(state, token, standard) for token in state.owners}
    owners = {token: holders for token, holders in held.items() if token in known}
    unknown = {token: holders for token, holders in held.items() if token not in known}
    if unknown:
        remarks.append(f"tokens that the ledger does not know: {_some(unknown)}")
    for token in owners:
        if (copies := state.copies(token)) > known[token].get("supply", 1):
            remarks.append(f"token {token} exists {copies} times: its supply is raised")
            known[token]["supply"] = copies
    return Told(list(known.values()), owners, unknown, made, remarks)


def _revive(known: Mapping[str, Entry], state: State) -> None:
    """Take back burning of what somebody holds: the chain knows better."""
    for token, entry in known.items():
        if entry["state"] == "forged" and (token in state.owners or entry.get("into") not in known):
            if token in state.owners:
                entry["state"] = "revealed"
            entry.pop("into", None)


def _forge(known: dict[str, Entry], state: State, albums: Sequence[Album]) -> list[str]:
    """Add the tokens that forging made, and say of what was burned for them where it went."""
    made = []
    for forged in state.forged:
        parts = [known.get(token) for token in forged.burned]
        fields = _recipe([part for part in parts if part], albums) if all(parts) else None
        if fields is None:
            continue
        entry = known.get(forged.token)
        if entry is None:
            known[forged.token] = entry = {"id": forged.token, **fields, "burned": []}
            made.append(forged.token)
        gone = not any(token in state.owners for token in forged.burned)
        if gone and entry["tier"] == fields["tier"] and entry.get("burned") in ([], None):
            entry["burned"] = list(forged.burned)
        if entry.get("burned") == list(forged.burned):
            for token in forged.burned:
                known[token] |= {"state": "forged", "into": forged.token}
    return made


def _recipe(parts: Sequence[Entry], albums: Sequence[Album]) -> dict[str, Any] | None:
    """Return what tokens are forged into; None if that is nothing, or they are not revealed.

    A stem token of every layer becomes a song, a song token of every song an album.
    """
    if any(part["state"] == "unrevealed" for part in parts):
        return None
    tiers = {part["tier"] for part in parts}
    songs = [song for album in albums for song in album.songs]
    if tiers == {"stem"}:
        song = next((each for each in songs if each.slug == parts[0]["song"]), None)
        chosen = {part["layer"]: part["stem"] for part in parts if part["song"] == parts[0]["song"]}
        if song and len(parts) == len(chosen) and {la.slug for la in song.layers} == chosen.keys():
            stems = {layer.slug: chosen[layer.slug] for layer in song.layers}
            return {"tier": "song", "state": "revealed", "song": song.slug, "stems": stems}
    elif tiers == {"song"}:
        slugs = sorted(part["song"] for part in parts)
        for album in albums:
            if slugs == sorted(each.slug for each in album.songs):
                return {"tier": "album", "state": "revealed", "album": album.slug}
    return None


def _bury(known: Mapping[str, Entry], state: State, remarks: list[str]) -> None:
    """Note what the chain has burned; of an unrevealed token nobody will know what it was."""
    lost = []
    for token in state.seen - state.owners.keys():
        entry = known.get(token)
        if entry is None or entry["state"] == "forged":
            continue
        if entry["state"] == "unrevealed":
            lost.append(token)
        else:
            entry["state"] = "forged"
    if lost:
        remarks.append(f"tokens that were burned unrevealed: {_some(lost)}")


def _shown(state: State, token: str, standard: str) -> object:
    """Return holders as the ledger writes them: one address, or addresses with counts."""
    holders = state.owners[token]
    if standard == "erc721" and len(holders) == 1:
        return next(iter(holders))
    return dict(sorted(holders.items()))


def _some(tokens: Iterable[str]) -> str:
    """Return the first few of some tokens, and how many there are."""
    ids = sorted(tokens, key=int)
    more = f" and {len(ids) - 10} more" if len(ids) > 10 else ""
    return ", ".join(ids[:10]) + more
