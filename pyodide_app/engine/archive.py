"""ZIP archives of stored files, planned without their contents.

After PKWARE's APPNOTE 6.3.9. An archive is a list of pieces: bytes, and files by their index, whose
sizes and checksums are known. So it can be put together from files on a disk, and contain another
archive of the same files. Sizes of 4 GB and more are written as ZIP64. All files have the same
date, so that the same contents give the same archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from struct import pack
from zlib import crc32

_DATE, _TIME = 1 << 5 | 1, 0  # 1 January 1980, the first that the format knows
_UTF8_NAMES = 1 << 11
_VERSION, _VERSION_64, _MADE_ON_UNIX = 20, 45, 3 << 8
_MODE = 0o100644 << 16
_MAX32, _MAX16 = 0xFFFFFFFF, 0xFFFF
_CRC_POLYNOMIAL = 0xEDB88320  # reflected: the coefficient of x^0 is bit 31


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes, or the file with that index; its size in bytes and its CRC-32."""

    content: bytes | int
    size: int
    crc: int

    @classmethod
    def of(cls, data: bytes) -> Piece:
        """Return bytes as a piece."""
        return cls(data, len(data), crc32(data))


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its path and the pieces that make it up."""

    path: str
    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        """Size in bytes."""
        return sum(piece.size for piece in self.pieces)

    @property
    def crc(self) -> int:
        """CRC-32."""
        return reduce(lambda crc, piece: joined_crc(crc, piece.crc, piece.size), self.pieces, 0)


def archive(members: list[Member]) -> tuple[Piece, ...]:
    """Return the pieces of an archive of these files."""
    pieces: list[Piece] = []
    directory: list[bytes] = []
    offset = 0
    for member in members:
        crc, size = member.crc, member.size
        head = _local_header(member.path.encode(), crc, size)
        directory.append(_directory_entry(member.path.encode(), crc, size, offset))
        pieces += [Piece.of(head), *member.pieces]
        offset += len(head) + size
    entries = b"".join(directory)
    return (*pieces, Piece.of(entries + _end(len(members), len(entries), offset)))


def joined_crc(first: int, second: int, size: int) -> int:
    """Return the CRC-32 of two byte strings in sequence, from that of each.

    ``size`` is the length of the second in bytes. The first is shifted by as many zero bytes: it is
    multiplied by x^(8 size) modulo the CRC's polynomial (Mark Adler's ``crc32_combine`` in zlib).
    """
    shift, power = 1 << 31, 1 << 23  # x^0 and x^8
    while size:
        if size & 1:
            shift = _product(shift, power)
        power = _product(power, power)
        size >>= 1
    return _product(first, shift) ^ second


def _product(one: int, other: int) -> int:
    """Return the product of two reflected polynomials over GF(2), modulo the CRC's."""
    product = 0
    for bit in range(31, -1, -1):
        if one >> bit & 1:
            product ^= other
        other = other >> 1 ^ (_CRC_POLYNOMIAL if other & 1 else 0)
    return product


def _local_header(path: bytes, crc: int, size: int) -> bytes:
    """Return what precedes a file's contents (APPNOTE 4.3.7)."""
    extra = pack("<HHQQ", 1, 16, size, size) if size >= _MAX32 else b""
    fixed = _common(path, crc, size, len(extra), is_large=bool(extra))
    return b"PK\3\4" + fixed + path + extra


def _directory_entry(path: bytes, crc: int, size: int, offset: int) -> bytes:
    """Return a file's entry in the central directory (APPNOTE 4.3.12)."""
    large = [*([size, size] if size >= _MAX32 else []), *([offset] if offset >= _MAX32 else [])]
    extra = pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    version = _MADE_ON_UNIX | (_VERSION_64 if large else _VERSION)
    fixed = _common(path, crc, size, len(extra), is_large=bool(large))
    place = pack("<HHHII", 0, 0, 0, _MODE, min(offset, _MAX32))
    return b"PK\1\2" + pack("<H", version) + fixed + place + path + extra


def _common(path: bytes, crc: int, size: int, extra: int, *, is_large: bool) -> bytes:
    """Return the fields that both headers of a file have: stored, without compression."""
    version, shown = _VERSION_64 if is_large else _VERSION, min(size, _MAX32)
    numbers = (version, _UTF8_NAMES, 0, _TIME, _DATE, crc, shown, shown, len(path), extra)
    return pack("<HHHHHIIIHH", *numbers)


def _end(count: int, size: int, offset: int) -> bytes:
    """Return the end of the central directory, which has ``count`` entries, at an offset."""
    large = b""
    if count >= _MAX16 or offset >= _MAX32 or size >= _MAX32:
        version = (_MADE_ON_UNIX | _VERSION_64, _VERSION_64)
        large = b"PK\6\6" + pack("<QHHIIQQQQ", 44, *version, 0, 0, count, count, size, offset)
        large += b"PK\6\7" + pack("<IQI", 0, offset + size, 1)
    counts = (min(count, _MAX16),) * 2
    place = min(size, _MAX32), min(offset, _MAX32)
    return large + b"PK\5\6" + pack("<HHHHIIH", 0, 0, *counts, *place, 0)
