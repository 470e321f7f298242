"""Check of keys: stems whose notes fit the others only when they are transposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stempress.clashes.clash import MAX_SEVERITY, Clash, counted, label
from stempress.clashes.pitch_classes import SEMITONES, correlations, stem_tones
from stempress.clashes.tonality import MARGIN, MIN_FIT, Harmony

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stempress.clashes.clash import Name
    from stempress.clashes.stem_profile import StemProfile
    from stempress.clashes.timeline import Timeline

MIN_VOTERS = 2
"""With how many others a stem must be compared to be the one that does not fit."""


class KeyCheck:
    """Finds stems in another key; ``key`` is what the song's file says."""

    def __init__(self, profiles: Mapping[Name, StemProfile], timeline: Timeline, key: str) -> None:
        """Compare all stems."""
        tones = {name: stem_tones(profile, timeline) for name, profile in profiles.items()}
        self._timeline = timeline
        self._harmony = Harmony(tones, key)

    def stems(self) -> Iterator[Clash]:
        """Yield the stems that are transposed against the others."""
        for name, tonality in self._harmony.tonalities.items():
            gain = tonality.best_fit - tonality.fit
            if tonality.semitones and tonality.voters >= MIN_VOTERS:
                message = (
                    f"{label(name)} is {_interval(-tonality.semitones)} than the other stems: its "
                    f"notes match theirs by {tonality.fit:.2f}, transposed they match by "
                    f"{tonality.best_fit:.2f}"
                )
                others = [other for other in self._harmony.tonalities if other != name]
                section = self._worst_section(name, others, tonality.semitones)
                yield self._clash((name,), gain, message, -tonality.semitones, section)

    def pair(self, first: Name, second: Name) -> Iterator[Clash]:
        """Yield the clash of two stems of which one is transposed, or that fit no otherwise."""
        tonalities = self._harmony.tonalities
        if first not in tonalities or second not in tonalities:
            return
        if not tonalities[first].semitones:
            first, second = second, first
        curve = self._harmony.curve(first, second)
        shift = (tonalities[first].semitones - tonalities[second].semitones) % SEMITONES
        gain = float(curve[shift] - curve[0])
        if gain < MARGIN or curve[shift] < MIN_FIT:
            return
        semitones = (shift + 5) % SEMITONES - 5
        message = (
            f"{label(first)} is {_interval(-semitones)} than {label(second)}: their notes match by "
            f"{curve[0]:.2f}, transposed they match by {curve[shift]:.2f}"
        )
        section = self._worst_section(first, [second], semitones)
        yield self._clash((first, second), gain, message, -semitones, section)

    def _worst_section(self, name: Name, others: list[Name], semitones: int) -> int:
        """Return the bar in which a transposition of a stem would help most."""
        tones, timeline = self._harmony.tones, self._timeline
        gains = np.zeros(timeline.sections)
        for other in others:
            by_slice, weights = correlations(tones[name], tones[other])
            gain = weights * (by_slice[:, semitones % SEMITONES] - by_slice[:, 0])
            middles = (np.arange(len(gain)) + 0.5) * tones[name].seconds
            np.add.at(gains, timeline.section_of(middles), gain)
        return int(gains.argmax())

    def _clash(
        self, stems: tuple[Name, ...], gain: float, message: str, semitones: int, section: int
    ) -> Clash:
        severity = min(gain / MARGIN, MAX_SEVERITY)
        place = self._timeline.place(section)
        return Clash("key", stems, severity, message, semitones, "semitones", *place)


def _interval(semitones: int) -> str:
    """Return a number of semitones as a comparison."""
    return f"{counted(abs(semitones), 'semitone')} {'higher' if semitones > 0 else 'lower'}"
