"""Each stem measured once: format, level, loudness, waveform."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import orjson

from pyodide_app.engine.loudness import AFTER, LoudnessMeter, PeakMeter
from stempress.cache import cache_root, store
from stempress.contents import content_digests
from stempress.levels import spans
from stempress.reading import UnreadableError, open_source
from stempress.waveform import Outline

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from pyodide_app.engine.model import StemKey
    from stempress.errors import Findings
    from stempress.progress import Progress
    from stempress.reading import Source
    from stempress.workers import Workers

    type Planar = NDArray[np.float32]

VERSION = 3
"""Raise it when the same file gives other facts."""
SILENCE = 1e-4  # -80 dBFS
QUIETEST_LUFS = -120.0
FULL_SCALE = np.float32(32767 / 32768)
CLIPPED_RUN = 3
WORTH_PROCESSES = 20_000_000  # bytes of stems to measure


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a sound file.

    Levels are factors of full scale, ``loudness`` is in LUFS, ``lead`` in frames before the first
    sound; ``clipped`` counts runs of samples at full scale; ``offset`` is the mean sample of the
    channel that has more of it; ``dead`` names a channel without sound.
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
    bins: tuple[tuple[float, float], ...]
    envelope: tuple[float, ...]


def measure_stems(
    files: Mapping[StemKey, Path], findings: Findings, progress: Progress, workers: Workers
) -> dict[StemKey, Facts]:
    """Measure every file; what cannot be used is noted and left out."""
    contents = content_digests(files.values())
    digests = {key: contents[path] for key, path in files.items()}
    known = {key: _kept(name) for key, name in digests.items()}
    new = [key for key, facts in known.items() if facts is None]
    results: dict[StemKey, Facts | str] = {key: facts for key, facts in known.items() if facts}
    much = sum(files[key].stat().st_size for key in new) > WORTH_PROCESSES
    start = workers.start_apart if much else workers.start
    with progress.counted("Stems", len(new), len(files)) as step:
        pending = {key: start(measured, files[key], digests[key]) for key in new}
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


def measured(path: Path, digest: str) -> Facts | str:
    """Return a file's facts, or why it cannot be used."""
    try:
        facts = measure(open_source(path), digest)
    except UnreadableError as error:
        return str(error)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return "it is silent" if facts.peak < SILENCE else facts


def measure(source: Source, digest: str) -> Facts:
    """Return what is known of a sound file, holding no more than a few seconds of it."""
    meter = Meter(source)
    for span in spans(source.pieces(), source.rate):
        meter.add(span)
    return meter.facts(digest)


class Meter:
    """Everything that is measured, in one pass."""

    def __init__(self, source: Source) -> None:
        """Take what is measured; its sound comes in spans."""
        self._source = source
        self._outline = Outline(source.frames)
        self._loudness = LoudnessMeter(source.rate, source.channels)
        self._true_peak = PeakMeter(source.channels)
        self._sums = np.zeros(source.channels)
        self._peaks = np.zeros(source.channels)
        self._clipped = self._frames = 0
        self._lead: int | None = None

    def add(self, span: Planar) -> None:
        """Take the next stretch, shape (channels, frames)."""
        self._outline.add(span)
        self._loudness.add(span)
        self._true_peak.add(span)
        self._sums += span.sum(axis=1, dtype=np.float64)
        levels = np.abs(span)
        self._peaks = np.maximum(self._peaks, levels.max(axis=1))
        self._clipped += clipped_runs(levels)
        if self._lead is None:
            heard = np.flatnonzero((levels >= SILENCE).any(axis=0))
            self._lead = self._frames + int(heard[0]) if heard.size else None
        self._frames += span.shape[1]

    def facts(self, digest: str) -> Facts:
        """Return the sum of it."""
        self._true_peak.add(np.zeros((self._source.channels, AFTER), dtype=np.float32))
        level = self._loudness.integrated
        return Facts(
            digest=digest,
            frames=self._frames,
            rate=self._source.rate,
            channels=self._source.channels,
            bits=self._source.bits,
            peak=float(self._peaks.max()),
            true_peak=round(self._true_peak.true_peak, 6),
            loudness=round(max(level, QUIETEST_LUFS), 2),
            clipped=self._clipped,
            offset=round(float(np.abs(self._sums).max()) / self._frames, 6),
            lead=self._frames if self._lead is None else self._lead,
            dead=_dead(self._peaks),
            bins=tuple((round(low, 4), round(high, 4)) for low, high in self._outline.bins),
            envelope=self._outline.envelope,
        )


def clipped_runs(levels: Planar) -> int:
    """Count the runs of ``CLIPPED_RUN`` and more magnitudes at full scale, channel by channel."""
    full = levels >= FULL_SCALE
    if not full.any():
        return 0
    runs = full[:, :-2] & full[:, 1:-1] & full[:, 2:]
    return int(runs[:, :1].sum() + (runs[:, 1:] & ~runs[:, :-1]).sum())


def _dead(peaks: NDArray[np.float64]) -> str:
    if len(peaks) == 1 or peaks.min() >= SILENCE:
        return ""
    return "left" if peaks[0] < SILENCE else "right"


def _place(digest: str) -> Path:
    return cache_root() / "facts" / f"{digest}-{VERSION}.json"


def _kept(digest: str) -> Facts | None:
    try:
        data = orjson.loads(_place(digest).read_bytes())
        data["bins"] = tuple((low, high) for low, high in data["bins"])
        data["envelope"] = tuple(data["envelope"])
        return Facts(**data)
    except (OSError, ValueError, TypeError, KeyError):
        return None
