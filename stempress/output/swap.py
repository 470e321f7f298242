"""Exchange of two folders: in one step where the system can, else in steps that can be undone."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from stempress.core import system

if TYPE_CHECKING:
    from pathlib import Path

ATTEMPTS = 20
ATTEMPT_SECONDS = 0.1
"""Windows renames no folder in which a program has a file open; most close it soon."""


def swap_folders(one: Path, other: Path) -> None:
    """Exchange two folders of one file system.

    Without a system call for it, ``other`` is missing for a moment.
    """
    if not system.exchange_folders(one, other):
        aside = _aside(one)
        _rename(other, aside)
        _rename(one, other)
        _rename(aside, one)


def complete_swap(one: Path, other: Path) -> None:
    """Complete or undo an exchange that was interrupted between its steps."""
    aside = _aside(one)
    if not aside.exists():
        return
    if not other.exists():
        _rename(aside, other)
    elif not one.exists():
        _rename(aside, one)
    else:
        shutil.rmtree(aside)


def _aside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.aside")


def _rename(folder: Path, target: Path) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            folder.replace(target)
        except PermissionError:
            if attempt == ATTEMPTS:
                raise
            time.sleep(ATTEMPT_SECONDS)
        else:
            return
