"""The head of a Broadcast Wave file: what it is of, and in which form the words follow.

EBU Tech 3285 (bext), the RIFF INFO list of Microsoft's Multimedia Programming Interface, and EBU
Tech 3352 (the ISRC in an axml chunk). Nothing in it tells a time or a place: the same mix is the
same file.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import pack
from typing import TYPE_CHECKING

from pyodide_app.engine.wav import pcm

if TYPE_CHECKING:
    from pyodide_app.engine.wav import Bits, Planar

ORIGINATOR = "Stempress"
_AXML = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<ebuCoreMain xmlns="urn:ebu:metadata-schema:ebuCore_2012"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><coreMetadata>'
    '<identifier typeLabel="GUID" formatLabel="ISRC"><dc:identifier>ISRC:{isrc}</dc:identifier>'
    "</identifier></coreMetadata></ebuCoreMain>"
)


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file is of; what is empty is left out. ``mix`` is the mix number.

    ValueError where the ISRC holds anything but letters and digits.
    """

    title: str = ""
    artist: str = ""
    album: str = ""
    isrc: str = ""
    mix: str = ""

    def __post_init__(self) -> None:
        if self.isrc and not (self.isrc.isascii() and self.isrc.isalnum()):
            raise ValueError(f"{self.isrc!r} is no ISRC")


def wav_head(*, frames: int, channels: int, rate: int, bits: Bits, tags: Tags) -> bytes:
    """Return everything before the words: RIFF, bext, fmt, INFO, axml and the data chunk's head."""
    frame = channels * bits // 8
    size = frames * frame
    chunks = [
        _chunk(b"bext", _bext(channels, rate, bits, tags)),
        _chunk(b"fmt ", pack("<HHIIHH", 1, channels, rate, rate * frame, frame, bits)),
        _chunk(b"LIST", _info(tags)),
    ]
    if tags.isrc:
        chunks.append(_chunk(b"axml", _AXML.format(isrc=tags.isrc).encode()))
    body = b"WAVE" + b"".join(chunks) + b"data" + pack("<I", size)
    return b"RIFF" + pack("<I", len(body) + size + size % 2) + body


def wav_file(planar: Planar, rate: int, bits: Bits, tags: Tags) -> bytes:
    """Return a whole file of samples of shape (channels, frames)."""
    channels, frames = planar.shape
    head = wav_head(frames=frames, channels=channels, rate=rate, bits=bits, tags=tags)
    words = pcm(planar, bits)
    return head + words + b"\0" * (len(words) % 2)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _bext(channels: int, rate: int, bits: Bits, tags: Tags) -> bytes:
    """Version 1: description, originator, reference, no date, frame 0, no UMID, coding history."""
    words = ", ".join(filter(None, (tags.artist, tags.title, tags.mix and f"mix {tags.mix}")))
    form = {1: "mono", 2: "stereo"}[channels]
    history = f"A=PCM,F={rate},W={bits},M={form},T={ORIGINATOR}\r\n"
    return b"".join(
        (
            _ascii(words, 256),
            _ascii(ORIGINATOR, 32),
            _ascii(tags.isrc, 32),
            bytes(10 + 8),
            pack("<QH", 0, 1),
            bytes(64 + 190),
            history.encode("ascii"),
        )
    )


def _ascii(text: str, size: int) -> bytes:
    return text.encode("ascii", "replace")[:size].ljust(size, b"\0")


def _info(tags: Tags) -> bytes:
    """Return the INFO list, in UTF-8."""
    rows = {
        b"INAM": tags.title,
        b"IART": tags.artist,
        b"IPRD": tags.album,
        b"ICMT": tags.mix and f"mix {tags.mix}",
        b"ISFT": ORIGINATOR,
    }
    return b"INFO" + b"".join(
        _chunk(name, text.encode() + b"\0") for name, text in rows.items() if text
    )
