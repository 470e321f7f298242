"""A song as JSON for the mixer: its stems and their files, previews, digests of mixes."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from stempress.audio.mix_tags import song_tags
from stempress.audio.openings import part_offsets
from stempress.audio.song_sound import bar_seconds
from stempress.audio.streaming import read_starts
from stempress.render.gallery_index import empty_data
from stempress.site.cover_addresses import song_cover
from stempress.site.page_addresses import (
    song_address,
    stem_address,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyodide_app.engine.model import Rule, Song, StemKey, Variation
    from stempress.audio.results import MixDigest, Opening, Sounds, WebFile
    from stempress.collection.collection import Collection
    from stempress.site.pages import VariationPages


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
        "tags": asdict(song_tags(collection, song.slug)),
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
        "rules": [rule_data(rule) for rule in song.rules],
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


def rule_data(rule: Rule) -> dict[str, object]:
    """Return a rule."""

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
