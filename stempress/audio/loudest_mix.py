"""Search for the variation with the highest peak, without trying them all.

At any frame, the highest sum of one stem per layer is the sum of each layer's highest stem. So one
pass over the stems gives the loudest choice in every segment, however many variations there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import CONTEXT_AFTER, CONTEXT_BEFORE, true_peaks_above
from pyodide_app.engine.model import Variation
from stempress.audio.sample_blocks import regroup
from stempress.audio.stem_blocks import stem_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pyodide_app.engine.model import Song
    from stempress.audio.song_sound import SongSound

    type Planar = NDArray[np.float32]
    type Paths = Sequence[Sequence[Path]]
    """The stems' files, by layer."""
    type Choice = tuple[int, ...]
    """Indices of the chosen stems, one for each layer; the last may be silence."""

_SEGMENTS_PER_SECOND = 10
_CONTEXT = CONTEXT_BEFORE + CONTEXT_AFTER


@dataclass(frozen=True, slots=True)
class LoudestMix:
    """A variation's mix number and its linear true peak before the limiter."""

    mix_number: str
    true_peak: float


def loudest_mix(song: Song, paths: Paths, sound: SongSound) -> LoudestMix | None:
    """Return the permitted variation with the highest true peak; None if none is permitted.

    In each segment the loudest choices are measured, and the loudest of the segments before.
    """
    best: Choice | None = None
    best_peak = 0.0
    permits: dict[Choice, bool] = {}
    segments = _read_layers(paths, sound, sound.rate // _SEGMENTS_PER_SECOND)
    for layers in _with_context(_with_silence(song, segments)):
        for choice in dict.fromkeys([*loudest_choices(layers), *([best] if best else [])]):
            if choice not in permits:
                permits[choice] = song.permits(_variation(song, choice))
            peak = _true_peak(layers, choice, best_peak) if permits[choice] else 0.0
            if permits[choice] and (best is None or peak > best_peak):
                best, best_peak = choice, peak
    return LoudestMix(_variation(song, best).mix_number, best_peak) if best else None


def _variation(song: Song, choice: Choice) -> Variation:
    """Return the variation of a choice."""
    layers = zip(song.layers, choice, strict=True)
    return Variation(song.slug, tuple(layer.choices[index] for layer, index in layers))


def loudest_choices(layers: Sequence[Planar]) -> Iterator[Choice]:
    """Yield the choices with the highest and the lowest sample of a segment."""
    for sign in (np.float32(1), np.float32(-1)):
        highest = sum((layer * sign).max(axis=0) for layer in layers)
        channel, frame = np.unravel_index(np.argmax(highest), highest.shape)
        yield tuple(int((layer[:, channel, frame] * sign).argmax()) for layer in layers)


def _true_peak(layers: Sequence[Planar], choice: Choice, least: float) -> float:
    """Return the true peak of a choice in a segment; any smaller value if below ``least``."""
    stems = [layer[index] for layer, index in zip(layers, choice, strict=True)]
    mix: Planar = np.sum(stems, axis=0)
    return float(true_peaks_above(mix, np.float32(least)).max(initial=0))


def _with_silence(song: Song, segments: Iterable[list[Planar]]) -> Iterator[list[Planar]]:
    """Yield segments with silence as another stem of layers that may be left out."""
    for layers in segments:
        yield [
            np.pad(stems, ((0, 1), (0, 0), (0, 0))) if layer.empty else stems
            for layer, stems in zip(song.layers, layers, strict=True)
        ]


def _with_context(segments: Iterable[list[Planar]]) -> Iterator[list[Planar]]:
    """Yield segments with the context that true peaks need; silence before and after."""
    context: list[Planar] = []
    for layers in segments:
        before = context or [_silence(layer, _CONTEXT) for layer in layers]
        padded = [np.concatenate(parts, axis=2) for parts in zip(before, layers, strict=True)]
        context = [layer[..., -_CONTEXT:] for layer in padded]
        yield padded
    yield [np.concatenate((layer, _silence(layer, CONTEXT_AFTER)), axis=2) for layer in context]


def _silence(layer: Planar, frames: int) -> Planar:
    return np.zeros((*layer.shape[:2], frames), dtype=np.float32)


def _read_layers(paths: Paths, sound: SongSound, frames: int) -> Iterator[list[Planar]]:
    """Yield segments of all stems: for each layer an array of shape (stems, 2, frames)."""
    streams = [regroup(stem_blocks(path, sound), frames) for path in chain.from_iterable(paths)]
    for stems in zip(*streams, strict=True):
        remaining = iter(stems)
        yield [
            np.stack([np.broadcast_to(next(remaining), (2, stems[0].shape[1])) for _ in layer])
            for layer in paths
        ]
