"""Views of feeds and of the sitemap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from stempress.i18n.number_format import summarize
from stempress.site.addresses import address_of
from stempress.site.sharing import song_preview

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyodide_app.engine.model import Song
    from stempress.collection.albums import Album
    from stempress.collection.documents import Document
    from stempress.site.facts import SiteFacts
    from stempress.site.pages import Page


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that comes with an entry; ``size`` in bytes."""

    title: str
    address: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed: its permanent ID, an RFC 3339 timestamp, and texts that may be empty.

    ``body`` is Markdown.
    """

    id: str
    title: str
    address: str
    updated: str
    summary: str
    body: str
    enclosures: tuple[Enclosure, ...]
    genre: str = ""
    rights: str = ""
    artist: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed."""

    id: str
    updated: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The addresses of all pages that are listed."""

    addresses: tuple[str, ...]


def notes_feed(facts: SiteFacts) -> Feed:
    """Return the feed of the notes."""
    notes = facts.collection.notes
    return Feed(
        permanent_id(facts, ""),
        timestamp(notes[0].date if notes else None),
        tuple(_note(facts, note) for note in notes),
    )


def music_feed(facts: SiteFacts) -> Feed:
    """Return the feed of the songs."""
    albums = facts.collection.albums
    days = (album.released_of(song) for album in albums for song in album.songs)
    released = max((day for day in days if day), default=None)
    return Feed(
        permanent_id(facts, "music"),
        timestamp(released),
        tuple(_song(facts, album, song) for album in albums for song in album.songs),
    )


def sitemap(pages: Iterable[Page]) -> Sitemap:
    """Return the sitemap, given all pages."""
    return Sitemap(tuple(page.address for page in pages if page.listed))


def _note(facts: SiteFacts, note: Document) -> Entry:
    songs = (song for song in facts.collection.songs if song.slug in note.songs)
    return Entry(
        permanent_id(facts, address_of(note)),
        note.title,
        address_of(note),
        timestamp(note.date),
        summarize(note.body),
        note.body,
        tuple(enclosure for song in songs for enclosure in _enclosures(facts, song)),
    )


def _song(facts: SiteFacts, album: Album, song: Song) -> Entry:
    return Entry(
        permanent_id(facts, address_of(song)),
        song.title,
        address_of(song),
        timestamp(album.released_of(song)),
        summarize(song.story) or song.title,
        "",
        _enclosures(facts, song),
        song.genre,
        song.copyright,
        song.artist,
    )


def _enclosures(facts: SiteFacts, song: Song) -> tuple[Enclosure, ...]:
    file = song_preview(facts.sounds, song)
    return (Enclosure(song.title, file.address, file.type, file.size),) if file else ()


def permanent_id(facts: SiteFacts, address: str) -> str:
    """Return a permanent ID for a feed or its entry, independent of the site's URL."""
    return uuid5(NAMESPACE_URL, f"stempress:{facts.collection.settings.name}:{address}").urn


def timestamp(day: date | None) -> str:
    """Return a day as an RFC 3339 timestamp for feeds; the Unix epoch without a day."""
    moment = datetime.combine(day, time(), UTC) if day else datetime.fromtimestamp(0, UTC)
    return moment.isoformat().replace("+00:00", "Z")
