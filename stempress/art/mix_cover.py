"""Covers of mixes: a ring for every stem, on a sleeve in the colours of the rarest stems."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

from markupsafe import Markup

from stempress.art.record_geometry import contour, outline_radii, shade
from stempress.art.spine import draw_spine
from stempress.art.templates import render_svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyodide_app.engine.model import Song, StemKey, Variation
    from stempress.audio.facts import Curves

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


class DrawnStem(Protocol):
    """What a stem's ring is drawn from."""

    @property
    def loudness(self) -> float:
        """Integrated loudness in LUFS."""

    @property
    def curves(self) -> Curves:
        """The stem over time."""


class MixCoverRenderer:
    """Draws mixes. A stem's ring is drawn once for all of them."""

    def __init__(self, stems: Mapping[StemKey, DrawnStem]) -> None:
        self._stems = stems
        self._rings: dict[StemKey, Markup] = {}
        self._information: dict[str, list[tuple[float, ...]]] = {}

    def draw(self, song: Song, variation: Variation, label: str) -> bytes:
        """Draw a mix; its rim has a jewel for every bit of information content of its stems."""
        return self._draw(song, variation, label, self.sleeves(song, variation))

    def record(self, song: Song, variation: Variation, label: str) -> bytes:
        """Draw the record of a mix alone, without a sleeve and without the light on it."""
        return self._draw(song, variation, label, [])

    def sleeves(self, song: Song, variation: Variation) -> list[str]:
        """Return the two colours of a mix's sleeve."""
        information = self._information_of(song)
        rarest = sorted(variation.chosen(), key=lambda stem: -information[stem[0]][stem[1]])
        return [tint(*stem) for stem in (rarest[0], rarest[:2][-1])]

    def outlines(self, song: Song, variation: Variation) -> list[list[float]]:
        """Return the corners' distances from the centre of every ring, outermost first."""
        keys = _chosen_keys(song, variation)
        curves = [self._stems[key].curves for key in keys]
        return [
            [scale * radius for radius in outline_radii(curve.envelope, curve.bands, RADIUS)]
            for curve, scale in zip(curves, self._scales(keys), strict=True)
        ]

    def _draw(self, song: Song, variation: Variation, label: str, sleeves: Sequence[str]) -> bytes:
        playing, keys = list(variation.chosen()), _chosen_keys(song, variation)
        layers = zip(self._information_of(song), variation.choice, strict=True)
        bits = [options[choice] for options, choice in layers]  # LEFT_OUT is the last
        rings = zip(playing, keys, self._scales(keys), strict=True)
        return render_svg(
            "record.svg.jinja",
            sleeves=sleeves,
            spine=draw_spine([(colour(*stem),) for stem in playing]),
            label=label,
            rings=[
                (f"{scale:.3f}", self._ring(key, layer, stem))
                for (layer, stem), key, scale in rings
            ],
            bits=round(sum(bits)),
            gloss=bool(sleeves),
        )

    def _information_of(self, song: Song) -> list[tuple[float, ...]]:
        if song.slug not in self._information:
            self._information[song.slug] = [layer.information for layer in song.layers]
        return self._information[song.slug]

    def _scales(self, keys: Sequence[StemKey]) -> list[float]:
        """Return each ring's outer radius relative to ``RADIUS``; louder stems get wider rings."""
        widths = [_width(self._stems[key].loudness) for key in keys]
        unit = (OUTERMOST - INNERMOST) / sum(widths)
        return [(OUTERMOST - unit * sum(widths[:ring])) / RADIUS for ring in range(len(widths))]

    def _ring(self, key: StemKey, layer: int, stem: int) -> Markup:
        if key not in self._rings:
            curves, fill = self._stems[key].curves, colour(layer, stem)
            drawn = render_svg(
                "ring.svg.jinja",
                at=layer,
                path=contour(curves.envelope, curves.bands, RADIUS),
                fill=fill,
                mark=shade(fill, 0.75 if stem % 2 else -0.6),
                pattern=stem % PATTERNS,
            )
            self._rings[key] = Markup(drawn.decode())  # noqa: S704 - the template has escaped it
        return self._rings[key]


def _chosen_keys(song: Song, variation: Variation) -> list[StemKey]:
    return [(song.slug, *names) for names in variation.by_layer(song).items()]


def _width(loudness: float) -> float:
    share = (min(max(loudness, QUIETEST), LOUDEST) - QUIETEST) / (LOUDEST - QUIETEST)
    return RING_WIDTHS[0] + (RING_WIDTHS[1] - RING_WIDTHS[0]) * share


@cache
def colour(layer: int, stem: int) -> str:
    """Return the colour of a layer's stem on a record."""
    return shade(LAYER_COLOURS[layer % len(LAYER_COLOURS)], RING_SHADES[stem % len(RING_SHADES)])


@cache
def tint(layer: int, stem: int) -> str:
    """Return the colour of a layer's stem on a sleeve."""
    return shade(
        LAYER_COLOURS[layer % len(LAYER_COLOURS)], SLEEVE_SHADES[stem % len(SLEEVE_SHADES)]
    )
