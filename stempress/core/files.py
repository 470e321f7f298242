"""Atomic writes, and checks before a file is written."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from stempress.core.errors import Fault, SiteError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

TIMESTAMP_MARGIN_NS = 2_000_000_000
"""A file saved this recently may be saved again without a change of its timestamp."""


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Yield a temporary file that replaces ``path`` at the end; if that fails it is removed.

    An OSError while writing names ``path``, not the temporary file.
    """
    from tempfile import NamedTemporaryFile  # noqa: PLC0415 - few commands write one

    path.parent.mkdir(parents=True, exist_ok=True)
    # Closing a draft that could not be written fails once more: that error is raised.
    with attach_filename(path), NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft_path = Path(draft.name)
        try:
            yield draft
            draft.close()
            draft_path.replace(path)
        except BaseException:
            draft_path.unlink(missing_ok=True)
            raise


@contextmanager
def attach_filename(path: Path | str) -> Iterator[None]:
    """Set the file name of an OSError that has none: writing to an open file gives none."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def check_writable(path: Path, option: str) -> None:
    """Raise SiteError for a path that cannot be written to, before work begins."""
    if path.is_dir():
        message, hint = "is a folder", "name a file in it"
    elif not path.parent.is_dir():
        message, hint = "is in a folder that does not exist", "create the folder first"
    else:
        return
    raise SiteError([Fault(option, message, value=str(path), hint=hint)])


def check_suffix(path: Path, option: str, suffixes: Collection[str]) -> None:
    """Raise SiteError for a path with another suffix than these, in lower case."""
    if path.suffix.lower() not in suffixes:
        raise SiteError([Fault(option, f"must end in {' or '.join(suffixes)}", value=path.name)])


def check_folder(path: Path, option: str) -> None:
    """Raise SiteError for a folder that is none or cannot be made, before work begins."""
    if path.exists() and not path.is_dir():
        message, hint = "is a file", "name a folder"
    elif not path.parent.is_dir():
        message, hint = "is in a folder that does not exist", "create that folder first"
    else:
        return
    raise SiteError([Fault(option, message, value=str(path), hint=hint)])


def write_text_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a text file; an existing file keeps its permissions, a new one gets ``mode``."""
    write_atomically(path, text.encode(), mode)


def write_atomically(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file; an existing file keeps its permissions, a new one gets ``mode``."""
    permissions = path.stat().st_mode if path.exists() else mode
    with atomic_write(path) as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
        Path(draft.name).chmod(permissions)
