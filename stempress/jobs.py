"""The same work on many things, from several processes where that pays."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BATCH = 64
WORTH = 6 * BATCH
"""Fewer things than this are done sooner than a second process begins."""
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_work: list[tuple[Callable[[Any], list[Any]], Sequence[Sequence[Any]]]] = []
"""What the processes find when they begin: they are forks, and nothing is sent to them."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def in_batches[Thing, Result](
    function: Callable[[Sequence[Thing]], list[Result]], things: Sequence[Thing], jobs: int
) -> Iterator[list[Result]]:
    """Yield ``function`` of every batch of things, in order.

    Only a process without other threads forks, and only where forking is safe.
    """
    batches = [things[at : at + BATCH] for at in range(0, len(things), BATCH)]
    forks = sys.platform == "linux" and threading.active_count() == 1
    if jobs < 2 or len(things) < WORTH or not forks:
        yield from map(function, batches)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - small builds need none
    from multiprocessing import get_context  # noqa: PLC0415

    _work.append((function, batches))
    try:
        context = get_context("fork")
        with ProcessPoolExecutor(jobs, context, _end_with, (os.getpid(),)) as pool:
            yield from pool.map(_batch, range(len(batches)), chunksize=4)
    finally:
        _work.pop()


def _end_with(parent: int) -> None:
    """Let this process end when its parent does, however that ends."""
    import ctypes  # noqa: PLC0415 - small builds need none

    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()


def _batch(at: int) -> list[Any]:
    function, batches = _work[-1]
    return function(batches[at])
