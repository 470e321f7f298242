"""Hints for TOML that does not parse, such as what word processors put in place of its signs."""

from __future__ import annotations

import re
import unicodedata

EXAMPLE = 'such as: title = "Undertow", bpm = 92, songs = ["one", "two"]'
_CURLY_QUOTES = "“”„‟‘’‚‛«»"  # noqa: RUF001 - these are what is looked for
_DECIMAL_COMMA = re.compile(r"[=\[,]\s*([-+]?\d+),(\d+)\s*(?:#.*)?$")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'[^']*'")


def toml_hint(line: str) -> str:
    """Return what to do about a line that is not valid TOML."""
    bare = _STRING.sub("", line)
    quote = next((char for char in bare if char in _CURLY_QUOTES), "")
    if quote:
        return f"use straight quotes, \" or ', not {quote}"
    space = next((char for char in bare if _is_odd_space(char)), "")
    if space:
        name = f"{unicodedata.name(space, 'character').lower()} (U+{ord(space):04X})"
        is_invisible = unicodedata.category(space) == "Cf"
        return f"remove the {name}" if is_invisible else f"replace the {name} with a plain space"
    comma = _DECIMAL_COMMA.search(bare)
    if comma:
        return f"write decimals with a point: {comma[1]}.{comma[2]}"
    return EXAMPLE


def _is_odd_space(char: str) -> bool:
    """Return whether a character looks like a space, or like nothing, and is not one of TOML's."""
    return char not in " \t\n" and unicodedata.category(char) in {"Zs", "Zl", "Zp", "Cf"}
