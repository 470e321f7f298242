"""Reads a contract's logs, block range by block range, within what each endpoint allows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from stempress.core.errors import Fault, SiteError
from stempress.drop.blocks import Block, require_block
from stempress.drop.events import TOPICS, parse_logs
from stempress.drop.journal import BlockRange
from stempress.drop.log_span import recall_span, save_spans
from stempress.drop.rpc import NoAnswerError
from stempress.drop.rpc_errors import (
    EndpointError,
    EndpointTimeoutError,
    LimitedError,
    RefusedError,
    WrongError,
)
from stempress.drop.rpc_values import hash_text, hex_bytes, objects, quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stempress.collection.settings import Contract
    from stempress.core.progress import Progress
    from stempress.drop.endpoint import Endpoint
    from stempress.drop.journal import Journal
    from stempress.drop.rpc import Endpoints


def read_chain(
    journal: Journal,
    endpoints: Endpoints,
    contract: Contract,
    head: Block,
    progress: Progress,
) -> None:
    """Read all new blocks up to the head into the journal.

    If no endpoint keeps the first blocks, reading begins where one does.
    """
    first = journal.next_block
    total = head.number - first + 1
    progress.log(f"Blocks: {max(0, total)} of {head.number + 1} new")
    columns = (
        TextColumn("Blocks"),
        BarColumn(),
        TextColumn("{task.fields[block]}"),
        TimeElapsedColumn(),
    )
    for endpoint in endpoints.endpoints:
        endpoint.span = recall_span(endpoint.url)
        endpoint.pruned_below = 0  # logs are kept for longer than state
    console = progress.console
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("Blocks", total=max(0, total), block=first)
        try:
            for blocks in _read_ranges(endpoints, contract, journal, head):
                journal.append(blocks)
                bars.update(task, completed=blocks.last - first + 1, block=blocks.last)
        finally:
            save_spans({endpoint.url: endpoint.span for endpoint in endpoints.endpoints})


def _read_ranges(
    endpoints: Endpoints, contract: Contract, journal: Journal, head: Block
) -> Iterator[BlockRange]:
    """Yield ranges from the journal's next block up to the head."""
    while (first := journal.next_block) <= head.number:
        try:
            read = partial(_read_next, contract=contract, first=first, head=head)
            yield endpoints.attempt(read, first)
        except NoAnswerError as error:
            if journal.ranges or not error.is_lacking:
                raise
            journal.record_missing(_oldest_kept(endpoints, contract, first, head, error))


def _read_next(endpoint: Endpoint, contract: Contract, first: int, head: Block) -> BlockRange:
    """Read as many blocks as the endpoint allows."""
    while True:
        span = endpoint.span.next_size
        last = min(first + span - 1, head.number)
        try:
            blocks = read_range(endpoint, contract, first, last)
        except EndpointError as error:
            refused = isinstance(error, LimitedError | RefusedError)
            smaller = refused and endpoint.span.refuse(last - first + 1, error)
            if not smaller or isinstance(error, EndpointTimeoutError):
                raise
            continue
        endpoint.header = None  # it is asked for again next time
        if last == head.number and blocks.hash != head.hash:
            raise WrongError(f"has another block {last} than the other endpoints")
        endpoint.span.succeed(last - first + 1)
        return blocks


def read_range(endpoint: Endpoint, contract: Contract, first: int, last: int) -> BlockRange:
    """Read a range of blocks; EndpointError if the answers are inconsistent.

    An endpoint that is not fully synced returns fewer logs instead of an error. So the last block
    is requested first, and logs of that block must have its hash.
    """
    block = endpoint.header
    if not isinstance(block, Block) or block.number != last:
        block = endpoint.header = require_block(endpoint, last)
    log_filter = {
        "address": contract.address,
        "fromBlock": hex(first),
        "toBlock": hex(last),
        "topics": [list(TOPICS)],
    }
    logs = objects(endpoint.call("eth_getLogs", log_filter), "eth_getLogs")
    for log in logs:
        if quantity(log.get("address"), "a log's contract", 2**160) != int(contract.address, 16):
            raise WrongError("gives a log of another contract")
        if (
            quantity(log.get("blockNumber"), "a log's block") == last
            and hash_text(log.get("blockHash"), "a log's block") != block.hash
        ):
            raise WrongError("gives a log of another fork")
    events = tuple(parse_logs(logs, first, last))
    return BlockRange(first, last, block.hash, block.time, events, endpoint.name)


def _oldest_kept(
    endpoints: Endpoints, contract: Contract, first: int, head: Block, error: NoAnswerError
) -> int:
    """Return the first block whose logs any endpoint keeps, by bisection; else raise ``error``."""
    pruned, kept = first, head.number + 1
    while kept - pruned > 1:
        middle = (pruned + kept) // 2
        try:
            read = partial(read_range, contract=contract, first=middle, last=middle)
            endpoints.attempt(read, middle)
            kept = middle
        except NoAnswerError as failure:
            if not failure.is_lacking:
                raise
            pruned = middle
    if kept > head.number:
        raise error
    return kept


def deployment_block(endpoints: Endpoints, contract: Contract, head: Block) -> int | None:
    """Return the block of the contract's deployment; None if no endpoint keeps old state."""
    if not endpoints.attempt(lambda endpoint: _has_code(endpoint, contract, head.number)):
        raise SiteError([_absence(endpoints, contract, head)])
    low, high = 0, head.number
    while low < high:
        middle = (low + high) // 2
        try:
            look = partial(_has_code, contract=contract, block=middle)
            exists = endpoints.attempt(look, middle)
        except NoAnswerError as error:
            if not error.is_lacking:
                raise
            return None
        low, high = (low, middle) if exists else (middle + 1, high)
    return low


def _absence(endpoints: Endpoints, contract: Contract, head: Block) -> Fault:
    """Return the fault of an address without code."""
    if endpoints.attempt(lambda endpoint: _has_code(endpoint, contract, "latest")):
        message = f"is a contract newer than the last final block, {head.number}"
        hint = "run sync again in a quarter of an hour, or with --depth 0"
        return Fault("site.toml", message, "address", contract.address, hint)
    hint = "is chain_id the contract's chain?"
    return Fault("site.toml", "is not a contract", "address", contract.address, hint)


def _has_code(endpoint: Endpoint, contract: Contract, block: int | str) -> bool:
    tag = hex(block) if isinstance(block, int) else block
    return bool(hex_bytes(endpoint.call("eth_getCode", contract.address, tag), "eth_getCode"))
