"""Search for the variation with the highest peak, without trying them all.

At any frame, the highest sum of one stem per layer is the sum of each layer's highest stem. So one
pass over the stems gives the loudest choice in every segment, however many variations there are;
then only the true peaks of the best candidates are measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import CONTEXT_AFTER, TruePeakMeter
from pyodide_app.engine.model import Variation
from stempress.audio.decode import regroup, stem_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pyodide_app.engine.model import Song
    from stempress.audio.song_sound import SongSound

    type Planar = NDArray[np.float32]
    type Paths = Sequence[Sequence[Path]]
    """The stems' files, by layer."""

MAX_CANDIDATES = 8
_SEGMENTS_PER_SECOND = 10


@dataclass(frozen=True, slots=True)
class LoudestMix:
    """A variation's mix number and its linear true peak before the limiter."""

    mix_number: str
    true_peak: float


def loudest_mix(song: Song, paths: Paths, sound: SongSound) -> LoudestMix | None:
    """Return the permitted variation with the highest true peak; None if none is permitted."""
    candidates = [choice for choice in loudest_choices(paths, sound) if _is_permitted(song, choice)]
    peaks = true_peaks(paths, sound, candidates[:MAX_CANDIDATES])
    loudest = max(zip(peaks, candidates, strict=False), default=None)
    return loudest and LoudestMix(Variation(song.slug, loudest[1]).mix_number, loudest[0])


def _is_permitted(song: Song, choice: tuple[int, ...]) -> bool:
    return song.permits(Variation(song.slug, choice))


def loudest_choices(paths: Paths, sound: SongSound) -> list[tuple[int, ...]]:
    """Return the loudest choice in each segment, in descending order of level."""
    levels: dict[tuple[int, ...], float] = {}
    for layers in _read_layers(paths, sound, max(1, sound.rate // _SEGMENTS_PER_SECOND)):
        for sign in (np.float32(1), np.float32(-1)):
            highest = sum((layer * sign).max(axis=0) for layer in layers)
            channel, frame = np.unravel_index(np.argmax(highest), highest.shape)
            choice = tuple(int((layer[:, channel, frame] * sign).argmax()) for layer in layers)
            level = float(highest[channel, frame])
            levels[choice] = max(level, levels.get(choice, 0.0))
    return sorted(levels, key=lambda choice: (-levels[choice], choice))


def true_peaks(paths: Paths, sound: SongSound, choices: Sequence[tuple[int, ...]]) -> list[float]:
    """Return the true peak of each choice, in one pass over the stems."""
    meters = [TruePeakMeter() for _ in choices]
    for layers in _read_layers(paths, sound, sound.rate):
        for meter, choice in zip(meters, choices, strict=True):
            meter.add(sum(layer[index] for layer, index in zip(layers, choice, strict=True)))
    for meter in meters:
        meter.add(np.zeros((2, CONTEXT_AFTER), dtype=np.float32))
    return [meter.true_peak for meter in meters]


def _read_layers(paths: Paths, sound: SongSound, frames: int) -> Iterator[list[Planar]]:
    """Yield segments of all stems: for each layer an array of shape (stems, 2, frames)."""
    streams = [regroup(stem_blocks(path, sound), frames) for path in chain.from_iterable(paths)]
    for stems in zip(*streams, strict=True):
        remaining = iter(stems)
        yield [
            np.stack([np.broadcast_to(next(remaining), (2, stems[0].shape[1])) for _ in layer])
            for layer in paths
        ]
