"""The length of a FLAC file, from the header of its last frame (RFC 9639, section 9.1)."""

from __future__ import annotations

from typing import NamedTuple

_BLOCK_SIZES = {1: 192, **{code: 144 << code for code in range(2, 6)}}
_BLOCK_SIZES |= {code: 1 << code for code in range(8, 16)}
_STORED_SIZES = {6: 1, 7: 2}  # bytes after the header that hold the block size - 1
_STORED_RATES = {12: 1, 13: 2, 14: 2}
_MOST_HEADER_BYTES = 16


class _FrameHeader(NamedTuple):
    """Whether blocks vary in size, the number of the frame or its first sample, and its size."""

    is_variable: bool
    number: int
    samples: int


def flac_samples(tail: bytes, block_size: int) -> int:
    """Return the number of samples of a file that ends with ``tail``, 0 if no frame is found.

    ``block_size`` is that of all frames but the last, if blocks do not vary in size.
    """
    place = len(tail)
    while (place := tail.rfind(b"\xff", 0, place)) >= 0:
        header = _header_at(tail[place : place + _MOST_HEADER_BYTES])
        if header:
            first = header.number if header.is_variable else header.number * block_size
            return first + header.samples
    return 0


def _header_at(data: bytes) -> _FrameHeader | None:
    """Parse a frame's header, which ends with a checksum."""
    if len(data) < 6 or data[1] & 0xFE != 0xF8:
        return None
    size_code, rate_code = data[2] >> 4, data[2] & 15
    number, place = _coded_number(data, 4)
    size_bytes, rate_bytes = _STORED_SIZES.get(size_code, 0), _STORED_RATES.get(rate_code, 0)
    end = place + size_bytes + rate_bytes
    if number < 0 or rate_code == 15 or end >= len(data) or _crc8(data[:end]) != data[end]:
        return None
    samples = _BLOCK_SIZES.get(size_code, 0)
    if size_bytes:
        samples = int.from_bytes(data[place : place + size_bytes]) + 1
    return _FrameHeader(bool(data[1] & 1), number, samples) if samples else None


def _coded_number(data: bytes, place: int) -> tuple[int, int]:
    """Return a number coded like UTF-8 with up to seven bytes, and where it ends; -1 if invalid."""
    first = data[place]
    count = next((bit for bit in range(8) if not first & 0x80 >> bit), 8)
    if count in (1, 8) or place + max(count, 1) > len(data):
        return -1, place
    if count == 0:
        return first, place + 1
    number = first & 0x7F >> count
    for byte in data[place + 1 : place + count]:
        if byte & 0xC0 != 0x80:
            return -1, place
        number = number << 6 | byte & 0x3F
    return number, place + count


def _crc8(data: bytes) -> int:
    """Return the CRC-8 with the polynomial x^8 + x^2 + x + 1."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc
