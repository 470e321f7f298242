"""``build.py sync``: the ledger as the chain has it."""

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
from stempress.drop.chain_state import apply, fold
from stempress.drop.drop_state import open_books
from stempress.drop.events import TOPICS, Announced, read_logs
from stempress.drop.journal import Stretch, open_journal
from stempress.drop.rpc import AnswerError, Endpoints, RefusedError, SlowError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.collection.settings import Contract
    from stempress.core.progress import Progress
    from stempress.drop.chain_state import State
    from stempress.drop.journal import Journal
    from stempress.drop.rpc import Endpoint

VERSION = 1
"""Raise it when the same logs give other events."""
SAFE_DEPTH = 64
"""Blocks below the head that count as final where an endpoint does not say which are."""
FIRST_SPAN = 2_000
LARGEST_SPAN = 500_000
MOST_NAMED = 100_000
"""A contract may announce all tokens that there could ever be; such a range is not counted out."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block as far as it matters here; ``time`` in seconds since 1970."""

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
    """Read what has happened since the last time, and write what it comes to into the ledger."""
    books = open_books(site)
    contract = books.collection.settings.contract
    if contract is None:
        fault = Fault("site.toml", "is missing", "collection.contract", hint="add the table")
        raise SiteError([fault])
    endpoints = Endpoints.of(contract.rpc, contract.chain_id)
    path = cache_root() / "chain" / f"{digest(VERSION, books.collection.settings.key)[:24]}.jsonl"
    if anew:
        path.unlink(missing_ok=True)
    journal = open_journal(path)
    heard = journal.next
    head = endpoints.attempt(lambda each: final_block(each, depth))
    reorganised = drop_forks(journal, endpoints, head)
    if reorganised:
        progress.log(f"the chain was reorganised: {reorganised} stretches are read again")
    if not journal.stretches:
        if from_block is None:
            from_block = first_block(endpoints, contract, head)
        journal.begin = min(from_block, head.number)
    read_chain(journal, endpoints, contract, head, progress)
    state = _folded(journal)
    check_balances(state, endpoints, contract, journal.stretches[-1].last)
    told = apply(books.entries, state, books.collection.albums, contract.standard, journal.made)
    journal.note_made(told.made)  # before the ledger has them: what is made can be taken back
    data: dict[str, Any] = {**books.data, "tokens": told.entries, "owners": told.owners}
    data["block"] = journal.stretches[-1].last
    data["time"] = f"{datetime.fromtimestamp(journal.stretches[-1].time, UTC):%Y-%m-%dT%H:%M:%SZ}"
    data.pop("unknown", None)
    if told.unknown:
        data["unknown"] = told.unknown
    books.data = data
    books.write_ledger()
    for remark in told.remarks:
        progress.log(f"warning: {remark}")
    _tell_announced(journal, heard, progress)
    progress.log(
        f"block {data['block']}: {len(told.owners)} tokens held, "
        f"{len(state.forged)} forged; build the site to show it"
    )


def final_block(endpoint: Endpoint, depth: int | None) -> Block:
    """Return the last block that will stay: as the chain says, or ``depth`` below its head."""
    if depth is None:
        try:
            if found := block_at(endpoint, "finalized"):
                return found
        except RefusedError:  # not every chain has the tag
            pass
    latest = there(block_at(endpoint, "latest"))
    number = latest.number - (SAFE_DEPTH if depth is None else depth)
    return there(block_at(endpoint, max(0, number)))


def block_at(endpoint: Endpoint, number: int | str) -> Block | None:
    """Return a block by number or tag; None where the endpoint does not have it."""
    tag = hex(number) if isinstance(number, int) else number
    found = endpoint.ask("eth_getBlockByNumber", tag, False)  # noqa: FBT003 - JSON-RPC's own
    if found is None:
        return None
    return Block(int(found["number"], 16), str(found["hash"]), int(found["timestamp"], 16))


def there(block: Block | None) -> Block:
    """Refuse what an endpoint does not have: it is behind the others."""
    if block is None:
        raise AnswerError("it does not have this block")
    return block


