"""What the gallery finds tokens by: all of them in one small file, a digit or two for each fact.

A token is a row of columns: its number, what it is, its state, who holds it. What it is stands for
its title, its cover, its traits and its rarity, which follow from the songs and their stems. An
unrevealed token is "an unrevealed token of its tier" and no more.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from itertools import chain, count
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING

from pyodide_app.engine.model import TIERS, Variation
from stempress.site.cover_addresses import album_cover

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyodide_app.engine.model import Song, Token
    from stempress.collection.collection import Collection

DIGITS = ascii_uppercase + ascii_lowercase + digits + "-_"
"""Digits to the base 64, which need no escaping in JSON."""
HEAD, TAIL = 6, 2
"""How many bytes of a holder's address are kept from its two ends; more where two would be one."""
ADDRESS = 20


def gallery_data(collection: Collection) -> dict[str, object]:
    """Return the index of all tokens, which ``gallery/token-index.js`` reads."""
    tokens, songs = collection.tokens, collection.songs
    mixes = {song.slug: _mixes(song, tokens) for song in songs}
    numbers = _numbers(collection, mixes)
    place = {token.id: at for at, token in enumerate(tokens)}
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
                    }
                    for layer in song.layers
                ],
                "mixes": " ".join(mix.mix_number for mix in mixes[song.slug]),
            }
            for song in songs
        ],
        "burned": {
            str(place[token.id]): [place[each] for each in token.burned if each in place]
            for token in tokens
            if token.tier == "album" and token.burned
        },
        "owners": _owners(tokens, collection.ledger.owners),
    }


def id_ranges(tokens: Sequence[Token]) -> list[str]:
    """Return the tokens' numbers, those that follow each other as ``1-40``."""
    found: list[list[int]] = []
    for token in tokens:
        number = int(token.id)
        if found and found[-1][1] + 1 == number:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [str(first) if first == last else f"{first}-{last}" for first, last in found]


def column(numbers: Sequence[int]) -> dict[str, object]:
    """Return whole numbers as digits to the base 64, as many for each as the largest needs."""
    width = 1
    while len(DIGITS) ** width <= max(numbers, default=0):
        width += 1
    places = [len(DIGITS) ** at for at in reversed(range(width))]
    return {
        "width": width,
        "digits": "".join(DIGITS[number // each % 64] for number in numbers for each in places),
    }


def _mixes(song: Song, tokens: Iterable[Token]) -> list[Variation]:
    """Return the variations of a song that are tokens."""
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
    """Give a number to all that a token can be: unrevealed, a stem, a mix, an album."""
    stems = (
        (song.slug, layer.slug, stem.slug)
        for song in collection.songs
        for layer in song.layers
        for stem in layer.stems
    )
    albums = (album.slug for album in collection.albums)
    return dict(zip(chain(TIERS, stems, *mixes.values(), albums), count()))


def _owners(
    tokens: Sequence[Token], owners: Mapping[str, Mapping[str, int]]
) -> dict[str, object] | None:
    """Return the holders, those of most tokens first, and which of them hold each token.

    ``of`` has the first holder of each token from 1, 0 for none; ``more`` the others, by place.
    """
    held = [list(owners.get(token.id, {})) for token in tokens]
    counts = Counter(chain.from_iterable(held))
    if not counts:
        return None
    holders = sorted(counts, key=lambda address: (-counts[address], address.lower()))
    number = {address: at for at, address in enumerate(holders)}
    packed = [bytes.fromhex(address.removeprefix("0x")) for address in holders]
    head = next(
        size
        for size in range(HEAD, ADDRESS - TAIL + 1)
        if len({each[:size] + each[-TAIL:] for each in packed}) == len(packed)
    )
    ends = b"".join(each[:head] + each[-TAIL:] for each in packed)
    return {
        "head": head,
        "tail": TAIL,
        "ends": b64encode(ends).decode(),
        "of": column([number[holding[0]] + 1 if holding else 0 for holding in held]),
        "more": {
            str(at): [number[each] for each in holding[1:]]
            for at, holding in enumerate(held)
            if len(holding) > 1
        },
    }
