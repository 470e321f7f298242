"""What songs, albums and the collection look like: everything that can be mixed, on one record.

A song has a ring for every layer, cut into as many pieces as it has stems. An album has a ring for
every song, cut into its layers. A piece has the outline of its stems.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from pyodide_app.engine.model import stem_keys
from stempress.art.mix_cover import INNERMOST, OUTERMOST, RADIUS, colour
from stempress.art.record_geometry import contour, shade, wedge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.results import Sounds

POINTS = 900
"""How many corners all outlines of a cover have together, about: it keeps its file below 7 kB."""
FEWEST, MOST = 8, 96
TURN = 0.21
"""How far the pieces of a ring are turned from those of the ring around it."""
MOST_PIECES = 64
LABEL = "#f0e4cf"
PATH = Markup('<path fill="{}" d="{}"/>')


class Piece(NamedTuple):
    """Part of a ring: the places of its colour and its shade, and the stems it is drawn from."""

    hue: int
    shade: int
    keys: Sequence[StemKey]


class SongArt:
    """Says what the template of records draws."""

    def __init__(self, sounds: Sounds, render: Callable[..., bytes]) -> None:
        """Take what stems sound like, and what renders a template."""
        self._sounds, self._render = sounds, render

    def song(self, song: Song, sleeve: str) -> bytes:
        """Draw every stem of a song."""
        keys = _keys(song)
        pieces = [
            [Piece(at, nth, [key]) for nth, key in enumerate(of_layer)]
            for at, of_layer in enumerate(keys)
        ]
        return self._record(pieces, sleeve, sleeve)

    def songs(self, songs: Sequence[Song], first: int, sleeve: str) -> bytes:
        """Draw songs, of which the first has this place in the collection.

        Where they have too many layers together, a song's ring is one piece.
        """
        pieces = [
            [Piece(at, nth, keys) for at, keys in enumerate(_keys(song))]
            for nth, song in enumerate(songs, start=first)
        ]
        if sum(map(len, pieces)) > MOST_PIECES:
            pieces = [
                [Piece(nth, 0, list(stem_keys([song])))]
                for nth, song in enumerate(songs, start=first)
            ]
        return self._record(pieces, sleeve, LABEL)

    def _record(self, pieces: Sequence[Sequence[Piece]], sleeve: str, label: str) -> bytes:
        step = (OUTERMOST - INNERMOST) / max(1, len(pieces))
        most = corners(sum(map(len, pieces)))
        return self._render(
            "record.svg.jinja",
            sleeves=[sleeve, shade(sleeve, -0.14)] if sleeve else [],
            spine=[[colour(each.hue, each.shade) for each in row] for row in pieces],
            label=label,
            rings=[
                (f"{(OUTERMOST - step * at) / RADIUS:.3f}", self._ring(row, at, most))
                for at, row in enumerate(pieces)
            ],
            bits=0,
        )

    def _ring(self, pieces: Sequence[Piece], at: int, most: int) -> Markup:
        drawn = []
        for nth, piece in enumerate(pieces):
            sounds = [self._sounds.stems[key] for key in piece.keys]
            envelope = _mean([sound.envelope for sound in sounds])
            bands = [_mean([sound.bands[band] for sound in sounds]) for band in range(3)]
            if len(pieces) == 1:
                path = contour(envelope, bands, RADIUS, most)
            else:
                turns = TURN * at + nth / len(pieces), TURN * at + (nth + 1) / len(pieces)
                path = wedge(envelope, bands, RADIUS, most, turns)
            drawn.append(PATH.format(colour(piece.hue, piece.shade), path))
        return Markup().join(drawn)


def _keys(song: Song) -> list[list[StemKey]]:
    """Return a song's stems, layer by layer."""
    return [[(song.slug, layer.slug, stem.slug) for stem in layer.stems] for layer in song.layers]


def corners(outlines: int) -> int:
    """Return how many corners each of so many outlines may have."""
    return max(FEWEST, min(MOST, POINTS // max(1, outlines)))


def _mean(rows: Sequence[Sequence[float]]) -> Sequence[float]:
    if len(rows) == 1:
        return rows[0]
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]
