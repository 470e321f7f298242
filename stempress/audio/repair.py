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
from stempress.audio.wav_repair import repaired_wav

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

_MAX_HEADER = 1 << 20
_FLAC_HEADER = 42  # "fLaC" and STREAMINFO
_MAX_FRAME = 1 << 17
"""More than a frame of FLAC takes in the subset that streams keep to."""
_MAX_TAIL = 1 << 22
"""How much is read to find the last frame, whatever follows it."""
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
            parts = repaired_wav(file, size)
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
    file.seek(max(0, size - (_MAX_FRAME if stated else _MAX_TAIL)))
    tail = file.read()
    samples = whole_samples(tail, block_size) if stated else flac_samples(tail, block_size)
    if samples <= stated:
        return []
    header[21] = header[21] & 0xF0 | samples >> 32
    header[22:26] = (samples & 0xFFFF_FFFF).to_bytes(4)
    return [bytes(header), Slice(offset + _FLAC_HEADER, size)]


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
