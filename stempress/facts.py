"""Facts about each stem, measured once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import orjson

from stempress.cache import cache_root, store
from stempress.contents import content_digests

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyodide_app.engine.model import StemKey
    from stempress.errors import Findings
    from stempress.progress import Progress
    from stempress.workers import Pending, Workers

VERSION = 4
"""Raise it when the same file gives other facts."""
WORTH_PROCESSES = 20_000_000  # bytes of stems to measure


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a sound file.

    Levels are factors of full scale, ``loudness`` is in LUFS, ``lead`` in frames before the first
    sound; ``clipped`` counts runs of samples at full scale; ``offset`` is the mean sample of the
    channel that has more of it; ``dead`` names a channel without sound; ``bands`` are levels
    over time, low, middle and high, whole numbers up to ``spectrum.TOP``. All of it follows from
    the ``digest`` of the file.
    """

    digest: str
    frames: int
    rate: int
    channels: int
    bits: int
    peak: float
    true_peak: float
    loudness: float
    clipped: int
    offset: float
    lead: int
    dead: str
    bins: tuple[tuple[float, float], ...] = field(repr=False)
    envelope: tuple[float, ...] = field(repr=False)
    bands: tuple[tuple[int, ...], ...] = field(repr=False)


def measure_stems(
    files: Mapping[StemKey, Path], findings: Findings, progress: Progress, workers: Workers
) -> dict[StemKey, Facts]:
    """Measure every file; what cannot be used is noted and left out."""
    contents = content_digests(files.values())
    digests = {key: contents[path] for key, path in files.items()}
    known = {key: _kept(name) for key, name in digests.items()}
    new = [key for key, facts in known.items() if facts is None]
    results: dict[StemKey, Facts | str] = {key: facts for key, facts in known.items() if facts}
    with progress.counted("Stems", len(new), len(files)) as step:
        pending = _start({key: (files[key], digests[key]) for key in new}, workers)
        for key, each in pending.items():
            results[key] = each.result()
            step("/".join(key))
    found = {}
    for key, path in files.items():
        result = results[key]
        if isinstance(result, str):
            where = f"stems/{'/'.join(key[:2])}/{path.name}"
            findings.fault(where, result, hint="export the stem again")
            continue
        if key in pending:
            store(_place(digests[key]), json.dumps(asdict(result)).encode())
        found[key] = result
    return found


def _start(new: Mapping[StemKey, tuple[Path, str]], workers: Workers) -> dict[StemKey, Pending]:
    """Begin to measure what has not been."""
    if not new:
        return {}
    from stempress.measure import measured  # noqa: PLC0415 - takes long, and few builds need it

    much = sum(path.stat().st_size for path, _ in new.values()) > WORTH_PROCESSES
    start = workers.start_apart if much else workers.start
    return {key: start(measured, *each) for key, each in new.items()}


def _place(digest: str) -> Path:
    return cache_root() / "facts" / f"{digest}-{VERSION}.json"


def _kept(digest: str) -> Facts | None:
    try:
        return _read(_place(digest))
    except (OSError, ValueError, TypeError, KeyError):
        return None


@lru_cache(maxsize=4096)
def _read(place: Path) -> Facts:
    """Read facts that were kept; previews build again and again, and need not read them twice."""
    data = orjson.loads(place.read_bytes())
    data["bins"] = tuple((low, high) for low, high in data["bins"])
    data["envelope"] = tuple(data["envelope"])
    data["bands"] = tuple(tuple(band) for band in data["bands"])
    return Facts(**data)
