"""Locales of language tags, by the Unicode consortium's tables."""

from __future__ import annotations

from babel import Locale
from babel.core import UnknownLocaleError


def find_locale(tag: str) -> Locale:
    """Return the locale of a language tag, or of the nearest there is."""
    parts = tag.replace("-", "_").split("_")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("_".join(parts[:length]))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
