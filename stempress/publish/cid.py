"""IPFS blocks and their CIDs: version 1, SHA-256."""

from __future__ import annotations

from base64 import b32decode, b32encode
from dataclasses import dataclass
from hashlib import sha256

RAW, DAG_PB = 0x55, 0x70
"""Codecs: plain bytes, and nodes with links."""
CID_BYTES = 36


class BlockError(ValueError):
    """A block whose content does not match its CID."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its binary CID and its content."""

    cid: bytes
    content: bytes


def compute_cid(codec: int, content: bytes) -> bytes:
    """Return the binary CID of a block."""
    return bytes([1, codec, 0x12, 32]) + sha256(content).digest()


def format_cid(cid: bytes) -> str:
    """Return a CID as text: base 32, lower case."""
    return "b" + b32encode(cid).decode().rstrip("=").lower()


def parse_cid(text: str) -> bytes:
    """Return the binary form of a CID in base 32; ValueError for any other kind."""
    try:
        cid = b32decode(text[1:].upper() + "=" * (-len(text[1:]) % 8))
    except ValueError:
        cid = b""
    if len(cid) != CID_BYTES or cid[0] != 1 or format_cid(cid) != text:
        raise ValueError(f"not a CID of version 1 in base 32: {text[:80]}")
    return cid


def verify_block(cid: bytes, content: bytes) -> Block:
    """Return a block from elsewhere; BlockError if its content does not match its CID."""
    if len(cid) != CID_BYTES or cid != compute_cid(cid[1], content):
        raise BlockError(f"contains a block that does not match its CID, {format_cid(cid)}")
    return Block(cid, content)


def encode_varint(value: int) -> bytes:
    """Return an unsigned integer in LEB128: seven bits per byte, lowest first."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
