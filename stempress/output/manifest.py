"""Manifests: what a build has written into a folder, and how the folder differs from it now.

A manifest is stored outside its folder under the folder's inode, so that the two belong together
wherever the folder is moved, and no other folder is taken for it.
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

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

VERSION = 4
"""Raise it when manifests, or the cache keys in them, change their meaning."""
TIMESTAMP_MARGIN_NS = 20_000_000
"""A folder changed this recently may change again without a change of its timestamp."""


class ManifestEntry(NamedTuple):
    """Manifest entry: a file's cache key, and its size, mtime (ns) and inode when written."""

    key: str
    size: int
    mtime: int
    inode: int

    @classmethod
    def from_stat(cls, key: str, stat_result: os.stat_result) -> ManifestEntry:
        """Return the entry of a file with this stat."""
        return cls(key, stat_result.st_size, stat_result.st_mtime_ns, stat_result.st_ino)


_new_entry = partial(tuple.__new__, ManifestEntry)


class BundleManifest(NamedTuple):
    """Entries of a bundle's files, and the bundle's cache key ("": unknown).

    Stored in columns, which load faster than a list for every file.
    """

    key: str
    addresses: list[str]
    keys: list[str]
    sizes: list[int]
    times: list[int]
    inodes: list[int]

    @classmethod
    def from_entries(cls, key: str, entries: Mapping[str, ManifestEntry]) -> BundleManifest:
        """Return entries, by address, in columns."""
        columns = zip(*entries.values(), strict=True) if entries else ((),) * 4
        keys, sizes, times, inodes = map(list, columns)
        return cls(key, list(entries), keys, sizes, times, inodes)

    def entries(self) -> Iterator[tuple[str, ManifestEntry]]:
        """Yield addresses and entries."""
        columns = zip(self.keys, self.sizes, self.times, self.inodes, strict=True)
        return zip(self.addresses, map(_new_entry, columns), strict=True)


@dataclass(frozen=True)
class Manifest:
    """The contents of a folder, by bundle.

    ``folders`` has the mtime (ns) of every folder, parents before children. ``build`` is the hash
    of the build's inputs, ``report`` what the build reported, such as warnings.
    """

    bundles: Mapping[str, BundleManifest] = field(default_factory=dict)
    folders: Mapping[str, int] = field(default_factory=dict)
    build: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def files(self) -> Mapping[str, ManifestEntry]:
        """The entry of every file, by address."""
        return self.without(())

    def without(self, bundles: Container[str]) -> dict[str, ManifestEntry]:
        """Return the entries of all files outside some bundles."""
        entries: dict[str, ManifestEntry] = {}
        for name, bundle in self.bundles.items():
            if name not in bundles:
                entries.update(bundle.entries())
        return entries

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """The size of every file in bytes, by address."""
        sizes: dict[str, int] = {}
        for bundle in self.bundles.values():
            sizes.update(zip(bundle.addresses, bundle.sizes, strict=True))
        return sizes


class FolderDiff(NamedTuple):
    """Differences of a folder from its manifest.

    ``changed`` files are missing or modified; ``missing`` folders may have become links;
    ``strays`` are not in the manifest. Dotfiles at the top are ignored.
    """

    changed: set[str]
    missing: set[str]
    strays: list[str]


