"""The lock of a site: one build of a folder at a time."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from stempress.output.state_folder import ensure_state_folder, state_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stempress.core.progress import Progress

LOCK = "lock"


@contextmanager
def lock_output(out: Path, progress: Progress) -> Iterator[None]:
    """Lock ``out`` for this build; wait while another build has it. The lock ends with its process.

    The lock file is never removed: two builds could then lock two files of the same name.
    """
    state = state_folder(out)
    ensure_state_folder(state)
    message = f"another build is writing {out}: waiting for it to finish"
    with _locked(state / LOCK, partial(progress.log, message)):
        yield


if sys.platform == "win32":
    from filelock import FileLock, Timeout

    @contextmanager
    def _locked(file: Path, on_wait: Callable[[], None]) -> Iterator[None]:
        """Hold a file's lock; call ``on_wait`` before waiting for another process."""
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

else:
    import fcntl  # filelock would do the same, but is slow to import

    @contextmanager
    def _locked(file: Path, on_wait: Callable[[], None]) -> Iterator[None]:
        """Hold a file's lock; call ``on_wait`` before waiting for another process."""
        with file.open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                on_wait()
                fcntl.flock(lock, fcntl.LOCK_EX)
            except OSError:
                yield  # a file system without locks
                return
            try:
                yield
            finally:
                fcntl.flock(lock, fcntl.LOCK_UN)  # running forks have the file open, too
