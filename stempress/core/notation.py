"""Values and keys as the artist writes them, for messages: ``true``, and the second [[layers]]."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ITEM = re.compile(r"(.+)\[(\d+)\]")
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)
_TOO_LONG = "a value too long to show"


def show_value(value: object, limit: int = 120, *, as_json: bool = False) -> str:
    """Return a value in TOML's or JSON's notation, cut to ``limit`` characters."""
    try:
        text = _notation(value, as_json=as_json)
    except (ValueError, RecursionError):  # integers of thousands of digits, deeply nested lists
        return _TOO_LONG
    return text if len(text) <= limit else text[: limit - 3] + "..."


def show_key(key: str, *, as_json: bool = False, item: str = "") -> str:
    """Return a key's path with the positions of list items in words.

    ``layers[1].stems[0].supply`` is ``second [[layers]], first [[layers.stems]], supply`` in TOML;
    in JSON ``tokens[0].id`` is ``first of tokens, id``. The first list's ``item`` may have a name,
    such as ``token 9001``, to show in the place of its position.
    """
    if "[" not in key:
        return key
    if item:
        rest = key.partition("].")[2]
        return f"{item}, {show_key(rest, as_json=as_json)}" if rest else item
    parts: list[str] = []
    table: list[str] = []
    names: list[str] = []
    for name in key.split("."):
        listed = _ITEM.fullmatch(name)
        names.append(listed[1] if listed else name)
        if listed:
            table += names
            where = f"of {'.'.join(names)}" if as_json else f"[[{'.'.join(table)}]]"
            parts.append(f"{ordinal(int(listed[2]) + 1)} {where}")
            names = []
    return ", ".join([*parts, ".".join(names)] if names else parts)


def show_first(texts: Sequence[str], limit: int) -> str:
    """Return the first ``limit`` texts and the number of the others."""
    more = f" and {len(texts) - limit} more" if len(texts) > limit else ""
    return ", ".join(texts[:limit]) + more


def ordinal(number: int) -> str:
    """Return a position, from 1, in words or as ``11th``."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    is_teen = number % 100 in {11, 12, 13}
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _notation(value: object, *, as_json: bool) -> str:
    match value:
        case dict():
            return _table(value, as_json=as_json)
        case list() | tuple():
            return f"[{', '.join(_notation(item, as_json=as_json) for item in value)}]"
        case date() | time():
            return value.isoformat()
        case bool() | None:
            return "null" if value is None else str(value).lower()
        case _:
            return repr(str(value) if isinstance(value, PurePath) else value)


def _table(value: dict[object, object], *, as_json: bool) -> str:
    pairs = [(key, _notation(item, as_json=as_json)) for key, item in value.items()]
    if as_json:
        return "{" + ", ".join(f"{key!r}: {item}" for key, item in pairs) + "}"
    return "{ " + ", ".join(f"{key} = {item}" for key, item in pairs) + " }" if pairs else "{}"