def drop_forks(journal: Journal, endpoints: Endpoints, head: Block) -> int:
    """Forget stretches whose last block is no more what it was; return how many."""
    dropped = 0
    while journal.stretches:
        last = journal.stretches[-1]
        if last.last <= head.number and _hash_at(endpoints, last.last) == last.hash:
            break
        journal.drop_last()
        dropped += 1
    return dropped


def _hash_at(endpoints: Endpoints, number: int) -> str:
    return endpoints.attempt(lambda each: there(block_at(each, number))).hash


def read_chain(
    journal: Journal,
    endpoints: Endpoints,
    contract: Contract,
    head: Block,
    progress: Progress,
) -> None:
    """Read every block up to the head into the journal, in stretches that endpoints can bear."""
    first = journal.next
    total = head.number - first + 1
    progress.log(f"Blocks: {max(0, total)} of {head.number + 1} new")
    columns = (
        TextColumn("Blocks"),
        BarColumn(),
        TextColumn("{task.fields[at]}"),
        TimeElapsedColumn(),
    )
    console = progress.console
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("Blocks", total=max(0, total), at=first)
        for stretch in _stretches(endpoints, contract, first, head):
            journal.append(stretch)
            bars.update(task, advance=stretch.last - stretch.first + 1, at=stretch.last)


def _stretches(
    endpoints: Endpoints, contract: Contract, first: int, head: Block
) -> Iterator[Stretch]:
    """Yield stretches of blocks: half as long after a refusal, a little longer after a success."""
    span = FIRST_SPAN
    trying = endpoints.each()
    endpoint = next(trying)
    while first <= head.number:
        last = min(first + span - 1, head.number)
        try:
            stretch = read_stretch(endpoint, contract, first, last)
        except AnswerError as error:
            if isinstance(error, RefusedError | SlowError):
                span = max(1, (last - first + 1) // 2)
            if first == last or not isinstance(error, RefusedError):
                endpoint = next(trying)
            continue
        except (TypeError, ValueError, KeyError):
            endpoint = next(trying)
            continue
        yield stretch
        trying = endpoints.each()
        endpoint = next(trying)
        first = last + 1
        span = min(LARGEST_SPAN, span + max(1, span // 4))


def read_stretch(endpoint: Endpoint, contract: Contract, first: int, last: int) -> Stretch:
    """Read some blocks; AnswerError or ValueError if an endpoint is behind, or contradicts itself.

    An endpoint that is behind answers with fewer logs, not with an error: so it has to show the
    last block first, and the logs of that block have to be of it.
    """
    block = there(block_at(endpoint, last))
    logs = endpoint.ask(
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
    return Stretch(first, last, block.hash, block.time, tuple(read_logs(logs, first, last)))


def first_block(endpoints: Endpoints, contract: Contract, head: Block) -> int:
    """Return the block in which the contract was made, 0 where no endpoint can look back."""

    def search(endpoint: Endpoint) -> int:
        low, high = 0, head.number
        if not _has_code(endpoint, contract, high):
            raise SiteError([Fault("site.toml", "is no contract", "address", contract.address)])
        while low < high:
            middle = (low + high) // 2
            if _has_code(endpoint, contract, middle):
                high = middle
            else:
                low = middle + 1
        return low

    for endpoint in endpoints.every:
        try:
            return search(endpoint)
        except (AnswerError, TypeError):
            continue
    return 0


def _has_code(endpoint: Endpoint, contract: Contract, block: int) -> bool:
    return len(endpoint.ask("eth_getCode", contract.address, hex(block))) > len("0x")


def _folded(journal: Journal) -> State:
    try:
        return fold(journal.events())
    except ValueError as error:
        hint = "an endpoint has left logs out: --anew reads all of them again"
        raise SiteError([Fault("sync", str(error), "rpc", hint=hint)]) from None


def _tell_announced(journal: Journal, heard: int, progress: Progress) -> None:
    """Say of which tokens the contract has announced new metadata since the last sync."""
    tokens: set[int] = set()
    for stretch in journal.stretches:
        for event in stretch.events if stretch.first >= heard else ():
            if isinstance(event, Announced) and event.last - event.first + len(tokens) < MOST_NAMED:
                tokens.update(range(event.first, event.last + 1))
    if tokens:
        progress.log(f"metadata announced since the last sync: {format_ranges(sorted(tokens))}")
