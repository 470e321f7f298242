"""Token metadata as JSON: ERC-721, ERC-1155, and contract metadata (ERC-7572)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from stempress.core import identifiers as codes
from stempress.render.animation import PAGE, Animation, mix_animation, stem_animation
from stempress.site.cover_addresses import image_address
from stempress.site.page_addresses import stem_address, token_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from pyodide_app.engine.model import Song, Token
    from stempress.audio.results import Sounds
    from stempress.collection.collection import Collection
    from stempress.site.token_facts import TokenFacts

    type UrlOf = Callable[[str], str]
    """Turns an address relative to the site's root into a URL for metadata."""

MUSIC_SCHEMA = "music-nft-20220222"
_MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png", "webp": "image/webp"}


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
    image = image_address(collection.settings, facts.cover)
    data: dict[str, object] = {
        "name": facts.english_title,
        "description": _description(collection, token),
        "image": url_of(image),
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
        sound = {**_sound(album, url_of), "version": ""}  # the music schema is for one recording
        return data | without_empty(_album(collection, token) | sound)
    return data | without_empty(_recording(collection, sounds, facts, url_of))


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


def without_empty(fields: Mapping[str, object]) -> dict[str, object]:
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
        how = "forged from" if token.burned else "made of"
        return f"A variation of {song.title}{by}, {how} {stems}."
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
        "properties": without_empty({"upc": album.upc, "burned": list(token.burned)}),
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
    image = image_address(collection.settings, facts.cover)
    return {
        "title": song.title,
        "artist": song.artist,
        "duration": round(seconds, 3),
        "trackNumber": song.track,
        "artwork": {
            "uri": url_of(image),
            "mimeType": _MEDIA_TYPES.get(image.rsplit(".", 1)[-1].lower(), "image/jpeg"),
        },
        "bpm": song.bpm,
        "key": song.key,
        "credits": [{"name": credit.name, "role": credit.role} for credit in song.credits],
        "license": collection.settings.license,
        "genre": song.genre,
        "recordLabel": album.label,
        "originalReleaseDate": _iso(album.released_of(song)),
        "copyright": song.copyright,
        "project": without_empty(
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
        "properties": without_empty(
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
        "properties": without_empty(
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
    # The schema's type is that of the lossless file.
    is_complete = animation.address and animation.lossless and animation.type != PAGE
    return {
        "mimeType": animation.type,
        "animation_url": url_of(animation.address) if animation.address else "",
        "losslessAudio": url_of(animation.lossless) if animation.lossless else "",
        "version": MUSIC_SCHEMA if is_complete else "",
    }
