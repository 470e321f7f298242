"""Index of all tokens for the gallery: one small file with a base-64 digit or two for each fact.

A token is a row of columns: ID, kind, state, owners. Its kind stands for its title, cover, traits
and rarity, which depend on the songs and their stems. Unrevealed tokens of a tier are one kind.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from itertools import chain, count
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING

from pyodide_app.engine.model import TIERS, Variation, id_order
from stempress.site.cover_addresses import album_cover

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyodide_app.engine.model import Layer, Song, Token
    from stempress.collection.collection import Collection

DIGITS = ascii_uppercase + ascii_lowercase + digits + "-_"
"""Digits of base 64 that need no escaping in JSON."""
HEAD, TAIL = 6, 2
"""How many bytes of an owner's address are stored from either end, more if that is ambiguous."""
ADDRESS_BYTES = 20


def gallery_data(collection: Collection) -> dict[str, object]:
    """Return the index of all tokens, which ``gallery-index.js`` reads."""
    tokens, songs = collection.tokens, collection.songs
    mixes = {song.slug: _mixes(song, tokens) for song in songs}
    numbers = _numbers(collection, mixes)
    position = {token.id: index for index, token in enumerate(tokens)}
    return {
        "ids": id_ranges(tokens),
        "states": "".join(token.state[0] for token in tokens),
        "kinds": column([numbers[_kind(collection, token)] for token in tokens]),
        "albums": [
            {"slug": album.slug, "title": album.title, "cover": album_cover(album)}
            for album in collection.albums
        ],
        "songs": [
            {
                "slug": song.slug,
                "title": song.title,
                "album": song.album,
                "layers": [
                    {
                        "slug": layer.slug,
                        "name": layer.name,
                        "stems": [
                            [stem.slug, stem.name, stem.target_weight] for stem in layer.stems
                        ],
                        **empty_data(layer),
                    }
                    for layer in song.layers
                ],
                "mixes": " ".join(mix.mix_number for mix in mixes[song.slug]),
            }
            for song in songs
        ],
        "burned": {
            str(position[token.id]): [
                position[burned_id] for burned_id in token.burned if burned_id in position
            ]
            for token in tokens
            if token.tier == "album" and token.burned
        },
        "owners": _owner_columns(tokens, collection.ledger.owners),
    }


def empty_data(layer: Layer) -> dict[str, float]:
    """Return what is added to a layer that may be left out: the share of that among its stems'."""
    return {} if layer.empty is None else {"empty": layer.empty.target_weight}


def id_ranges(tokens: Sequence[Token]) -> list[str]:
    """Return the tokens' IDs, with consecutive ones as a range ``1-40`` or ``song/1-40``."""
    ranges: list[tuple[str, int, int]] = []
    for token in tokens:
        number, tier = id_order(token.id)
        if ranges and ranges[-1][0] == tier and ranges[-1][2] + 1 == number:
            ranges[-1] = tier, ranges[-1][1], number
        else:
            ranges.append((tier, number, number))
    return [
        "/".join(filter(None, (tier, str(first) if first == last else f"{first}-{last}")))
        for tier, first, last in ranges
    ]


def column(numbers: Sequence[int]) -> dict[str, object]:
    """Return whole numbers in base 64, each with as many digits as the largest needs."""
    width = 1
    while len(DIGITS) ** width <= max(numbers, default=0):
        width += 1
    powers = [len(DIGITS) ** exponent for exponent in reversed(range(width))]
    return {
        "width": width,
        "digits": "".join(DIGITS[number // power % 64] for number in numbers for power in powers),
    }


def _mixes(song: Song, tokens: Iterable[Token]) -> list[Variation]:
    """Return the minted variations of a song."""
    return sorted(
        {
            Variation.from_stems(song, token.stems)
            for token in tokens
            if token.tier == "song" and token.state != "unrevealed" and token.song == song.slug
        }
    )


def _kind(collection: Collection, token: Token) -> object:
    if token.state == "unrevealed":
        return token.tier
    if token.tier == "stem":
        return token.stem_key
    if token.tier == "song":
        return Variation.from_stems(collection.song(token.song), token.stems)
    return token.album


def _numbers(collection: Collection, mixes: Mapping[str, Sequence[Variation]]) -> dict[object, int]:
    """Return a number for every kind of token: unrevealed by tier, stems, mixes, albums."""
    stems = (
        (song.slug, layer.slug, stem.slug)
        for song in collection.songs
        for layer in song.layers
        for stem in layer.stems
    )
    albums = (album.slug for album in collection.albums)
    return dict(zip(chain(TIERS, stems, *mixes.values(), albums), count()))


def _owner_columns(
    tokens: Sequence[Token], owners: Mapping[str, Mapping[str, int]]
) -> dict[str, object] | None:
    """Return the owners, those of most tokens first, and which of them hold each token.

    ``of`` has each token's first owner, counted from 1, or 0; ``more`` the others, by token index.
    """
    holders_of = [list(owners.get(token.id, {})) for token in tokens]
    counts = Counter(chain.from_iterable(holders_of))
    if not counts:
        return None
    addresses = sorted(counts, key=lambda address: (-counts[address], address.lower()))
    index_of = {address: index for index, address in enumerate(addresses)}
    raw = [bytes.fromhex(address.removeprefix("0x")) for address in addresses]
    head = next(
        size
        for size in range(HEAD, ADDRESS_BYTES - TAIL + 1)
        if len({address[:size] + address[-TAIL:] for address in raw}) == len(raw)
    )
    ends = b"".join(address[:head] + address[-TAIL:] for address in raw)
    return {
        "head": head,
        "tail": TAIL,
        "ends": b64encode(ends).decode(),
        "of": column([index_of[holders[0]] + 1 if holders else 0 for holders in holders_of]),
        "more": {
            str(index): [index_of[address] for address in holders[1:]]
            for index, holders in enumerate(holders_of)
            if len(holders) > 1
        },
    }
