"""Forgings: transactions that burn tokens and mint another. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from stempress.collection.eth_addresses import is_burn_address
from stempress.drop.events import ZERO, Transfer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Forging:
    """A transaction that burned tokens and minted another."""

    token: str
    burned: tuple[str, ...]


def find_forgings(transfers: Iterable[tuple[Transfer, str]]) -> Iterator[Forging]:
    """Yield the forgings among transfers in chain order, each with its token's ID."""
    for _, transaction in groupby(transfers, key=lambda pair: pair[0].transaction):
        yield from _forgings_of(list(transaction))


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
