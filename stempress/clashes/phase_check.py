"""Check of phase: stems that cancel each other, are the same sound twice, or cancel in mono."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.clashes.clash import MAX_SEVERITY, Clash, label
from stempress.clashes.phase import (
    MAX_CORRELATION,
    MAX_LOSS_DB,
    MAX_MONO_LOSS_DB,
    compare_waves,
    mono_loss,
    stem_wave,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stempress.clashes.clash import Name
    from stempress.clashes.phase import Phase
    from stempress.clashes.stem_profile import StemProfile
    from stempress.clashes.timeline import Timeline


class PhaseCheck:
    """Finds what loses level when it is added up."""

    def __init__(self, profiles: Mapping[Name, StemProfile], timeline: Timeline) -> None:
        """Prepare all stems."""
        self._timeline = timeline
        self._mono_losses = {name: mono_loss(profile) for name, profile in profiles.items()}
        self._waves = {name: stem_wave(profile) for name, profile in profiles.items()}

    def stems(self) -> Iterator[Clash]:
        """Yield the stems whose channels cancel each other."""
        for name, loss in self._mono_losses.items():
            if loss > MAX_MONO_LOSS_DB:
                severity = min(loss / MAX_MONO_LOSS_DB, MAX_SEVERITY)
                message = f"{label(name)} loses {loss:.1f} dB when it is played in mono"
                yield Clash("phase", (name,), severity, message, loss, "dB")

    def pair(self, first: Name, second: Name) -> Iterator[Clash]:
        """Yield how two stems cancel each other: one clash at most."""
        found = compare_waves(self._waves[first], self._waves[second], self._timeline)
        same, loss = abs(found.correlation) / MAX_CORRELATION, found.loss / MAX_LOSS_DB
        severity = max(same, loss)
        if severity >= 1:
            words, value, unit = _finding(found, is_same=same >= 1)
            message = f"{label(first)} and {label(second)} {words}"
            place = self._timeline.place(found.section)
            severity = min(severity, MAX_SEVERITY)
            yield Clash("phase", (first, second), severity, message, value, unit, *place)


def _finding(found: Phase, *, is_same: bool) -> tuple[str, float, str]:
    """Return what is wrong with a pair, the figure and its unit."""
    if not is_same:
        return f"lose {found.loss:.1f} dB when they are added", found.loss, "dB"
    inverted = ", inverted" if found.correlation < 0 else ""
    delay = f", {abs(1000 * found.delay):.1f} ms apart" if found.delay else ""
    loss = f", and lose {found.loss:.1f} dB together" if found.loss > MAX_LOSS_DB else ""
    words = (
        f"are the same sound twice{inverted}{delay}{loss}: "
        f"below 1 kHz they correlate by {found.correlation:.2f}"
    )
    return words, found.correlation, "correlation"
