"""Covers of mixes: a ring for every stem, on a sleeve in the colours of the rarest stems."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from stempress.art.record_geometry import contour, shade

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyodide_app.engine.model import Song, StemKey, Variation
    from stempress.audio.results import Sounds

LAYER_COLOURS = (
    "#e2603a",
    "#e9b23d",
    "#86b04e",
    "#2ea898",
    "#4587c9",
    "#8a6bd1",
    "#d4598f",
    "#93a0ad",
)
"""Colours of the layers on covers; the pages' own shades are in site.css."""
RING_SHADES = (0.0, 0.36, -0.36, 0.6, -0.55)
"""Shades of a layer's stems on a record, in addition to their patterns."""
PATTERNS = 5
"""Number of patterns of a layer's stems, in addition to their shades."""
SLEEVE_SHADES = (0.62, -0.62, 0.35, -0.4, 0.8)
"""Shades of a layer's stems on a sleeve."""
RADIUS, OUTERMOST, INNERMOST = 300, 330, 150
"""Radius at which a ring is drawn, and the outer and inner radius of the rings of a mix."""
RING_WIDTHS = 0.9, 1.4
"""Relative widths of the rings of the quietest and the loudest stem."""
QUIETEST, LOUDEST = -40.0, -16.0  # LUFS


class MixCoverRenderer:
    """Draws mixes with a template, ``render``. A stem's ring is drawn once for all mixes."""

    def __init__(self, sounds: Sounds, render: Callable[..., bytes]) -> None:
        self._sounds, self._render = sounds, render
        self._rings: dict[StemKey, Markup] = {}
        self._information: dict[str, list[tuple[float, ...]]] = {}

    def draw(self, song: Song, variation: Variation, label: str) -> bytes:
        """Draw a mix; its rim has a jewel for every bit of information content of its stems."""
        playing = list(variation.chosen())
        chosen = [(song.slug, *names) for names in variation.by_layer(song).items()]
        if song.slug not in self._information:
            self._information[song.slug] = [layer.information for layer in song.layers]
        information = self._information[song.slug]
        layers = zip(information, variation.choice, strict=True)  # LEFT_OUT is the last
        bits = [options[choice] for options, choice in layers]
        rarest = sorted(playing, key=lambda stem: -information[stem[0]][stem[1]])
        rings = zip(playing, chosen, self._radii(chosen), strict=True)
        return self._render(
            "record.svg.jinja",
            sleeves=[tint(*stem) for stem in (rarest[0], rarest[:2][-1])],
            spine=[[colour(*stem)] for stem in playing],
            label=label,
            rings=[
                (f"{radius:.3f}", self._ring(key, layer, stem))
                for (layer, stem), key, radius in rings
            ],
            bits=round(sum(bits)),
        )

    def _radii(self, chosen: Sequence[StemKey]) -> list[float]:
        """Return each ring's outer radius relative to ``RADIUS``; louder stems get wider rings."""
        widths = [_width(self._sounds.stems[key].loudness) for key in chosen]
        unit = (OUTERMOST - INNERMOST) / sum(widths)
        return [(OUTERMOST - unit * sum(widths[:ring])) / RADIUS for ring in range(len(widths))]

    def _ring(self, key: StemKey, layer: int, stem: int) -> Markup:
        if key not in self._rings:
            sound, fill = self._sounds.stems[key], colour(layer, stem)
            drawn = self._render(
                "ring.svg.jinja",
                at=layer,
                path=contour(sound.envelope, sound.bands, RADIUS),
                fill=fill,
                mark=shade(fill, 0.75 if stem % 2 else -0.6),
                pattern=stem % PATTERNS,
            )
            self._rings[key] = Markup(drawn.decode())  # noqa: S704 - the template has escaped it
        return self._rings[key]


def _width(loudness: float) -> float:
    share = (min(max(loudness, QUIETEST), LOUDEST) - QUIETEST) / (LOUDEST - QUIETEST)
    return RING_WIDTHS[0] + (RING_WIDTHS[1] - RING_WIDTHS[0]) * share


def colour(layer: int, stem: int) -> str:
    """Return the colour of a layer's stem on a record."""
    return shade(LAYER_COLOURS[layer % len(LAYER_COLOURS)], RING_SHADES[stem % len(RING_SHADES)])


@cache
def tint(layer: int, stem: int) -> str:
    """Return the colour of a layer's stem on a sleeve."""
    return shade(
        LAYER_COLOURS[layer % len(LAYER_COLOURS)], SLEEVE_SHADES[stem % len(SLEEVE_SHADES)]
    )
