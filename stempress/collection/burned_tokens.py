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


def without_burn_addresses(table: Table, owners: Owners, tokens: Iterable[Token]) -> Owners:
    """Return the owners without burn addresses.

    Warn of copies at burn addresses unless the token's state already says that it is burned.
    """
    gone = {token.id for token in tokens if token.state in ("forged", "burned")}
    held: dict[str, Mapping[str, int]] = {}
    for token_id, holders in owners.items():
        burned = [address for address in holders if is_burn_address(address)]
        if token_id not in gone:
            for address in burned:
                table.warn(
                    token_id,
                    "has been burned, though not revealed or not all",
                    address,
                    "whoever is at this address is no holder",
                )
        if len(burned) < len(holders):
            held[token_id] = {a: n for a, n in holders.items() if a not in burned}
    return held
