"""Who holds which tokens at a block, and since when: from a sync's journal or the ledger."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.ledger import WHERE as LEDGER
from stempress.core.errors import Fault, SiteError
from stempress.core.program import program
from stempress.drop.chain_state import replay
from stempress.drop.contract_reading import merge_states, transfers_of
from stempress.drop.events import Transfer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stempress.collection.holders import Owners
    from stempress.collection.ledger import Ledger
    from stempress.drop.chain_state import ChainState
    from stempress.drop.contract_reading import Placed, TierContract
    from stempress.drop.journal import Journal

    type Journals = Sequence[tuple[TierContract, Journal]]

WHERE = "holders"


@dataclass(frozen=True)
class Snapshot:
    """Owners at a block, and since when each holds each token: (token, address) -> block.

    ``block`` is None for a ledger that names none.
    """

    block: int | None
    owners: Owners
    since: Mapping[tuple[str, str], int]
    source: str


def snapshot_at(ledger: Ledger, journals: Journals, block: int | None) -> Snapshot:
    """Return the owners at a block that a sync has read; without one, at the last.

    At the ledger's own block its owners count, which the contracts have confirmed; ``ledger.block``
    is None if it is of another chain than the journals. SiteError if nothing tells who the owners
    were.
    """
    read = _read_blocks(journals)
    if block is None:
        block = ledger.block if ledger.owners or read is None else read[1]
    until = read[1] if read and block is None else block
    is_read = read is not None and until is not None and read[0] <= until <= read[1]
    since = holding_since(transfers_of(journals), until) if is_read and until else {}
    if block == ledger.block:
        source = f"the ledger{' and the journal of the last sync' if since else ''}"
        return Snapshot(block, ledger.owners, since, source)
    if not is_read or block is None:
        raise SiteError([_unknown(block, read, ledger)])
    states = [(source, _state_at(journal, block)) for source, journal in journals]
    owners = merge_states(states, ()).owners
    return Snapshot(block, owners, since, "the journal of the last sync")


def _read_blocks(journals: Journals) -> tuple[int, int] | None:
    """Return the first and last block that is known of all contracts; None if there is none.

    Blocks of different chains have nothing to do with each other.
    """
    chains = {source.contract.chain_id for source, _ in journals}
    if len(chains) != 1 or not all(journal.ranges for _, journal in journals):
        return None
    first = max(journal.missing_before for _, journal in journals)
    return first, min(journal.ranges[-1].last for _, journal in journals)


def _state_at(journal: Journal, block: int) -> ChainState:
    transfers = [event for event in journal.events() if isinstance(event, Transfer)]
    until = (event for event in transfers if event.block <= block)
    return replay(until, complete=False)  # a journal may lack what a sync then asked the contract


def _unknown(block: int | None, read: tuple[int, int] | None, ledger: Ledger) -> Fault:
    """Return why the owners at a block are not known."""
    if read is None:
        hint = f"{program('sync')} reads the chain"
        if ledger.block is not None:
            hint = f"without --block, {LEDGER} is used, which is of block {ledger.block}; {hint}"
        return Fault(WHERE, "has not been read on this computer", "block", block, hint)
    hint = f"read: {read[0]} to {read[1]}; {program('sync')} reads on"
    return Fault(WHERE, "has not been read", "block", block, hint)


def holding_since(transfers: Iterable[Placed], block: int) -> dict[tuple[str, str], int]:
    """Return the block since which (token, address) has been held without interruption."""
    since: dict[tuple[str, str], int] = {}
    copies: dict[tuple[str, str], int] = defaultdict(int)
    for event, token in transfers:
        if event.block > block or not event.amount:
            continue
        left, arrived = (token, event.sender), (token, event.to)
        copies[left] -= event.amount
        if copies[left] <= 0:
            since.pop(left, None)
        copies[arrived] += event.amount
        if copies[arrived] > 0:
            since.setdefault(arrived, event.block)
    return since
