"""Check of masking: stems that cover another, or that crowd the same critical bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.clashes.clash import MAX_SEVERITY, Clash, label
from stempress.clashes.masking import MAX_MASKED, MAX_OVERLAP, compare_bands, stem_bands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stempress.clashes.clash import Name
    from stempress.clashes.stem_profile import StemProfile
    from stempress.clashes.timeline import Timeline


class MaskingCheck:
    """Finds pairs of which one is hardly heard, or that are not heard apart."""

    def __init__(self, profiles: Mapping[Name, StemProfile], timeline: Timeline) -> None:
        """Prepare all stems."""
        self._timeline = timeline
        self._bands = {name: stem_bands(profile) for name, profile in profiles.items()}

    def stems(self) -> Iterator[Clash]:
        """Yield nothing: what is masked depends on the other stem."""
        yield from ()

    def pair(self, first: Name, second: Name) -> Iterator[Clash]:
        """Yield how two stems mask each other: one clash at most."""
        found = compare_bands(self._bands[first], self._bands[second], self._timeline)
        masked = max(found.masked, found.masking)
        quiet, loud = (first, second) if found.masked >= found.masking else (second, first)
        severity = max(masked / MAX_MASKED, found.overlap / MAX_OVERLAP)
        if severity < 1:
            return
        if masked / MAX_MASKED >= found.overlap / MAX_OVERLAP:
            value = 100 * masked
            message = f"{label(loud)} masks {value:.0f}% of {label(quiet)}"
        else:
            value = 100 * found.overlap
            message = (
                f"{label(first)} and {label(second)} have {value:.0f}% of their energy in the same "
                "critical bands at the same time"
            )
        place = self._timeline.place(found.section)
        severity = min(severity, MAX_SEVERITY)
        yield Clash("masking", (loud, quiet), severity, message, value, "%", *place)
