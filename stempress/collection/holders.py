"""Who holds the tokens that something is for, such as a perk: one rule for pages and commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stempress.collection.eth_addresses import is_burn_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pyodide_app.engine.model import Token

    type Owners = Mapping[str, Mapping[str, int]]
    """Token -> address -> copies."""


@dataclass
class Holder:
    """An address, the copies it holds of each token, and the block since which it holds any.

    ``since`` is None where no journal tells.
    """

    address: str
    tokens: dict[str, int] = field(default_factory=dict)
    since: int | None = None

    @property
    def copies(self) -> int:
        """How many copies it holds of all tokens."""
        return sum(self.tokens.values())


def holders_of(
    owners: Owners,
    tokens: Iterable[Token],
    is_wanted: Callable[[Token], bool],
    since: Mapping[tuple[str, str], int] | None = None,
) -> list[Holder]:
    """Return the holders of wanted tokens, who holds most copies first.

    ``since`` is the block since which an address has held a token: (token, address) -> block.
    """
    holders: dict[str, Holder] = {}
    for token in filter(is_wanted, tokens):
        for address, copies in owners.get(token.id, {}).items():
            if is_burn_address(address):
                continue
            holder = holders.setdefault(address, Holder(address))
            holder.tokens[token.id] = copies
            block = since.get((token.id, address)) if since else None
            if block is not None:
                holder.since = block if holder.since is None else min(block, holder.since)
    return sorted(holders.values(), key=lambda holder: (-holder.copies, holder.address.lower()))
