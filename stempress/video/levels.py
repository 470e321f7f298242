"""What is seen of the sound: the level of every ring in every frame, and the waveform."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pyodide_app.engine.mix import Mixer

    type Planar = NDArray[np.float32]

FRAME_RATE = 30
"""Frames of a video in a second."""
RANGE_DB = 36.0
"""A ring rests at this level below its loudest."""
FALL = 0.86
"""What is left of a level after a frame, if the sound stops."""
BAR_PIXELS = 6
"""Width of a bar of the waveform, with the gap after it."""


def frame_edges(start: int, frames: int, rate: int) -> list[int]:
    """Return where the sound of each frame begins, and where that of the last ends."""
    count = max(1, -(-frames * FRAME_RATE // rate))
    return [start + min(frames, number * rate // FRAME_RATE) for number in range(count + 1)]


def ring_levels(mixer: Mixer, rows: Sequence[int], edges: Sequence[int]) -> NDArray[np.float32]:
    """Return the levels of some rows of a mixer, 0 to 1, shape (frames, rows).

    They are peaks after gain and pan, in dB below the row's highest; like a meter's they rise at
    once, and fall slowly.
    """
    peaks = np.zeros((len(edges) - 1, len(rows)))
    for frame, (start, end) in enumerate(pairwise(edges)):
        peaks[frame] = np.array(mixer.row_peaks(start, end - start))[list(rows)]
    highest = np.maximum(peaks.max(axis=0), 1e-6)
    levels = 1 + 20 * np.log10(np.maximum(peaks / highest, 1e-6)) / RANGE_DB
    shown: NDArray[np.float32] = levels.clip(0, 1).astype(np.float32)
    for before, level in pairwise(shown):
        np.maximum(level, before * FALL, out=level)
    return shown


def waveform_mask(samples: Planar, width: int, height: int) -> NDArray[np.bool_]:
    """Return a waveform as bars, shape (height, width), as high as the loudest sample."""
    count = max(1, width // BAR_PIXELS)
    edges = np.linspace(0, samples.shape[1], count + 1).astype(int)
    magnitudes = np.abs(samples).max(axis=0)
    spans = (slice(start, max(end, start + 1)) for start, end in pairwise(edges))
    peaks = np.array([magnitudes[span].max(initial=0) for span in spans])
    heights = np.maximum(peaks / max(float(peaks.max()), 1e-6) * height / 2, 1)
    bars = np.minimum(np.arange(width) // BAR_PIXELS, count - 1)
    is_bar = np.arange(width) % BAR_PIXELS < BAR_PIXELS - 2
    distance = np.abs(np.arange(height) - (height - 1) / 2)
    mask: NDArray[np.bool_] = (distance[:, None] < heights[bars]) & is_bar
    return mask
