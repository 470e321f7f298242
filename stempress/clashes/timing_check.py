"""Check of timing: stems that are late or early, that drift, or that keep another tempo."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stempress.audio.stem_lint import median
from stempress.clashes.clash import MAX_SEVERITY, Clash, label
from stempress.clashes.timing import MAX_OFFSET_SECONDS, Timing, measure_timing, worst_section

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from numpy.typing import NDArray

    from stempress.clashes.clash import Kind, Name
    from stempress.clashes.stem_profile import StemProfile
    from stempress.clashes.timeline import Timeline

MIN_OTHERS = 2
"""With how many others a stem must be compared to be the one that does not fit."""


class Difference(NamedTuple):
    """A difference in timing: the seconds that two stems are apart because of it."""

    kind: Kind
    seconds: float
    message: str
    value: float
    unit: str


class TimingCheck:
    """Finds stems that are not together; those without sharp onsets have no timing."""

    def __init__(self, profiles: Mapping[Name, StemProfile], timeline: Timeline) -> None:
        """Measure all stems."""
        self._onsets = {name: profile.onsets for name, profile in profiles.items()}
        self._timeline = timeline
        self._timings = {
            name: timing
            for name, onsets in self._onsets.items()
            if (timing := measure_timing(onsets, timeline))
        }
        self._usual = _usual(self._timings.values()) if self._timings else Timing(0)

    def stems(self) -> Iterator[Clash]:
        """Yield the stems that are not with the others."""
        if len(self._timings) <= MIN_OTHERS:
            return
        for name, timing in self._timings.items():
            others = [other for other in self._timings if other != name]
            for found in self._differences(name, timing, self._usual, "the other stems"):
                onsets = np.sort(np.concatenate([self._onsets[other] for other in others]))
                yield self._clash((name,), found, self._onsets[name], onsets)

    def pair(self, first: Name, second: Name) -> Iterator[Clash]:
        """Yield how two stems are not together."""
        timings = self._timings
        if first in timings and second in timings:
            if self._deviation(first) < self._deviation(second):
                first, second = second, first
            onsets = self._onsets[first], self._onsets[second]
            others = timings[first], timings[second], label(second)
            for found in self._differences(first, *others):
                yield self._clash((first, second), found, *onsets)

    def _deviation(self, name: Name) -> tuple[float, float, float]:
        timing, usual = self._timings[name], self._usual
        return (
            abs(timing.tempo - usual.tempo),
            abs(timing.drift - usual.drift),
            abs(timing.offset - usual.offset),
        )

    def _differences(
        self, name: Name, timing: Timing, other: Timing, than: str
    ) -> Iterator[Difference]:
        """Yield what is above the threshold. A stem in another tempo has no offset."""
        if timing.tempo != other.tempo:
            ratio = timing.tempo / other.tempo
            seconds = abs(ratio - 1) * self._timeline.seconds
            percent = 100 * (ratio - 1)
            faster = "faster" if percent > 0 else "slower"
            message = f"{label(name)} is {abs(percent):.1f}% {faster} than {than}"
            yield Difference("tempo", seconds, message, percent, "%")
            return
        late = timing.offset - other.offset
        if abs(late) > MAX_OFFSET_SECONDS:
            message = f"{label(name)} is {_later(late)} than {than}"
            yield Difference("timing", abs(late), message, 1000 * late, "ms")
        drift = timing.drift - other.drift
        if abs(drift) > MAX_OFFSET_SECONDS:
            message = f"{label(name)} drifts: from start to end it gets {_later(drift)} than {than}"
            yield Difference("tempo", abs(drift), message, 1000 * drift, "ms")

    def _clash(
        self,
        stems: tuple[Name, ...],
        found: Difference,
        first: NDArray[np.floating],
        second: NDArray[np.floating],
    ) -> Clash:
        place = self._timeline.place(worst_section(first, second, self._timeline))
        severity = min(found.seconds / MAX_OFFSET_SECONDS, MAX_SEVERITY)
        return Clash(found.kind, stems, severity, found.message, found.value, found.unit, *place)


def _usual(timings: Collection[Timing]) -> Timing:
    return Timing(
        median([timing.offset for timing in timings]),
        median([timing.drift for timing in timings]),
        median([timing.tempo for timing in timings]),
    )


def _later(seconds: float) -> str:
    return f"{abs(1000 * seconds):.0f} ms {'later' if seconds > 0 else 'earlier'}"
