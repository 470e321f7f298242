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
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from stempress.core.forking import start_in_fork

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

VERSION = 4
"""Raise it when records, or the keys in them, mean something else."""
TIMESTAMP_MARGIN_NS = 20_000_000
"""A folder that has just changed may change again without its time telling so."""


class ManifestEntry(NamedTuple):
    """A file as it was written: what it follows from, and what the disk says of it."""

    key: str
    size: int
    mtime: int
    inode: int

    @classmethod
    def of(cls, key: str, found: os.stat_result) -> ManifestEntry:
        """Return what the disk says of a file."""
        return cls(key, found.st_size, found.st_mtime_ns, found.st_ino)


_new_entry = partial(tuple.__new__, ManifestEntry)


class BundleManifest(NamedTuple):
    """Files that were put into a folder together, in columns, and what all of them follow from.

    Without a ``key`` that is not known. A list for each file would take longer to read.
    """

    key: str
    addresses: list[str]
    keys: list[str]
    sizes: list[int]
    times: list[int]
    inodes: list[int]

    @classmethod
    def of(cls, key: str, files: Mapping[str, ManifestEntry]) -> BundleManifest:
        """Return files as they were written, in columns."""
        columns = zip(*files.values(), strict=True) if files else ((),) * 4
        keys, sizes, times, inodes = map(list, columns)
        return cls(key, list(files), keys, sizes, times, inodes)

    def seen(self) -> Iterator[tuple[str, ManifestEntry]]:
        """Yield addresses, and what is known of the files there."""
        columns = zip(self.keys, self.sizes, self.times, self.inodes, strict=True)
        return zip(self.addresses, map(_new_entry, columns), strict=True)


@dataclass(frozen=True)
class Manifest:
    """What is in a folder; ``build`` names all that it was made from, ``told`` what was said.

    ``folders`` tells when each was last changed, those that hold others before these.
    """

    shelves: Mapping[str, BundleManifest] = field(default_factory=dict)
    folders: Mapping[str, int] = field(default_factory=dict)
    build: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def files(self) -> Mapping[str, ManifestEntry]:
        """Every file."""
        return self.without(())

    def without(self, names: Container[str]) -> dict[str, ManifestEntry]:
        """Return every file but those of some shelves."""
        found: dict[str, ManifestEntry] = {}
        for name, shelf in self.shelves.items():
            if name not in names:
                found.update(shelf.seen())
        return found

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """How many bytes every file has."""
        found: dict[str, int] = {}
        for shelf in self.shelves.values():
            found.update(zip(shelf.addresses, shelf.sizes, strict=True))
        return found


class FolderDiff(NamedTuple):
    """How a folder differs from its record; a folder that a link stands for is missing.

    ``strays`` lie there and are not recorded; dotfiles at the top may do so.
    """

    changed: set[str]
    missing: set[str]
    strays: list[str]


class OutputFolder:
    """A folder as it is found."""

    def __init__(self, path: Path, record: Manifest) -> None:
        """Take the folder and the record of what was put into it."""
        self.path, self.record = path, record
        self._root = str(path)
        self._look: Callable[[], FolderDiff] = self._looked

    def has(self, address: str, seen: ManifestEntry) -> bool:
        """Say whether a file is as it was written."""
        return is_unmodified(f"{self._root}/{address}", seen)

    def look_meanwhile(self) -> None:
        """Begin to look at everything, where another process can do that."""
        record, found = _last_diffs.pop(self._root, (None, None))
        if found is not None and record is self.record:
            self._look = lambda: found
        else:
            self._look = start_in_fork(self._looked)

    def note(self, found: FolderDiff) -> None:
        """Keep what is found here for this process's next build."""
        _last_diffs[self._root] = self.record, found

    @cached_property
    def found(self) -> FolderDiff:
        """How the folder differs from its record."""
        return self._look()

    def _looked(self) -> FolderDiff:
        shelves = self.record.shelves.values()
        files = (file for shelf in shelves for file in shelf.seen())
        changed = {address for address, seen in files if not self.has(address, seen)}
        return FolderDiff(changed, *_diff_folders(self.path, self.record))

    @property
    def is_as_left(self) -> bool:
        """Say whether everything that was put here is there, and nothing else."""
        return not any(self.found)

    @property
    def is_whole(self) -> bool:
        """Say whether the folder holds what its record says, and nothing else."""
        return bool(self.record.shelves) and not self.found.changed and not self.found.strays


