"""Sharing: oEmbed for other sites, and playlists for other players."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stempress.art.social_cards import HEIGHT, WIDTH, card_address, has_cards
from stempress.output.json_files import lazy_json_file
from stempress.output.output_files import Bundle, OutputFile
from stempress.site.json_ld import full_address
from stempress.site.page_plan import mix_page, song_page
from stempress.site.sharing import embed_of, playlist_address, song_preview

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stempress.audio.results import Sounds
    from stempress.collection.albums import Album
    from stempress.collection.settings import Settings
    from stempress.site.excerpts import Excerpts
    from stempress.site.pages import Page
    from stempress.site.sharing import Embed
    from stempress.site.source import Source

FRAME_WIDTH = 720
FRAME_HEIGHT, ROW_HEIGHT = 472, 127
"""Height of an embedded mixer in pixels, and of each of its rows, as in mixer/share.js."""
SIZES = {"compact": (480, 160), "square": (480, 480)}
"""Width and height of a song's smaller players, as in mixer/share.js; see embed.css."""


def sharing_files(excerpts: Excerpts) -> Iterator[OutputFile | Bundle]:
    """Yield playlists of albums with previews, and oEmbed descriptions if the site has a URL."""
    collection, sounds = excerpts.facts.collection, excerpts.facts.sounds
    for album in collection.albums:
        if text := playlist(sounds, album):
            yield OutputFile(playlist_address(album), text.encode())
    if not collection.settings.url:
        return
    for song in collection.songs:
        source = excerpts.song(song.slug)
        yield Bundle(f"oembed/{song.slug}", source.key, partial(_frames, source))


def _frames(source: Source) -> Iterator[OutputFile]:
    """Yield the oEmbed descriptions of a song and its variations."""
    settings = source.collection.settings
    for about in source.facts.plan.variations.values():
        mixes = (mix_page(about.song, variation) for variation in about.shown)
        for page in (song_page(about), *mixes):
            if embed := embed_of(settings, page):
                whole = FRAME_WIDTH, FRAME_HEIGHT + ROW_HEIGHT * len(about.song.layers)
                for address, size in _frame_sizes(embed, whole):
                    yield lazy_json_file(address, source.key, _oembed, settings, page, embed, size)


def _frame_sizes(embed: Embed, whole: tuple[int, int]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the address and the size of each oEmbed description of a page."""
    yield embed.address, whole
    yield from zip(embed.smaller, SIZES.values(), strict=bool(embed.smaller))


def playlist(sounds: Sounds, album: Album) -> str:
    """Return the previews of an album's songs as an M3U playlist; empty if there are none."""
    lines: list[str] = []
    for song in album.songs:
        if preview := song_preview(sounds, song):
            lines += [f"#EXTINF:-1,{song.artist} - {song.title}", f"../{preview.address}"]
    return "\n".join(["#EXTM3U", f"#PLAYLIST:{album.title}", *lines, ""]) if lines else ""


def _oembed(
    settings: Settings, page: Page, embed: Embed, size: tuple[int, int]
) -> dict[str, object]:
    """Return the oEmbed description of a player in a frame (oembed.com, 2.3.4.4)."""
    from html import escape  # noqa: PLC0415 - rarely needed

    mix = embed.variation.mix_number
    frame = full_address(settings, f"embed/{embed.song.slug}/{mix}/")
    width, height = size
    data: dict[str, object] = {
        "version": "1.0",
        "type": "rich",
        "title": page.title,
        "author_name": embed.song.artist,
        "provider_name": settings.title,
        "provider_url": full_address(settings, ""),
        "width": width,
        "height": height,
        "html": f'<iframe src="{escape(frame)}" title="{escape(page.title)}" width="{width}" '
        f'height="{height}" loading="lazy" allow="autoplay"></iframe>',
    }
    if has_cards(settings):
        card = full_address(settings, card_address(embed.cover))
        data |= {"thumbnail_url": card, "thumbnail_width": WIDTH, "thumbnail_height": HEIGHT}
    return data
