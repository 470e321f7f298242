"""Reproducible zips and wheels: sorted, undated, precompiled."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from stempress.core.errors import Fault, SiteError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX_SYSTEM = 3
REGULAR_FILE_MODE = 0o100644 << 16
# -P: keeps the checkout's build.py from shadowing the package "build", which the compiler imports.
COMPILE_COMMAND = (
    *(sys.executable, "-P", "-m", "pyodide_cli", "py-compile"),
    *("--silent", "--no-keep", "--compression-level", "0"),
)
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


def precompile(path: Path, folder: Path) -> Path:
    """Write the archive with .pyc for every .py into ``folder``; return its path.

    The compiler runs in a process of its own, with fixed hashes and dates: marshalled code
    depends on what else the interpreter has loaded.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    fixed = {**inherited, "PYTHONHASHSEED": "0", "PYTHONOPTIMIZE": "0", "SOURCE_DATE_EPOCH": "0"}
    with TemporaryDirectory() as scratch:
        copy = Path(scratch, path.name)
        copy.write_bytes(path.read_bytes())
        done = subprocess.run(  # noqa: S603 - our own interpreter and fixed words
            [*COMPILE_COMMAND, str(copy)], env=fixed, capture_output=True, check=False, text=True
        )
        if done.returncode:
            reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
            raise SiteError([Fault("runtime", f"cannot precompile {path.name}: {reason}")])
        (compiled,) = Path(scratch).iterdir()
        return write_archive(folder / compiled.name, read_archive(compiled))
