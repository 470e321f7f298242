"""Views of people: artists, and whoever is in the credits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.settings import Person
from stempress.site.addresses import address_of
from stempress.site.cover_addresses import album_cover
from stempress.views.page import PageView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stempress.site.pages import Page
    from stempress.views.leaves import SongLink
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves


@dataclass(frozen=True, slots=True)
class AlbumLink:
    """An album to link to, with its cover."""

    title: str
    address: str
    cover: str


@dataclass(frozen=True, slots=True)
class SongPart:
    """A song, and somebody's roles in it."""

    song: SongLink
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPageView(PageView):
    """Somebody: albums by them, songs by them on others' albums, and their credits.

    ``about`` is Markdown; ``url`` may be empty.
    """

    url: str
    about: str
    albums: tuple[AlbumLink, ...]
    songs: tuple[SongLink, ...]
    credits: tuple[SongPart, ...]


def person_page(leaves: Leaves, page: Page, head: Head) -> PersonPageView:
    """Return the view of somebody."""
    person, collection = page.subject(Person), leaves.facts.collection
    albums = [album for album in collection.albums if album.artist == person.name]
    own = {album.slug for album in albums}
    songs = [song for song in collection.songs if song.artist == person.name]
    return PersonPageView(
        **head,
        url=person.url,
        about=person.about,
        albums=tuple(
            AlbumLink(album.title, address_of(album), album_cover(album)) for album in albums
        ),
        songs=tuple(leaves.song(song) for song in songs if song.album not in own),
        credits=tuple(_credits(leaves, person.name)),
    )


def _credits(leaves: Leaves, name: str) -> Iterator[SongPart]:
    """Yield the songs that credit somebody."""
    for song in leaves.facts.collection.songs:
        roles = [credit.role for credit in song.credits if credit.name == name]
        if roles:
            yield SongPart(leaves.song(song), tuple(filter(None, roles)))
