"""Where work is done: all cores of this machine, or a Dask cluster.

Work is a function of a module, with arguments that can be pickled; what other work is going to
return may be among them. Encoding and mixing are long calls into libsndfile, LAME, soxr and numpy,
which let other threads run. Measuring is many short ones, which do not, and gets processes.
"""

# ruff: noqa: PLC0415 - most builds have no work to do

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
    from multiprocessing.process import BaseProcess

    from stempress.core.work import Pending, Workers


class LocalWorkers:
    """The cores of this machine."""

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(os.cpu_count())

    @cached_property
    def _processes(self) -> ProcessPoolExecutor:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        context = get_context("spawn")
        return ProcessPoolExecutor(os.cpu_count(), context, initializer=_exit_with_parent)

    def submit(self, function: Callable[..., object], /, *given: object) -> Pending:
        """Begin in a thread; what it waits for was begun before it, so nothing waits for ever."""
        return self._threads.submit(lambda: function(*map(_resolve, given)))

    def submit_to_process(self, function: Callable[..., object], /, *given: object) -> Pending:
        """Begin in a process."""
        return self._processes.submit(function, *given)

    def close(self) -> None:
        """Let go of threads and processes; what has not begun will not."""
        for name in ("_threads", "_processes"):
            if name in vars(self):
                getattr(self, name).shutdown(cancel_futures=True)


def _exit_with_parent() -> None:
    """Let this process end when its parent does, however that ends: the pool itself would wait."""
    from multiprocessing import parent_process
    from threading import Thread

    if parent := parent_process():
        Thread(target=_wait_for_parent, args=(parent,), daemon=True).start()


def _wait_for_parent(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _resolve(given: object) -> object:
    from concurrent.futures import Future

    if isinstance(given, list):
        return [_resolve(each) for each in given]
    return given.result() if isinstance(given, Future) else given


@contextmanager
def start_workers(cluster: str = "") -> Iterator[Workers]:
    """Yield this machine's cores, or the cluster of the Dask scheduler at an address."""
    if cluster:
        from stempress.core.dask_cluster import dask_workers

        with dask_workers(cluster) as found:
            yield found
        return
    cores = LocalWorkers()
    try:
        yield cores
    finally:
        cores.close()
