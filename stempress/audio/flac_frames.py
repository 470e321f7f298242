"""The frames of a FLAC file (RFC 9639): where they begin, and how many samples they hold."""

from __future__ import annotations

import mmap
import re
import struct
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SYNC = re.compile(rb"\xff[\xf8\xf9]")
_BLOCK_HEADER = struct.Struct(">I")
_LAST_BLOCK = 1 << 31
_BLOCK_SIZE = struct.Struct(">H")
_CRC8_POLYNOMIAL, _CRC16_POLYNOMIAL = 0x07, 0x8005
_LEAST_HEADER_BYTES, _MOST_HEADER_BYTES = 6, 16


@dataclass(frozen=True, slots=True)
class FlacFrame:
    """A frame's offset in bytes, and the numbers of its first sample and of the one after it."""

    offset: int
    start: int
    end: int


def frame_starts(file: Path, seconds: int, rate: int) -> list[int]:
    """Return offsets in bytes: where to read for second 0, ``seconds``, twice that, ...

    ``rate`` is the stream's, in Hz. Each is the last frame that begins at or before its time; the
    first one is the file's beginning.
    """
    starts = [0]
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for frame in _frames(data):
            while len(starts) * seconds * rate < frame.end:
                starts.append(frame.offset)
    return starts


def flac_samples(tail: bytes, block_size: int) -> int:
    """Return the number of samples of a file that ends with ``tail``, 0 if no frame is found.

    ``block_size`` is that of all frames but the last, if blocks do not vary in size.
    """
    for match in reversed([*_SYNC.finditer(tail)]):
        header = tail[match.start() : match.start() + _MOST_HEADER_BYTES]
        parsed = _parse_header(header)
        if parsed is not None:
            return _first_sample(header, parsed[0], block_size) + parsed[1]
    return 0


def whole_samples(tail: bytes, block_size: int) -> int:
    """Return the number of samples of a file that ends with ``tail``, if its last frame is whole.

    Else, or if something else follows it, 0. A frame ends with a CRC-16 of itself.
    """
    for match in reversed([*_SYNC.finditer(tail)]):
        header = tail[match.start() : match.start() + _MOST_HEADER_BYTES]
        parsed = _parse_header(header)
        if parsed is not None and not _crc16(tail[match.start() :]):
            return _first_sample(header, parsed[0], block_size) + parsed[1]
    return 0


def _frames(data: mmap.mmap) -> Iterator[FlacFrame]:
    """Yield the frames: each has the header that continues the one before."""
    block_size = _BLOCK_SIZE.unpack_from(data, 8)[0]
    position = 0
    for match in _SYNC.finditer(data, _metadata_size(data)):
        header = bytes(data[match.start() : match.start() + _MOST_HEADER_BYTES])
        parsed = _parse_header(header)
        if parsed is None:
            continue
        number, frames = parsed
        start = _first_sample(header, number, block_size)
        if start == position:
            position += frames
            yield FlacFrame(match.start(), start, position)


def _first_sample(header: bytes, number: int, block_size: int) -> int:
    """Return the number of a frame's first sample: stated if blocks vary in size, else counted."""
    return number if header[1] & 1 else number * block_size


def _metadata_size(data: mmap.mmap) -> int:
    offset, header = 4, 0
    while not header & _LAST_BLOCK:
        header = _BLOCK_HEADER.unpack_from(data, offset)[0]
        offset += _BLOCK_HEADER.size + (header & 0xFFFFFF)
    return offset


def _parse_header(header: bytes) -> tuple[int, int] | None:
    """Return a frame's number and its length in samples; None if its CRC-8 is wrong."""
    if len(header) < _LEAST_HEADER_BYTES:
        return None
    size_code, rate_code = header[2] >> 4, header[2] & 15
    ones = 8 - (~header[4] & 0xFF).bit_length()
    number = header[4] & (0x7F >> ones)
    offset = 5
    for byte in header[5 : 4 + max(1, ones)]:
        number = number << 6 | byte & 0x3F
        offset += 1
    size_bytes = {6: 1, 7: 2}.get(size_code, 0)
    rate_bytes = {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    end = offset + size_bytes + rate_bytes
    if not size_code or end >= len(header) or _crc8(header[:end]) != header[end]:
        return None
    if size_bytes:
        return number, 1 + int.from_bytes(header[offset : offset + size_bytes])
    if size_code <= 5:
        return number, 192 if size_code == 1 else 576 << (size_code - 2)
    return number, 256 << (size_code - 8)


@cache
def _crc16_table() -> list[int]:
    table = []
    for byte in range(256):
        crc = byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ (_CRC16_POLYNOMIAL if crc & 0x8000 else 0)
        table.append(crc & 0xFFFF)
    return table


def _crc16(data: bytes) -> int:
    """Return the CRC-16 of data, 0 if it ends with that of what is before."""
    table, crc = _crc16_table(), 0
    for byte in data:
        crc = ((crc << 8) & 0xFFFF) ^ table[crc >> 8 ^ byte]
    return crc


def _crc8(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1) ^ (_CRC8_POLYNOMIAL if crc & 0x80 else 0)
        crc &= 0xFF
    return crc
