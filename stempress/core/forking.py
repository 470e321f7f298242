"""Parallel work in forked processes, where that is safe and faster."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BATCH_SIZE = 64
FORK_THRESHOLD = 64
"""Fewer items than this are done sooner than a second process starts."""
SMALL_BATCH_SIZE = 8
"""Batch size below POOL_THRESHOLD; the items of a batch may share work."""
POOL_THRESHOLD = 1000
"""With fewer items a pool takes too long to start, and batches can be numbered in a byte."""
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_work: list[tuple[Callable[[Any], list[Any]], Sequence[Sequence[Any]]]] = []
"""The function and batches of the running pool: forks inherit them, so nothing is pickled."""


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def map_in_batches[Item, Result](
    function: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item], jobs: int
) -> Iterator[list[Result]]:
    """Yield ``function(batch)`` for every batch of items, in order, from up to ``jobs`` processes.

    Works in this process alone if it has other threads, or on systems where forking is unsafe.
    """
    forks = jobs > 1 and len(items) >= FORK_THRESHOLD and _may_fork()
    size = SMALL_BATCH_SIZE if forks and len(items) < POOL_THRESHOLD else BATCH_SIZE
    batches = [items[start : start + size] for start in range(0, len(items), size)]
    if not forks:
        yield from map(function, batches)
        return
    if len(items) < POOL_THRESHOLD:
        yield from _share_between_forks(function, batches, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - small builds need no pool
    from multiprocessing import get_context  # noqa: PLC0415

    _prctl()
    _work.append((function, batches))
    try:
        context = get_context("fork")
        with ProcessPoolExecutor(jobs, context, _die_with_parent, (os.getpid(),)) as pool:
            yield from pool.map(_run_batch, range(len(batches)), chunksize=4)
    finally:
        _work.pop()


def _share_between_forks[Item, Result](
    function: Callable[[Sequence[Item]], list[Result]],
    batches: Sequence[Sequence[Item]],
    jobs: int,
) -> Iterator[list[Result]]:
    """Yield the results in order. Processes, this one included, take batch numbers from a pipe."""
    queue, filler = os.pipe()
    os.write(filler, bytes(range(len(batches))))
    os.close(filler)

    def work() -> dict[int, list[Result]]:
        results = {}
        while number := os.read(queue, 1):
            results[number[0]] = function(batches[number[0]])
        return results

    forks = [start_in_fork(work) for _ in range(1, jobs)]
    try:
        results = work()
    finally:  # wait for every fork even if this process fails
        from_forks = [wait() for wait in forks]
        os.close(queue)
    for more in from_forks:
        results |= more
    for number in range(len(batches)):
        yield results[number]


def start_in_fork[Result](function: Callable[[], Result]) -> Callable[[], Result]:
    """Start a function in a forked process; return a function that waits for its result.

    That function raises what the fork raised. Where forking is unsafe or pointless, it is
    ``function`` itself.
    """
    if cores() < 2 or not _may_fork():
        return function
    _prctl()
    reading, writing = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        with suppress(BaseException), os.fdopen(writing, "wb") as pipe:
            _die_with_parent(parent)
            pipe.write(_pickled_result(function))
        os._exit(0)
    os.close(writing)

    def result() -> Result:
        import pickle  # noqa: PLC0415 - builds without changes need none

        with os.fdopen(reading, "rb") as pipe:
            content = pipe.read()
        os.waitpid(child, 0)
        if not content:
            raise ChildProcessError("a worker process ended without a result")
        returned, error = pickle.loads(content)  # noqa: S301 - from our own fork
        if error is not None:
            raise error
        return cast("Result", returned)

    return result


def _pickled_result(function: Callable[[], object]) -> bytes:
    """Return a pickle of the pair (return value, None) or (None, exception)."""
    import pickle  # noqa: PLC0415

    try:
        return pickle.dumps((function(), None), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - raised by the process that waits
        return pickle.dumps((None, error), pickle.HIGHEST_PROTOCOL)


def _may_fork() -> bool:
    return sys.platform == "linux" and threading.active_count() == 1


def _die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, for whatever reason."""
    _prctl()(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()


@cache
def _prctl() -> Callable[[int, int], object]:
    """Return prctl(2); looked up before forking, so that forks need not."""
    import ctypes  # noqa: PLC0415 - slow to import

    prctl: Callable[[int, int], object] = ctypes.CDLL(None).prctl
    return prctl


def _run_batch(number: int) -> list[Any]:
    function, batches = _work[-1]
    return function(batches[number])
