"""Timing: how late a stem's sharp onsets are on the song's grid, and whether that changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stempress.clashes.timeline import regularity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stempress.clashes.timeline import Timeline

    type Times = NDArray[np.float64]

MAX_OFFSET_SECONDS = 0.020
"""Threshold: two hits further apart than this are heard as two, not as one."""
MIN_ONSETS = 8
KERNEL_SECONDS = 0.006
"""Standard deviation of the kernel with which the most frequent deviation is found."""
ABOUT_AS_FREQUENT = 0.6
"""Density of a mode relative to the highest."""
NEAR_SECONDS = 0.03
"""Onsets this close to the most frequent deviation are taken as meant to be there."""
MIN_SHARE = 0.5
"""Of onsets that are, for a stem whose timing counts as known."""
MIN_DRIFT_ONSETS = 24
MIN_DRIFT_SIGMAS = 4.0
"""Multiple of its standard error that a drift must be."""
TEMPO_RANGE = 0.1
"""Other tempos are searched within this of the song's."""
MIN_TEMPO_FIT, MAX_SONG_FIT = 0.6, 0.35
"""Mean resultant length of the onsets at another tempo, and at the song's."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a stem plays, in seconds.

    ``offset`` is how late its onsets are, within half a sixteenth note; ``drift`` by how much later
    they are at the end than at the start. ``tempo`` is relative to the song's.
    """

    offset: float
    drift: float = 0.0
    tempo: float = 1.0


def measure_timing(onsets: NDArray[np.floating], timeline: Timeline) -> Timing | None:
    """Return the timing of a stem; None if it has too few sharp onsets, or plays off the grid."""
    times, step = np.asarray(onsets, dtype=np.float64), timeline.step
    if step is None or len(times) < MIN_ONSETS:
        return None
    tempo = _other_tempo(times, step, timeline.seconds)
    if tempo != 1.0:
        return Timing(0.0, tempo=tempo)
    deviations = _deviations(times, step)
    offset = most_frequent(deviations, step / 2)
    apart = (deviations - offset + step / 2) % step - step / 2
    near = np.abs(apart) < NEAR_SECONDS
    if near.sum() < max(MIN_ONSETS, MIN_SHARE * len(times)):
        return None
    drift = _drift(times[near], apart[near]) * timeline.seconds
    return Timing(offset + float(np.median(apart[near])), drift)


def _deviations(times: Times, step: float) -> Times:
    """Return how late onsets are on the nearest step."""
    return (times + step / 2) % step - step / 2


def most_frequent(deviations: Times, limit: float) -> float:
    """Return the mode of deviations within plus or minus ``limit``, to a millisecond.

    Of several that are about as frequent, as in swung rhythms, it is the one closest to 0.
    """
    candidates = np.arange(-limit, limit, 0.001)
    apart = (candidates[:, None] - deviations + limit) % (2 * limit) - limit
    density = np.exp(-0.5 * np.square(apart / KERNEL_SECONDS)).sum(axis=1)
    around = np.concatenate((density[-1:], density, density[:1]))
    is_peak = (density >= around[:-2]) & (density >= around[2:])
    frequent = candidates[is_peak & (density >= ABOUT_AS_FREQUENT * density.max())]
    return float(frequent[np.abs(frequent).argmin()])


def _drift(times: Times, deviations: Times) -> float:
    """Return the slope of deviations, 0 if it is within the error of measurement."""
    if len(times) < MIN_DRIFT_ONSETS:
        return 0.0
    centred = times - times.mean()
    spread = float(np.square(centred).sum()) or 1.0
    slope = float((centred * deviations).sum()) / spread
    residuals = deviations - deviations.mean() - slope * centred
    error = np.sqrt(float(np.square(residuals).sum()) / (len(times) - 2) / spread)
    return slope if abs(slope) > MIN_DRIFT_SIGMAS * error else 0.0


def _other_tempo(times: Times, step: float, seconds: float) -> float:
    """Return the tempo that a stem keeps instead of the song's, relative to it; 1 if it is that."""
    if len(times) < MIN_DRIFT_ONSETS:
        return 1.0
    resolution = step / (8 * seconds)
    ratios = np.arange(1 - TEMPO_RANGE, 1 + TEMPO_RANGE, resolution)
    fits = regularity(times, ratios / step)
    own = fits[np.abs(ratios - 1) <= 4 * resolution].max()
    best = int(fits.argmax())
    return float(ratios[best]) if fits[best] >= MIN_TEMPO_FIT and own <= MAX_SONG_FIT else 1.0


def worst_section(
    first: NDArray[np.floating], second: NDArray[np.floating], timeline: Timeline
) -> int:
    """Return the bar in which most onsets of two stems are close but not together."""
    index = np.searchsorted(second, first)
    before, after = second[np.maximum(index - 1, 0)], second[np.minimum(index, len(second) - 1)]
    nearest = np.minimum(np.abs(first - before), np.abs(first - after))
    limit = timeline.step / 2 if timeline.step else 2 * NEAR_SECONDS
    apart = first[(nearest > MAX_OFFSET_SECONDS / 2) & (nearest < limit)]
    times = apart if len(apart) else first[:1]
    return int(np.bincount(timeline.section_of(times)).argmax())
