"""One build of a folder at a time."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from stempress.output.writer import ensure_state_folder, state_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stempress.core.progress import Progress

LOCK = "lock"


@contextmanager
def lock_output(out: Path, progress: Progress) -> Iterator[None]:
    """Be the only build that makes ``out``; wait while another does. A lock ends with its process.

    The file stays: were it removed, two builds could hold locks of two files of one name.
    """
    records = state_folder(out)
    ensure_state_folder(records)
    words = f"another build is making {out}: waiting until it is done"
    with _locked(records / LOCK, partial(progress.log, words)):
        yield


if sys.platform == "win32":
    from filelock import FileLock, Timeout

    @contextmanager
    def _locked(file: Path, waiting: Callable[[], None]) -> Iterator[None]:
        """Hold a file's lock; ``waiting`` is called where another process does."""
        lock = FileLock(file)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            waiting()
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

else:
    import fcntl  # what filelock would call: to import that would take as long as many a page

    @contextmanager
    def _locked(file: Path, waiting: Callable[[], None]) -> Iterator[None]:
        """Hold a file's lock; ``waiting`` is called where another process does."""
        with file.open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
            except OSError:
                yield  # a disk that knows no locks
                return
            try:
                yield
            finally:
                fcntl.flock(lock, fcntl.LOCK_UN)  # forks that still end have the file open, too
