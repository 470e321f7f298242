"""Covers of songs, albums and the collection: everything that can be mixed, on one record.

A song has a ring for every layer, cut into a piece for every stem. An album has a ring for every
song, cut into its layers. A piece has the outline of its stems.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from pyodide_app.engine.model import stem_keys
from stempress.art.mix_cover import INNERMOST, OUTERMOST, RADIUS, colour
from stempress.art.record_geometry import contour, shade, wedge
from stempress.art.spine import draw_spine
from stempress.art.templates import render_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.results import Sounds

POINTS = 900
"""Approximate number of corners in a whole cover, which keeps its file below 7 kB."""
MIN_CORNERS, MAX_CORNERS = 8, 96
TURN = 0.21
"""How far the pieces of a ring are turned from those of the ring around it, in turns."""
MAX_PIECES = 64
LABEL = "#f0e4cf"
PATH = Markup('<path fill="{}" d="{}"/>')


class Piece(NamedTuple):
    """A piece of a ring: the indices of its colour and shade, and the stems it is drawn from."""

    hue: int
    shade: int
    keys: Sequence[StemKey]


class SongCoverRenderer:
    """Draws songs."""

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds

    def song(self, song: Song, sleeve: str) -> bytes:
        """Draw all stems of a song."""
        keys = _keys(song)
        pieces = [
            [Piece(layer, stem, [key]) for stem, key in enumerate(layer_keys)]
            for layer, layer_keys in enumerate(keys)
        ]
        return self._record(pieces, sleeve, sleeve)

    def songs(self, songs: Sequence[Song], first: int, sleeve: str) -> bytes:
        """Draw songs; ``first`` is the index of the first one in the collection.

        If they have too many layers together, each song's ring is a single piece.
        """
        pieces = [
            [Piece(layer, index, keys) for layer, keys in enumerate(_keys(song))]
            for index, song in enumerate(songs, start=first)
        ]
        if sum(map(len, pieces)) > MAX_PIECES:
            pieces = [
                [Piece(index, 0, list(stem_keys([song])))]
                for index, song in enumerate(songs, start=first)
            ]
        return self._record(pieces, sleeve, LABEL)

    def _record(self, pieces: Sequence[Sequence[Piece]], sleeve: str, label: str) -> bytes:
        step = (OUTERMOST - INNERMOST) / max(1, len(pieces))
        max_corners = corners_per_outline(sum(map(len, pieces)))
        return render_svg(
            "record.svg.jinja",
            sleeves=[sleeve, shade(sleeve, -0.14)] if sleeve else [],
            spine=draw_spine(
                [tuple(colour(piece.hue, piece.shade) for piece in ring) for ring in pieces]
            ),
            label=label,
            rings=[
                (f"{(OUTERMOST - step * index) / RADIUS:.3f}", self._ring(ring, index, max_corners))
                for index, ring in enumerate(pieces)
            ],
            bits=0,
            gloss=True,
        )

    def _ring(self, pieces: Sequence[Piece], ring: int, max_corners: int) -> Markup:
        drawn = []
        for index, piece in enumerate(pieces):
            sounds = [self._sounds.stems[key] for key in piece.keys]
            envelope = _mean([sound.envelope for sound in sounds])
            bands = [_mean([sound.bands[band] for sound in sounds]) for band in range(3)]
            if len(pieces) == 1:
                path = contour(envelope, bands, RADIUS, max_corners)
            else:
                turns = TURN * ring + index / len(pieces), TURN * ring + (index + 1) / len(pieces)
                path = wedge(envelope, bands, RADIUS, max_corners, turns)
            drawn.append(PATH.format(colour(piece.hue, piece.shade), path))
        return Markup().join(drawn)


def _keys(song: Song) -> list[list[StemKey]]:
    """Return the keys of a song's stems, layer by layer."""
    return [[(song.slug, layer.slug, stem.slug) for stem in layer.stems] for layer in song.layers]


def corners_per_outline(outlines: int) -> int:
    """Return how many corners each of a number of outlines may have."""
    return max(MIN_CORNERS, min(MAX_CORNERS, POINTS // max(1, outlines)))


def _mean(rows: Sequence[Sequence[float]]) -> Sequence[float]:
    if len(rows) == 1:
        return rows[0]
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]
