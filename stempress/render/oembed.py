"""What other people's programs show of the music: oEmbed and playlists."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from stempress.art.social_cards import HEIGHT, WIDTH, card_address, has_cards
from stempress.output.json_files import lazy_json_file
from stempress.output.output_files import Bundle, OutputFile
from stempress.render.json_ld import full_address
from stempress.site.cover_addresses import song_cover, variation_cover
from stempress.site.page_plan import VariationPages, VariationView, mix_page, song_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyodide_app.engine.model import Song, Variation
    from stempress.audio.results import Sounds, WebFile
    from stempress.collection.albums import Album
    from stempress.collection.collection import Collection
    from stempress.collection.settings import Settings
    from stempress.site.cache_keys import CacheKeys
    from stempress.site.page_plan import Page, Plan

FRAME_WIDTH = 720
FRAME_HEIGHT, ROW_HEIGHT = 400, 127
"""What the mixer takes in a frame, and each of its rows; mixer/tools.js says the same."""


class Shown(NamedTuple):
    """What a frame shows of a page, and where that is described."""

    song: Song
    variation: Variation
    cover: str
    address: str


def sharing_files(
    plan: Plan, collection: Collection, sounds: Sounds, keys: CacheKeys
) -> Iterator[OutputFile | Bundle]:
    """Yield a playlist of every album that has previews, and oEmbed where there is an address."""
    for album in collection.albums:
        if text := playlist(collection, sounds, album):
            yield OutputFile(playlist_address(album), text.encode())
    if not collection.settings.url:
        return
    for about in plan.variations.values():
        slug = about.song.slug
        frames = partial(_frames, collection.settings, about, keys.song_assets(slug))
        yield Bundle(f"oembed/{slug}", keys.mixes(slug), frames)


def _frames(settings: Settings, about: VariationPages, known: str) -> Iterator[OutputFile]:
    """Yield what describes the frames of a song and of its variations."""
    song = about.song
    for page in (song_page(about), *(mix_page(song, each) for each in about.shown)):
        if shown := shown_in_frame(settings, page):
            key = f"{known} {shown.variation.mix_number}"
            yield lazy_json_file(shown.address, key, _oembed, settings, page, shown)


def song_preview(sounds: Sounds, song: Song) -> WebFile | None:
    """Return a preview of a song: of the first of its variations that has one."""
    found = sorted(each for each in sounds.previews if each.song == song.slug)
    return sounds.previews[found[0]] if found else None


def playlist_address(album: Album) -> str:
    """Return the address of an album's playlist."""
    return f"playlists/{album.slug}.m3u8"


def playlist(collection: Collection, sounds: Sounds, album: Album) -> str:
    """Return the previews of an album's songs as M3U; nothing where there are none."""
    artist, lines = collection.settings.artist, []
    for song in album.songs:
        if preview := song_preview(sounds, song):
            lines += [f"#EXTINF:-1,{artist} - {song.title}", f"../{preview.address}"]
    return "\n".join(["#EXTM3U", f"#PLAYLIST:{album.title}", *lines, ""]) if lines else ""


def shown_in_frame(settings: Settings, page: Page) -> Shown | None:
    """Return what others can show of a page; None without a full address to show it from."""
    about = page.about
    if not settings.url or not page.listed:
        return None
    if isinstance(about, VariationPages) and about.shown:
        song, variation = about.song, about.shown[0]
        return Shown(song, variation, song_cover(song), f"oembed/{song.slug}.json")
    if isinstance(about, VariationView):
        song, variation = about.song, about.variation
        address = f"oembed/{song.slug}/{variation.mix_number}.json"
        return Shown(song, variation, variation_cover(variation), address)
    return None


def _oembed(settings: Settings, page: Page, shown: Shown) -> dict[str, object]:
    """Return how a mixer is shown in somebody else's page (oembed.com, 2.3.4.4)."""
    from html import escape  # noqa: PLC0415 - few builds make one anew

    mix = shown.variation.mix_number
    frame = full_address(settings, f"embed/{shown.song.slug}/{mix}/")
    height = FRAME_HEIGHT + ROW_HEIGHT * len(shown.song.layers)
    found: dict[str, object] = {
        "version": "1.0",
        "type": "rich",
        "title": page.title,
        "author_name": settings.artist,
        "provider_name": settings.title,
        "provider_url": full_address(settings, ""),
        "width": FRAME_WIDTH,
        "height": height,
        "html": f'<iframe src="{escape(frame)}" title="{escape(page.title)}" width="{FRAME_WIDTH}" '
        f'height="{height}" loading="lazy" allow="autoplay"></iframe>',
    }
    if has_cards(settings):
        card = full_address(settings, card_address(shown.cover))
        found |= {"thumbnail_url": card, "thumbnail_width": WIDTH, "thumbnail_height": HEIGHT}
    return found
