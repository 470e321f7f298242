"""Work on many items in a pool of processes, with the same results as in this process alone.

Where forking is safe, on Linux and from a process without other threads, the processes of the pool
inherit what they work on. Elsewhere they are started anew, and get a pickle of it.
"""

# ruff: noqa: PLC0415 - most builds need no pool

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from stempress.core import system

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    type StartMethod = Literal["fork", "spawn"]

BATCH_SIZE = 64
MIN_ITEMS: dict[StartMethod, int] = {"fork": 400, "spawn": 20_000}
"""Fewer items than this are done sooner than the processes of a pool have started."""
MAX_CHUNK = 4
"""Batches that a process takes at a time; fewer where there are few, so that all have work."""
_work: tuple[Callable[[Any], list[Any]], Sequence[Sequence[Any]]]
"""In a process of a pool: the function and all batches."""


def start_method() -> StartMethod:
    """Return how to start processes now: forks of a process with threads may deadlock."""
    return "fork" if system.can_fork() and threading.active_count() == 1 else "spawn"


@contextmanager
def map_in_batches[Item, Result](
    function: Callable[[Sequence[Item]], list[Result]],
    items: Sequence[Item],
    jobs: int,
    min_items: Mapping[StartMethod, int] | None = None,
) -> Iterator[Iterator[list[Result]]]:
    """Yield the results of ``function(batch)`` for every batch of items, in order.

    The work is done by up to ``jobs`` processes, which start before this returns: the caller may
    start threads then. Fewer than ``min_items``, by default MIN_ITEMS, are worked on in this one.
    An exception is raised here as it was there, ChildProcessError for a process that was killed.
    """
    batches = [items[start : start + BATCH_SIZE] for start in range(0, len(items), BATCH_SIZE)]
    method = start_method()
    if jobs < 2 or len(items) < (min_items or MIN_ITEMS)[method]:
        yield map(function, batches)
        return
    set_up, count = partial(_set_work, function, batches), len(batches)
    with process_pool(min(jobs, count), method, set_up) as pool:
        chunk = min(MAX_CHUNK, max(1, count // (4 * jobs)))
        yield _results(pool, count, chunk)


def _results(pool: ProcessPoolExecutor, count: int, chunk: int) -> Iterator[list[Any]]:
    """Start all batches; return an iterator over their results."""
    from concurrent.futures.process import BrokenProcessPool

    started = pool.map(_run_batch, range(count), chunksize=chunk)

    def wait() -> Iterator[list[Any]]:
        try:
            yield from started
        except BrokenProcessPool as error:
            raise ChildProcessError("a worker process ended without a result") from error

    return wait()


@contextmanager
def in_background[Result](function: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Call a function in another process; yield a function that waits for its result.

    Where that is not safe, or the process ends without a result, it is called when waited for.
    """
    if start_method() != "fork":
        yield function
        return
    from multiprocessing import get_context

    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send_result, args=(function, sender), daemon=True)
    process.start()
    sender.close()

    def wait() -> Result:
        try:
            result: Result = receiver.recv()
        except EOFError:
            return function()
        return result

    try:
        yield wait
    finally:
        receiver.close()
        process.kill()
        process.join()


def _send_result(function: Callable[[], object], sender: Connection) -> None:
    """Send what a function returns; if it fails, nothing: it is called again where that is told."""
    _end_on_ctrl_c()
    with suppress(Exception):
        sender.send(function())


def process_pool(
    processes: int, method: StartMethod, set_up: Callable[[], object] | None = None
) -> ProcessPoolExecutor:
    """Return a pool whose processes call ``set_up`` first, and end with this one."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context(method)
    return ProcessPoolExecutor(processes, context, _start, (set_up,))


def _start(set_up: Callable[[], object] | None) -> None:
    """End with the parent, which may be killed: a pool's processes would outlive it."""
    from multiprocessing import parent_process

    _end_on_ctrl_c()
    if parent := parent_process():
        threading.Thread(target=_exit_with, args=(parent,), daemon=True).start()
    if set_up:
        set_up()


def _end_on_ctrl_c() -> None:
    """Ctrl-C reaches all processes of a terminal; the parent alone says that it has stopped."""
    from signal import SIG_DFL, SIGINT, signal

    signal(SIGINT, SIG_DFL)


def _exit_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _set_work(
    function: Callable[[Sequence[Any]], list[Any]], batches: Sequence[Sequence[Any]]
) -> None:
    global _work  # noqa: PLW0603 - this process does nothing else
    _work = function, batches


def _run_batch(number: int) -> list[Any]:
    function, batches = _work
    return function(batches[number])
