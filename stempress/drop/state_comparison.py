"""Where a contract differs from its logs, and repair of the state that the logs gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stempress.core.errors import Fault

if TYPE_CHECKING:
    from stempress.drop.chain_state import ChainState

type Pair = tuple[str, str]
"""Holder and token; the token is empty for ERC-721, where balances cover the collection."""


@dataclass
class Comparison:
    """Where the contract differs from the logs.

    ``owners`` are the actual ones of ERC-721 tokens, "" for tokens that do not exist. ``balances``
    are (logged, actual). ``supplies`` are the copies of ERC-1155 tokens that exist beyond those
    held in the logs. Without differences, a ``conclusive`` comparison shows that no holder is
    missing.
    """

    owners: dict[str, str] = field(default_factory=dict)
    balances: dict[Pair, tuple[int, int]] = field(default_factory=dict)
    supplies: dict[str, int] = field(default_factory=dict)
    conclusive: bool = True

    def __bool__(self) -> bool:
        return bool(self.owners or self.balances or self.supplies)

    def faults(self) -> list[Fault]:
        """Return a fault for each difference, ten at most."""
        hint = "endpoints have omitted logs: list another one in rpc, then run sync --anew"
        balances = [
            Fault(
                "sync",
                f"holds {actual} of {token or 'the collection'} on the chain, but {logged} in logs",
                holder,
                hint=hint,
            )
            for (holder, token), (logged, actual) in self.balances.items()
        ]
        owners = [
            Fault("sync", f"belongs to {owner or 'nobody'}, which no log says", token, hint=hint)
            for token, owner in self.owners.items()
        ]
        supplies = [
            Fault("sync", f"has {number} more copies than logs say", token, hint=hint)
            for token, number in self.supplies.items()
        ]
        return [*balances, *owners, *supplies][:10]


def repair(state: ChainState, found: Comparison) -> None:
    """Make a state what the contract says."""
    for token, owner in found.owners.items():
        state.seen.add(token)
        state.owners.pop(token, None)
        state.buried.pop(token, None)
        if owner:
            state.balances_for(owner)[token][owner] = 1
    for (holder, token), (_, actual) in found.balances.items():
        if token:
            _set_balance(state, token, holder, actual)


def _set_balance(state: ChainState, token: str, holder: str, number: int) -> None:
    state.seen.add(token)
    holders = state.balances_for(holder)[token]
    holders[holder] = number
    if not number:
        del holders[holder]
    state.drop_empty(token)
