"""The state of a contract's tokens, from its events. Pure: the same events give the same state."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stempress.collection.eth_addresses import is_burn_address
from stempress.drop.events import ZERO, Transfer
from stempress.drop.forgings import Forging, find_forgings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


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

    def balances_for(self, address: str) -> dict[str, Counter[str]]:
        """Return the balances that an address counts among: ``buried`` or ``owners``."""
        return self.buried if is_burn_address(address) else self.owners

    def holdings(self) -> Iterator[tuple[str, str, int]]:
        """Yield all tokens with their holders and numbers, burn addresses included."""
        for tokens in (self.owners, self.buried):
            for token, holders in tokens.items():
                for holder, number in holders.items():
                    yield token, holder, number

    def drop_empty(self, token: str) -> None:
        """Drop a token from balances in which nobody holds it."""
        for tokens in (self.owners, self.buried):
            if token in tokens and not tokens[token]:
                del tokens[token]


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


def _transfer(state: ChainState, event: Transfer, *, complete: bool) -> None:
    token = str(event.token)
    state.seen.add(token)
    if not event.amount:
        return
    if event.sender == ZERO:
        state.minted[token] += event.amount
    else:
        source = state.balances_for(event.sender)
        source[token][event.sender] -= event.amount
        if source[token][event.sender] < 0 and complete:
            raise ValueError(f"{event.sender} transfers token {token} without owning it")
        if source[token][event.sender] <= 0:
            del source[token][event.sender]
    if event.to != ZERO:
        state.balances_for(event.to)[token][event.to] += event.amount
    state.drop_empty(token)
