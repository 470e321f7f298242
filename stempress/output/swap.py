"""Atomic exchange of two folders, where the operating system has it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CURRENT_FOLDER = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2), RENAME_SWAP of renamex_np(2)


def swap_folders(one: Path, other: Path) -> None:
    """Exchange two folders of one file system.

    Without a system call for it, ``other`` is missing for a moment.
    """
    if not can_swap_atomically(one, other):
        aside = one.with_name(f"{one.name}.aside")
        other.replace(aside)
        one.replace(other)
        aside.replace(one)


def can_swap_atomically(one: Path, other: Path) -> bool:
    """Return whether two folders can be exchanged in one step; they are, if so."""
    return _swap_atomically(os.fsencode(one), os.fsencode(other))


def _swap_atomically(one: bytes, other: bytes) -> bool:
    """Return whether the system has exchanged the folders."""
    if os.name != "posix":
        return False
    import ctypes  # noqa: PLC0415 - slow to import, and builds without changes need none

    library = ctypes.CDLL(None)
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        return not library.renameat2(_CURRENT_FOLDER, one, _CURRENT_FOLDER, other, _EXCHANGE)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return not library.renamex_np(one, other, _EXCHANGE)
    return False
