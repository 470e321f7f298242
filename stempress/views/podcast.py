"""View of the podcast: the songs as RSS 2.0, which podcast programs read.

It follows https://www.rssboard.org/rss-specification, what Apple asks for on
https://help.apple.com/itc/podcasts_connect/, and https://podcasting2.org/podcast-namespace.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from stempress.i18n.number_format import summarize
from stempress.site.addresses import address_of
from stempress.site.cover_addresses import podcast_cover
from stempress.site.sharing import song_preview
from stempress.views.feeds import Enclosure, permanent_id

if TYPE_CHECKING:
    from datetime import date

    from pyodide_app.engine.model import Song
    from stempress.collection.albums import Album
    from stempress.site.facts import SiteFacts

GUID_NAMESPACE = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""Of ``podcast:guid``: it is the UUID of the feed's URL in it."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A song: its preview, how long that is, and the album as a season.

    ``id`` is permanent, ``published`` is in the format of RFC 822 or empty, ``seconds`` is whole.
    """

    id: str
    title: str
    address: str
    published: str
    summary: str
    sound: Enclosure
    seconds: int
    artist: str
    album: str
    season: int
    number: int


@dataclass(frozen=True, slots=True)
class Podcast:
    """A podcast; ``image`` is the address of its cover."""

    guid: str
    image: str
    episodes: tuple[Episode, ...]


def podcast(facts: SiteFacts) -> Podcast:
    """Return the podcast of a site that has a URL: all songs with a preview."""
    songs = (
        _episode(facts, album, song, season)
        for season, album in enumerate(facts.collection.albums, start=1)
        for song in album.songs
    )
    # The scheme and slashes at the end are no part of what the namespace's UUID is of.
    url = f"{facts.collection.settings.url.rstrip('/')}/podcast.xml".partition("://")[2]
    return Podcast(
        str(uuid5(GUID_NAMESPACE, url)),
        podcast_cover(),
        tuple(episode for episode in songs if episode),
    )


def _episode(facts: SiteFacts, album: Album, song: Song, season: int) -> Episode | None:
    """Return a song as an episode; None if there is nothing to hear of it."""
    file = song_preview(facts.sounds, song)
    if not file:
        return None
    preview_seconds = facts.collection.settings.audio.preview_seconds
    return Episode(
        permanent_id(facts, address_of(song)),
        song.title,
        address_of(song),
        _timestamp(album.released_of(song)),
        summarize(song.story) or song.title,
        Enclosure(song.title, file.address, file.type.split(";", 1)[0], file.size),
        max(1, round(min(preview_seconds, facts.sounds.songs[song.slug].seconds))),
        song.artist,
        album.title,
        season,
        song.track,
    )


def _timestamp(day: date | None) -> str:
    """Return a day as RSS states dates; empty without a day."""
    from email.utils import format_datetime  # noqa: PLC0415 - few sites have a URL

    return format_datetime(datetime.combine(day, time(), UTC)) if day else ""
