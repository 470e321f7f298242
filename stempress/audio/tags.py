"""Tags and covers of mixes and stems: Vorbis comments in FLAC and Ogg, ID3 in MP3."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from mutagen import id3
from mutagen.flac import FLAC, Picture
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from PIL import Image

from pyodide_app.engine.id3 import id3_texts, short_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyodide_app.engine.tags import Tags
    from stempress.collection.audio_formats import Codec

_FRONT_COVER = 3
"""The kind of picture, numbered alike in FLAC, Ogg and ID3."""
_UTF16, _ENGLISH = 1, "eng"
_CLASSES: Mapping[str, Callable[..., Any]] = {"flac": FLAC, "opus": OggOpus, "vorbis": OggVorbis}


def tag(data: bytes, codec: Codec, tags: Tags, cover: bytes = b"") -> bytes:
    """Return an encoded file with tags and, if there is one, a cover; its samples stay as they are.

    ``cover`` is a JPEG.
    """
    buffer = io.BytesIO(data)
    if codec == "mp3":
        _id3(tags, cover).save(
            buffer, v2_version=3, padding=_no_padding
        )  # 2.4 is not read everywhere
        return buffer.getvalue()
    file = _CLASSES[codec](buffer)
    file.update(_comments(tags))
    if cover and isinstance(file, FLAC):
        file.add_picture(_picture(cover))
    elif cover:
        file["METADATA_BLOCK_PICTURE"] = b64encode(_picture(cover).write()).decode()
    buffer.seek(0)
    file.save(buffer, padding=_no_padding)
    return buffer.getvalue()


def _no_padding(_: object) -> int:
    """Return how many bytes to leave for longer tags: the files are never edited."""
    return 0


def _picture(cover: bytes) -> Picture:
    picture = Picture()
    picture.type, picture.mime, picture.data = _FRONT_COVER, "image/jpeg", cover
    with Image.open(io.BytesIO(cover)) as image:
        picture.width, picture.height = image.size
    picture.depth = 24
    return picture


def _comments(tags: Tags) -> dict[str, str]:
    """Return Vorbis comments, by the field names that xiph.org recommends."""
    number, _, total = tags.track.partition("/")
    comments = {
        "TITLE": tags.title,
        "VERSION": tags.mix,
        "ARTIST": tags.artist,
        "ALBUM": tags.album,
        "ALBUMARTIST": tags.album_artist,
        "TRACKNUMBER": number,
        "TRACKTOTAL": total,
        "DATE": tags.date,
        "ISRC": tags.isrc,
        "GENRE": tags.genre,
        "ORGANIZATION": tags.label,
        "COPYRIGHT": tags.copyright,
        "LICENSE": tags.license,
        "BPM": f"{tags.bpm:g}" if tags.bpm else "",
        "INITIALKEY": short_key(tags.key),
    }
    return {name: text for name, text in comments.items() if text}


def _id3(tags: Tags, cover: bytes) -> id3.ID3:
    frames = id3.ID3()
    for name, text in id3_texts(tags).items():
        frames.add(id3.Frames[name](encoding=_UTF16, text=text))
    if tags.license:
        frames.add(id3.USER(encoding=_UTF16, lang=_ENGLISH, text=tags.license))
    if cover:
        frames.add(id3.APIC(encoding=0, mime="image/jpeg", type=_FRONT_COVER, data=cover))
    return frames