class OutputFolder:
    """A folder on disk and the manifest of what was written into it."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        """Wrap a folder; nothing is read."""
        self.path, self.manifest = path, manifest
        self._root = str(path)

    def has(self, address: str, entry: ManifestEntry) -> bool:
        """Return whether a file is as it was written."""
        return is_unmodified(f"{self._root}/{address}", entry)

    def remember(self, diff: FolderDiff) -> None:
        """Let the next build of this process take ``diff`` for that of this folder."""
        _last_diffs[self._root] = self.manifest, diff

    def recall(self) -> None:
        """Take ``diff`` from the build before, if it was remembered, instead of scanning again."""
        manifest, diff = _last_diffs.pop(self._root, (None, None))
        if diff is not None and manifest is self.manifest:
            self.diff = diff

    @cached_property
    def diff(self) -> FolderDiff:
        """The differences of the folder from its manifest."""
        bundles = self.manifest.bundles.values()
        files = (file for bundle in bundles for file in bundle.entries())
        changed = {address for address, entry in files if not self.has(address, entry)}
        return FolderDiff(changed, *_diff_folders(self.path, self.manifest))

    @property
    def is_untouched(self) -> bool:
        """Whether the folder contains exactly what was written, empty folders included."""
        return not any(self.diff)

    @property
    def is_intact(self) -> bool:
        """Whether the folder has a manifest and contains exactly its files."""
        return bool(self.manifest.bundles) and not self.diff.changed and not self.diff.strays


def is_unmodified(path: str, entry: ManifestEntry) -> bool:
    """Return whether a file is as it was written, by its size, mtime and inode."""
    try:
        current = os.lstat(path)
    except (OSError, ValueError):
        return False
    return (current.st_size, current.st_mtime_ns, current.st_ino) == entry[1:]


_last_diffs: dict[str, tuple[Manifest, FolderDiff]] = {}
"""By folder, for previews: what is known of it after one build and before the next."""


def read_output_folder(path: Path, manifests: Path) -> OutputFolder:
    """Return a folder with its manifest, an empty one if there is none or it is invalid."""
    try:
        manifest_path = _manifest_path(path, manifests)
        return OutputFolder(path, _read_manifest(manifest_path))
    except (OSError, ValueError, KeyError, TypeError):
        return OutputFolder(path, Manifest())


def _read_manifest(manifest_path: Path) -> Manifest:
    """Read a manifest unless this process has it already: previews build again and again."""
    file_version = _file_version(manifest_path)
    if manifest_path in _manifest_cache and _manifest_cache[manifest_path][0] == file_version:
        return _manifest_cache[manifest_path][1]
    data = orjson.loads(manifest_path.read_bytes())
    if data["version"] != VERSION:
        raise ValueError(data["version"])
    bundles = {name: BundleManifest(*columns) for name, columns in data["shelves"].items()}
    folders = dict(zip(data["folders"], data["times"], strict=True))
    manifest = Manifest(bundles, folders, data["build"], data["told"])
    _manifest_cache[manifest_path] = file_version, manifest
    return manifest


_manifest_cache: dict[Path, tuple[tuple[int, int], Manifest]] = {}
"""Manifests by path, with the file version that was read or written."""


def _file_version(path: Path) -> tuple[int, int]:
    current = path.stat()
    return current.st_mtime_ns, current.st_ino


def write_manifest(path: Path, manifests: Path, manifest: Manifest) -> None:
    """Write the manifest of the folder ``path``."""
    data: dict[str, object] = {"version": VERSION, "build": manifest.build, "told": manifest.report}
    data |= {"folders": list(manifest.folders), "times": list(manifest.folders.values())}
    data |= {"shelves": {name: tuple(bundle) for name, bundle in manifest.bundles.items()}}
    manifest_path = _manifest_path(path, manifests)
    draft = manifest_path.with_suffix(".part")
    draft.write_bytes(orjson.dumps(data))
    draft.replace(manifest_path)
    _manifest_cache[manifest_path] = _file_version(manifest_path), manifest


def delete_manifest(path: Path, manifests: Path) -> None:
    """Delete the manifest of a folder that is about to change."""
    manifest_path = _manifest_path(path, manifests)
    _manifest_cache.pop(manifest_path, None)
    _last_diffs.pop(str(path), None)
    manifest_path.unlink(missing_ok=True)


def _manifest_path(path: Path, manifests: Path) -> Path:
    return manifests / f"{path.stat().st_ino}.json"


def _diff_folders(path: Path, manifest: Manifest) -> tuple[set[str], list[str]]:
    """Return the folders that are missing, and paths that are not in the manifest.

    A folder that has become a link counts as missing; links are not followed.
    """
    missing: set[str] = set()
    strays: list[str] = []
    links: tuple[str, ...] = ()
    known: set[str] = set()
    for folder, mtime in manifest.folders.items():
        folder_path = f"{path}/{folder}"
        try:
            current = os.lstat(folder_path)
        except OSError:
            missing.add(folder)
            continue
        if folder.startswith(links):
            missing.add(folder)
            continue
        if not stat.S_ISDIR(current.st_mode):
            missing.add(folder)
            strays.append(folder)
            links = *links, f"{folder}/"
            continue
        if folder and current.st_mtime_ns == mtime:
            continue
        known = known or {*manifest.sizes, *manifest.folders}
        for name in os.listdir(folder_path):  # noqa: PTH208 - only names are needed
            address = f"{folder}/{name}" if folder else name
            if address not in known and (folder or not name.startswith(".")):
                strays.append(address)
    return missing, strays


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
