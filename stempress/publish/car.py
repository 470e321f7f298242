"""CAR files, version 1: a header with the root's CID, then blocks with their CIDs."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from stempress.publish.cid import CID_BYTES, Block, encode_varint, verify_block

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BLOCK_BYTES = 2 << 20
"""The largest block that IPFS nodes exchange; ours have half of that at most."""
_MAX_VARINT_BYTES = 9
# CBOR: {"roots": [CID], "version": 1}. A CID is tag 42 around 37 bytes, the first of them 0.
_BEFORE_ROOT = b"\xa2\x65roots\x81\xd8\x2a\x58\x25\x00"
_AFTER_ROOT = b"\x67version\x01"


class CarError(ValueError):
    """A CAR file that is invalid or of another kind; the message says why."""


def encode_header(root: bytes) -> bytes:
    """Return the header of a CAR file with one root."""
    header = _BEFORE_ROOT + root + _AFTER_ROOT
    return encode_varint(len(header)) + header


def encode_section(block: Block) -> bytes:
    """Return the section of a CAR file that contains a block."""
    return encode_varint(len(block.cid) + len(block.content)) + block.cid + block.content


def read_car(stream: BinaryIO) -> tuple[bytes, Iterator[Block]]:
    """Return a CAR file's root and its blocks, which are verified as they are read.

    Raises CarError for anything that ``encode_header`` and ``encode_section`` do not write.
    """
    header = _read_exactly(stream, _read_varint(stream, MAX_BLOCK_BYTES))
    root = header[len(_BEFORE_ROOT) : -len(_AFTER_ROOT)]
    if header != _BEFORE_ROOT + root + _AFTER_ROOT or len(root) != CID_BYTES:
        raise CarError("is not a CAR file of version 1 with one root")
    return root, _read_blocks(stream)


def _read_blocks(stream: BinaryIO) -> Iterator[Block]:
    while True:
        length = _read_varint(stream, MAX_BLOCK_BYTES + CID_BYTES)
        if not length:
            return
        section = _read_exactly(stream, length)
        yield verify_block(section[:CID_BYTES], section[CID_BYTES:])


def _read_varint(stream: BinaryIO, limit: int) -> int:
    """Read a varint from 1 to ``limit``; 0 at the end of the file."""
    value = 0
    for index in range(_MAX_VARINT_BYTES):
        byte = stream.read(1)
        if not byte and not index:
            return 0
        if not byte:
            break
        value |= (byte[0] & 0x7F) << 7 * index
        if byte[0] < 0x80:
            if not 0 < value <= limit:
                break
            return value
    raise CarError("contains an invalid length")


def _read_exactly(stream: BinaryIO, length: int) -> bytes:
    content = stream.read(length)
    if len(content) != length:
        raise CarError("ends in the middle of a block")
    return content
