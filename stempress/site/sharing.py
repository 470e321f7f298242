"""What of a page other sites and players can show: its mixer, its preview, its playlist."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stempress.site.cover_addresses import song_cover, variation_cover
from stempress.site.pages import VariationPages, VariationView

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song, Variation
    from stempress.audio.results import Sounds, WebFile
    from stempress.collection.albums import Album
    from stempress.collection.settings import Settings
    from stempress.site.pages import Page


class Embed(NamedTuple):
    """What a frame shows of a page, and the address of its oEmbed description.

    ``smaller`` are those of its compact and its square player.
    """

    song: Song
    variation: Variation
    cover: str
    address: str
    smaller: tuple[str, ...] = ()


def song_preview(sounds: Sounds, song: Song) -> WebFile | None:
    """Return the preview of the first of a song's variations that has one."""
    variations = sorted(variation for variation in sounds.previews if variation.song == song.slug)
    return sounds.previews[variations[0]] if variations else None


def playlist_address(album: Album) -> str:
    """Return the address of an album's playlist."""
    return f"playlists/{album.slug}.m3u8"


def embed_of(settings: Settings, page: Page) -> Embed | None:
    """Return what other sites can embed of a page; None if the site has no URL."""
    about = page.about
    if not settings.url or not page.listed:
        return None
    if isinstance(about, VariationPages) and about.shown:
        song, variation = about.song, about.shown[0]
        smaller = tuple(f"oembed/{song.slug}.{size}.json" for size in ("compact", "square"))
        address = f"oembed/{song.slug}.json"
        return Embed(song, variation, song_cover(song), address, smaller)
    if isinstance(about, VariationView):
        song, variation = about.song, about.variation
        address = f"oembed/{song.slug}/{variation.mix_number}.json"
        return Embed(song, variation, variation_cover(variation), address)
    return None
