"""The token standards' JSON: ERC-721, ERC-1155 and the contract's (ERC-7572)."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation
from stempress.collection.traits import traits_of
from stempress.core import identifiers as codes
from stempress.output.json_files import json_file, lazy_json_file
from stempress.output.output_files import Bundle, OutputFile, flatten
from stempress.publish.asset_cids import ASSET_FOLDERS, asset_uris
from stempress.site.cover_addresses import collection_cover, token_cover
from stempress.site.page_plan import stem_address, token_address, token_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pyodide_app.engine.model import Song, Token
    from stempress.audio.results import Sounds, WebFile
    from stempress.collection.collection import Collection
    from stempress.collection.settings import Settings
    from stempress.site.cache_keys import CacheKeys

    type At = Callable[[str], str]
    """Gives an address below the site's root in the form that metadata speaks of it."""

MUSIC_SCHEMA = "music-nft-20220222"
TOGETHER = 200
"""How many tokens' JSON is in one bundle."""
PLAYED = ("audio/mpeg", "audio/ogg")
"""What marketplaces play as an animation; FLAC is not among it."""
_PICTURES = {"svg": "image/svg+xml", "png": "image/png", "webp": "image/webp"}


def metadata_files(
    collection: Collection,
    sounds: Sounds,
    keys: CacheKeys,
    assets: Iterable[OutputFile | Bundle] = (),
) -> Iterator[OutputFile | Bundle]:
    """Yield every token's JSON under its decimal and its 64-digit hex name, and the contract's.

    Pictures and sound are among the ``assets``; IPFS names them by what they hold.
    """
    pinned = asset_uris(flatten(assets)) if collection.settings.assets == "ipfs" else {}
    at = partial(absolute, collection.settings, pinned)
    places = "".join(pinned.values())

    def files(tokens: Sequence[Token]) -> Iterator[OutputFile]:
        for token in tokens:
            file = lazy_json_file(
                f"metadata/{token.id}.json",
                keys.metadata(token) + places,
                *(token_metadata, collection, sounds, token, at),
            )
            yield file
            named = f"metadata/{int(token.id):064x}.json"
            yield OutputFile(named, file.content, file.key, file.address)

    for start in range(0, len(collection.tokens), TOGETHER):
        tokens = collection.tokens[start : start + TOGETHER]
        key = keys.metadata_of(tokens) + places
        yield Bundle(f"metadata/{start}", key, partial(files, tokens))
    yield json_file("metadata/contract.json", contract_metadata(collection, at))


def absolute(settings: Settings, pinned: Mapping[str, str], address: str) -> str:
    """Return an address that metadata can speak of.

    Pictures and sound are where ``--base-uri`` says, else where they are pinned; to all else the
    site's own address is added. Without one it is relative to metadata/, or nothing where metadata
    is to be read on IPFS, where no page lies beside it.
    """
    folder, _, rest = address.partition("/")
    if folder in ASSET_FOLDERS and settings.base_uri:
        return f"{settings.base_uri.rstrip('/')}/{address}"
    if folder in pinned:
        return f"{pinned[folder]}/{rest}"
    if settings.url:
        return f"{settings.url.rstrip('/')}/{address}"
    return "" if pinned else f"../{address}"


def contract_metadata(collection: Collection, at: At) -> dict[str, object]:
    """Return the contract's JSON. No ``collaborators``: apps take those for administrators."""
    settings = collection.settings
    return _said(
        {
            "name": settings.name,
            "symbol": settings.symbol,
            "description": settings.description,
            "image": at(collection_cover()),
            "external_link": settings.url,
        }
    )


def token_metadata(
    collection: Collection, sounds: Sounds, token: Token, at: At
) -> dict[str, object]:
    """Return a token's JSON; of an unrevealed one, nothing but its number and tier is in it."""
    contract = collection.settings.contract
    page = at(token_address(token.id))
    found: dict[str, object] = {
        "name": token_title(collection, token),
        "description": _description(collection, token),
        "image": at(token_cover(collection, token)),
        **({"external_url": page} if page else {}),
        "attributes": [
            {"trait_type": trait.name, "value": trait.value}
            for trait in traits_of(collection, token)
        ],
    }
    if contract is None or contract.standard == "erc1155":
        found["decimals"] = 0
    if token.state == "unrevealed":
        return found
    return found | _said(_about(collection, sounds, token, at))


