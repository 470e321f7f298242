"""Broadcast Wave (RIFF) headers with metadata.

EBU Tech 3285 (bext), the RIFF INFO list of Microsoft's Multimedia Programming Interface, EBU Tech
3352 (the ISRC in an axml chunk), an ID3 tag, and the acid chunk, from which audio workstations take
the tempo and the key. Neither the time of writing nor a path is written, so that the same mix
always gives the same file.
"""

from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING
from unicodedata import combining, normalize
from zlib import crc32

from pyodide_app.engine.id3 import id3_tag
from pyodide_app.engine.pcm import pcm_bytes
from pyodide_app.engine.tags import MusicalKey

if TYPE_CHECKING:
    from pyodide_app.engine.pcm import Bits, Planar
    from pyodide_app.engine.tags import Tags

ORIGINATOR = "Stempress"
_AXML = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<ebuCoreMain xmlns="urn:ebu:metadata-schema:ebuCore_2012"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><coreMetadata>'
    '<identifier typeLabel="GUID" formatLabel="ISRC"><dc:identifier>ISRC:{isrc}</dc:identifier>'
    "</identifier></coreMetadata></ebuCoreMain>"
)


def wav_header(*, frames: int, channels: int, rate: int, bits: Bits, tags: Tags) -> bytes:
    """Return all bytes before the samples: RIFF, the chunks of metadata, the data chunk header."""
    frame_size = channels * bits // 8
    size = frames * frame_size
    chunks = [
        _chunk(b"bext", _bext(channels, rate, bits, tags)),
        _chunk(b"fmt ", pack("<HHIIHH", 1, channels, rate, rate * frame_size, frame_size, bits)),
        _chunk(b"LIST", _info(tags)),
    ]
    if tags.isrc:
        chunks.append(_chunk(b"axml", _AXML.format(isrc=tags.isrc).encode()))
    if tags.bpm:
        chunks.append(_chunk(b"acid", _acid(frames / rate, tags)))
    chunks.append(_chunk(b"id3 ", id3_tag(tags)))
    body = b"WAVE" + b"".join(chunks) + b"data" + pack("<I", size)
    return b"RIFF" + pack("<I", len(body) + size + size % 2) + body


def wav_file(planar: Planar, rate: int, bits: Bits, tags: Tags) -> bytes:
    """Return a complete WAV file of float samples, shape (channels, frames)."""
    channels, frames = planar.shape
    writer = WavWriter(frames=frames, channels=channels, rate=rate, bits=bits, tags=tags)
    return writer.header + writer.add(planar)


class WavWriter:
    """Makes a WAV file block by block; ``size`` and ``crc`` are those of the bytes so far."""

    def __init__(self, *, frames: int, channels: int, rate: int, bits: Bits, tags: Tags) -> None:
        """Take the length in frames, the format and the metadata."""
        self.header = wav_header(frames=frames, channels=channels, rate=rate, bits=bits, tags=tags)
        self.size, self.crc = len(self.header), crc32(self.header)
        self.frame, self.frames, self._bits = 0, frames, bits

    def add(self, planar: Planar) -> bytes:
        """Return the bytes of the next block, shape (channels, frames); the last ends the file."""
        data = pcm_bytes(planar, self._bits, self.frame)
        self.frame += planar.shape[1]
        if self.frame == self.frames and (self.size - len(self.header) + len(data)) % 2:
            data += b"\0"
        self.size, self.crc = self.size + len(data), crc32(data, self.crc)
        return data


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


def _acid(seconds: float, tags: Tags) -> bytes:
    """Return the acid chunk's content, as libsndfile reads it (its wav.c, ``acid_MARKER``).

    Flag 8 says that it is longer than a loop, flag 2 that there is a root note, a MIDI key in the
    octave of middle C. Flag 4, to be stretched, is off. Meters are four quarters.
    """
    key = MusicalKey.parse(tags.key)
    flags, root = (8 | 2, 60 + key.pitch_class) if key else (8, 0)
    beats = round(seconds * tags.bpm / 60)
    return pack("<IHHfIHHf", flags, root, 0x8000, 0, beats, 4, 4, tags.bpm)


def _ascii(text: str, size: int) -> bytes:
    """Encode as ASCII, which is all that bext allows: letters lose their accents."""
    letters = (letter for letter in normalize("NFKD", text) if not combining(letter))
    return "".join(letters).encode("ascii", "replace")[:size].ljust(size, b"\0")


def _info(tags: Tags) -> bytes:
    """Return the INFO list, encoded as UTF-8."""
    fields = {
        b"INAM": tags.title,
        b"IART": tags.artist,
        b"IPRD": tags.album,
        b"ITRK": tags.track,
        b"IGNR": tags.genre,
        b"ICRD": tags.date,
        b"ICOP": tags.copyright,
        b"ICMT": tags.mix and f"mix {tags.mix}",
        b"ISFT": ORIGINATOR,
    }
    return b"INFO" + b"".join(
        _chunk(name, text.encode() + b"\0") for name, text in fields.items() if text
    )
