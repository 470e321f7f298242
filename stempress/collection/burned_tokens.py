"""Tokens that were burned: for another token, for none, or by sending them to a burn address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stempress.collection.eth_addresses import is_burn_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyodide_app.engine.model import Token
    from stempress.core.tables import Table

type Owners = Mapping[str, Mapping[str, int]]


def settle_burned(tokens: Iterable[Token], owners: Owners) -> Iterator[Token]:
    """Yield the tokens with their final states, given what was burned and who owns what.

    A forged token is part of the token that lists it as burned; one that is part of none is burned.
    So is a revealed token all of whose copies are at burn addresses.
    """
    tokens = tuple(tokens)
    into = {part: token.id for token in tokens for part in token.burned}
    for token in tokens:
        if token.state == "forged" and not token.into:
            target = into.get(token.id, "")
            yield replace(token, state="forged" if target else "burned", into=target)
        elif token.state == "revealed" and _copies_burned(owners, token.id) >= token.supply:
            yield replace(token, state="burned")
        else:
            yield token


def _copies_burned(owners: Owners, token_id: str) -> int:
    holders = owners.get(token_id, {})
    return sum(count for address, count in holders.items() if is_burn_address(address))


def living_owners(table: Table, owners: Owners, tokens: Iterable[Token]) -> Owners:
    """Return the owners without burn addresses, and without those of single tokens that are burned.

    Warn of what contradicts a token's state: copies at burn addresses of a token that is not
    burned, and holders of one that is.
    """
    burned = {token.id: token for token in tokens if token.state in ("forged", "burned")}
    held: dict[str, Mapping[str, int]] = {}
    for token_id, holders in owners.items():
        alive = {a: copies for a, copies in holders.items() if not is_burn_address(a)}
        if token_id not in burned:
            _warn_of_burn_addresses(table, token_id, holders)
        elif alive and burned[token_id].supply == 1:
            state = burned[token_id].state
            hint = f"its state is {state!r}: correct the state, or remove the owner"
            table.warn(token_id, "is burned, so nobody holds it", next(iter(alive)), hint)
            continue
        if alive:
            held[token_id] = alive
    return held


def _warn_of_burn_addresses(table: Table, token_id: str, holders: Mapping[str, int]) -> None:
    for address in filter(is_burn_address, holders):
        table.warn(
            token_id,
            "has been burned, though not revealed or not all",
            address,
            "whoever is at this address is no holder",
        )
