"""ID3v2.3 tags, as programs read them in the ``id3`` chunk of WAV files (https://id3.org)."""

from __future__ import annotations

from codecs import utf_16_le_encode
from struct import pack
from typing import TYPE_CHECKING

from pyodide_app.engine.tags import MusicalKey

if TYPE_CHECKING:
    from pyodide_app.engine.tags import Tags

_UTF16 = b"\x01"
_LANGUAGE = b"eng"


def id3_tag(tags: Tags) -> bytes:
    """Return a complete tag; of version 2.3, since 2.4 is not read everywhere."""
    frames = [
        _frame(name.encode(), _UTF16 + _utf16(text)) for name, text in id3_texts(tags).items()
    ]
    if tags.license:
        frames.append(_frame(b"USER", _UTF16 + _LANGUAGE + _utf16(tags.license)))
    body = b"".join(frames)
    return b"ID3\x03\x00\x00" + _synchsafe(len(body)) + body


def id3_texts(tags: Tags) -> dict[str, str]:
    """Return the tag's text frames by name."""
    texts = {
        "TIT2": tags.title,
        "TIT3": tags.mix,
        "TPE1": tags.artist,
        "TALB": tags.album,
        "TPE2": tags.album_artist,
        "TRCK": tags.track,
        "TYER": tags.date[:4],
        "TSRC": tags.isrc,
        "TCON": tags.genre,
        "TPUB": tags.label,
        "TCOP": tags.copyright,
        "TBPM": str(round(tags.bpm)) if tags.bpm else "",  # whole numbers alone
        "TKEY": short_key(tags.key),
    }
    return {name: text for name, text in texts.items() if text}


def short_key(text: str) -> str:
    """Return a key in ID3's form, such as "F#m"; "" if the text is no such key."""
    key = MusicalKey.parse(text)
    return key.short if key else ""


def _frame(name: bytes, content: bytes) -> bytes:
    return name + pack(">IH", len(content), 0) + content


def _utf16(text: str) -> bytes:
    # Not text.encode: Python's snapshot in the browser has no files, so it can find no more codecs.
    return b"\xff\xfe" + utf_16_le_encode(text, "replace")[0]


def _synchsafe(size: int) -> bytes:
    """Return a size in four bytes of seven bits."""
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
