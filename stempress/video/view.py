"""The view of a video: all that its frames are drawn from, apart from the sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.art.covers import data_uri
from stempress.art.mix_cover import MixCoverRenderer, colour
from stempress.art.song_cover import LABEL
from stempress.art.templates import render_svg
from stempress.site.cover_addresses import is_embedded, picture_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyodide_app.engine.model import Song, StemKey, Variation
    from stempress.art.mix_cover import DrawnStem
    from stempress.collection.collection import Collection
    from stempress.video.shapes import Shape


@dataclass(frozen=True, slots=True)
class VideoView:
    """What a video shows of a mix.

    ``record`` and ``label``, which may be empty, are SVG documents; ``outlines`` are those of
    the record's rings, outermost first: the distances of their corners from the centre, in units
    of which the record's radius has ``turntable.EDGE``.
    """

    shape: Shape
    title: str
    byline: str
    sleeves: tuple[str, ...]
    spine: tuple[str, ...]
    record: bytes
    label: bytes
    outlines: tuple[tuple[float, ...], ...]


class VideoViews:
    """Views of the mixes of a collection; ``stems`` are those of their songs at least."""

    def __init__(self, collection: Collection, stems: Mapping[StemKey, DrawnStem]) -> None:
        self._collection, self._covers = collection, MixCoverRenderer(stems)

    def view(self, song: Song, variation: Variation, shape: Shape) -> VideoView:
        """Return the view of a mix."""
        byline = " · ".join(part for part in (song.artist, variation.mix_number) if part)
        return VideoView(
            shape=shape,
            title=song.title,
            byline=byline,
            sleeves=tuple(self._covers.sleeves(song, variation)),
            spine=tuple(colour(*stem) for stem in variation.chosen()),
            record=self._covers.record(song, variation, LABEL),
            label=self._label(song, variation),
            outlines=tuple(map(tuple, self._covers.outlines(song, variation))),
        )

    def _label(self, song: Song, variation: Variation) -> bytes:
        """Stack the artist's pictures of the stems, as on the mix's cover."""
        keys = picture_keys(self._collection, song, variation)
        if not keys or not is_embedded(self._collection, keys):
            return b""
        pictures = [data_uri(self._collection.files.pictures[key]) for key in keys]
        return render_svg("stack.svg.jinja", sleeve=LABEL, pictures=pictures)
