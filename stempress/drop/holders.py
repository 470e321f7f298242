"""Who holds which tokens at a block, and since when: from a sync's journal or the ledger."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stempress.collection.eth_addresses import is_burn_address
from stempress.collection.ledger import WHERE as LEDGER
from stempress.core.errors import Fault, SiteError
from stempress.drop.chain_state import replay
from stempress.drop.events import Transfer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pyodide_app.engine.model import Token
    from stempress.collection.ledger import Ledger
    from stempress.drop.journal import Journal

    type Owners = Mapping[str, Mapping[str, int]]
    """Token -> address -> copies."""

WHERE = "holders"


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


@dataclass(frozen=True)
class Snapshot:
    """Owners at a block, and since when each holds each token: (token, address) -> block.

    ``block`` is None for a ledger that names none.
    """

    block: int | None
    owners: Owners
    since: Mapping[tuple[str, str], int]
    source: str


def snapshot_at(ledger: Ledger, journal: Journal, block: int | None) -> Snapshot:
    """Return the owners at a block that a sync has read; without one, at the last.

    At the ledger's own block its owners count, which the contract has confirmed. SiteError if
    nothing tells who the owners were.
    """
    last = journal.ranges[-1].last if journal.ranges else None
    if block is None:
        block = ledger.block if ledger.owners or last is None else last
    covered = last is not None and block is not None and journal.missing_before <= block <= last
    if block == ledger.block:
        since = holding_since(journal.events(), block) if covered and block is not None else {}
        source = f"the ledger{' and the journal of the last sync' if since else ''}"
        return Snapshot(block, ledger.owners, since, source)
    if not covered or block is None:
        raise SiteError([_unknown(block, last, ledger, journal)])
    until = [event for event in _transfers(journal.events()) if event.block <= block]
    owners = replay(until, complete=not journal.missing_before).owners
    return Snapshot(block, owners, holding_since(until, block), "the journal of the last sync")


def _unknown(block: int | None, last: int | None, ledger: Ledger, journal: Journal) -> Fault:
    """Return why the owners at a block are not known."""
    if last is None:
        hint = "build.py sync reads the chain"
        if ledger.block is not None:
            hint = f"without --block, {LEDGER} is used, which is of block {ledger.block}; {hint}"
        return Fault(WHERE, "has not been read on this computer", "block", block, hint)
    hint = f"read: {journal.missing_before} to {last}; build.py sync reads on"
    return Fault(WHERE, "has not been read", "block", block, hint)


def _transfers(events: Iterable[object]) -> Iterable[Transfer]:
    return (event for event in events if isinstance(event, Transfer))


def holding_since(events: Iterable[object], block: int) -> dict[tuple[str, str], int]:
    """Return the block since which (token, address) has been held without interruption."""
    since: dict[tuple[str, str], int] = {}
    copies: dict[tuple[str, str], int] = defaultdict(int)
    for event in _transfers(events):
        if event.block > block or not event.amount:
            continue
        token = str(event.token)
        left, arrived = (token, event.sender), (token, event.to)
        copies[left] -= event.amount
        if copies[left] <= 0:
            since.pop(left, None)
        copies[arrived] += event.amount
        if copies[arrived] > 0:
            since.setdefault(arrived, event.block)
    return since


def holders_of(
    snapshot: Snapshot, tokens: Iterable[Token], is_wanted: Callable[[Token], bool]
) -> list[Holder]:
    """Return the holders of wanted tokens, who holds most copies first."""
    holders: dict[str, Holder] = {}
    for token in tokens:
        for address, copies in snapshot.owners.get(token.id, {}).items():
            if not is_wanted(token) or is_burn_address(address):
                continue
            holder = holders.setdefault(address, Holder(address))
            holder.tokens[token.id] = copies
            since = snapshot.since.get((token.id, address))
            if since is not None:
                holder.since = since if holder.since is None else min(since, holder.since)
    return sorted(holders.values(), key=lambda holder: (-holder.copies, holder.address.lower()))
