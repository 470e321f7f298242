"""Headers that libsndfile would believe though they are wrong, set right while a file is read.

Programs that write to a pipe cannot know how long a file will be; others count or label wrongly.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING

from stempress.audio.flac_frames import flac_samples, whole_samples
from stempress.audio.mp3_frames import after_id3, with_frame_count
from stempress.audio.patched_file import PatchedFile, Slice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

UNKNOWN_LENGTHS = (0, 0x7FFF_0000)
"""Lengths of a WAV file's data that state nothing: none, and from this on as much as possible."""
_MAX_HEADER = 1 << 20
_FLAC_HEADER = 42  # "fLaC" and STREAMINFO
_CHUNK = struct.Struct("<4sI")
_TRAILING_CHUNKS = frozenset(
    b"LIST INFO id3  ID3  bext iXML cue  smpl inst JUNK PEAK acid axml chna _PMX afsp plst note "
    b"labl PAD  fact DISP cart levl strc minf elm1 regn umid LGWV "[place : place + 4]
    for place in range(0, 150, 5)
)
_CHUNKS = _TRAILING_CHUNKS | {b"fmt ", b"data", b"ds64"}
_MAX_TRAILER = 1 << 22
_MAX_FRAME = 1 << 17
"""More than a frame of FLAC takes in the subset that streams keep to."""
_UNKNOWN_64 = 1 << 62
"""From this on, lengths of 64 bits state nothing."""
_AIFC_BITS = {b"in24": 24, b"42ni": 24, b"in32": 32, b"23ni": 32, b"fl32": 32, b"fl64": 64}


def repaired(path: Path) -> Path | PatchedFile:
    """Return a sound file as libsndfile should read it: mostly the file itself."""
    status = path.stat()
    parts = _parts(path, status.st_size, status.st_mtime_ns)
    return PatchedFile(path, [*parts]) if parts else path


@lru_cache(maxsize=256)
def _parts(path: Path, size: int, _modified: int) -> tuple[bytes | Slice, ...]:
    """Return the parts of a repaired file, none if there is nothing to repair.

    Cached, because a file is opened several times in a build, and frames of MP3 must be counted.
    """
    with path.open("rb") as file:
        start = file.read(12)
        tag = after_id3(start)
        file.seek(tag)
        if file.read(4) == b"fLaC":
            parts = _flac(file, size, tag)
        elif start[:4] in {b"RIFF", b"RF64", b"BW64"} and start[8:12] == b"WAVE":
            parts = _wav(file, size)
        elif start[:4] == b"caff":
            parts = _caf(file, size)
        elif start[:4] == b"FORM" and start[8:12] == b"AIFC":
            parts = _aifc(file, size)
        elif start[:3] == b"ID3" or (start[:1] == b"\xff" and start[1:2] >= b"\xe0"):
            parts = with_frame_count(file, size)
        else:
            parts = []
    return tuple(parts)


def _flac(file: BinaryIO, size: int, offset: int) -> list[bytes | Slice]:
    """State the number of samples in a FLAC file that states none, or fewer than it has.

    It begins at ``offset``, after a tag (RFC 9639, section 8.2).
    """
    file.seek(offset)
    header = bytearray(file.read(_FLAC_HEADER))
    if len(header) < _FLAC_HEADER:
        return []
    stated = (header[21] & 0x0F) << 32 | int.from_bytes(header[22:26])
    block_size = int.from_bytes(header[8:10])
    file.seek(max(0, size - (_MAX_FRAME if stated else _MAX_TRAILER)))
    tail = file.read()
    samples = whole_samples(tail, block_size) if stated else flac_samples(tail, block_size)
    if samples <= stated:
        return []
    header[21] = header[21] & 0xF0 | samples >> 32
    header[22:26] = (samples & 0xFFFF_FFFF).to_bytes(4)
    return [bytes(header), Slice(offset + _FLAC_HEADER, size)]


def _wav(file: BinaryIO, size: int) -> list[bytes | Slice]:
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


def _caf(file: BinaryIO, size: int) -> list[bytes | Slice]:
    """State the length of the data in a Core Audio file that says it is what is left."""
    position = 8
    while position + 12 <= size:
        file.seek(position)
        name, length = struct.unpack(">4sq", file.read(12))
        if name == b"data":
            place, rest = position + 4, size - position - 12
            return (
                [Slice(0, place), struct.pack(">q", rest), Slice(place + 8, size)]
                if length < 0
                else []
            )
        if length < 0:
            return []
        position += 12 + length
    return []


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


def _aifc(file: BinaryIO, size: int) -> list[bytes | Slice]:
    """State the word length that an AIFC file's compression type has."""
    position = 12
    while position + 8 <= min(size, _MAX_HEADER):
        file.seek(position)
        name, length = struct.unpack(">4sI", file.read(8))
        if name == b"COMM":
            common = bytearray(file.read(min(length, 22)))
            bits = _AIFC_BITS.get(bytes(common[18:22]), 0)
            if len(common) < 22 or not bits or struct.unpack_from(">h", common, 6)[0] == bits:
                return []
            place = position + 8 + 6
            return [Slice(0, place), struct.pack(">h", bits), Slice(place + 2, size)]
        position += 8 + length + length % 2
    return []
