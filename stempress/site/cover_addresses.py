"""Addresses of covers, and what each cover is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Song, StemKey, Variation
    from stempress.collection.albums import Album
    from stempress.collection.collection import Collection
    from stempress.collection.settings import Settings

MAX_EMBEDDED = 96 * 1024
"""Maximum total size in bytes of stem pictures embedded in a cover; above, the cover is drawn."""


def collection_cover() -> str:
    """Return the address of the collection's cover."""
    return "art/collection.svg"


def podcast_cover() -> str:
    """Return the address of the podcast's cover."""
    return "icons/podcast.jpg"


def album_cover(album: Album) -> str:
    """Return the address of an album's cover; the artist's own picture keeps its format."""
    suffix = album.cover.suffix.lower() if album.cover else ".svg"
    return f"art/albums/{album.slug}{suffix}"


def song_cover(song: Song) -> str:
    """Return the address of a song's cover."""
    return f"art/songs/{song.slug}.svg"


def stem_cover(key: StemKey) -> str:
    """Return the address of a stem's cover."""
    return "art/stems/{}/{}/{}.svg".format(*key)


def variation_cover(variation: Variation) -> str:
    """Return the address of a variation's cover."""
    return f"art/mixes/{variation.song}/{variation.mix_number}.svg"


def image_address(settings: Settings, cover: str) -> str:
    """Return the address of a cover as metadata names it: some wallets show no SVG."""
    is_drawn = settings.image == "png" and cover.endswith(".svg")
    return f"{cover.removesuffix('.svg')}.png" if is_drawn else cover


def picture_keys(collection: Collection, song: Song, variation: Variation) -> list[StemKey]:
    """Return the keys of a variation's stems that have a picture by the artist, in layer order."""
    pictures = collection.files.pictures
    keys = ((song.slug, *names) for names in variation.by_layer(song).items())
    return [key for key in keys if key in pictures]


def is_embedded(collection: Collection, keys: Sequence[StemKey]) -> bool:
    """Return whether pictures are small enough to be embedded in one cover."""
    return sum(collection.files.pictures[key].stat().st_size for key in keys) <= MAX_EMBEDDED
