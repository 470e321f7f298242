"""The same work on many things, from several processes where that pays."""

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
"""Fewer things than this are done sooner than a second process begins."""
SMALL_BATCH_SIZE = 8
"""How many of a few things are done together; what is made of one may help to make the next."""
POOL_THRESHOLD = 1000
"""For fewer things a pool of processes takes too long to begin; 256 hands are dealt at most."""
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_work: list[tuple[Callable[[Any], list[Any]], Sequence[Sequence[Any]]]] = []
"""What the processes find when they begin: they are forks, and nothing is sent to them."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def map_in_batches[Thing, Result](
    function: Callable[[Sequence[Thing]], list[Result]], things: Sequence[Thing], jobs: int
) -> Iterator[list[Result]]:
    """Yield ``function`` of every batch of things, in order.

    Only a process without other threads forks, and only where forking is safe.
    """
    forks = jobs > 1 and len(things) >= FORK_THRESHOLD and _may_fork()
    size = SMALL_BATCH_SIZE if forks and len(things) < POOL_THRESHOLD else BATCH_SIZE
    batches = [things[at : at + size] for at in range(0, len(things), size)]
    if not forks:
        yield from map(function, batches)
        return
    if len(things) < POOL_THRESHOLD:
        yield from _share_between_forks(function, batches, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - small builds need none
    from multiprocessing import get_context  # noqa: PLC0415

    _prctl()
    _work.append((function, batches))
    try:
        context = get_context("fork")
        with ProcessPoolExecutor(jobs, context, _die_with_parent, (os.getpid(),)) as pool:
            yield from pool.map(_batch, range(len(batches)), chunksize=4)
    finally:
        _work.pop()


def _share_between_forks[Thing, Result](
    function: Callable[[Sequence[Thing]], list[Result]],
    batches: Sequence[Sequence[Thing]],
    jobs: int,
) -> Iterator[list[Result]]:
    """Yield what comes of every batch; whoever is free takes the next, this process too."""
    hands, dealer = os.pipe()
    os.write(dealer, bytes(range(len(batches))))
    os.close(dealer)

    def some() -> dict[int, list[Result]]:
        done = {}
        while hand := os.read(hands, 1):
            done[hand[0]] = function(batches[hand[0]])
        return done

    others = [start_in_fork(some) for _ in range(1, jobs)]
    try:
        done = some()
    finally:  # whatever happens, none of them is left at work
        theirs = [result() for result in others]
        os.close(hands)
    for each in theirs:
        done |= each
    for at in range(len(batches)):
        yield done[at]


def start_in_fork[Result](function: Callable[[], Result]) -> Callable[[], Result]:
    """Begin to work in another process, where there can be one; return what waits for the result.

    What that process raises is raised then.
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
        import pickle  # noqa: PLC0415 - a build that changes nothing needs none

        with os.fdopen(reading, "rb") as pipe:
            content = pipe.read()
        os.waitpid(child, 0)
        if not content:
            raise ChildProcessError("a process that was to help has ended")
        found, error = pickle.loads(content)  # noqa: S301 - from our own process
        if error is not None:
            raise error
        return cast("Result", found)

    return result


def _pickled_result(function: Callable[[], object]) -> bytes:
    """Return what a function returns or raises, for another process."""
    import pickle  # noqa: PLC0415

    try:
        return pickle.dumps((function(), None), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
        return pickle.dumps((None, error), pickle.HIGHEST_PROTOCOL)


def _may_fork() -> bool:
    return sys.platform == "linux" and threading.active_count() == 1


def _die_with_parent(parent: int) -> None:
    """Let this process end when its parent does, however that ends."""
    _prctl()(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()


@cache
def _prctl() -> Callable[[int, int], object]:
    """Return prctl(2), which a process looks up before it forks: its forks then need not."""
    import ctypes  # noqa: PLC0415 - takes long

    prctl: Callable[[int, int], object] = ctypes.CDLL(None).prctl
    return prctl


def _batch(at: int) -> list[Any]:
    function, batches = _work[-1]
    return function(batches[at])
