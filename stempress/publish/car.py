"""CAR files (version 1): blocks one after another, each with its CID."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from stempress.publish.cid import CID_BYTES, Block, encode_varint, verify_block

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BLOCK_BYTES = 2 << 20
"""What IPFS nodes pass on; ours are half as long at most."""
_MAX_VARINT_BYTES = 9
# CBOR: {"roots": [CID], "version": 1}. A CID is tag 42 around 37 bytes, the first of them 0.
_BEFORE_ROOT = b"\xa2\x65roots\x81\xd8\x2a\x58\x25\x00"
_AFTER_ROOT = b"\x67version\x01"


class CarError(ValueError):
    """A CAR file that cannot be trusted; the text says why."""


def encode_header(root: bytes) -> bytes:
    """Return the beginning of a CAR file with one root."""
    header = _BEFORE_ROOT + root + _AFTER_ROOT
    return encode_varint(len(header)) + header


def encode_section(block: Block) -> bytes:
    """Return a block as it stands in a CAR file."""
    return encode_varint(len(block.cid) + len(block.content)) + block.cid + block.content


def read_car(stream: BinaryIO) -> tuple[bytes, Iterator[Block]]:
    """Return the root of a CAR file and its blocks, each checked against its CID as it is read.

    CarError at anything but what ``car_header`` and ``car_section`` write.
    """
    header = _read_exactly(stream, _read_varint(stream, MAX_BLOCK_BYTES))
    root = header[len(_BEFORE_ROOT) : -len(_AFTER_ROOT)]
    if header != _BEFORE_ROOT + root + _AFTER_ROOT or len(root) != CID_BYTES:
        raise CarError("it is no CAR file of version 1 with one root")
    return root, _read_blocks(stream)


def _read_blocks(stream: BinaryIO) -> Iterator[Block]:
    while True:
        length = _read_varint(stream, MAX_BLOCK_BYTES + CID_BYTES)
        if not length:
            return
        section = _read_exactly(stream, length)
        yield verify_block(section[:CID_BYTES], section[CID_BYTES:])


def _read_varint(stream: BinaryIO, most: int) -> int:
    """Read a varint; 0 at the end of the file."""
    value = 0
    for at in range(_MAX_VARINT_BYTES):
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


def _read_exactly(stream: BinaryIO, length: int) -> bytes:
    found = stream.read(length)
    if len(found) != length:
        raise CarError("it ends in the middle of a block")
    return found
