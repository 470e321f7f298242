"""The layout's view: what all pages show, so that a change of it is a change of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.licence import permits_stems
from stempress.site.addresses import address_of
from stempress.site.page_plan import has_radio
from stempress.views.leaves import Link

if TYPE_CHECKING:
    from stempress.collection.settings import Settings
    from stempress.site.facts import SiteFacts


@dataclass(frozen=True, slots=True)
class MenuAlbum:
    """An album and its songs, in the footer of every page."""

    title: str
    address: str
    songs: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LayoutView:
    """What the frame of all pages shows.

    ``language`` identifies the interface's sentences; ``app`` is the folder of modules and style
    sheets; ``mixer_off`` says why the mixer is off, if it is; ``streamed``: some songs may be
    streamed; ``verifiable``: digests of mixes are published; ``stems_offered``: mixers may
    export stems, at least for their holders; ``has_tokens``: pages speak of tokens.
    """

    settings: Settings
    language: str
    direction: str
    app: str
    mixer_off: str
    streamed: bool
    verifiable: bool
    stems_offered: bool
    albums: tuple[MenuAlbum, ...]
    pages: tuple[Link, ...]
    people: tuple[Link, ...]
    hidden: tuple[Link, ...]
    songs: int
    has_notes: bool
    has_radio: bool
    has_seals: bool
    has_tokens: bool


def layout_view(views: SiteFacts) -> LayoutView:
    """Return the layout's view."""
    collection = views.collection
    return LayoutView(
        settings=collection.settings,
        language=views.translations.key,
        direction=views.translations.direction,
        app=views.app,
        mixer_off=views.mixer_off,
        streamed=bool(views.sounds.streamed),
        verifiable=collection.settings.audio.has_lossless or bool(views.sounds.stream_digests),
        stems_offered=permits_stems(collection.settings.license)
        and (collection.settings.audio.locked == "open" or collection.has_tokens),
        albums=tuple(
            MenuAlbum(
                album.title,
                address_of(album),
                tuple(Link(song.title, address_of(song)) for song in album.songs),
            )
            for album in collection.albums
        ),
        pages=tuple(Link(page.title, address_of(page)) for page in collection.pages),
        people=tuple(Link(each.name, address_of(each)) for each in collection.settings.people),
        hidden=tuple(Link(track.title, address_of(track)) for track in collection.sealed_tracks),
        songs=len(collection.songs),
        has_notes=bool(collection.notes),
        has_radio=has_radio(collection),
        has_seals=bool(collection.seals),
        has_tokens=collection.has_tokens,
    )
