"""``stempress sync``: updates the ledger from the chain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stempress.core.errors import Fault, SiteError
from stempress.core.units import format_ranges
from stempress.drop.chain_reading import Reading, confirmation_path
from stempress.drop.contract_calls import ContractCalls
from stempress.drop.contract_reading import contracts_of, merge_states, transfers_of
from stempress.drop.drop_state import open_drop
from stempress.drop.events import MetadataUpdate
from stempress.drop.journal import journal_path, open_journal
from stempress.drop.royalties import royalty_warnings
from stempress.drop.rpc import Endpoints
from stempress.drop.synced_ledger import apply_state

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.drop.chain_state import ChainState
    from stempress.drop.contract_reading import TierContract
    from stempress.drop.drop_state import DropState
    from stempress.drop.journal import BlockRange, Journal
    from stempress.drop.synced_ledger import SyncedLedger

MAX_LISTED = 100_000
"""Updates of more tokens than this are not listed: a contract may announce every possible id."""


def sync(
    site: Path,
    progress: Progress,
    *,
    depth: int | None = None,
    from_block: int | None = None,
    anew: bool = False,
) -> None:
    """Read the contracts' events since the last sync and apply them to the ledger."""
    drop = open_drop(site)
    settings = drop.collection.settings
    sources = contracts_of(settings)
    if not sources:
        fault = Fault("site.toml", "is missing", "collection.contract", hint="add the table")
        raise SiteError([fault])
    journals = [(source, _open(source, anew=anew)) for source in sources]
    first_new = [journal.next_block for _, journal in journals]
    states, royalties = [], []
    for source, journal in journals:
        if len(sources) > 1:
            progress.log(f"{source.tier or 'shared'} contract {source.contract.address}")
        state, warnings = _read(drop, source, journal, progress, (depth, from_block))
        states.append((source, state))
        royalties += warnings
    state = merge_states(states, transfers_of(journals))
    main = journals[0][1]
    synced = apply_state(
        drop.entries,
        state,
        drop.collection.albums,
        {source.tier: source.contract.standard for source in sources},
        main.added,
    )
    main.record_added(synced.added)  # before the ledger, so that it can be undone
    _write_ledger(drop, synced, _snapshot_block(journals))
    for warning in (*synced.warnings, *royalties):
        progress.log(f"warning: {warning}")
    for (source, journal), first in zip(journals, first_new, strict=True):
        _log_metadata_updates(source, journal, first, progress)
    progress.log(
        f"block {drop.data['block']}: {len(synced.owners)} tokens held, "
        f"{len(state.forgings)} forged; build the site to show it"
    )


def _open(source: TierContract, *, anew: bool) -> Journal:
    """Open a contract's journal, an empty one if it is to be read anew."""
    path = journal_path(source.contract)
    if anew:
        path.unlink(missing_ok=True)
        confirmation_path(path).unlink(missing_ok=True)
    return open_journal(path)


def _read(
    drop: DropState,
    source: TierContract,
    journal: Journal,
    progress: Progress,
    blocks: tuple[int | None, int | None],
) -> tuple[ChainState, list[str]]:
    """Return a contract's state, and warnings about its royalties.

    ``blocks`` are the depth below the head that is final, and the first block to read.
    """
    settings, contract = drop.collection.settings, source.contract
    endpoints = Endpoints.connect(contract.rpc, contract.chain_id)
    endpoints.log = progress.log
    tokens = list(source.tokens(drop.collection.tokens, settings.tier_contracts))
    owners = drop.data.get("owners", {})
    known = {token.number: _holders(owners.get(token.id)) for token in tokens}
    reading = Reading(contract, known, endpoints, journal, progress, *blocks)
    state = reading.read_state()
    for fault in endpoints.left_out:
        progress.log(f"warning: {fault}")
    calls = ContractCalls(endpoints, contract.address, reading.block)
    return state, royalty_warnings(settings, calls, tokens)


def _holders(value: object) -> list[str]:
    """Return the holders of a token in the ledger."""
    if isinstance(value, dict):
        return list(value)
    return [value] if isinstance(value, str) else []


def _snapshot_block(journals: list[tuple[TierContract, Journal]]) -> BlockRange:
    """Return the last blocks that all contracts on the first one's chain have been read to."""
    chain = journals[0][0].contract.chain_id
    last = [journal.ranges[-1] for source, journal in journals if source.contract.chain_id == chain]
    return min(last, key=lambda blocks: blocks.last)


def _write_ledger(drop: DropState, synced: SyncedLedger, last: BlockRange) -> None:
    """Write the ledger with owners, and with the number and time of the last block."""
    data: dict[str, Any] = {**drop.data, "tokens": synced.entries, "owners": synced.owners}
    data["block"] = last.last
    data["time"] = f"{datetime.fromtimestamp(last.time, UTC):%Y-%m-%dT%H:%M:%SZ}"
    data.pop("unknown", None)
    if synced.unknown:
        data["unknown"] = synced.unknown
    drop.data = data
    drop.write_ledger()


def _log_metadata_updates(
    source: TierContract, journal: Journal, first_new: int, progress: Progress
) -> None:
    """Log the tokens whose metadata updates were announced since the last sync."""
    tokens: set[int] = set()
    for blocks in journal.ranges:
        for event in blocks.events if blocks.first >= first_new else ():
            if not isinstance(event, MetadataUpdate):
                continue
            if event.last - event.first + len(tokens) < MAX_LISTED:
                tokens.update(range(event.first, event.last + 1))
    if tokens:
        which = f" of {source.tier} tokens" if source.tier else ""
        listed = format_ranges(sorted(tokens))
        progress.log(f"metadata updates{which} since the last sync: {listed}")
