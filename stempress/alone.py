"""One build of a folder at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from stempress.output import records_of, shelter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.progress import Progress

LOCK = "lock"


@contextmanager
def alone(out: Path, progress: Progress) -> Iterator[None]:
    """Be the only build that makes ``out``; wait while another does. A lock ends with its process.

    The file stays: were it removed, two builds could hold locks of two files of one name.
    """
    records = records_of(out)
    shelter(records)
    lock = FileLock(records / LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        progress.say(f"another build is making {out}: waiting until it is done")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
