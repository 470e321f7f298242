"""Encryption of hidden tracks: AES-256-GCM with a key derived from the salts of tokens.

A file is ``LABEL``, a nonce of 96 random bits, and the ciphertext with its tag of 128 bits. The key
is HKDF-SHA256 (RFC 5869, no salt) of the salts, concatenated as text in the order of the seal; its
context and the associated data are ``LABEL`` and the track's slug. A salt has 256 random bits, so
that all but one of them tell nothing of the key. ``hidden/sealed-track.js`` is the browser's twin.

The plaintext is the length of a header (4 bytes, big-endian), the header in JSON, the sound, and
zeros up to a multiple of ``PADDING``: the size of a file tells its length roughly, not exactly.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, NamedTuple

from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

if TYPE_CHECKING:
    from collections.abc import Sequence

LABEL = b"stempress-track-1\n"
"""The format's version."""
PADDING = 1 << 18
KEY_BYTES, NONCE_BYTES, TAG_BYTES, LENGTH_BYTES = 32, 12, 16, 4


class LockedError(Exception):
    """A file does not open with these salts: it, or one of them, is another."""


class Track(NamedTuple):
    """The contents of a hidden track: its title, its media type, and the bytes of a sound file."""

    title: str
    type: str
    sound: bytes


def derive_key(salts: Sequence[str], slug: str) -> bytes:
    """Return the key of a track from the salts of all tokens that it waits for, in sealed order."""
    text = "".join(salts).encode()
    key = HKDF(text, KEY_BYTES, b"", SHA256, context=_context(slug))
    assert isinstance(key, bytes)  # noqa: S101 - a tuple only if several keys are asked for
    return key


def encrypt(track: Track, salts: Sequence[str], slug: str) -> bytes:
    """Encrypt a track; never twice the same bytes."""
    sizes = {"title": track.title, "type": track.type, "bytes": len(track.sound)}
    header = json.dumps(sizes, ensure_ascii=False).encode()
    plain = len(header).to_bytes(LENGTH_BYTES, "big") + header + track.sound
    nonce = secrets.token_bytes(NONCE_BYTES)
    cipher = AES.new(derive_key(salts, slug), AES.MODE_GCM, nonce=nonce, mac_len=TAG_BYTES)
    cipher.update(_context(slug))
    ciphertext, tag = cipher.encrypt_and_digest(plain + bytes(-len(plain) % PADDING))
    return LABEL + nonce + ciphertext + tag


def decrypt(file: bytes, salts: Sequence[str], slug: str) -> Track:
    """Decrypt a track; LockedError if the salts, the slug or a byte is not what it was."""
    nonce_end = len(LABEL) + NONCE_BYTES
    if not file.startswith(LABEL) or len(file) < nonce_end + TAG_BYTES:
        raise LockedError
    nonce = file[len(LABEL) : nonce_end]
    cipher = AES.new(derive_key(salts, slug), AES.MODE_GCM, nonce=nonce, mac_len=TAG_BYTES)
    cipher.update(_context(slug))
    try:
        plain = cipher.decrypt_and_verify(file[nonce_end:-TAG_BYTES], file[-TAG_BYTES:])
    except ValueError:
        raise LockedError from None
    start = LENGTH_BYTES + int.from_bytes(plain[:LENGTH_BYTES], "big")
    header = json.loads(plain[LENGTH_BYTES:start])
    return Track(header["title"], header["type"], plain[start : start + header["bytes"]])


def _context(slug: str) -> bytes:
    return LABEL + slug.encode()
