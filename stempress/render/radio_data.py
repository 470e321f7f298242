"""What the radio plays as JSON: the seed of its schedule, and all songs with their weights."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from stempress.render.song_data import rule_data
from stempress.site.cover_addresses import song_cover
from stempress.site.page_addresses import song_address, stem_address, token_address
from stempress.site.song_facts import first_variation

if TYPE_CHECKING:
    from pyodide_app.engine.model import Layer, Song
    from stempress.site.facts import SiteFacts

WEIGHT = 1_000_000
"""Sum of a layer's weights, but for rounding: schedule.js calculates with whole numbers."""


def radio_data(facts: SiteFacts) -> dict[str, object]:
    """Return what ``web/radio/schedule.js`` makes the schedule from, and what the page shows.

    The seed is a hash of the collection's key. ``pages`` are the mix numbers that have a page,
    null if all permitted ones do; ``tokens`` are addresses of song tokens by mix number.
    """
    key = facts.collection.settings.key
    return {
        "seed": int.from_bytes(sha256(key.encode()).digest()[:4], "big"),
        "songs": [_song_data(facts, song) for song in facts.collection.songs],
    }


def _song_data(facts: SiteFacts, song: Song) -> dict[str, object]:
    sound, pages = facts.sounds.songs[song.slug], facts.plan.variations[song.slug]
    return {
        "slug": song.slug,
        "title": song.title,
        "artist": song.artist,
        "address": song_address(song),
        "cover": song_cover(song),
        "rate": sound.rate,
        "frames": sound.frames,
        "bars": song.bars,
        "bpm": song.bpm,
        "layers": [_layer_data(song, layer) for layer in song.layers],
        "rules": [rule_data(rule) for rule in song.rules],
        "first": first_variation(song).choice,
        "pages": None if pages.complete else [mix.mix_number for mix in pages.shown],
        "tokens": {
            row.variation.mix_number: [token_address(token.id) for token in row.tokens]
            for row in facts.existing(song)
        },
    }


def _layer_data(song: Song, layer: Layer) -> dict[str, object]:
    weights = [max(1, round(odds * WEIGHT)) if odds else 0 for odds in layer.odds]
    return {
        "slug": layer.slug,
        "name": layer.name,
        "stems": [
            {
                "slug": stem.slug,
                "name": stem.name,
                "address": stem_address((song.slug, layer.slug, stem.slug)),
                "weight": weight,
            }
            for stem, weight in zip(layer.stems, weights, strict=False)
        ],
        **({} if layer.empty is None else {"empty": weights[-1]}),
    }
