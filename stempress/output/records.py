"""Records: what lies in dist/, and in the folder that the next site is assembled in.

A record is a text file, one line of JSON for every file: address, key, size, time, inode. The line
before those of a bundle is about the bundle, the first about everything else.

A record is stored outside its folder under the folder's inode, so that the two belong together
wherever the folder is moved, and no other folder is taken for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import orjson

from stempress.output.entries import Totals
from stempress.output.folder_diff import FolderDiff, OutputFolder
from stempress.output.manifest import BundleManifest, Manifest
from stempress.output.state_folder import STAGING, state_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

VERSION = 6
"""Raise it when records, or the cache keys in them, change their meaning."""


class Kept(NamedTuple):
    """A record, the time (ns) and inode of its file, and how its folder differs, if known."""

    version: tuple[int, int]
    manifest: Manifest
    diff: FolderDiff | None = None


class Records:
    """The records of a site's folders. A preview keeps them in memory from build to build."""

    def __init__(self, out: Path) -> None:
        """Take the site's folder; nothing is read."""
        self.out, self.state = out, state_folder(out)
        self.staging_path = self.state / STAGING
        self._kept: dict[Path, Kept] = {}

    def live(self) -> OutputFolder | None:
        """Return the site's folder; None if there is none."""
        return self.open(self.out) if self.out.is_dir() else None

    def staging(self) -> OutputFolder | None:
        """Return the folder of the next site; None if no build has written it."""
        if not self.staging_path.is_dir():
            return None
        staging = self.open(self.staging_path)
        return staging if staging.manifest.bundles else None

    def open(self, path: Path) -> OutputFolder:
        """Return a folder with its manifest, an empty one if there is none or it is invalid."""
        try:
            kept = self._read(self._path(path))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return OutputFolder(path, Manifest())
        return OutputFolder(path, kept.manifest, kept.diff)

    def _read(self, path: Path) -> Kept:
        version = _file_version(path)
        kept = self._kept.get(path)
        if kept is None or kept.version != version:
            kept = self._kept[path] = Kept(version, _decode(path.read_bytes()))
        return kept

    def write(self, path: Path, manifest: Manifest, diff: FolderDiff | None = None) -> None:
        """Write the record of a folder; ``diff`` is how the folder differs from it, if known."""
        record = self._path(path)
        draft = record.with_suffix(".part")
        with draft.open("wb") as file:
            file.writelines(_encode(manifest))
        draft.replace(record)
        self._kept[record] = Kept(_file_version(record), manifest, diff)

    def remember(self, folder: OutputFolder) -> None:
        """Keep how a folder differs from its record, for the next build of this process."""
        record = self._path(folder.path)
        if record in self._kept:
            self._kept[record] = self._kept[record]._replace(diff=folder.diff)

    def delete(self, path: Path) -> None:
        """Delete the record of a folder that is about to change."""
        record = self._path(path)
        self._kept.pop(record, None)
        record.unlink(missing_ok=True)

    def _path(self, path: Path) -> Path:
        return self.state / f"{path.stat().st_ino}.jsonl"


def _file_version(path: Path) -> tuple[int, int]:
    current = path.stat()
    return current.st_mtime_ns, current.st_ino


def _encode(manifest: Manifest) -> Iterator[bytes]:
    """Yield a record, part by part."""
    body = [
        part for name, bundle in manifest.bundles.items() for part in _encode_bundle(name, bundle)
    ]
    head = {
        "stempress": VERSION,
        "checksum": _checksum(body),
        "build": manifest.build,
        "report": manifest.report,
        "folders": manifest.folders,
    }
    yield _line(head)
    yield from body


def _encode_bundle(name: str, bundle: BundleManifest) -> tuple[bytes, bytes]:
    lines = bundle.lines
    about = {"bundle": name, "key": bundle.key, "bytes": len(lines), **bundle.totals._asdict()}
    return _line(about), lines


def _line(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _checksum(parts: Iterable[bytes | memoryview]) -> int:
    checksum = 0
    for part in parts:
        checksum = crc32(part, checksum)
    return checksum


def _decode(data: bytes) -> Manifest:
    """Return a manifest; ValueError, KeyError or TypeError if it is invalid or of another version.

    The checksum tells now that lines are damaged which may be decoded later.
    """
    start = data.index(b"\n") + 1
    head = orjson.loads(data[:start])
    if head["stempress"] != VERSION or head["checksum"] != _checksum([memoryview(data)[start:]]):
        raise ValueError(head["stempress"])
    bundles: dict[str, BundleManifest] = {}
    while start < len(data):
        lines = data.index(b"\n", start) + 1
        about = orjson.loads(data[start:lines])
        start = lines + about["bytes"]
        totals = Totals(about["files"], about["pages"], about["size"])
        bundle = BundleManifest.of_record(about["key"], data[lines:start], totals)
        bundles[about["bundle"]] = bundle
    return Manifest(bundles, head["folders"], head["build"], head["report"])
