"""Plain text: what an artist may write in a field, without control characters."""

from __future__ import annotations

import re
import unicodedata

CONTROL_CHARACTERS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Characters that text must not contain: controls, direction overrides, noncharacters."""


def is_printable_ascii(text: str) -> bool:
    """Return whether a text is printable ASCII, which is in NFC and has no control characters."""
    return text.isascii() and text.isprintable()


def to_nfc(text: str) -> str | None:
    """Return a text in Unicode's form NFC, None if it contains control characters."""
    if is_printable_ascii(text):
        return text
    return None if CONTROL_CHARACTERS.search(text) else unicodedata.normalize("NFC", text)
