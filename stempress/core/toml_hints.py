"""Hints for TOML that does not parse, such as what word processors put in place of its signs."""

from __future__ import annotations

import re
import unicodedata

EXAMPLE = 'such as: title = "Undertow", bpm = 92, songs = ["one", "two"]'
_CURLY_QUOTES = "“”„‟‘’‚‛«»"  # noqa: RUF001 - these are what is looked for
_DECIMAL_COMMA = re.compile(r"[=\[,]\s*([-+]?\d+),(\d+)\s*(?:#.*)?$")
_BACKSLASH = re.compile(r'"[^"]*?\\(?![btnfr"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})')
"""A backslash in a text that begins no escape sequence, as in paths of Windows."""
_CAUSES = [
    (re.compile(pattern), hint)
    for pattern, hint in (
        (r"^\0|\0\0", "its end is nothing but zeros: a copy has failed"),
        (r"^\s*\{\\rtf", "it is rich text: save it as plain text"),
        (r"(?i)^\s*<(?:!doctype|html|\?xml)", "it is a web page: download the file itself"),
        (r"^(?:<{7}|={7}|>{7})(?: |$)", "resolve the conflict that Git has left here"),
        (r"^\s*//", "comments begin with #"),
        (r"^\s*[\w.-]+\s*:", "write = after the key, not a colon"),
        (r";\s*$", "remove the semicolon"),
        (r"(?i)=\s*(?:true|yes|on)\s*$", "write true, in lower case"),
        (r"(?i)=\s*(?:false|no|off)\s*$", "write false, in lower case"),
        (r"(?i)=\s*(?:none|null|nil)\s*$", "leave the key out: TOML has no null"),
        (r"=\s*(\d{1,2})[./](\d{1,2})[./](\d{4})\s*$", "dates are year, month, day: 2026-03-20"),
        (
            r"=\s*\d{4}-\d{1,2}-\d{1,2}\s*$",
            "dates are a year, a month from 01 to 12 and one of its days: 2026-03-20",
        ),
        (r"=\s*0+(\d+)\s*$", "write {0}, without zeros before it"),
        (r"=\s*(\d+(?:\.\d+)?)\s*[%A-Za-z]+\s*$", "write the number alone: {0}"),
        (r"=\s*\d+\s*/\s*\d+\s*$", "write fractions as decimals: 0.5"),
        (r"^\x1a", "remove the control character (Ctrl-Z) at its end"),
        (r"""=\s*["'][^"']*$""", "end the text on the same line with the quote it begins with"),
        (r"=\s*[^\W\d_][^\"'=\[{]*$", "put text in quotes"),
    )
]
"""What a line that does not parse looks like, and what to do about it."""
_TWICE = {
    "Cannot overwrite a value": "write each key once",
    "Cannot declare": "write each table once, with all of its keys below it",
}
"""What the parser says of lines that are valid alone, and what to do about it."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'[^']*'")


def toml_hint(line: str, message: str = "") -> str:
    """Return what to do about a line that is not valid TOML, given the parser's message."""
    for beginning, hint in _TWICE.items():
        if message.startswith(beginning):
            return hint
    bare = _STRING.sub('""', line)
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
    if _BACKSLASH.search(line):
        return "write two backslashes for one, or put the text in single quotes"
    matches = ((pattern.search(bare), hint) for pattern, hint in _CAUSES)
    return next((hint.format(*match.groups()) for match, hint in matches if match), EXAMPLE)


def _is_odd_space(char: str) -> bool:
    """Return whether a character looks like a space, or like nothing, and is not one of TOML's."""
    return char not in " \t\n" and unicodedata.category(char) in {"Zs", "Zl", "Zp", "Cf"}
