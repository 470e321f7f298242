"""The variation of a song that reaches the highest level, found without trying them all.

At every frame, the highest sum of one stem per layer is the sum of the layers' highest stems. So
one pass over the stems gives the loudest choice of every stretch, however many variations there
are; the true peaks of the few that matter are then measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import CONTEXT_AFTER, TruePeakMeter
from pyodide_app.engine.model import Variation
from stempress.audio.decode import regrouped, stem_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pyodide_app.engine.model import Song
    from stempress.audio.song_sound import SongSound

    type Planar = NDArray[np.float32]
    type Paths = Sequence[Sequence[Path]]
    """The stems' files, layer by layer."""

CANDIDATES = 8
_STRETCHES = 10  # a second


@dataclass(frozen=True, slots=True)
class Loudest:
    """A variation's mix number and its true peak before the limiter, a factor of full scale."""

    mix_number: str
    true_peak: float


def loudest_mix(song: Song, paths: Paths, sound: SongSound) -> Loudest | None:
    """Return the permitted variation with the highest true peak; None if only forbidden ones do."""
    best = [choice for choice in loudest_choices(paths, sound) if _permitted(song, choice)]
    peaks = true_peaks(paths, sound, best[:CANDIDATES])
    found = max(zip(peaks, best, strict=False), default=None)
    return found and Loudest(Variation(song.slug, found[1]).mix_number, found[0])


def _permitted(song: Song, choice: tuple[int, ...]) -> bool:
    return song.permits(Variation(song.slug, choice))


def loudest_choices(paths: Paths, sound: SongSound) -> list[tuple[int, ...]]:
    """Return the loudest choice of every stretch, the loudest of all first."""
    found: dict[tuple[int, ...], float] = {}
    for layers in _together(paths, sound, max(1, sound.rate // _STRETCHES)):
        for sign in (np.float32(1), np.float32(-1)):
            highest = sum((layer * sign).max(axis=0) for layer in layers)
            channel, frame = np.unravel_index(np.argmax(highest), highest.shape)
            choice = tuple(int((layer[:, channel, frame] * sign).argmax()) for layer in layers)
            level = float(highest[channel, frame])
            found[choice] = max(level, found.get(choice, 0.0))
    return sorted(found, key=lambda choice: (-found[choice], choice))


def true_peaks(paths: Paths, sound: SongSound, choices: Sequence[tuple[int, ...]]) -> list[float]:
    """Return the true peaks of choices, in one pass over the stems."""
    meters = [TruePeakMeter() for _ in choices]
    for layers in _together(paths, sound, sound.rate):
        for meter, choice in zip(meters, choices, strict=True):
            meter.add(sum(layer[nth] for layer, nth in zip(layers, choice, strict=True)))
    for meter in meters:
        meter.add(np.zeros((2, CONTEXT_AFTER), dtype=np.float32))
    return [meter.true_peak for meter in meters]


def _together(paths: Paths, sound: SongSound, frames: int) -> Iterator[list[Planar]]:
    """Yield stretches of all stems: for every layer an array (stems, 2, frames)."""
    every = chain.from_iterable(paths)
    streams = [regrouped(stem_pieces(path, sound), frames) for path in every]
    for stems in zip(*streams, strict=True):
        rest = iter(stems)
        yield [
            np.stack([np.broadcast_to(next(rest), (2, stems[0].shape[1])) for _ in layer])
            for layer in paths
        ]
