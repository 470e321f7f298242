"""What marketplaces play of tokens: ``animation_url`` and ``losslessAudio`` of the metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stempress.site.page_addresses import embed_address, stem_embed_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyodide_app.engine.model import StemKey, Token, Variation
    from stempress.audio.results import Sounds, WebFile
    from stempress.collection.settings import Settings
    from stempress.site.facts import SiteFacts

PLAYABLE = ("audio/mpeg", "audio/ogg")
"""Media types that marketplaces play; FLAC is not among them."""


PAGE = "text/html"


class Animation(NamedTuple):
    """The address of what is played, and that of a lossless file with the same sound.

    ``type`` is the media type of the lossless file, if there is one and what is played is no page.
    All of them may be empty.
    """

    address: str = ""
    type: str = ""
    lossless: str = ""


def stem_animation(settings: Settings, sounds: Sounds, key: StemKey) -> Animation:
    """Return what is played of a stem: its player, the stem, or on a locked site its preview."""
    stream, lossless = sounds.stems[key].stream, sounds.stems[key].lossless
    preview = sounds.stem_previews.get(key)
    if settings.animation == "mixer":
        return _player(settings, stem_embed_address(key), lossless)
    if preview:
        return Animation(preview.address, media_type(preview))
    if settings.audio.locked != "open":
        return Animation(type=media_type(lossless or stream))
    return Animation(
        stream.address if media_type(stream) in PLAYABLE else "",
        media_type(lossless or stream),
        lossless.address if lossless else "",
    )


def mix_animation(settings: Settings, sounds: Sounds, variation: Variation) -> Animation:
    """Return what is played of a mix: its player, all of it, its video, or its preview."""
    if settings.animation == "mixer":
        files = sounds.mixes.get(variation, ())
        return _player(settings, embed_address(variation), _lossless(files))
    if settings.animation == "song":
        return _whole_mix(settings, sounds.mixes[variation])
    preview = sounds.videos.get(variation) or sounds.previews.get(variation)
    return Animation(preview.address, media_type(preview)) if preview else Animation()


def _player(settings: Settings, address: str, lossless: WebFile | None) -> Animation:
    """Return the page of a player, with the same sound at full length unless it is locked."""
    is_offered = lossless is not None and settings.audio.locked == "open"
    return Animation(address, PAGE, lossless.address if lossless and is_offered else "")


def _lossless(files: Iterable[WebFile]) -> WebFile | None:
    return next((file for file in files if media_type(file) == "audio/flac"), None)


def _whole_mix(settings: Settings, mixes: tuple[WebFile, ...]) -> Animation:
    """Return the first file that marketplaces play; a lossless one besides, unless locked."""
    played = next(file for file in mixes if media_type(file) in PLAYABLE)
    lossless = _lossless(mixes)
    if lossless is None or settings.audio.locked != "open":
        return Animation(played.address, media_type(played))
    return Animation(played.address, media_type(lossless), lossless.address)


def album_animation(facts: SiteFacts, token: Token) -> Animation:
    """Return what is played of an album token: the first of its songs, but no preview."""
    settings, sounds, mixes = facts.collection.settings, facts.sounds, facts.mixes_in(token)
    if not mixes or settings.animation == "preview":
        return Animation()
    if settings.animation == "video" and mixes[0] not in sounds.videos:
        return Animation()
    return mix_animation(settings, sounds, mixes[0])


def media_type(file: WebFile) -> str:
    """Return a file's media type without its codec."""
    return file.type.split(";", 1)[0]
