"""The text of takes: base64url without padding of a version byte and a raw deflate stream.

So are those of all versions, counted from 1. In version 1 the stream (RFC 1951) contains
integers, each an LEB128 varint, signed ones in zigzag form:

    song, rate, frames, length, layers: (slug, stems: slugs), rows: (stem, mute + 2 * solo,
    volume, pan), master, loop, position, moves: (frames since the last move, control + 16 * row,
    value)

A string is its length in bytes and UTF-8; a list is preceded by its length. A loop is 0 for none,
or its length and its start. ``pyodide_app/web/takes/format.js`` reads and writes the same.
"""

from __future__ import annotations

import re
import zlib
from binascii import a2b_base64, b2a_base64
from typing import TYPE_CHECKING

from pyodide_app.engine.take import TakeError
from pyodide_app.engine.take_fields import MOST_BYTES, read_take, take_bytes

if TYPE_CHECKING:
    from pyodide_app.engine.take import Take

VERSION = 1
MAX_VERSION = 31
"""Of any take to come: other texts are none."""
MOST_TEXT = 1_000_000
"""Longest text, in characters."""
_TO_URL = str.maketrans("+/", "-_")
_FROM_URL = str.maketrans("-_", "+/")


def parse_take(text: str) -> Take:
    """Parse the text of a take, or a link with it; TakeError says what is wrong."""
    text = text_in(text)
    if len(text) > MOST_TEXT:
        raise TakeError(f"the take has more than {MOST_TEXT:,} characters")
    version = _decode(text[:2])[0] if re.fullmatch(r"[A-Za-z0-9_-]{2,}", text) else 0
    if not 0 < version <= MAX_VERSION:
        raise TakeError("this is not the text of a take")
    if len(text) % 4 == 1:
        raise TakeError("the take is damaged")
    payload = _inflate(_decode(text)[1:])
    if version > VERSION:
        raise TakeError("the take was recorded with a newer version of the mixer")
    return read_take(payload)


def text_in(link: str) -> str:
    """Return the text of a take from a link, whose fragment has it as ``take``; or from itself."""
    fragment = link.strip().rpartition("#")[2]
    if "=" not in fragment:
        return fragment
    fields = (field.partition("=") for field in fragment.split("&"))
    return next((value for name, _, value in fields if name == "take"), "")


def format_take(take: Take) -> str:
    """Return the text of a take."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = compressor.compress(take_bytes(take)) + compressor.flush()
    text = b2a_base64(bytes([VERSION]) + data, newline=False).decode()
    return text.rstrip("=").translate(_TO_URL)


def _decode(text: str) -> bytes:
    return a2b_base64(text.translate(_FROM_URL) + "=" * (-len(text) % 4))


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        payload = inflater.decompress(data, MOST_BYTES + 1)
    except zlib.error:
        raise TakeError("the take is damaged") from None
    if len(payload) > MOST_BYTES:
        raise TakeError("the take is too large")
    if not inflater.eof or inflater.unused_data:
        raise TakeError("the take is damaged")
    return payload
