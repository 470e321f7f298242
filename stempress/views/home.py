"""The view of the home page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.model import STATES, TIERS
from stempress.site.addresses import address_of
from stempress.site.cover_addresses import album_cover
from stempress.views.documents import SUMMARY, note_lines
from stempress.views.page import PageView

if TYPE_CHECKING:
    from datetime import date

    from stempress.collection.albums import Album
    from stempress.site.pages import Page
    from stempress.views.documents import NoteLine
    from stempress.views.leaves import Link, SongLink
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves

NOTES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class HomeSong:
    """A song, and how many mixes its rules permit."""

    song: SongLink
    mixes: int


@dataclass(frozen=True, slots=True)
class HomeAlbum:
    """An album on the home page."""

    slug: str
    title: str
    artist: Link
    address: str
    cover: str
    released: date | None
    songs: tuple[HomeSong, ...]


@dataclass(frozen=True, slots=True)
class TierCount:
    """How many tokens of a tier there are, in all and in each state."""

    tier: str
    tokens: int
    unrevealed: int
    revealed: int
    forged: int
    burned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePageView(PageView):
    """The home page; ``body`` is Markdown, ``stems``, ``mixes`` and ``tokens`` are numbers."""

    body: str
    albums: tuple[HomeAlbum, ...]
    notes: tuple[NoteLine, ...]
    stems: int
    mixes: int
    tokens: int
    tiers: tuple[TierCount, ...]


def home_page(leaves: Leaves, _: Page, head: Head) -> HomePageView:
    """Return the view of the home page."""
    facts = leaves.facts
    collection = facts.collection
    return HomePageView(
        **head,
        body=collection.home.body,
        albums=tuple(_album(leaves, album) for album in collection.albums),
        notes=note_lines(collection.notes[:NOTES_SHOWN], SUMMARY),
        stems=facts.stems,
        mixes=facts.mixes,
        tokens=len(collection.tokens),
        tiers=tuple(tier_count(leaves, tier) for tier in TIERS),
    )


def tier_count(leaves: Leaves, tier: str) -> TierCount:
    """Return how many tokens of a tier there are."""
    counts = leaves.facts.counts[tier]
    return TierCount(tier, counts.total(), **{state: counts[state] for state in STATES})


def _album(leaves: Leaves, album: Album) -> HomeAlbum:
    permitted = leaves.facts.rarity.permitted
    songs = tuple(HomeSong(leaves.song(song), permitted(song)) for song in album.songs)
    return HomeAlbum(
        album.slug,
        album.title,
        leaves.artist(album.artist),
        address_of(album),
        album_cover(album),
        album.released,
        songs,
    )
