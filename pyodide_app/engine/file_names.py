"""Readable names of files that visitors save, valid on Windows, macOS, Linux and FAT disks."""

from __future__ import annotations

import unicodedata

RESERVED_NAMES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [port + number for port in ("com", "lpt") for number in "123456789¹²³"]
)
"""Names of devices: Windows has no files or folders of these names, whatever their suffix."""
MAX_NAME_BYTES = 200
"""Length limit of a name: file systems allow 255 bytes, and browsers append a number to doubles."""
_FORBIDDEN = str.maketrans(dict.fromkeys("/\\:*?<>|", "-") | {'"': "'"})
"""What Windows and FAT refuse in names, the slash that separates folders included."""
_JOINERS = "\u200c\u200d"
"""Format characters that belong to the spelling of words in some scripts."""


def readable_name(*parts: str, suffix: str) -> str:
    """Return a file's name: the parts, joined by dashes, and a suffix such as ".flac"."""
    name = " - ".join(filter(None, map(_clean, parts))) or "untitled"
    if is_reserved(name):
        name = f"_{name}"
    room = MAX_NAME_BYTES - len(suffix.encode())
    return _ended(name.encode()[:room].decode(errors="ignore")) + suffix


def is_reserved(name: str) -> bool:
    """Return whether Windows reserves a file's or folder's name."""
    return name.split(".", maxsplit=1)[0].rstrip(" ").casefold() in RESERVED_NAMES


def _clean(text: str) -> str:
    """Return a text in the form NFC, with single spaces and without what names cannot contain."""
    composed = unicodedata.normalize("NFC", text).translate(_FORBIDDEN)
    return _ended(" ".join("".join(map(_shown, composed)).split())).lstrip(". ")


def _shown(char: str) -> str:
    """Return a character, or a space for one that does not show: control and format characters."""
    return " " if unicodedata.category(char)[0] == "C" and char not in _JOINERS else char


def _ended(name: str) -> str:
    """Return a name without the dots and spaces that Windows removes from its end."""
    return name.rstrip(". ")
