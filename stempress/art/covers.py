"""Covers: records drawn from the stems' envelopes, or the artist's pictures stacked in layers."""

from __future__ import annotations

from base64 import b64encode
from functools import partial
from typing import TYPE_CHECKING

from pyodide_app.engine.model import TIERS
from stempress.art.mix_cover import MixCoverRenderer, colour
from stempress.art.orientation import upright
from stempress.art.record_geometry import shade, strata
from stempress.art.song_cover import SongCoverRenderer
from stempress.art.templates import render_svg
from stempress.output.output_files import Bundle, OutputFile
from stempress.site.cover_addresses import (
    album_cover,
    collection_cover,
    is_embedded,
    picture_keys,
    song_cover,
    stem_cover,
    variation_cover,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey, Variation
    from stempress.audio.results import Sounds
    from stempress.collection.albums import Album
    from stempress.collection.collection import Collection
    from stempress.site.excerpts import Excerpts
    from stempress.site.source import Source

SLEEVES = ("#1c2b3a", "#f0e4cf", "#5a2430", "#cfd9d2", "#22352c", "#e8c9b4", "#2d2447", "#d8d3c4")
"""Sleeve colours, assigned to songs in turn."""
INNER, OUTER = 150, 450
"""Radii between which a stem's own cover is drawn."""
POINTS = 96
_MEDIA_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
_MEDIA_TYPES[".webp"] = "image/webp"


def draw_covers(excerpts: Excerpts) -> Iterator[OutputFile | Bundle]:
    """Yield all covers of the site, starting with the collection's."""
    sleeves, songs = sleeve_colours(excerpts.facts.collection.songs), excerpts.songs
    renderer = CoverRenderer(songs.collection, songs.sounds, sleeves)
    yield OutputFile(collection_cover(), renderer.collection, songs.key)
    for album in songs.collection.albums:
        yield OutputFile(album_cover(album), partial(renderer.album, album), songs.key)
    for slug, sleeve in sleeves.items():
        source = excerpts.song(slug)
        key = source.key_with(sleeve)
        yield Bundle(f"art/{slug}", key, partial(_song_covers, source, sleeve, key))
    for tier in TIERS:
        draw_blank = partial(renderer.unrevealed, TIERS.index(tier) + 1)
        yield OutputFile(f"art/unrevealed/{tier}.svg", draw_blank, excerpts.generator)


def sleeve_colours(songs: Sequence[Song]) -> dict[str, str]:
    """Return the colour of every song's sleeve, by slug."""
    return {song.slug: SLEEVES[index % len(SLEEVES)] for index, song in enumerate(songs)}


def _song_covers(source: Source, sleeve: str, cache_key: str) -> Iterator[OutputFile]:
    """Yield the covers of a song, its stems and its variations."""
    (pages,) = source.facts.plan.variations.values()
    song = pages.song
    renderer = CoverRenderer(source.collection, source.sounds, {song.slug: sleeve})
    yield OutputFile(song_cover(song), partial(renderer.song, song), cache_key)
    for layer_index, layer in enumerate(song.layers):
        for stem_index, stem in enumerate(layer.stems):
            key = song.slug, layer.slug, stem.slug
            yield OutputFile(
                stem_cover(key),
                partial(renderer.stem, song, key, layer_index, stem_index),
                cache_key,
            )
    for variation in pages.shown:
        yield OutputFile(
            variation_cover(variation), partial(renderer.variation, song, variation), cache_key
        )


class CoverRenderer:
    """Draws covers from the templates in templates/art/."""

    def __init__(self, collection: Collection, sounds: Sounds, sleeves: Mapping[str, str]) -> None:
        self._collection, self._sounds, self._sleeves = collection, sounds, sleeves
        self._mixes, self._songs = MixCoverRenderer(sounds.stems), SongCoverRenderer(sounds)
        self._data_uris: dict[Path, str] = {}

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what it was made from: another process draws rings and reads pictures itself."""
        return CoverRenderer, (self._collection, self._sounds, self._sleeves)

    def variation(self, song: Song, variation: Variation) -> bytes:
        """Draw a variation's stems as nested rings, or stack their pictures."""
        keys = picture_keys(self._collection, song, variation)
        if keys and is_embedded(self._collection, keys):
            return self._stack(song, keys)
        return self._mixes.draw(song, variation, self._sleeves[song.slug])

    def song(self, song: Song) -> bytes:
        """Draw all stems of a song, or stack the pictures of its first variation."""
        first = next(song.variations())
        if picture_keys(self._collection, song, first):
            return self.variation(song, first)
        return self._songs.song(song, self._sleeves[song.slug])

    def stem(self, song: Song, key: StemKey, layer_index: int, stem_index: int) -> bytes:
        """Draw a stem's bass, middle and treble around the label, or wrap its picture."""
        if key in self._collection.files.pictures:
            return self._stack(song, [key])
        sound, fill = self._sounds.stems[key], colour(layer_index, stem_index)
        return render_svg(
            "stem.svg.jinja",
            sleeve=self._sleeves[song.slug],
            paths=strata(sound.envelope, sound.bands, INNER, OUTER, POINTS),
            fills=[shade(fill, 0.45), fill, shade(fill, -0.4)],
            scales=[round(1 - step * 0.085, 3) for step in range(1, 8)],
            bits=round(song.layers[layer_index].information[stem_index]),
        )

    def album(self, album: Album) -> bytes | Path:
        """Draw an album's songs as rings, unless the artist supplied a cover.

        An SVG cover is wrapped, so that no script in it can run wherever it is opened.
        """
        if album.cover is not None:
            if album.cover.suffix.lower() != ".svg":
                data = album.cover.read_bytes()
                turned = upright(data)
                return album.cover if turned is data else turned
            return render_svg(
                "stack.svg.jinja", sleeve=SLEEVES[1], pictures=[self._data_uri(album.cover)]
            )
        index = self._collection.albums.index(album)
        sleeve = SLEEVES[(index * 3 + 2) % len(SLEEVES)]
        first_song = self._collection.songs.index(album.songs[0]) if album.songs else 0
        return self._songs.songs(album.songs, first_song, sleeve)

    def collection(self) -> bytes:
        """Draw every song as a ring of one record."""
        return self._songs.songs(self._collection.songs, 0, "")

    def unrevealed(self, rings: int) -> bytes:
        """Draw a blank record; all unrevealed tokens of a tier look the same."""
        return render_svg("unrevealed.svg.jinja", rings=rings)

    def _stack(self, song: Song, keys: Sequence[StemKey]) -> bytes:
        pictures = [self._data_uri(self._collection.files.pictures[key]) for key in keys]
        return render_svg("stack.svg.jinja", sleeve=self._sleeves[song.slug], pictures=pictures)

    def _data_uri(self, path: Path) -> str:
        if path not in self._data_uris:
            self._data_uris[path] = data_uri(path)
        return self._data_uris[path]


def data_uri(picture: Path) -> str:
    """Return a picture, upright, as a data URI."""
    data = b64encode(upright(picture.read_bytes())).decode()
    return f"data:{_MEDIA_TYPES[picture.suffix.lower()]};base64,{data}"
