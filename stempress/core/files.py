"""Files that are written in one step: no one ever finds half of one."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from stempress.core.errors import Fault, SiteError

if TYPE_CHECKING:
    from collections.abc import Iterator

UNSURE_NS = 2_000_000_000
"""What was saved so shortly before may be saved again without its time telling so."""


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that takes the place of ``path`` at the end; nothing is left where that fails.

    OSError of a disk that is full has the name of ``path``.
    """
    from tempfile import NamedTemporaryFile  # noqa: PLC0415 - few commands write one

    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as part:
        made = Path(part.name)
        try:
            with attach_filename(path):
                yield part
                part.close()
            made.replace(path)
        except BaseException:
            made.unlink(missing_ok=True)
            raise


@contextmanager
def attach_filename(path: Path | str) -> Iterator[None]:
    """Give an OSError that does not say which file it is about this one's name."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def check_writable(path: Path, option: str) -> None:
    """Refuse, before there is work, a file that could not be written after it."""
    if path.is_dir():
        what, hint = "is a folder", "name a file in it"
    elif not path.parent.is_dir():
        what, hint = "lies in a folder that is not there", "make the folder first"
    else:
        return
    raise SiteError([Fault(option, what, value=str(path), hint=hint)])


def write_text_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file of the artist's folder. ``mode`` is what new files get."""
    kept = path.stat().st_mode if path.exists() else mode
    with atomic_write(path) as part:
        part.write(text.encode())
        part.flush()
        os.fsync(part.fileno())
        Path(part.name).chmod(kept)
