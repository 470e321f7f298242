"""The token standards' JSON: ERC-721, ERC-1155 and the contract's (ERC-7572)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation
from stempress import codes
from stempress.art import album_cover, token_cover
from stempress.data import json_file
from stempress.pages import stem_address, token_address, token_title
from stempress.traits import traits_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyodide_app.engine.model import Song, Token
    from stempress.catalog import Collection
    from stempress.output import OutputFile
    from stempress.sounds import Sounds, WebFile

MUSIC_SCHEMA = "music-nft-20220222"
_PICTURES = {"svg": "image/svg+xml", "png": "image/png", "webp": "image/webp"}


def metadata_files(collection: Collection, sounds: Sounds) -> Iterator[OutputFile]:
    """Yield every token's JSON under its decimal and its 64-digit hex name, and the contract's."""
    for token in collection.tokens:
        file = json_file(f"metadata/{token.id}.json", token_metadata(collection, sounds, token))
        yield file
        yield type(file)(f"metadata/{int(token.id):064x}.json", file.content)
    yield json_file("metadata/contract.json", contract_metadata(collection))


def absolute(collection: Collection, address: str) -> str:
    """Return an address with the site's own before it; relative to metadata/ without one."""
    base = collection.settings.url
    return f"{base.rstrip('/')}/{address}" if base else f"../{address}"


def contract_metadata(collection: Collection) -> dict[str, object]:
    """Return the contract's JSON. No ``collaborators``: apps take those for administrators."""
    settings = collection.settings
    found: dict[str, object] = {
        "name": settings.name,
        "symbol": settings.symbol,
        "description": settings.description,
        "external_link": settings.url,
    }
    if collection.albums:
        found["image"] = absolute(collection, album_cover(collection.albums[0]))
    return {key: value for key, value in found.items() if value}


def token_metadata(collection: Collection, sounds: Sounds, token: Token) -> dict[str, object]:
    """Return a token's JSON; of an unrevealed one, nothing but its number and tier is in it."""
    found: dict[str, object] = {
        "name": token_title(collection, token),
        "description": _description(collection, token),
        "image": absolute(collection, token_cover(collection, token)),
        "external_url": absolute(collection, token_address(token.id)),
        "decimals": 0,
        "attributes": [
            {"trait_type": trait.name, "value": trait.value}
            for trait in traits_of(collection, token)
        ],
    }
    if token.state == "unrevealed":
        return found
    return found | _about(collection, sounds, token)


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


def _about(collection: Collection, sounds: Sounds, token: Token) -> dict[str, object]:
    artist = collection.settings.artist
    if token.tier == "album":
        album = collection.album(token.album)
        return {"artist": artist, "properties": {"upc": album.upc, "burned": list(token.burned)}}
    song = collection.song(token.song)
    if token.tier == "stem":
        key = token.song, token.layer, token.stem
        sound = sounds.stems[key]
        audio = sound.lossless or sound.stream
        found = _music(collection, token, song, sounds.songs[song.slug].seconds, audio)
        found["title"] = collection.stem(key).name
        properties: dict[str, object] = {"page": absolute(collection, stem_address(key))}
        if sound.lossless:
            found |= {
                "version": MUSIC_SCHEMA,
                "losslessAudio": absolute(collection, sound.lossless.address),
            }
        return found | {"properties": properties}
    variation = Variation.from_stems(song, token.stems)
    preview = sounds.previews.get(variation)
    found = _music(collection, token, song, sounds.songs[song.slug].seconds, preview)
    properties = {
        "mix_number": variation.mix_number,
        "stems": dict(token.stems),
        "burned": list(token.burned),
    }
    if variation in sounds.digests:
        mix = sounds.digests[variation]
        properties["mix"] = {
            "sha256": mix.sha256,
            "bits": 24,
            "rate": mix.rate,
            "frames": mix.frames,
        }
    return found | {"isrc": codes.show_isrc(song.isrc), "properties": properties}


def _music(
    collection: Collection, token: Token, song: Song, seconds: float, audio: WebFile | None
) -> dict[str, object]:
    """Return the top-level fields of the music schema that the site can state."""
    album = collection.album(song.album)
    cover = token_cover(collection, token)
    found: dict[str, object] = {
        "title": song.title,
        "artist": collection.settings.artist,
        "duration": round(seconds, 3),
        "mimeType": audio and audio.type.split(";", 1)[0],
        "trackNumber": [each.slug for each in album.songs].index(song.slug) + 1,
        "animation_url": audio and absolute(collection, audio.address),
        "artwork": {
            "uri": absolute(collection, cover),
            "mimeType": _PICTURES.get(cover.rsplit(".", 1)[-1].lower(), "image/jpeg"),
        },
        "bpm": song.bpm,
        "key": song.key,
        "credits": [{"name": credit.name, "role": credit.role} for credit in song.credits],
        "license": collection.settings.license,
        "project": {"title": album.title, "type": "album", "upc": album.upc},
    }
    return {name: value for name, value in found.items() if value not in (None, "", [])}
