"""Lengths in the headers of WAV, RF64 and BW64 files, set right."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from stempress.audio.patched_file import Slice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

UNKNOWN_LENGTHS = (0, 0x7FFF_0000)
"""Lengths of a WAV file's data that state nothing: none, and from this on as much as possible."""
_CHUNK = struct.Struct("<4sI")
_TRAILING_CHUNKS = frozenset(
    b"LIST INFO id3  ID3  bext iXML cue  smpl inst JUNK PEAK acid axml chna _PMX afsp plst note "
    b"labl PAD  fact DISP cart levl strc minf elm1 regn umid LGWV "[place : place + 4]
    for place in range(0, 150, 5)
)
_CHUNKS = _TRAILING_CHUNKS | {b"fmt ", b"data", b"ds64"}
_MAX_TRAILER = 1 << 22
"""How many bytes chunks after the data may take."""
_UNKNOWN_64 = 1 << 62
"""From this on, lengths of 64 bits state nothing."""


def repaired_wav(file: BinaryIO, size: int) -> list[bytes | Slice]:
    """State the length of the data in a WAV file that states none, or too little.

    BW64 is read as RF64. A byte that is missing after a chunk of odd length is put there.
    """
    file.seek(0)
    form = file.read(4)
    large = 0
    for name, length, start in _chunks(file, size):
        if name == b"ds64":
            large = start
        if name == b"data":
            if large:
                return _large_wav(file, size, large, start, is_bw64=form == b"BW64")
            return _plain_wav(file, size, length, start)
        if length % 2 and _lacks_padding(file, start + length, size):
            return [Slice(0, start + length), b"\0", Slice(start + length, size)]
    return []


def _plain_wav(file: BinaryIO, size: int, length: int, start: int) -> list[bytes | Slice]:
    is_known = UNKNOWN_LENGTHS[0] < length < UNKNOWN_LENGTHS[1]
    if is_known and not _is_stale(file, start + length, size, length):
        return []
    end = _end_of_data(file, start, size)
    if end - start == length or end - start > 0xFFFF_FFFF:
        return []
    return [_with_lengths(file, start, end), Slice(start, end)]


def _is_stale(file: BinaryIO, end: int, size: int, length: int) -> bool:
    """Return whether a header was left as it was early in a recording.

    More follows the data than there was of it, and that is no chunk.
    """
    if size - end <= length:
        return False
    file.seek(end + length % 2)
    name = file.read(4)
    return not (name.isascii() and name.decode().isprintable())


def _lacks_padding(file: BinaryIO, end: int, size: int) -> bool:
    """Return whether the next chunk begins at an odd place, as some programs write it."""
    file.seek(end)
    name = file.read(5)
    return end + 8 <= size and name[:4] in _CHUNKS and name[1:] not in _CHUNKS


def _large_wav(
    file: BinaryIO, size: int, large: int, start: int, *, is_bw64: bool
) -> list[bytes | Slice]:
    """State the length of the data in the chunk ds64 of RF64 or BW64 (EBU Tech 3306)."""
    file.seek(large)
    length = struct.unpack("<QQ", file.read(16))[1] if large + 16 <= start else 0
    if 0 < length <= size:
        return [b"RF64", Slice(4, size)] if is_bw64 else []
    if 0 < length < _UNKNOWN_64:
        return []  # it has been cut off
    end = _end_of_data(file, start, size)
    file.seek(0)
    header = bytearray(file.read(start))
    header[:4] = b"RF64"
    struct.pack_into("<QQ", header, large, end - 8, end - start)
    return [bytes(header), Slice(start, end)]


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name and stated length of each RIFF chunk, and where its content starts."""
    position = 12
    while position + 8 <= size:
        file.seek(position)
        name, length = _CHUNK.unpack(file.read(8))
        yield name, length, position + 8
        position += 8 + length + length % 2


def _end_of_data(file: BinaryIO, start: int, size: int) -> int:
    """Return where the data ends whose length is not stated: at chunks that fill the rest, if any.

    A chunk at the end of a file is one only if it has a known name, and chunks from there on end
    exactly where the file ends.
    """
    first = max(start, size - _MAX_TRAILER)
    file.seek(first)
    tail = file.read(size - first)
    places = sorted(place for name in _TRAILING_CHUNKS for place in _places(tail, name))
    return next((first + place for place in places if _fills(tail, place)), size)


def _places(data: bytes, name: bytes) -> Iterator[int]:
    place = data.find(name)
    while place >= 0:
        yield place
        place = data.find(name, place + 1)


def _fills(data: bytes, place: int) -> bool:
    """Return whether chunks from a place on end where the data ends."""
    while place + 8 <= len(data):
        name, length = _CHUNK.unpack_from(data, place)
        if name not in _TRAILING_CHUNKS:
            return False
        place += 8 + length + length % 2
        if place in (len(data), len(data) + 1):
            return True
    return False


def _with_lengths(file: BinaryIO, start: int, end: int) -> bytes:
    """Return the header before the data, with the lengths of the file and of the data."""
    file.seek(0)
    header = bytearray(file.read(start))
    struct.pack_into("<I", header, 4, min(end - 8, 0xFFFF_FFFF))
    struct.pack_into("<I", header, start - 4, end - start)
    return bytes(header)
