"""A folder that a build has filled, and the record of what is in it.

Records lie beside the folder and are named by its inode, so that a folder and its record belong
together wherever the folder is moved, and none is taken for another's.
"""

from __future__ import annotations

import os
import shutil
import stat
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

VERSION = 2
"""Raise it when records, or the keys in them, mean something else."""
UNSURE_NS = 20_000_000
"""A folder that has just changed may change again without its time telling so."""


class Seen(NamedTuple):
    """A file as it was written: what it follows from, and what the disk says of it."""

    key: str
    size: int
    mtime: int
    inode: int

    @classmethod
    def of(cls, key: str, found: os.stat_result) -> Seen:
        """Return what the disk says of a file."""
        return cls(key, found.st_size, found.st_mtime_ns, found.st_ino)


@dataclass(frozen=True, slots=True)
class Record:
    """What is in a folder; ``build`` names all that it was made from, ``told`` what was said.

    ``folders`` tells when each was last changed, those that hold others before these.
    """

    files: Mapping[str, Seen] = field(default_factory=dict)
    folders: Mapping[str, int] = field(default_factory=dict)
    build: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


class Tree:
    """A folder as it is found."""

    def __init__(self, path: Path, record: Record) -> None:
        """Take the folder and the record of what was put into it."""
        self.path, self.record = path, record
        self._root = str(path)

    def key(self, address: str) -> str | None:
        """Return what a file follows from that was put here."""
        seen = self.record.files.get(address)
        return seen and seen.key

    def has(self, address: str) -> bool:
        """Say whether a file is as it was written."""
        seen = self.record.files[address]
        try:
            found = os.lstat(f"{self._root}/{address}")
        except (OSError, ValueError):
            return False
        return (found.st_size, found.st_mtime_ns, found.st_ino) == seen[1:]

    @cached_property
    def sound(self) -> set[str]:
        """The addresses of files that are as they were written."""
        return set(filter(self.has, self.record.files))

    @property
    def folders(self) -> set[str]:
        """The recorded folders that are there."""
        return self._around[0]

    @property
    def strays(self) -> list[str]:
        """What lies here and is not recorded; dotfiles at the top may do so."""
        return self._around[1]

    @cached_property
    def _around(self) -> tuple[set[str], list[str]]:
        return _around(self.path, self.record)

    @property
    def is_whole(self) -> bool:
        """Say whether the folder holds what its record says, and nothing else."""
        files = self.record.files
        return len(self.sound) == len(files) > 0 and not self.strays


def read_tree(path: Path, records: Path) -> Tree:
    """Return a folder with its record; of one without a record nothing is known."""
    try:
        place = _place(path, records)
        return Tree(path, _read_record(place))
    except (OSError, ValueError, KeyError, TypeError):
        return Tree(path, Record())


def _read_record(place: Path) -> Record:
    """Read a record, unless this process has written it; a preview builds again and again."""
    written = _written(place)
    if place in _known and _known[place][0] == written:
        return _known[place][1]
    data = orjson.loads(place.read_bytes())
    if data["version"] != VERSION:
        raise ValueError(data["version"])
    files = {address: Seen(*seen) for address, seen in data["files"].items()}
    record = Record(files, data["folders"], data["build"], data["told"])
    _known[place] = written, record
    return record


_known: dict[Path, tuple[tuple[int, int], Record]] = {}
"""Records by their files, and what these were then."""


def _written(place: Path) -> tuple[int, int]:
    found = place.stat()
    return found.st_mtime_ns, found.st_ino


def write_record(path: Path, records: Path, record: Record) -> None:
    """Keep a folder's record."""
    data = {"version": VERSION, "files": record.files, "folders": record.folders}
    data |= {"build": record.build, "told": record.told}
    place = _place(path, records)
    draft = place.with_suffix(".part")
    draft.write_bytes(orjson.dumps(data, default=tuple))
    draft.replace(place)
    _known[place] = _written(place), record


def drop_record(path: Path, records: Path) -> None:
    """Forget what is in a folder: it is about to change."""
    place = _place(path, records)
    _known.pop(place, None)
    place.unlink(missing_ok=True)


def _place(path: Path, records: Path) -> Path:
    return records / f"{path.stat().st_ino}.json"


def _around(path: Path, record: Record) -> tuple[set[str], list[str]]:
    """Return the recorded folders that are there, and what lies in them and is not recorded.

    A folder that a link stands for is not there; nothing is looked at through it.
    """
    there: set[str] = set()
    strays: list[str] = []
    links: tuple[str, ...] = ()
    known: set[str] = set()
    for folder, mtime in record.folders.items():
        place = f"{path}/{folder}"
        try:
            found = os.lstat(place)
        except OSError:
            continue
        if folder.startswith(links):
            continue
        if not stat.S_ISDIR(found.st_mode):
            strays.append(folder)
            links = *links, f"{folder}/"
            continue
        there.add(folder)
        if folder and found.st_mtime_ns == mtime:
            continue
        known = known or {*record.files, *record.folders}
        for name in os.listdir(place):  # noqa: PTH208 - names are wanted
            address = f"{folder}/{name}" if folder else name
            if address not in known and (folder or not name.startswith(".")):
                strays.append(address)
    return there, strays


def folders_of(addresses: Iterable[str]) -> set[str]:
    """Return every folder that files lie in, that of all included."""
    found = {""}
    for address in addresses:
        folder = address.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def folder_times(path: Path, folders: Iterable[str]) -> dict[str, int]:
    """Return when folders were last changed; 0 for those that may change unseen."""
    latest = time.time_ns() - UNSURE_NS
    times = {folder: os.stat(f"{path}/{folder}").st_mtime_ns for folder in folders}  # noqa: PTH116
    return {folder: mtime if mtime < latest else 0 for folder, mtime in times.items()}


def remove(path: Path, addresses: Iterable[str], wanted: AbstractSet[str]) -> None:
    """Remove files, folders and links, and folders that are empty then, but for those wanted."""
    for address in addresses:
        place = path / address
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        folder = address.rpartition("/")[0]
        with suppress(OSError):  # the first folder that is not empty
            while folder and folder not in wanted:
                (path / folder).rmdir()
                folder = folder.rpartition("/")[0]
