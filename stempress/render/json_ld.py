"""What machines read in a page about the music: JSON-LD, in the words of schema.org."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from stempress.collection.albums import Album
from stempress.site.cover_addresses import album_cover, song_cover
from stempress.site.page_plan import VariationPages, VariationView, album_address, song_address

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song
    from stempress.audio.results import Sounds
    from stempress.collection.collection import Collection
    from stempress.collection.settings import Settings


def linked_data(collection: Collection, sounds: Sounds, about: object) -> dict[str, object] | None:
    """Return a page's subject in the words of schema.org; None where it is no music."""
    if isinstance(about, VariationPages | VariationView):
        found = _recording(collection, sounds, about.song)
    elif isinstance(about, Album):
        tracks = [_recording(collection, sounds, song) for song in about.songs]
        found = _said(
            {
                "@type": "MusicAlbum",
                "name": about.title,
                "url": full_address(collection.settings, album_address(about)),
                "image": full_address(collection.settings, album_cover(about)),
                "datePublished": about.released and about.released.isoformat(),
                "gtin12" if len(about.upc) == 12 else "gtin13": about.upc,
                "byArtist": _artist(collection.settings),
                "numTracks": len(tracks),
                "track": tracks,
            }
        )
    else:
        return None
    return {"@context": "https://schema.org", **found}


def _recording(collection: Collection, sounds: Sounds, song: Song) -> dict[str, object]:
    settings = collection.settings
    return _said(
        {
            "@type": "MusicRecording",
            "name": song.title,
            "url": full_address(settings, song_address(song)),
            "image": full_address(settings, song_cover(song)),
            "duration": f"PT{round(sounds.songs[song.slug].seconds)}S",
            "isrcCode": song.isrc,
            "byArtist": _artist(settings),
            "inAlbum": {"@type": "MusicAlbum", "name": collection.album(song.album).title},
        }
    )


def _artist(settings: Settings) -> dict[str, str]:
    return {"@type": "MusicGroup", "name": settings.artist}


def full_address(settings: Settings, address: str) -> str:
    """Return an address with the site's own before it; nothing where the site has none."""
    return f"{settings.url.rstrip('/')}/{quote(address)}" if settings.url else ""


def _said(found: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in found.items() if value}
