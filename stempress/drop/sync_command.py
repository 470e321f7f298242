"""``build.py sync``: updates the ledger from the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from stempress.core.cache import cache_root, digest
from stempress.core.errors import Fault, SiteError
from stempress.core.units import format_ranges
from stempress.drop.balances import check_balances
from stempress.drop.chain_state import apply_state, replay
from stempress.drop.drop_state import open_drop
from stempress.drop.events import TOPICS, MetadataUpdate, parse_logs
from stempress.drop.journal import BlockRange, open_journal
from stempress.drop.rpc import EndpointError, Endpoints, EndpointTimeoutError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.collection.settings import Contract
    from stempress.core.progress import Progress
    from stempress.drop.chain_state import ChainState, SyncedLedger
    from stempress.drop.drop_state import DropState
    from stempress.drop.journal import Journal
    from stempress.drop.rpc import Endpoint

VERSION = 1
"""Increment when the same logs give other events."""
SAFE_DEPTH = 64
"""Depth below the head at which blocks count as final, if the endpoint does not say."""
FIRST_SPAN = 2_000
MAX_SPAN = 500_000
MAX_LISTED = 100_000
"""Updates of more tokens than this are not listed: a contract may announce every possible id."""


@dataclass(frozen=True, slots=True)
class Block:
    """Header of a block; ``time`` is in seconds since 1970."""

    number: int
    hash: str
    time: int


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
    path = cache_root() / "chain" / f"{digest(VERSION, drop.collection.settings.key)[:24]}.jsonl"
    if anew:
        path.unlink(missing_ok=True)
    journal = open_journal(path)
    first_new = journal.next_block
    head = endpoints.attempt(lambda endpoint: final_block(endpoint, depth))
    dropped = drop_reorganised(journal, endpoints, head)
    if dropped:
        progress.log(f"the chain was reorganised: {dropped} block ranges are read again")
    if not journal.ranges:
        if from_block is None:
            from_block = deployment_block(endpoints, contract, head)
        journal.start = min(from_block, head.number)
    read_chain(journal, endpoints, contract, head, progress)
    state = _replay(journal)
    check_balances(state, endpoints, contract, journal.ranges[-1].last)
    albums = drop.collection.albums
    synced = apply_state(drop.entries, state, albums, contract.standard, journal.added)
    journal.record_added(synced.added)  # before the ledger, so that it can be undone
    _write_ledger(drop, synced, journal.ranges[-1])
    for warning in synced.warnings:
        progress.log(f"warning: {warning}")
    _log_metadata_updates(journal, first_new, progress)
    progress.log(
        f"block {drop.data['block']}: {len(synced.owners)} tokens held, "
        f"{len(state.forgings)} forged; build the site to show it"
    )


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


def final_block(endpoint: Endpoint, depth: int | None) -> Block:
    """Return the last finalised block, or the block ``depth`` below the head."""
    if depth is None:
        try:
            if finalized := block_at(endpoint, "finalized"):
                return finalized
        except RefusedError:  # not every chain has the tag
            pass
    latest = require_block(endpoint, "latest")
    number = latest.number - (SAFE_DEPTH if depth is None else depth)
    return require_block(endpoint, max(0, number))


def block_at(endpoint: Endpoint, number: int | str) -> Block | None:
    """Return a block by number or tag; None if the endpoint does not have it."""
    tag = hex(number) if isinstance(number, int) else number
    block = endpoint.call("eth_getBlockByNumber", tag, False)  # noqa: FBT003 - as JSON-RPC has it
    if block is None:
        return None
    return Block(int(block["number"], 16), str(block["hash"]), int(block["timestamp"], 16))


def require_block(endpoint: Endpoint, number: int | str) -> Block:
    """Return a block by number or tag; EndpointError if the endpoint is not synced that far."""
    block = block_at(endpoint, number)
    if block is None:
        raise EndpointError("it does not have this block")
    return block


def drop_reorganised(journal: Journal, endpoints: Endpoints, head: Block) -> int:
    """Remove ranges that are no longer part of the chain; return their number."""
    dropped = 0
    while journal.ranges:
        last = journal.ranges[-1]
        if last.last <= head.number and _hash_at(endpoints, last.last) == last.hash:
            break
        journal.drop_last()
        dropped += 1
    return dropped


def _hash_at(endpoints: Endpoints, number: int) -> str:
    return endpoints.attempt(lambda endpoint: require_block(endpoint, number)).hash


def read_chain(
    journal: Journal,
    endpoints: Endpoints,
    contract: Contract,
    head: Block,
    progress: Progress,
) -> None:
    """Read all new blocks up to the head into the journal."""
    first = journal.next_block
    total = head.number - first + 1
    progress.log(f"Blocks: {max(0, total)} of {head.number + 1} new")
    columns = (
        TextColumn("Blocks"),
        BarColumn(),
        TextColumn("{task.fields[block]}"),
        TimeElapsedColumn(),
    )
    console = progress.console
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("Blocks", total=max(0, total), block=first)
        for blocks in _read_ranges(endpoints, contract, first, head):
            journal.append(blocks)
            bars.update(task, advance=blocks.last - blocks.first + 1, block=blocks.last)


def _read_ranges(
    endpoints: Endpoints, contract: Contract, first: int, head: Block
) -> Iterator[BlockRange]:
    """Yield ranges up to the head; their size halves after a refusal and grows after a success."""
    span = FIRST_SPAN
    rotation = endpoints.rotate()
    endpoint = next(rotation)
    while first <= head.number:
        last = min(first + span - 1, head.number)
        try:
            blocks = read_range(endpoint, contract, first, last)
        except EndpointError as error:
            if isinstance(error, RefusedError | EndpointTimeoutError):
                span = max(1, (last - first + 1) // 2)
            if first == last or not isinstance(error, RefusedError):
                endpoint = next(rotation)
            continue
        except (TypeError, ValueError, KeyError):
            endpoint = next(rotation)
            continue
        yield blocks
        rotation = endpoints.rotate()
        endpoint = next(rotation)
        first = last + 1
        span = min(MAX_SPAN, span + max(1, span // 4))


def read_range(endpoint: Endpoint, contract: Contract, first: int, last: int) -> BlockRange:
    """Read a range of blocks; EndpointError or ValueError if the answers are inconsistent.

    An endpoint that is not fully synced returns fewer logs instead of an error. So the last block
    is requested first, and logs of that block must have its hash.
    """
    block = require_block(endpoint, last)
    logs = endpoint.call(
        "eth_getLogs",
        {
            "address": contract.address,
            "fromBlock": hex(first),
            "toBlock": hex(last),
            "topics": [list(TOPICS)],
        },
    )
    for log in logs:
        if int(log["address"], 16) != int(contract.address, 16):
            raise ValueError("a log of another contract")
        if int(log["blockNumber"], 16) == last and log["blockHash"] != block.hash:
            raise ValueError("a log of another block")
    return BlockRange(first, last, block.hash, block.time, tuple(parse_logs(logs, first, last)))


def deployment_block(endpoints: Endpoints, contract: Contract, head: Block) -> int:
    """Return the block of the contract's deployment; 0 if no endpoint has old state."""

    def search(endpoint: Endpoint) -> int:
        low, high = 0, head.number
        if not _has_code(endpoint, contract, high):
            raise SiteError([Fault("site.toml", "is not a contract", "address", contract.address)])
        while low < high:
            middle = (low + high) // 2
            if _has_code(endpoint, contract, middle):
                high = middle
            else:
                low = middle + 1
        return low

    for endpoint in endpoints.endpoints:
        try:
            return search(endpoint)
        except (EndpointError, TypeError):
            continue
    return 0


def _has_code(endpoint: Endpoint, contract: Contract, block: int) -> bool:
    return len(endpoint.call("eth_getCode", contract.address, hex(block))) > len("0x")


def _replay(journal: Journal) -> ChainState:
    try:
        return replay(journal.events())
    except ValueError as error:
        hint = "an endpoint has omitted logs: --anew reads them all again"
        raise SiteError([Fault("sync", str(error), "rpc", hint=hint)]) from None


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
