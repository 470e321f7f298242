"""Reproducible archives: sorted, undated, compiled by the browser's Python."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from fnmatch import fnmatchcase
from gzip import GzipFile
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from stempress.runtime.node import SCRIPTS, run_script

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX_SYSTEM = 3
REGULAR_FILE_MODE = 0o100644 << 16
PURE_TAG = "py3-none-any"

type Members = dict[str, bytes]


def read_archive(path: Path, strip: Sequence[str] = ()) -> Members:
    """Return the files of an archive by name, except those that match a pattern of ``strip``."""
    with ZipFile(path) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if not name.endswith("/") and not any(fnmatchcase(name, each) for each in strip)
        }


def write_archive(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a zip with sorted, undated members; the RECORD of a wheel is rewritten."""
    recorded = with_record(members) if path.suffix == ".whl" else members
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(recorded):
            entry = ZipInfo(name, ZIP_EPOCH)
            entry.create_system, entry.external_attr = UNIX_SYSTEM, REGULAR_FILE_MODE
            archive.writestr(entry, recorded[name], ZIP_DEFLATED, 9)
    return path


def with_record(members: Mapping[str, bytes]) -> Members:
    """Return a wheel's members with a RECORD of exactly these."""
    files = {name: data for name, data in members.items() if not name.endswith("/RECORD")}
    info = next(name.split("/")[0] for name in files if name.endswith(".dist-info/WHEEL"))
    record = f"{info}/RECORD"
    rows = [
        f"{name},sha256={record_digest(files[name])},{len(files[name])}" for name in sorted(files)
    ]
    return {**files, record: "\n".join([*rows, f"{record},,", ""]).encode()}


def record_digest(data: bytes) -> str:
    """Return a SHA-256 in RECORD's notation: URL-safe base64 without padding."""
    return urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()


def write_pure_wheel(folder: Path, name: str, version: str, modules: Mapping[str, bytes]) -> Path:
    """Write a pure-Python wheel of modules given by their paths below site-packages."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    wheel = f"Wheel-Version: 1.0\nGenerator: stempress\nRoot-Is-Purelib: true\nTag: {PURE_TAG}\n"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    dist_info = {f"{info}/WHEEL": wheel.encode(), f"{info}/METADATA": metadata.encode()}
    path = folder / f"{name.replace('-', '_')}-{version}-{PURE_TAG}.whl"
    return write_archive(path, {**modules, **dist_info})


def compile_sources(
    runtime: Path, info: Mapping[str, str], packed: Mapping[str, Members]
) -> dict[str, Members]:
    """Return archives with .pyc for every .py, compiled by the Pyodide in ``runtime``.

    Raises NodeError.
    """
    with TemporaryDirectory() as scratch:
        folders = {name: Path(scratch, str(index)) for index, name in enumerate(packed)}
        for name, members in packed.items():
            write_files(folders[name], members, only=".py")
        order = {"runtime": str(runtime), "info": dict(info), "folder": scratch}
        run_script(SCRIPTS / "compile.mjs", order)
        return {
            name: {
                **{path: data for path, data in members.items() if not path.endswith(".py")},
                **read_files(folders[name]),
            }
            for name, members in packed.items()
        }


def write_files(folder: Path, members: Mapping[str, bytes], only: str = "") -> None:
    """Write members to a folder, or ``only`` those whose names end so."""
    for name, data in members.items():
        if name.endswith(only):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def read_files(folder: Path) -> Members:
    """Return the files below a folder."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def gzipped(data: bytes) -> bytes:
    """Compress data; the result depends on neither the date nor the machine."""
    buffer = BytesIO()
    with GzipFile("", "wb", 9, buffer, mtime=0) as stream:
        stream.write(data)
    return buffer.getvalue()
