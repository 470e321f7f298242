"""Site data as JSON below data/, for the mixer, the gallery and other people's tools."""

from __future__ import annotations

import io
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from pyodide_app.provenance import ALGORITHM
from stempress.audio.openings import part_offsets
from stempress.audio.song_sound import bar_seconds
from stempress.audio.streaming import read_starts
from stempress.output.json_files import lazy_json_file, prepared_json_file
from stempress.output.output_check import GENERATOR
from stempress.output.output_files import OutputFile
from stempress.render.gallery_index import empty_data, gallery_data
from stempress.site.cover_addresses import album_cover, song_cover
from stempress.site.page_addresses import (
    album_address,
    person_address,
    song_address,
    stem_address,
    token_address,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyodide_app.engine.model import Rule, Song, StemKey, Token, Variation
    from stempress.audio.results import MixDigest, Opening, Sounds, WebFile
    from stempress.collection.albums import Album
    from stempress.collection.collection import Collection
    from stempress.collection.rarity import Rarity
    from stempress.collection.settings import Person
    from stempress.site.excerpts import Excerpts, Source
    from stempress.site.pages import Plan, VariationPages
    from stempress.site.token_facts import TokenFacts, TokenTable

    type Owners = Mapping[str, Mapping[str, int]]
    """Addresses that hold a token, and how many copies, by the token's ID."""


TOKENS_PER_PART = 1000
"""Number of tokens in a part of the ledger, which keeps it below a megabyte."""


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


def song_data(
    collection: Collection, variations: VariationPages, sounds: Sounds
) -> dict[str, object]:
    """Return a song for the mixer."""
    song = variations.song
    sound, lossless = sounds.songs[song.slug], sounds.lossless.get(song.slug)
    return {
        "slug": song.slug,
        "title": song.title,
        "artist": song.artist,
        "album": song.album,
        "album_title": collection.album(song.album).title,
        "isrc": song.isrc,
        "genre": song.genre,
        "released": song.released or None,
        "copyright": song.copyright,
        "credits": [asdict(credit) for credit in song.credits],
        "bpm": song.bpm,
        "key": song.key,
        "bars": song.bars,
        "bar_seconds": bar_seconds(song, sound),
        "sections": [asdict(section) for section in song.sections],
        "lyrics": song.lyrics and asdict(song.lyrics),
        "address": song_address(song),
        "cover": song_cover(song),
        "rate": sound.rate,
        "frames": sound.frames,
        "duration": round(sound.seconds, 6),
        "lossless": lossless and {"rate": lossless.rate, "frames": lossless.frames},
        "layers": [
            {
                "slug": layer.slug,
                "name": layer.name,
                "stems": [
                    {
                        "slug": stem.slug,
                        "name": stem.name,
                        "notes": stem.notes,
                        **_stem_sound((song.slug, layer.slug, stem.slug), sounds),
                    }
                    for stem in layer.stems
                ],
                **empty_data(layer),
            }
            for layer in song.layers
        ],
        "opening": _opening_data(sounds.openings.get(song.slug)),
        "rules": [_rule_data(rule) for rule in song.rules],
        "variations": variations.total,
        "pages": [variation.mix_number for variation in variations.shown],
    }


def _stem_sound(key: StemKey, sounds: Sounds) -> dict[str, object]:
    sound = sounds.stems[key]
    return {
        "address": stem_address(key),
        "audio": _stream_data(key, sounds),
        "lossless": sound.lossless and _file_data(sound.lossless),
        "path": sound.waveform,
        "channels": sound.channels,
        "loudness": sound.loudness,
    }


def _file_data(file: WebFile) -> dict[str, object]:
    return {"url": file.address, "type": file.type, "bytes": file.size}


def _stream_data(key: StemKey, sounds: Sounds) -> dict[str, object]:
    """Return a stem's file for the mixer and, if it may be streamed, where to read it."""
    file, song = sounds.stems[key].stream, key[0]
    if song not in sounds.streamed:
        return _file_data(file)
    return _file_data(file) | {"starts": read_starts(file, sounds.songs[song])}


def _opening_data(opening: Opening | None) -> dict[str, object] | None:
    """Return where the parts of a song's opening end: in seconds, and in the files of its stems."""
    if opening is None:
        return None
    stems = zip(opening.stems, part_offsets(opening), strict=True)
    return {
        "url": opening.file.address,
        "bytes": opening.file.size,
        "times": opening.times,
        "stems": [{"url": stem.address, "ends": ends} for stem, ends in stems],
    }


def _rule_data(rule: Rule) -> dict[str, object]:
    def side(stems: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
        return {layer: list(names) for layer, names in stems.items()}

    return {
        "if": side(rule.when),
        "exclude": side(rule.exclude),
        "require": side(rule.require),
    }


def previews_data(song: Song, sounds: Sounds) -> dict[str, str]:
    """Return the addresses of a song's previews by mix number."""
    return {
        variation.mix_number: file.address
        for variation, file in sounds.previews.items()
        if variation.song == song.slug
    }


def digests_data(song: Song, sounds: Sounds) -> dict[str, object]:
    """Return the published digests of a song's mixes, for verification.

    ``streams`` are those of mixes of the files that the mixer plays, if they are lossy.
    """
    streams = _digests_of(song, sounds.stream_digests)
    return {
        "song": song.slug,
        "digest": "SHA-256 of the whole mix at unity gains: 24-bit words, little-endian, "
        "left and right in turn, without a file's head",
        "bits": 24,
        **_digests_of(song, sounds.digests),
        "streams": streams if streams["mixes"] else None,
    }


def _digests_of(song: Song, digests: Mapping[Variation, MixDigest]) -> dict[str, object]:
    own = {mix: digest for mix, digest in digests.items() if mix.song == song.slug}
    master = next(iter(own.values()), None)
    return {
        "rate": master and master.rate,
        "frames": master and master.frames,
        "mixes": {variation.mix_number: digest.sha256 for variation, digest in own.items()},
    }


def provenance_data(collection: Collection) -> dict[str, object]:
    """Return the seals and what has been opened of them."""
    return {"algorithm": ALGORITHM, "seals": [seal.content() for seal in collection.seals]}


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
                "rules": [_rule_data(rule) for rule in song.rules],
                "pages": None
                if pages.complete
                else [variation.mix_number for variation in pages.shown],
            }
            for song in collection.songs
            for pages in [plan.variations[song.slug]]
        ],
        "albums": [_album_data(album) for album in collection.albums],
    }


