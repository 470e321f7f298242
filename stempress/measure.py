"""Each stem measured once: format, level, loudness, waveform."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine import loudness
from stempress.cache import cache_root, file_digest, store
from stempress.codecs import UnreadableError, decode
from stempress.waveform import envelope, peaks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyodide_app.engine.model import StemKey
    from stempress.errors import Findings
    from stempress.progress import Progress

VERSION = 2
"""Raise it when the same file gives other facts."""
SILENCE = 1e-4  # -80 dBFS
QUIETEST_LUFS = -120.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a sound file. ``peak`` is a factor of full scale, ``loudness`` LUFS."""

    digest: str
    frames: int
    rate: int
    channels: int
    bits: int
    peak: float
    loudness: float
    bins: tuple[tuple[float, float], ...]
    envelope: tuple[float, ...]


def measure_stems(
    files: Mapping[StemKey, Path], findings: Findings, progress: Progress
) -> dict[StemKey, Facts]:
    """Measure every file; what cannot be used is noted and left out."""
    with (
        ThreadPoolExecutor(os.cpu_count()) as pool,
        progress.counted("Stems", len(files)) as step,
    ):
        results = {}
        for (key, path), result in zip(
            files.items(), pool.map(_measure_or_reason, files.values()), strict=True
        ):
            step("/".join(key))
            where = f"stems/{'/'.join(key[:2])}/{path.name}"
            if isinstance(result, str):
                findings.fault(where, result, hint="export the stem again")
                continue
            if result.peak >= 1.0:
                findings.warn(
                    where,
                    "reaches full scale and may be clipped",
                    hint="export it a few dB quieter",
                )
            results[key] = result
    return results


def _measure_or_reason(path: Path) -> Facts | str:
    try:
        facts = measure(path)
    except UnreadableError as error:
        return str(error)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return "it is silent" if facts.peak < SILENCE else facts


def measure(path: Path) -> Facts:
    """Return a file's facts, from the cache if its content has been measured before."""
    name = file_digest(path)
    kept = cache_root() / "facts" / f"{name}-{VERSION}.json"
    facts = _kept(kept)
    if facts is None:
        facts = _measure(path, name)
        store(kept, json.dumps(asdict(facts)).encode())
    return facts


def _kept(path: Path) -> Facts | None:
    try:
        data = json.loads(path.read_bytes())
        data["bins"] = tuple((low, high) for low, high in data["bins"])
        data["envelope"] = tuple(data["envelope"])
        return Facts(**data)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _measure(path: Path, name: str) -> Facts:
    sound = decode(path)
    level = loudness.integrated(sound.samples, sound.rate)
    return Facts(
        digest=name,
        frames=sound.frames,
        rate=sound.rate,
        channels=sound.channels,
        bits=sound.bits,
        peak=loudness.peak(sound.samples),
        loudness=round(max(level, QUIETEST_LUFS), 2),
        bins=tuple((round(low, 4), round(high, 4)) for low, high in peaks(sound.samples)),
        envelope=envelope(sound.samples),
    )
