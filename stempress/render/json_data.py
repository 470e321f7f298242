"""Site data as JSON below data/, for the mixer, the gallery and other people's tools."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stempress.collection.commitments import algorithms
from stempress.output.json_files import lazy_json_file, prepared_json_file
from stempress.output.output_files import OutputFile
from stempress.render.collection_data import collection_data, forge_data
from stempress.render.gallery_index import gallery_data
from stempress.render.ledger_data import ledger_data, ledger_part_data, ledger_parts, tokens_data
from stempress.render.radio_data import radio_data
from stempress.render.rarity_data import rarity_csv, rarity_data
from stempress.render.song_data import digests_data, previews_data, song_data
from stempress.site.page_plan import has_radio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stempress.collection.collection import Collection
    from stempress.site.excerpts import Excerpts
    from stempress.site.source import Source


def data_files(excerpts: Excerpts) -> Iterator[OutputFile]:
    """Yield all files below data/. Addresses in them are relative to the site's root.

    Small ones are made for every build; what their keys are hashes of is what they contain.
    """
    facts, everything = excerpts.facts, excerpts.everything
    collection, sounds = facts.collection, facts.sounds
    yield prepared_json_file("data/collection.json", collection_data, collection)
    for song in collection.songs:
        source = excerpts.song(song.slug)
        yield lazy_json_file(f"data/songs/{song.slug}.json", source.key, _song_data, source)
        yield prepared_json_file(f"data/digests/{song.slug}.json", digests_data, song, sounds)
        yield prepared_json_file(f"data/previews/{song.slug}.json", previews_data, song, sounds)
    yield lazy_json_file("data/tokens.json", everything.key, _tokens_data, everything)
    yield from _ledger_files(excerpts)
    yield lazy_json_file("data/gallery.json", everything.key, _gallery_data, everything)
    yield prepared_json_file("data/forge.json", forge_data, collection, facts.plan)
    yield lazy_json_file("data/rarity.json", everything.key, _rarity_data, everything)
    yield OutputFile("data/rarity.csv", partial(_rarity_file, everything), everything.key)
    if has_radio(collection):
        yield lazy_json_file("data/radio.json", everything.key, _radio_data, everything)
    if collection.seals:
        yield prepared_json_file("data/provenance.json", provenance_data, collection)


def _ledger_files(excerpts: Excerpts) -> Iterator[OutputFile]:
    """Yield the ledger in parts, and how many there are."""
    collection, songs = excerpts.facts.collection, excerpts.songs
    parts = ledger_parts(collection.tokens)
    yield prepared_json_file("data/ledger.json", ledger_data, collection, len(parts))
    for number, part in enumerate(parts, start=1):
        every = collection.ledger.owners
        owners = {token.id: every[token.id] for token in part if token.id in every}
        content = ledger_part_data, owners, songs.tokens, part
        yield lazy_json_file(f"data/tokens/{number}.json", songs.key_with(part, owners), *content)


def _song_data(source: Source) -> dict[str, object]:
    (variations,) = source.facts.plan.variations.values()
    return song_data(source.collection, variations, source.sounds)


def _tokens_data(source: Source) -> dict[str, object]:
    return tokens_data(source.collection, source.tokens)


def _gallery_data(source: Source) -> dict[str, object]:
    return gallery_data(source.collection)


def _rarity_data(source: Source) -> dict[str, object]:
    return rarity_data(source.facts.plan, source.facts.rarity)


def _rarity_file(source: Source) -> bytes:
    return rarity_csv(source.facts.rarity).encode()


def _radio_data(source: Source) -> dict[str, object]:
    return radio_data(source.facts)


def provenance_data(collection: Collection) -> dict[str, object]:
    """Return the seals and what has been opened of them."""
    return {
        "algorithm": " ".join(algorithms(collection.seals)),
        "seals": [seal.content() for seal in collection.seals],
    }
