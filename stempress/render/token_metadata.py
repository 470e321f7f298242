"""Token metadata as JSON: ERC-721, ERC-1155, and contract metadata (ERC-7572)."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from stempress.core import identifiers as codes
from stempress.output.json_files import json_file, lazy_json_file
from stempress.output.output_files import Bundle, OutputFile, flatten
from stempress.publish.asset_cids import ASSET_FOLDERS, asset_uris
from stempress.render.animation import Animation, album_animation, mix_animation, stem_animation
from stempress.site.cover_addresses import collection_cover
from stempress.site.page_addresses import stem_address, token_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from pyodide_app.engine.model import Song, Token
    from stempress.audio.results import Sounds
    from stempress.collection.collection import Collection
    from stempress.collection.settings import Settings
    from stempress.site.excerpts import Excerpts, Source
    from stempress.site.token_facts import TokenFacts

    type UrlOf = Callable[[str], str]
    """Turns an address relative to the site's root into a URL for metadata."""

MUSIC_SCHEMA = "music-nft-20220222"
TOKENS_PER_BUNDLE = 200
_MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png", "webp": "image/webp"}


def metadata_files(
    excerpts: Excerpts, assets: Iterable[OutputFile | Bundle] = ()
) -> Iterator[OutputFile | Bundle]:
    """Yield metadata of all tokens, by decimal ID and by 64-digit hex ID, and the contract's.

    ``assets`` are the pictures and sound files; for IPFS, metadata refers to them by content ID.
    """
    collection = excerpts.facts.collection
    pinned = asset_uris(flatten(assets)) if collection.settings.assets == "ipfs" else {}
    for slug, tokens in excerpts.tokens.items():
        source = excerpts.song(slug) if slug else excerpts.albums
        for start in range(0, len(tokens), TOKENS_PER_BUNDLE):
            part = tokens[start : start + TOKENS_PER_BUNDLE]
            albums = {
                token.id: album_animation(excerpts.facts, token)
                for token in part
                if token.tier == "album"
            }
            key = source.key_with(part, pinned, albums)
            files = partial(_token_files, source, part, pinned, albums)
            yield Bundle(f"metadata/{slug}/{start}", key, files)
    for folder in ("", *(f"{tier}/" for tier in collection.settings.tier_contracts)):
        url_of = partial(metadata_url, collection.settings, pinned, folder=folder)
        content = contract_metadata(collection, url_of)
        yield json_file(f"metadata/{folder}contract.json", content)


def _token_files(
    source: Source,
    tokens: Sequence[Token],
    pinned: Mapping[str, str],
    albums: Mapping[str, Animation],
) -> Iterator[OutputFile]:
    """Yield the metadata of some tokens; ``albums`` is what is played of album tokens.

    ERC-721 contracts of OpenZeppelin append the bare ID to their base URI: they find it as well.
    """
    settings = source.collection.settings
    for token in tokens:
        folder = f"metadata/{token.id}".removesuffix(token.number)
        url_of = partial(metadata_url, settings, pinned, folder=folder.removeprefix("metadata/"))
        file = lazy_json_file(
            f"metadata/{token.id}.json",
            source.key_with(token, pinned, albums.get(token.id)),
            *(token_metadata, source.collection, source.sounds, source.tokens[token], url_of),
            albums.get(token.id, Animation()),
        )
        yield file
        contract = settings.contract_of(token.tier)
        others = [f"{folder}{int(token.number):064x}.json"]
        if contract is not None and contract.standard == "erc721":
            others.append(f"metadata/{token.id}")
        for address in others:
            yield OutputFile(address, file.content, file.key, file.address)


def metadata_url(
    settings: Settings, pinned: Mapping[str, str], address: str, folder: str = ""
) -> str:
    """Return the URL of an address for use in metadata.

    Pictures and sound are below ``--base-uri``, else where they are pinned; anything else is below
    the site's URL. Without one, the URL is relative to metadata/, or empty on IPFS, where metadata
    has no pages next to it. ``folder`` is the metadata's within metadata/.
    """
    kind, _, rest = address.partition("/")
    if kind in ASSET_FOLDERS and settings.base_uri:
        return f"{settings.base_uri.rstrip('/')}/{address}"
    if kind in pinned:
        return f"{pinned[kind]}/{rest}"
    if settings.url:
        return f"{settings.url.rstrip('/')}/{address}"
    return "" if pinned else f"../{'../' * folder.count('/')}{address}"


def contract_metadata(collection: Collection, url_of: UrlOf) -> dict[str, object]:
    """Return contract metadata. No ``collaborators``: apps treat those as administrators."""
    settings = collection.settings
    return _without_empty(
        {
            "name": settings.name,
            "symbol": settings.symbol,
            "description": settings.description,
            "image": url_of(collection_cover()),
            "external_link": settings.url,
        }
    )


def token_metadata(
    collection: Collection,
    sounds: Sounds,
    facts: TokenFacts,
    url_of: UrlOf,
    album: Animation = Animation(),  # noqa: B008 - immutable
) -> dict[str, object]:
    """Return a token's metadata; that of an unrevealed token has only its ID and tier.

    ``album`` is what is played of an album token.
    """
    token, contract = facts.token, collection.settings.contract_of(facts.token.tier)
    page = url_of(token_address(token.id))
    data: dict[str, object] = {
        "name": facts.english_title,
        "description": _description(collection, token),
        "image": url_of(facts.cover),
        **({"external_url": page} if page else {}),
        "attributes": [
            {"trait_type": name, "value": value}
            for name, value in (*_trait_pairs(facts), *_identifiers(collection, token))
        ],
    }
    if contract is None or contract.standard == "erc1155":
        data["decimals"] = 0
    if token.state == "unrevealed":
        return data
    if token.tier == "album":
        return data | _without_empty(_album(collection, token) | _sound(album, url_of))
    return data | _without_empty(_recording(collection, sounds, facts, url_of))