def tokens_data(collection: Collection, tokens: TokenTable) -> dict[str, object]:
    """Return the whole ledger."""
    return {
        "block": collection.ledger.block,
        "time": collection.ledger.time,
        "tokens": ledger_part_data(collection.ledger.owners, tokens, collection.tokens),
    }


def ledger_parts(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Return the tokens in parts that a page can load one by one."""
    return [
        tokens[start : start + TOKENS_PER_PART] for start in range(0, len(tokens), TOKENS_PER_PART)
    ]


def ledger_data(collection: Collection, parts: int) -> dict[str, object]:
    """Return the time of the ledger's snapshot and its number of parts."""
    ledger = collection.ledger
    return {"block": ledger.block, "time": ledger.time, "parts": parts}


def ledger_part_data(
    owners: Owners, tokens: TokenTable, part: Sequence[Token]
) -> list[dict[str, object]]:
    """Return one part of the ledger."""
    return [_token_data(owners, tokens[token]) for token in part]


def _token_data(owners: Owners, facts: TokenFacts) -> dict[str, object]:
    token = facts.token
    data: dict[str, object] = {
        "id": token.id,
        "tier": token.tier,
        "state": token.state,
        "title": facts.english_title,
        "address": token_address(token.id),
        "image": facts.cover,
        "song": token.song,
        "layer": token.layer,
        "stem": token.stem,
        "album": token.album,
        "stems": dict(token.stems),
        "burned": list(token.burned),
        "into": token.into,
        "owners": dict(owners.get(token.id, {})),
    }
    if facts.variation:
        data["mix"] = facts.variation.mix_number
    if token.supply != 1:
        data["supply"] = token.supply
    return {name: value for name, value in data.items() if value}


def rarity_csv(rarity: Rarity) -> str:
    """Return target, revealed and remaining counts of every stem as CSV."""
    import csv  # noqa: PLC0415 - used for one file

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["song", "layer", "stem", "share", "wished", "drawn", "apart", "alive"])
    for song in rarity.songs:
        for layer in song.layers:
            for stem in layer.stems:
                key = song.slug, layer.slug, stem.slug
                count = rarity.count(key, stem)
                share, target_count = f"{rarity.odds(key):.6f}", f"{rarity.target_count(key):.2f}"
                deviation = f"{rarity.deviation(key):.2f}"
                writer.writerow([*key, share, target_count, count.minted, deviation, count.alive])
    return text.getvalue()


def rarity_data(plan: Plan, rarity: Rarity) -> dict[str, object]:
    """Return target and actual rarity of every stem, and the ranking of variations with pages.

    Layers that may be left out are listed if there are any.
    """
    return {
        "method": "score: sum of -log2(odds) over layers; rank 1 is the rarest",
        "stems": [
            {
                "song": song.slug,
                "layer": layer.slug,
                "stem": stem.slug,
                "odds": round(rarity.odds(key), 6),
                "actual": None if (actual := rarity.actual(key)) is None else round(actual, 6),
                "supply": (count := rarity.count(key, stem)).supply,
                "minted": count.minted,
                "burned": count.burned,
            }
            for song in rarity.songs
            for layer in song.layers
            for stem in layer.stems
            for key in [(song.slug, layer.slug, stem.slug)]
        ],
        **_left_out_data(rarity),
        "variations": {
            slug: [
                [
                    variation.mix_number,
                    round(standing.score, 6),
                    standing.rank,
                    len(rarity.tokens_of(variation)),
                ]
                for variation in pages.shown
                for standing in [rarity.standing(pages.song, variation)]
            ]
            for slug, pages in plan.variations.items()
        },
    }


def _left_out_data(rarity: Rarity) -> dict[str, object]:
    lines = [
        {
            "song": song.slug,
            "layer": layer.slug,
            "odds": round(left_out.odds, 6),
            "actual": None if left_out.actual is None else round(left_out.actual, 6),
            "minted": left_out.minted,
        }
        for song in rarity.songs
        for layer in song.layers
        if (left_out := rarity.left_out(song, layer))
    ]
    return {"left_out": lines} if lines else {}
