"""Checks of this computer: what builds need, what is optional, and what would make them slow."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from stempress import __version__
from stempress.core import system
from stempress.core.cache import cache_root
from stempress.core.cache_folder import cache_sizes
from stempress.core.processes import start_method
from stempress.core.system import cores
from stempress.core.units import format_size
from stempress.runtime.node import NodeError, node_version
from stempress.runtime.pin import PIN, parse_pin
from stempress.runtime.source_check import runtime_source

if TYPE_CHECKING:
    from collections.abc import Iterator

LOW_DISK_BYTES = 2_000_000_000
"""Less free space than this is soon too little for the cache of an album."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found. ``slow``: builds work, but take longer or leave something out."""

    name: str
    state: Literal["ok", "slow", "missing"]
    found: str
    hint: str = ""


def examine(out: Path) -> list[Check]:
    """Return all checks; ``out`` is where the site goes, or would go."""
    return [*_programs(), *_extras(), *_cache(), _runtime(), *_disk(out)]


def _programs() -> Iterator[Check]:
    yield Check("Stempress", "ok", f"{__version__} in {Path(__file__).parents[1]}")
    yield Check("Python", "ok", f"{platform.python_version()}, {platform.platform()}")
    yield Check("numpy", "ok", version("numpy"))
    yield _sound()
    try:
        yield Check("Node", "ok", node_version())
    except NodeError as error:
        hint = "mixers start more slowly in browsers, and mixes of lossy files get no digest"
        yield Check("Node", "slow", str(error), hint)
    count, method = cores(), start_method()
    state: Literal["ok", "slow"] = "ok" if count > 1 else "slow"
    yield Check("processes", state, f"{count} cores, started by {method}")


def _sound() -> Check:
    import soundfile  # noqa: PLC0415 - may fail to load its library

    formats = soundfile.available_subtypes("OGG")
    library = soundfile.__libsndfile_version__
    if "OPUS" in formats:
        return Check("libsndfile", "ok", library)
    return Check("libsndfile", "missing", f"{library}, without Opus", "pip install -U soundfile")


def _extras() -> Iterator[Check]:
    for extra, package in (("video", "av"), ("dask", "distributed")):
        with suppress(PackageNotFoundError):
            yield Check(extra, "ok", f"{package} {version(package)}")
            continue
        yield Check(extra, "ok", f"not installed: pip install 'stempress[{extra}]' adds it")


def _cache() -> Iterator[Check]:
    root = cache_root()
    size = format_size(sum(cache_sizes().values()))
    free = shutil.disk_usage(_existing(root)).free
    state: Literal["ok", "slow"] = "ok" if free > LOW_DISK_BYTES else "slow"
    hint = "" if state == "ok" else "free the disk, or let STEMPRESS_CACHE name another folder"
    yield Check("cache", state, f"{root}: {size}, {format_size(free)} free", hint)


def _runtime() -> Check:
    pin = parse_pin(PIN.read_text("utf-8"))
    source, reason = runtime_source(pin)
    if source:
        return Check("runtime", "ok", f"Pyodide {pin.version}: {source}")
    hint = "build --runtime-from DIR takes its files from a folder; --without-runtime does without"
    return Check("runtime", "missing", f"Pyodide {pin.version}: {reason}", hint)


def _disk(out: Path) -> Iterator[Check]:
    """Check what the disk of the site can do."""
    folder = _existing(out)
    if not os.access(folder, os.W_OK):
        yield Check("disk", "missing", f"{folder} is not writable", "choose a folder with --out")
        return
    with tempfile.TemporaryDirectory(dir=folder, prefix=".stempress-") as scratch:
        lacking = [*_lacking(Path(scratch))]
    found = f"{folder}: " + (", ".join(lacking) or "hard links, atomic swaps, upper and lower case")
    yield Check("disk", "slow" if lacking else "ok", found)


def _lacking(folder: Path) -> Iterator[str]:
    (folder / "a").write_text("a")
    if not system.hard_link(f"{folder}/a", f"{folder}/b"):
        yield "no hard links: builds copy unchanged files"
    (folder / "one").mkdir()
    (folder / "two").mkdir()
    if not system.exchange_folders(folder / "one", folder / "two"):
        yield "no atomic swap: dist/ is missing for a moment at the end of a build"
    if (folder / "A").exists():
        yield "names are the same in upper and lower case"


def _existing(path: Path) -> Path:
    """Return the innermost folder of a path that exists."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