def is_unmodified(place: str, seen: ManifestEntry) -> bool:
    """Say whether a file is as it was written."""
    try:
        found = os.lstat(place)
    except (OSError, ValueError):
        return False
    return (found.st_size, found.st_mtime_ns, found.st_ino) == seen[1:]


_last_diffs: dict[str, tuple[Manifest, FolderDiff]] = {}
"""What was found between two builds of a preview."""


def read_output_folder(path: Path, records: Path) -> OutputFolder:
    """Return a folder with its record; of one without a record nothing is known."""
    try:
        place = _manifest_path(path, records)
        return OutputFolder(path, _read_manifest(place))
    except (OSError, ValueError, KeyError, TypeError):
        return OutputFolder(path, Manifest())


def _read_manifest(place: Path) -> Manifest:
    """Read a record, unless this process has written it; a preview builds again and again."""
    written = _file_version(place)
    if place in _manifest_cache and _manifest_cache[place][0] == written:
        return _manifest_cache[place][1]
    data = orjson.loads(place.read_bytes())
    if data["version"] != VERSION:
        raise ValueError(data["version"])
    shelves = {name: BundleManifest(*shelf) for name, shelf in data["shelves"].items()}
    folders = dict(zip(data["folders"], data["times"], strict=True))
    record = Manifest(shelves, folders, data["build"], data["told"])
    _manifest_cache[place] = written, record
    return record


_manifest_cache: dict[Path, tuple[tuple[int, int], Manifest]] = {}
"""Records by their files, and what these were then."""


def _file_version(place: Path) -> tuple[int, int]:
    found = place.stat()
    return found.st_mtime_ns, found.st_ino


def write_manifest(path: Path, records: Path, record: Manifest) -> None:
    """Keep a folder's record."""
    data: dict[str, object] = {"version": VERSION, "build": record.build, "told": record.told}
    data |= {"folders": list(record.folders), "times": list(record.folders.values())}
    data |= {"shelves": {name: tuple(shelf) for name, shelf in record.shelves.items()}}
    place = _manifest_path(path, records)
    draft = place.with_suffix(".part")
    draft.write_bytes(orjson.dumps(data))
    draft.replace(place)
    _manifest_cache[place] = _file_version(place), record


def delete_manifest(path: Path, records: Path) -> None:
    """Forget what is in a folder: it is about to change."""
    place = _manifest_path(path, records)
    _manifest_cache.pop(place, None)
    _last_diffs.pop(str(path), None)
    place.unlink(missing_ok=True)


def _manifest_path(path: Path, records: Path) -> Path:
    return records / f"{path.stat().st_ino}.json"


def _diff_folders(path: Path, record: Manifest) -> tuple[set[str], list[str]]:
    """Return the recorded folders that are not there, and what lies in the others unrecorded.

    A folder that a link stands for is not there; nothing is looked at through it.
    """
    missing: set[str] = set()
    strays: list[str] = []
    links: tuple[str, ...] = ()
    known: set[str] = set()
    for folder, mtime in record.folders.items():
        place = f"{path}/{folder}"
        try:
            found = os.lstat(place)
        except OSError:
            missing.add(folder)
            continue
        if folder.startswith(links):
            missing.add(folder)
            continue
        if not stat.S_ISDIR(found.st_mode):
            missing.add(folder)
            strays.append(folder)
            links = *links, f"{folder}/"
            continue
        if folder and found.st_mtime_ns == mtime:
            continue
        known = known or {*record.sizes, *record.folders}
        for name in os.listdir(place):  # noqa: PTH208 - names are wanted
            address = f"{folder}/{name}" if folder else name
            if address not in known and (folder or not name.startswith(".")):
                strays.append(address)
    return missing, strays


def parent_folders(addresses: Iterable[str]) -> set[str]:
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
    latest = time.time_ns() - TIMESTAMP_MARGIN_NS
    times = {folder: os.stat(f"{path}/{folder}").st_mtime_ns for folder in folders}  # noqa: PTH116
    return {folder: mtime if mtime < latest else 0 for folder, mtime in times.items()}


def remove_paths(path: Path, addresses: Iterable[str], wanted: AbstractSet[str]) -> None:
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
