"""Metadata of a song's mixes and stems, as files that visitors save have it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pyodide_app.engine.tags import Tags

if TYPE_CHECKING:
    from pyodide_app.engine.model import Variation
    from stempress.collection.collection import Collection


def mix_tags(collection: Collection, variation: Variation) -> Tags:
    """Return the metadata of a mix."""
    return replace(song_tags(collection, variation.song), mix=variation.mix_number)


def song_tags(collection: Collection, slug: str) -> Tags:
    """Return what the metadata of all mixes of a song have in common."""
    song = collection.song(slug)
    album = collection.album(song.album)
    released = album.released_of(song)
    return Tags(
        title=song.title,
        artist=song.artist,
        album=album.title,
        album_artist=album.artist,
        track=f"{song.track}/{album.tracks}",
        date=released.isoformat() if released else "",
        isrc=song.isrc,
        genre=song.genre,
        label=album.label,
        copyright=song.copyright,
        license=collection.settings.license,
        key=song.key,
        bpm=song.bpm or 0,
    )
