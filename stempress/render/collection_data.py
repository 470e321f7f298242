"""The collection and what forging needs to know as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from stempress.output.output_check import GENERATOR
from stempress.render.gallery_index import empty_data
from stempress.render.song_data import rule_data
from stempress.site.cover_addresses import album_cover, song_cover
from stempress.site.page_addresses import (
    album_address,
    person_address,
    song_address,
)

if TYPE_CHECKING:
    from stempress.collection.albums import Album
    from stempress.collection.collection import Collection
    from stempress.collection.settings import Person
    from stempress.site.pages import Plan


def collection_data(collection: Collection) -> dict[str, object]:
    """Return the collection's settings and contents."""
    settings = collection.settings
    return {
        "generator": GENERATOR,
        "name": settings.name,
        "title": settings.title,
        "artist": settings.artist,
        "people": [_person_data(person) for person in settings.people],
        "label": settings.label,
        "description": settings.description,
        "url": settings.url,
        "license": settings.license,
        "royalty_bps": settings.royalty_bps,
        "splitter": settings.splitter,
        "contract": settings.contract and asdict(settings.contract),
        "contracts": {tier: asdict(own) for tier, own in settings.tier_contracts.items()},
        "mixer": {
            "locked": settings.audio.locked,
            "preview_seconds": settings.audio.preview_seconds,
        },
        "drop": settings.drop and asdict(settings.drop),
        "splits": [asdict(split) for split in settings.splits],
        "perks": [
            {"title": perk.title, "tier": perk.tier, "tokens": perk.words}
            for perk in settings.perks
        ],
        "albums": [_album_data(album) for album in collection.albums],
        "songs": [song.slug for song in collection.songs],
        "tokens": len(collection.tokens),
        "block": collection.ledger.block,
    }


def _person_data(person: Person) -> dict[str, object]:
    return {
        "slug": person.slug,
        "name": person.name,
        "url": person.url,
        "address": person_address(person),
    }


def _album_data(album: Album) -> dict[str, object]:
    return {
        "slug": album.slug,
        "title": album.title,
        "upc": album.upc,
        "released": album.released and album.released.isoformat(),
        "label": album.label,
        "artist": album.artist,
        "address": album_address(album),
        "cover": album_cover(album),
        "songs": [song.slug for song in album.songs],
    }


def forge_data(collection: Collection, plan: Plan) -> dict[str, object]:
    """Return songs and albums for the forge planner.

    ``pages`` are the mix numbers that have a page, null if all permitted ones do.
    """
    return {
        "songs": [
            {
                "slug": song.slug,
                "title": song.title,
                "address": song_address(song),
                "cover": song_cover(song),
                "layers": [
                    {
                        "slug": layer.slug,
                        "name": layer.name,
                        "stems": [
                            {"slug": stem.slug, "name": stem.name, "share": stem.target_weight}
                            for stem in layer.stems
                        ],
                        **empty_data(layer),
                    }
                    for layer in song.layers
                ],
                "rules": [rule_data(rule) for rule in song.rules],
                "pages": None
                if pages.complete
                else [variation.mix_number for variation in pages.shown],
            }
            for song in collection.songs
            for pages in [plan.variations[song.slug]]
        ],
        "albums": [_album_data(album) for album in collection.albums],
    }
