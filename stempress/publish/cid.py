"""Blocks of IPFS and the CIDs that name them: version 1, SHA-256."""

from __future__ import annotations

from base64 import b32decode, b32encode
from dataclasses import dataclass
from hashlib import sha256

RAW, DAG_PB = 0x55, 0x70
"""The codecs: bytes as they are, and nodes with links."""
CID_BYTES = 36


class BlockError(ValueError):
    """A block that is not what its CID says."""


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes and the binary CID that names them."""

    cid: bytes
    content: bytes


def compute_cid(codec: int, content: bytes) -> bytes:
    """Return the CID of a block's bytes."""
    return bytes([1, codec, 0x12, 32]) + sha256(content).digest()


def format_cid(cid: bytes) -> str:
    """Return a CID as people copy it: base 32, lower case."""
    return "b" + b32encode(cid).decode().rstrip("=").lower()


def parse_cid(text: str) -> bytes:
    """Return the binary form of a CID; ValueError for what is none of this kind."""
    try:
        cid = b32decode(text[1:].upper() + "=" * (-len(text[1:]) % 8))
    except ValueError:
        cid = b""
    if len(cid) != CID_BYTES or cid[0] != 1 or format_cid(cid) != text:
        raise ValueError(f"no CID of version 1 in base 32: {text[:80]}")
    return cid


def verify_block(cid: bytes, content: bytes) -> Block:
    """Return a block that somebody else sent; BlockError unless its CID names these bytes."""
    if len(cid) != CID_BYTES or cid != compute_cid(cid[1], content):
        raise BlockError(f"a block is not what its CID says: {format_cid(cid)}")
    return Block(cid, content)


def encode_varint(value: int) -> bytes:
    """Return a whole number, seven bits a byte, lowest first."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
