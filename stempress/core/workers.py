"""Parallel work on the cores of this computer or on a Dask cluster.

Functions must be those of a module, and arguments picklable; results of other calls may be
arguments. Encoding and mixing spend their time in libsndfile, LAME, soxr and numpy, which release
the GIL, so threads do. Measuring holds it, and needs processes.
"""

# ruff: noqa: PLC0415 - most builds need no workers

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from stempress.core.processes import process_pool
from stempress.core.system import cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

    from stempress.core.work import Pending, Workers


class LocalWorkers:
    """Threads and processes on all cores of this computer."""

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(cores())

    @cached_property
    def _processes(self) -> ProcessPoolExecutor:
        return process_pool(cores(), "spawn")

    def submit(self, function: Callable[..., object], /, *arguments: object) -> Pending:
        """Run in a thread. It waits only for calls submitted earlier, so there is no deadlock."""
        return self._threads.submit(lambda: function(*map(_resolve, arguments)))

    def submit_to_process(self, function: Callable[..., object], /, *arguments: object) -> Pending:
        """Run in another process."""
        return self._processes.submit(function, *arguments)

    def close(self) -> None:
        """Stop threads and processes; calls that have not started are cancelled."""
        for name in ("_threads", "_processes"):
            if name in vars(self):
                getattr(self, name).shutdown(cancel_futures=True)


def _resolve(argument: object) -> object:
    from concurrent.futures import Future

    if isinstance(argument, list):
        return [_resolve(item) for item in argument]
    return argument.result() if isinstance(argument, Future) else argument


@contextmanager
def start_workers(cluster: str = "") -> Iterator[Workers]:
    """Yield workers on this computer, or on the cluster of the Dask scheduler at an address."""
    if cluster:
        from stempress.core.dask_cluster import dask_workers

        with dask_workers(cluster) as workers:
            yield workers
        return
    local = LocalWorkers()
    try:
        yield local
    finally:
        local.close()