def _said(found: Mapping[str, object]) -> dict[str, object]:
    """Leave out what the artist did not say."""
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def _description(collection: Collection, token: Token) -> str:
    artist = collection.settings.artist
    by = f" by {artist}" if artist else ""
    if token.state == "unrevealed":
        return f"An unrevealed {token.tier} token of {collection.settings.name}{by}."
    if token.tier == "album":
        return f"The album {collection.album(token.album).title}{by}, forged from its songs."
    song = collection.song(token.song)
    if token.tier == "song":
        return f"A variation of {song.title}{by}, forged from {len(song.layers)} stems."
    stem = collection.stem((token.song, token.layer, token.stem))
    return stem.notes or f"A stem of {song.title}{by}."


def _about(collection: Collection, sounds: Sounds, token: Token, at: At) -> dict[str, object]:
    if token.tier == "album":
        album = collection.album(token.album)
        return {
            "artist": collection.settings.artist,
            "license": collection.settings.license,
            "properties": _said({"upc": album.upc, "burned": list(token.burned)}),
        }
    song = collection.song(token.song)
    seconds = sounds.songs[song.slug].seconds
    specific = _stem if token.tier == "stem" else _mix
    return _music(collection, token, song, seconds, at) | specific(collection, sounds, token, at)


def _music(
    collection: Collection, token: Token, song: Song, seconds: float, at: At
) -> dict[str, object]:
    """Return the fields of the music schema that stems and mixes of a song share."""
    album = collection.album(song.album)
    cover = token_cover(collection, token)
    return {
        "title": song.title,
        "artist": collection.settings.artist,
        "duration": round(seconds, 3),
        "trackNumber": [each.slug for each in album.songs].index(song.slug) + 1,
        "artwork": {
            "uri": at(cover),
            "mimeType": _PICTURES.get(cover.rsplit(".", 1)[-1].lower(), "image/jpeg"),
        },
        "bpm": song.bpm,
        "key": song.key,
        "credits": [{"name": credit.name, "role": credit.role} for credit in song.credits],
        "license": collection.settings.license,
        "project": _said({"title": album.title, "type": "album", "upc": album.upc}),
    }


def _stem(collection: Collection, sounds: Sounds, token: Token, at: At) -> dict[str, object]:
    """Return what a stem token has of its own; whole music metadata, where a FLAC is offered."""
    key = token.song, token.layer, token.stem
    stream, lossless = sounds.stems[key].stream, sounds.stems[key].lossless
    played = _type(stream) in PLAYED
    return {
        "title": collection.stem(key).name,
        "mimeType": _type(lossless or stream),
        "animation_url": at(stream.address) if played else "",
        "losslessAudio": at(lossless.address) if lossless else "",
        "version": MUSIC_SCHEMA if played and lossless else "",
        "properties": _said(
            {
                "song": token.song,
                "layer": token.layer,
                "stem": token.stem,
                "page": at(stem_address(key)),
            }
        ),
    }


def _mix(collection: Collection, sounds: Sounds, token: Token, at: At) -> dict[str, object]:
    """Return what a song token has of its own."""
    song = collection.song(token.song)
    variation = Variation.from_stems(song, token.stems)
    preview, digest = sounds.previews.get(variation), sounds.digests.get(variation)
    return {
        "mimeType": _type(preview) if preview else "",
        "animation_url": at(preview.address) if preview else "",
        "isrc": codes.format_isrc(song.isrc),
        "properties": _said(
            {
                "song": token.song,
                "mix_number": variation.mix_number,
                "stems": dict(token.stems),
                "burned": list(token.burned),
                "mix": digest and {"bits": 24, **asdict(digest)},
            }
        ),
    }


def _type(file: WebFile) -> str:
    return file.type.split(";", 1)[0]
