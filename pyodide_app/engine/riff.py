"""Broadcast Wave (RIFF) headers with metadata.

EBU Tech 3285 (bext), the RIFF INFO list of Microsoft's Multimedia Programming Interface, and EBU
Tech 3352 (the ISRC in an axml chunk). No date and no path is written, so that the same mix always
gives the same file.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import pack
from typing import TYPE_CHECKING

from pyodide_app.engine.pcm import pcm_bytes

if TYPE_CHECKING:
    from pyodide_app.engine.pcm import Bits, Planar

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
    """Metadata of a file; empty fields are left out. ``mix`` is the mix number.

    ValueError if the ISRC contains anything but letters and digits.
    """

    title: str = ""
    artist: str = ""
    album: str = ""
    isrc: str = ""
    mix: str = ""

    def __post_init__(self) -> None:
        if self.isrc and not (self.isrc.isascii() and self.isrc.isalnum()):
            raise ValueError(f"{self.isrc!r} is not an ISRC")


def wav_header(*, frames: int, channels: int, rate: int, bits: Bits, tags: Tags) -> bytes:
    """Return all bytes before the samples: RIFF, bext, fmt, INFO, axml, the data chunk header."""
    frame_size = channels * bits // 8
    size = frames * frame_size
    chunks = [
        _chunk(b"bext", _bext(channels, rate, bits, tags)),
        _chunk(b"fmt ", pack("<HHIIHH", 1, channels, rate, rate * frame_size, frame_size, bits)),
        _chunk(b"LIST", _info(tags)),
    ]
    if tags.isrc:
        chunks.append(_chunk(b"axml", _AXML.format(isrc=tags.isrc).encode()))
    body = b"WAVE" + b"".join(chunks) + b"data" + pack("<I", size)
    return b"RIFF" + pack("<I", len(body) + size + size % 2) + body


def wav_file(planar: Planar, rate: int, bits: Bits, tags: Tags) -> bytes:
    """Return a complete WAV file of float samples, shape (channels, frames)."""
    channels, frames = planar.shape
    header = wav_header(frames=frames, channels=channels, rate=rate, bits=bits, tags=tags)
    data = pcm_bytes(planar, bits)
    return header + data + b"\0" * (len(data) % 2)


def _chunk(chunk_id: bytes, content: bytes) -> bytes:
    return chunk_id + pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _bext(channels: int, rate: int, bits: Bits, tags: Tags) -> bytes:
    """Return bext version 1: no date, time reference 0, no UMID, with coding history."""
    description = ", ".join(filter(None, (tags.artist, tags.title, tags.mix and f"mix {tags.mix}")))
    mode = {1: "mono", 2: "stereo"}[channels]
    history = f"A=PCM,F={rate},W={bits},M={mode},T={ORIGINATOR}\r\n"
    return b"".join(
        (
            _ascii(description, 256),
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
    """Return the INFO list, encoded as UTF-8."""
    fields = {
        b"INAM": tags.title,
        b"IART": tags.artist,
        b"IPRD": tags.album,
        b"ICMT": tags.mix and f"mix {tags.mix}",
        b"ISFT": ORIGINATOR,
    }
    return b"INFO" + b"".join(
        _chunk(name, text.encode() + b"\0") for name, text in fields.items() if text
    )
