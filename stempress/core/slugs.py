"""Slugs: names as they stand in addresses and file names."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_SLUG_BYTES = 200
"""Length limit of a slug: file systems limit names to 255 bytes, suffix included."""
_SPELLINGS = {"#": "sharp", "♯": "sharp", "♭": "flat", "+": "plus", "&": "and", "@": "at"}
_SEPARATORS = frozenset(" -_.,:;'\"()[]{}<>/\\|~`^\u00b4\u2018\u2019\u201c\u201d\u2026")
"""Characters whose only job is to part words: they tell no names apart."""


@lru_cache(maxsize=4096)
def slugify(name: str) -> str:
    """Return a name for use in addresses: lower case, words joined by hyphens.

    Letters, digits and marks of all scripts are kept, but accents of Latin letters are dropped.
    """
    return _shortened(_words(_without_latin_accents(unicodedata.normalize("NFKD", name))))


def distinct_slugs(names: Sequence[str]) -> list[str]:
    """Return a slug for each name; where two would be the same, signs and accents are spelled out.

    So ``Pad C`` and ``Pad C#`` are ``pad-c`` and ``pad-c-sharp``. Slugs are the same only for
    names that differ in nothing but case, spaces and punctuation.
    """
    slugs = [slugify(name) for name in names]
    return [
        spelled_slug(name) if slug and slugs.count(slug) > 1 else slug
        for name, slug in zip(names, slugs, strict=True)
    ]


def spelled_slug(name: str) -> str:
    """Return a slug that keeps accents, and spells out signs: ``kick-plus`` for ``Kick+``."""
    spelled = "".join(_spell(char) for char in composed(name))
    return _shortened(_words(unicodedata.normalize("NFKD", spelled)))


def is_slug(name: str) -> bool:
    """Return whether a file name can be used in addresses unchanged."""
    return (
        bool(name)
        and all(char in "-_" or is_word(char) for char in name)
        and not (name[0] == "-" or _is_mark(name[0]))
        and name == composed(name)
        and len(name.encode()) <= MAX_SLUG_BYTES
    )


def composed(name: str) -> str:
    """Return a file's name in the form NFC: some systems store names decomposed."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def fold_case(address: str) -> str:
    """Return an address as file systems compare it that ignore case and Unicode composition."""
    return address.lower() if address.isascii() else composed(address).casefold()


def _words(decomposed: str) -> str:
    """Return the words of a text, in lower case and joined by hyphens."""
    lower = composed(decomposed).lower()
    spaced = "".join(char if is_word(char) else " " for char in composed(lower))
    words = (word.lstrip("".join(filter(_is_mark, word))) for word in spaced.split())
    return "-".join(filter(None, words))


def _without_latin_accents(decomposed: str) -> str:
    """Return a decomposed text without the marks of Latin letters."""
    kept: list[str] = []
    is_latin = False
    for char in decomposed:
        if not _is_mark(char):
            is_latin = unicodedata.name(char, "").startswith("LATIN ")
        elif is_latin:
            continue
        kept.append(char)
    return "".join(kept)


def _spell(char: str) -> str:
    """Return a character, or a sign's name as a word."""
    if is_word(char) or char in _SEPARATORS or not char.isprintable() or char.isspace():
        return char
    name = unicodedata.name(char, "").removesuffix(" SIGN").removesuffix(" MARK")
    return f" {_SPELLINGS.get(char, name)} "


def is_word(char: str) -> bool:
    """Return whether a character is a letter, a mark or a digit of any script."""
    return unicodedata.category(char)[0] in "LNM"


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def _shortened(slug: str) -> str:
    """Return a slug within the limit: a long one ends with a hash of all of it."""
    data = slug.encode()
    if len(data) <= MAX_SLUG_BYTES:
        return slug
    ending = f"-{sha256(data).hexdigest()[:8]}"
    return data[: MAX_SLUG_BYTES - len(ending)].decode(errors="ignore").rstrip("-") + ending
