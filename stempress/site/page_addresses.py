"""Addresses of the pages of songs, albums, variations, stems and tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song, StemKey, Variation
    from stempress.collection.albums import Album
    from stempress.collection.hidden_tracks import HiddenTrack
    from stempress.collection.settings import Person
    from stempress.collection.takes import PublishedTake


def song_address(song: Song) -> str:
    """Return the address of a song."""
    return f"songs/{song.slug}/"


def album_address(album: Album) -> str:
    """Return the address of an album."""
    return f"albums/{album.slug}/"


def person_address(person: Person) -> str:
    """Return the address of somebody's page."""
    return f"people/{person.slug}/"


def take_address(take: PublishedTake) -> str:
    """Return the address of a take."""
    return f"takes/{take.slug}/"


def variation_address(variation: Variation) -> str:
    """Return the address of a variation."""
    return f"songs/{variation.song}/{variation.mix_number}/"


def embed_address(variation: Variation) -> str:
    """Return the address of a variation's mixer alone, for other sites to embed."""
    return f"embed/{variation.song}/{variation.mix_number}/"


def stem_embed_address(key: StemKey) -> str:
    """Return the address of a stem's player, for other sites to embed."""
    return "embed/{}/{}/{}/".format(*key)


def stem_address(key: StemKey) -> str:
    """Return the address of a stem."""
    return "stems/{}/{}/{}/".format(*key)


def hidden_address(track: HiddenTrack) -> str:
    """Return the address of a hidden track."""
    return f"hidden/{track.slug}/"


def hidden_file_address(track: HiddenTrack) -> str:
    """Return the address of a hidden track's encrypted file; hosts know no type of its suffix."""
    return f"hidden/{track.slug}/track.bin"


def token_address(token_id: str) -> str:
    """Return the address of a token."""
    return f"tokens/{token_id}/"
