"""Addresses of pages and pictures, relative to the site's root."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pyodide_app.engine.model import STATES, TIERS, Song, Token, Variation
from stempress.collection.albums import Album
from stempress.collection.documents import Document
from stempress.collection.hidden_tracks import HiddenTrack
from stempress.collection.settings import Person
from stempress.collection.takes import PublishedTake
from stempress.collection.traits import Trait
from stempress.site.cover_addresses import (
    album_cover,
    collection_cover,
    song_cover,
    stem_cover,
    variation_cover,
)
from stempress.site.page_addresses import (
    album_address,
    hidden_address,
    person_address,
    song_address,
    stem_address,
    take_address,
    token_address,
    variation_address,
)
from stempress.site.stem_figures import StemFigures

if TYPE_CHECKING:
    from collections.abc import Callable

    from stempress.collection.collection import Collection
    from stempress.site.token_facts import TokenTable


@cache
def _trait_address(trait: Trait) -> str:
    return trait.address


def _document_address(document: Document) -> str:
    return f"{'notes' if document.date else 'pages'}/{document.slug}/"


_ADDRESSES: dict[type, Callable[[Any], str]] = {
    Song: song_address,
    Album: album_address,
    Variation: variation_address,
    StemFigures: lambda row: stem_address(row.key),
    Token: lambda token: token_address(token.id),
    Trait: _trait_address,
    Document: _document_address,
    Person: person_address,
    HiddenTrack: hidden_address,
    PublishedTake: take_address,
}
_COVERS: dict[type, Callable[[Any], str]] = {
    Song: song_cover,
    Album: album_cover,
    Variation: variation_cover,
    StemFigures: lambda row: stem_cover(row.key),
}


def address_of(thing: object) -> str:
    """Return the address of a thing's page; KeyError if it has none."""
    return _ADDRESSES[type(thing)](thing)


def cover_of(tokens: TokenTable, thing: object) -> str:
    """Return the address of a thing's picture, by default the collection's cover."""
    if isinstance(thing, Token):
        return tokens[thing].cover
    cover = _COVERS.get(type(thing))
    return cover(thing) if cover else collection_cover()


def gallery_address(collection: Collection, trait: Trait) -> str:
    """Return the address of the gallery filtered by a trait; empty if it has no such filter.

    The query's keys are those of ``gallery-address.js``.
    """
    filters: dict[str, dict[str, str]] = {
        "Tier": {tier.title(): tier for tier in TIERS},
        "State": {state.title(): state for state in STATES},
        "Album": {album.title: album.slug for album in collection.albums},
        "Song": {song.title: song.slug for song in collection.songs},
    }
    value = filters.get(trait.name, {}).get(trait.value)
    return f"gallery/?{trait.name.lower()}={quote(value)}" if value else ""
