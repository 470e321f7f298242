"""Views of albums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.albums import Album
from stempress.site.cover_addresses import album_cover
from stempress.site.sharing import playlist_address, song_preview
from stempress.views.leaves import Stripes
from stempress.views.page import PageView

if TYPE_CHECKING:
    from datetime import date

    from pyodide_app.engine.model import Song
    from stempress.site.pages import Page
    from stempress.views.leaves import Card, Link, SongLink
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves


@dataclass(frozen=True, slots=True)
class Track:
    """A song of an album with its figures.

    ``seen`` of ``stems`` stems are revealed; ``minted`` and ``burned`` count stem tokens,
    ``forged`` and ``forged_burned`` song tokens.
    """

    song: SongLink
    artist: str
    seconds: float
    bpm: float | None
    key: str
    isrc: str
    mixes: int
    seen: int
    stems: int
    minted: int
    burned: int
    forged: int
    forged_burned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumPageView(PageView):
    """An album: its tracks in order, and its tokens. ``playlist`` is empty without previews."""

    slug: str
    cover: str
    artist: Link
    story: str
    released: date | None
    upc: str
    label: str
    genres: tuple[str, ...]
    stripes: Stripes
    tracks: tuple[Track, ...]
    playlist: str
    tokens: tuple[Card, ...]


def album_page(leaves: Leaves, page: Page, head: Head) -> AlbumPageView:
    """Return the view of an album."""
    album, facts = page.subject(Album), leaves.facts
    has_previews = any(song_preview(facts.sounds, song) for song in album.songs)
    return AlbumPageView(
        **head,
        slug=album.slug,
        cover=album_cover(album),
        artist=leaves.artist(album.artist),
        story=album.story,
        released=album.released,
        upc=album.upc,
        label=album.label,
        genres=tuple(dict.fromkeys(song.genre for song in album.songs if song.genre)),
        stripes=album_stripes(leaves, album),
        tracks=tuple(_track(leaves, song) for song in album.songs),
        playlist=playlist_address(album) if has_previews else "",
        tokens=leaves.cards(facts.album_tokens(album)),
    )


def album_stripes(leaves: Leaves, album: Album) -> Stripes:
    """Return which of the collection's songs are on an album."""
    songs = leaves.facts.collection.songs
    return Stripes(songs.index(album.songs[0]) if album.songs else 0, len(album.songs))


def _track(leaves: Leaves, song: Song) -> Track:
    facts = leaves.facts
    counts = [figures.count for rows in facts.layers(song) for figures in rows]
    tokens = facts.song_tokens[song.slug]
    return Track(
        leaves.song(song),
        song.artist,
        facts.sounds.songs[song.slug].seconds,
        song.bpm,
        song.key,
        song.isrc,
        facts.rarity.permitted(song),
        sum(count.minted > 0 for count in counts),
        len(counts),
        sum(count.minted for count in counts),
        sum(count.burned for count in counts),
        len(tokens),
        sum(token.state in {"forged", "burned"} for token in tokens),
    )
