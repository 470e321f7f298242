"""What operating systems and disks offer or lack; whoever calls has a way to do without.

Callers use ``system.hard_link(...)`` and the like, so that tests can take a feature away.
"""

# ruff: noqa: PLC0415 - slow to import, and many builds need none

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_CURRENT_FOLDER = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2), RENAME_SWAP of renamex_np(2)


def can_fork() -> bool:
    """Return whether a process without other threads may be forked; on macOS it may not."""
    return sys.platform == "linux"


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def hard_link(source: str, target: str) -> bool:
    """Link ``target`` to a file; return False if the disk has no hard links."""
    try:
        os.link(source, target)
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError:
        return False
    return True


def exchange_folders(one: Path, other: Path) -> bool:
    """Exchange two folders of a disk in one step; return False if that is not possible."""
    if os.name != "posix":
        return False
    import ctypes

    library = ctypes.CDLL(None)
    paths = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        first, second = paths
        return not library.renameat2(_CURRENT_FOLDER, first, _CURRENT_FOLDER, second, _EXCHANGE)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return not library.renamex_np(*paths, _EXCHANGE)
    return False


@contextmanager
def lock_with_filelock(file: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold a file's lock, on any system; call ``on_wait`` before waiting for another process."""
    from filelock import FileLock, Timeout

    lock = FileLock(file)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        on_wait()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


if sys.platform == "win32":
    lock_file = lock_with_filelock
else:

    @contextmanager
    def lock_file(file: Path, on_wait: Callable[[], None]) -> Iterator[None]:
        """Hold a file's lock as filelock would, without its import; none if the disk has none."""
        import fcntl

        with file.open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                on_wait()
                fcntl.flock(lock, fcntl.LOCK_EX)
            except OSError:
                yield
                return
            try:
                yield
            finally:
                fcntl.flock(lock, fcntl.LOCK_UN)  # running forks have the file open, too
