"""``build.py sync``: updates the ledger from the chain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stempress.core.errors import Fault, SiteError
from stempress.core.units import format_ranges
from stempress.drop.chain_reading import Reading, confirmation_path
from stempress.drop.chain_state import apply_state
from stempress.drop.contract_calls import ContractCalls
from stempress.drop.drop_state import open_drop
from stempress.drop.events import MetadataUpdate
from stempress.drop.journal import journal_path, open_journal
from stempress.drop.royalties import royalty_warnings
from stempress.drop.rpc import Endpoints

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.drop.chain_state import SyncedLedger
    from stempress.drop.drop_state import DropState
    from stempress.drop.journal import BlockRange, Journal

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
    """Read the contract's events since the last sync and apply them to the ledger."""
    drop = open_drop(site)
    contract = drop.collection.settings.contract
    if contract is None:
        fault = Fault("site.toml", "is missing", "collection.contract", hint="add the table")
        raise SiteError([fault])
    endpoints = Endpoints.connect(contract.rpc, contract.chain_id)
    endpoints.log = progress.log
    path = journal_path(drop.collection.settings)
    if anew:
        path.unlink(missing_ok=True)
        confirmation_path(path).unlink(missing_ok=True)
    journal = open_journal(path)
    first_new = journal.next_block
    owners = drop.data.get("owners", {})
    tokens = {entry["id"]: _holders(owners.get(entry["id"])) for entry in drop.entries}
    reading = Reading(contract, tokens, endpoints, journal, progress, depth, from_block)
    state = reading.read_state()
    for fault in endpoints.left_out:
        progress.log(f"warning: {fault}")
    albums = drop.collection.albums
    synced = apply_state(drop.entries, state, albums, contract.standard, journal.added)
    journal.record_added(synced.added)  # before the ledger, so that it can be undone
    _write_ledger(drop, synced, journal.ranges[-1])
    calls = ContractCalls(endpoints, contract.address, reading.block)
    royalties = royalty_warnings(drop.collection.settings, calls, drop.collection.tokens)
    for warning in (*synced.warnings, *royalties):
        progress.log(f"warning: {warning}")
    _log_metadata_updates(journal, first_new, progress)
    progress.log(
        f"block {drop.data['block']}: {len(synced.owners)} tokens held, "
        f"{len(state.forgings)} forged; build the site to show it"
    )


def _holders(value: object) -> list[str]:
    """Return the holders of a token in the ledger."""
    if isinstance(value, dict):
        return list(value)
    return [value] if isinstance(value, str) else []


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


def _log_metadata_updates(journal: Journal, first_new: int, progress: Progress) -> None:
    """Log the tokens whose metadata updates were announced since the last sync."""
    tokens: set[int] = set()
    for blocks in journal.ranges:
        for event in blocks.events if blocks.first >= first_new else ():
            if not isinstance(event, MetadataUpdate):
                continue
            if event.last - event.first + len(tokens) < MAX_LISTED:
                tokens.update(range(event.first, event.last + 1))
    if tokens:
        progress.log(f"metadata updates since the last sync: {format_ranges(sorted(tokens))}")
