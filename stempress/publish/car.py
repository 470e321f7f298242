"""CAR files (version 1): blocks one after another, each with its CID."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from stempress.publish.cid import CID_BYTES, Block, checked_block, varint

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_BLOCK = 2 << 20
"""What IPFS nodes pass on; ours are half as long at most."""
_LONGEST_VARINT = 9
# CBOR: {"roots": [CID], "version": 1}. A CID is tag 42 around 37 bytes, the first of them 0.
_BEFORE_ROOT = b"\xa2\x65roots\x81\xd8\x2a\x58\x25\x00"
_AFTER_ROOT = b"\x67version\x01"


class CarError(ValueError):
    """A CAR file that cannot be trusted; the text says why."""


def car_header(root: bytes) -> bytes:
    """Return the beginning of a CAR file with one root."""
    header = _BEFORE_ROOT + root + _AFTER_ROOT
    return varint(len(header)) + header


def car_section(block: Block) -> bytes:
    """Return a block as it stands in a CAR file."""
    return varint(len(block.cid) + len(block.content)) + block.cid + block.content


def read_car(stream: BinaryIO) -> tuple[bytes, Iterator[Block]]:
    """Return the root of a CAR file and its blocks, each checked against its CID as it is read.

    CarError at anything but what ``car_header`` and ``car_section`` write.
    """
    header = _take(stream, _length(stream, LONGEST_BLOCK))
    root = header[len(_BEFORE_ROOT) : -len(_AFTER_ROOT)]
    if header != _BEFORE_ROOT + root + _AFTER_ROOT or len(root) != CID_BYTES:
        raise CarError("it is no CAR file of version 1 with one root")
    return root, _blocks(stream)


def _blocks(stream: BinaryIO) -> Iterator[Block]:
    while True:
        length = _length(stream, LONGEST_BLOCK + CID_BYTES)
        if not length:
            return
        section = _take(stream, length)
        yield checked_block(section[:CID_BYTES], section[CID_BYTES:])


def _length(stream: BinaryIO, most: int) -> int:
    """Read a varint; 0 at the end of the file."""
    value = 0
    for at in range(_LONGEST_VARINT):
        byte = stream.read(1)
        if not byte and not at:
            return 0
        if not byte:
            break
        value |= (byte[0] & 0x7F) << 7 * at
        if byte[0] < 0x80:
            if not 0 < value <= most:
                break
            return value
    raise CarError("a length in it makes no sense")


def _take(stream: BinaryIO, length: int) -> bytes:
    found = stream.read(length)
    if len(found) != length:
        raise CarError("it ends in the middle of a block")
    return found
