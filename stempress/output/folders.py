"""Folders of a site: those that addresses need, their times, and the removal of empty ones."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet
    from pathlib import Path

TIMESTAMP_MARGIN_NS = 20_000_000
"""A folder changed this recently may change again without a change of its timestamp."""


def parent_folders(addresses: Iterable[str]) -> set[str]:
    """Return all folders that contain the addresses, the root ("") included."""
    folders = {""}
    for address in addresses:
        folder = address.rpartition("/")[0]
        while folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def folder_times(path: Path, folders: Iterable[str]) -> dict[str, int]:
    """Return the mtime (ns) of folders; 0 for one that may change again without a new mtime."""
    latest = time.time_ns() - TIMESTAMP_MARGIN_NS
    times = {folder: os.stat(f"{path}/{folder}").st_mtime_ns for folder in folders}  # noqa: PTH116
    return {folder: mtime if mtime < latest else 0 for folder, mtime in times.items()}


def remove_paths(path: Path, addresses: Iterable[str], wanted: AbstractSet[str]) -> None:
    """Remove files, folders and links, and folders left empty unless they are ``wanted``."""
    for address in addresses:
        target = path / address
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)
        folder = address.rpartition("/")[0]
        with suppress(OSError):  # the first folder that is not empty
            while folder and folder not in wanted:
                (path / folder).rmdir()
                folder = folder.rpartition("/")[0]
