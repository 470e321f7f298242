"""What a mix looks like: a ring for every stem, on a sleeve in the colours of its rarest ones."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from stempress.art.record_geometry import contour, shade

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyodide_app.engine.model import Song, StemKey, Variation
    from stempress.audio.results import Sounds

LAYERS = ("#e2603a", "#e9b23d", "#86b04e", "#2ea898", "#4587c9", "#8a6bd1", "#d4598f", "#93a0ad")
"""The layers' colours as printed on covers; the pages' own shades are in site.css."""
SHADES = (0.0, 0.36, -0.36, 0.6, -0.55)
"""How the stems of a layer differ on a record, besides their patterns."""
PATTERNS = 5
"""How many patterns tell the stems of a layer apart, besides their shades."""
TINTS = (0.62, -0.62, 0.35, -0.4, 0.8)
"""How they differ on a sleeve."""
RADIUS, OUTERMOST, INNERMOST = 300, 330, 150
"""Where a stem's ring is drawn, and between what the rings of a mix lie."""
WIDTHS = 0.9, 1.4
"""How wide the rings of the quietest and of the loudest stem are, beside each other."""
QUIETEST, LOUDEST = -40.0, -16.0  # LUFS


class MixArt:
    """Says what the template of mixes draws. Rings are drawn once for all mixes of a stem."""

    def __init__(self, sounds: Sounds, render: Callable[..., bytes]) -> None:
        """Take what stems sound like, and what renders a template."""
        self._sounds, self._render = sounds, render
        self._rings: dict[StemKey, Markup] = {}
        self._bits: dict[str, list[tuple[float, ...]]] = {}

    def draw(self, song: Song, variation: Variation, label: str) -> bytes:
        """Draw a mix; its rim has a jewel for every bit of rarity in its stems' shares."""
        choice = variation.choice
        stems = zip(song.layers, variation.stems(song), strict=True)
        chosen = [(song.slug, layer.slug, stem.slug) for layer, stem in stems]
        if song.slug not in self._bits:
            self._bits[song.slug] = [layer.information for layer in song.layers]
        bits = [each[nth] for each, nth in zip(self._bits[song.slug], choice, strict=True)]
        rarest = sorted(range(len(bits)), key=lambda at: -bits[at])
        places = enumerate(zip(chosen, choice, self._radii(chosen), strict=True))
        return self._render(
            "record.svg.jinja",
            sleeves=[tint(at, choice[at]) for at in (rarest[0], rarest[:2][-1])],
            spine=[[colour(at, nth)] for at, nth in enumerate(choice)],
            label=label,
            rings=[
                (f"{radius:.3f}", self._ring(key, at, nth)) for at, (key, nth, radius) in places
            ],
            bits=round(sum(bits)),
        )

    def _radii(self, chosen: Sequence[StemKey]) -> list[float]:
        """Return where each ring begins, as a share of ``RADIUS``: loud stems have wide ones."""
        widths = [_width(self._sounds.stems[key].loudness) for key in chosen]
        room = (OUTERMOST - INNERMOST) / sum(widths)
        return [(OUTERMOST - room * sum(widths[:at])) / RADIUS for at in range(len(widths))]

    def _ring(self, key: StemKey, at: int, nth: int) -> Markup:
        if key not in self._rings:
            sound, fill = self._sounds.stems[key], colour(at, nth)
            drawn = self._render(
                "ring.svg.jinja",
                at=at,
                path=contour(sound.envelope, sound.bands, RADIUS),
                fill=fill,
                mark=shade(fill, 0.75 if nth % 2 else -0.6),
                pattern=nth % PATTERNS,
            )
            self._rings[key] = Markup(drawn.decode())  # noqa: S704 - the template has escaped it
        return self._rings[key]


def _width(loudness: float) -> float:
    share = (min(max(loudness, QUIETEST), LOUDEST) - QUIETEST) / (LOUDEST - QUIETEST)
    return WIDTHS[0] + (WIDTHS[1] - WIDTHS[0]) * share


def colour(layer: int, nth: int) -> str:
    """Return a layer's colour on a record, in the shade of one of its stems."""
    return shade(LAYERS[layer % len(LAYERS)], SHADES[nth % len(SHADES)])


@cache
def tint(layer: int, nth: int) -> str:
    """Return a layer's colour on a sleeve, in the tint of one of its stems."""
    return shade(LAYERS[layer % len(LAYERS)], TINTS[nth % len(TINTS)])