def _trait_pairs(facts: TokenFacts) -> Iterator[tuple[str, str]]:
    return ((trait.name, trait.value) for trait in facts.traits)


def _identifiers(collection: Collection, token: Token) -> Iterator[tuple[str, str]]:
    """Yield the artist, if there are several, and the identifier of the recording or release.

    Nothing of an unrevealed token.
    """
    if collection.settings.artists and (token.song or token.album):
        yield "Artist", collection.artist_of(token)
    if token.tier == "song" and token.song and (isrc := collection.song(token.song).isrc):
        yield "ISRC", codes.format_isrc(isrc)
    if token.tier == "album" and token.album and (upc := collection.album(token.album).upc):
        yield "UPC", upc


def _without_empty(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields that are not empty."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def _description(collection: Collection, token: Token) -> str:
    artist = collection.artist_of(token)
    by = f" by {artist}" if artist else ""
    if token.state == "unrevealed":
        return f"An unrevealed {token.tier} token of {collection.settings.name}{by}."
    if token.tier == "album":
        return f"The album {collection.album(token.album).title}{by}, forged from its songs."
    song = collection.song(token.song)
    if token.tier == "song":
        stems = "1 stem" if len(token.stems) == 1 else f"{len(token.stems)} stems"
        return f"A variation of {song.title}{by}, forged from {stems}."
    stem = collection.stem((token.song, token.layer, token.stem))
    return stem.notes or f"A stem of {song.title}{by}."


def _album(collection: Collection, token: Token) -> dict[str, object]:
    """Return an album token's own fields."""
    album = collection.album(token.album)
    return {
        "artist": album.artist,
        "license": collection.settings.license,
        "recordLabel": album.label,
        "originalReleaseDate": _iso(album.released),
        "properties": _without_empty({"upc": album.upc, "burned": list(token.burned)}),
    }


def _recording(
    collection: Collection, sounds: Sounds, facts: TokenFacts, url_of: UrlOf
) -> dict[str, object]:
    """Return the fields of a stem or song token."""
    token = facts.token
    song = collection.song(token.song)
    seconds = sounds.songs[song.slug].seconds
    specific = _stem if token.tier == "stem" else _mix
    return _music(collection, facts, song, seconds, url_of) | specific(
        collection, sounds, facts, url_of
    )


def _music(
    collection: Collection, facts: TokenFacts, song: Song, seconds: float, url_of: UrlOf
) -> dict[str, object]:
    """Return the fields of the music schema that stems and mixes of a song have in common."""
    album = collection.album(song.album)
    return {
        "title": song.title,
        "artist": song.artist,
        "duration": round(seconds, 3),
        "trackNumber": song.track,
        "artwork": {
            "uri": url_of(facts.cover),
            "mimeType": _MEDIA_TYPES.get(facts.cover.rsplit(".", 1)[-1].lower(), "image/jpeg"),
        },
        "bpm": song.bpm,
        "key": song.key,
        "credits": [{"name": credit.name, "role": credit.role} for credit in song.credits],
        "license": collection.settings.license,
        "genre": song.genre,
        "recordLabel": album.label,
        "originalReleaseDate": _iso(album.released_of(song)),
        "copyright": song.copyright,
        "project": _without_empty(
            {
                "title": album.title,
                "type": "album",
                "upc": album.upc,
                "recordLabel": album.label,
                "originalReleaseDate": _iso(album.released),
            }
        ),
    }


def _stem(
    collection: Collection, sounds: Sounds, facts: TokenFacts, url_of: UrlOf
) -> dict[str, object]:
    """Return a stem token's own fields; complete music metadata if a FLAC is offered."""
    token = facts.token
    key = token.song, token.layer, token.stem
    return {
        "title": collection.stem(key).name,
        **_sound(stem_animation(collection.settings, sounds, key), url_of),
        "properties": _without_empty(
            {
                "song": token.song,
                "layer": token.layer,
                "stem": token.stem,
                "page": url_of(stem_address(key)),
            }
        ),
    }


def _mix(
    collection: Collection, sounds: Sounds, facts: TokenFacts, url_of: UrlOf
) -> dict[str, object]:
    """Return a song token's own fields."""
    token, variation = facts.token, facts.variation
    assert variation is not None  # noqa: S101 - it is revealed
    song = collection.song(token.song)
    digest = sounds.digests.get(variation)
    return {
        **_sound(mix_animation(collection.settings, sounds, variation), url_of),
        "isrc": codes.format_isrc(song.isrc),
        "lyrics": {"text": song.lyrics.text} if song.lyrics else {},
        "properties": _without_empty(
            {
                "song": token.song,
                "mix_number": variation.mix_number,
                "stems": dict(token.stems),
                "burned": list(token.burned),
                "mix": digest and {"bits": 24, **asdict(digest)},
            }
        ),
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _sound(animation: Animation, url_of: UrlOf) -> dict[str, object]:
    """Return the fields of what is played; complete music metadata with a lossless file."""
    is_complete = animation.address and animation.lossless
    return {
        "mimeType": animation.type,
        "animation_url": url_of(animation.address) if animation.address else "",
        "losslessAudio": url_of(animation.lossless) if animation.lossless else "",
        "version": MUSIC_SCHEMA if is_complete else "",
    }
