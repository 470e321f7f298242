"""Translations of the interface, from a catalogue, or English.

Catalogues are gettext's: ``locale/<language>/LC_MESSAGES/stempress.po``. Sentences stand in the
source in English, with placeholders such as ``%(title)s``. Nothing is imported for English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LOCALE_FOLDER = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
"""The language of the sentences in the source."""
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ENGLISH_PLURAL_RULE = "(n != 1)"
CONTEXT_SEPARATOR = "\x04"
"""What gettext puts between a context and a sentence."""


ISOLATION = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True, slots=True)
class Translations:
    """The sentences of one language; called with an English one, it gives the one to show.

    ``tag`` is how numbers and dates are written; ``rule`` is C that says which form goes with
    ``n``; ``scripted`` are the keys of sentences that the pages' modules say.
    """

    tag: str = SOURCE_LANGUAGE
    rule: str = ENGLISH_PLURAL_RULE
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scripted: frozenset[str] = frozenset()
    direction: str = "ltr"
    key: str = SOURCE_LANGUAGE

    def __call__(self, words: str, **given: object) -> str:
        """Return a sentence, its placeholders filled."""
        return self._filled(self.of(words), given)

    def pgettext(self, context: str, words: str) -> str:
        """Return words that mean different things in different places."""
        return self.of(words, context)

    def ngettext(self, one: str, many: str, count: int, **given: object) -> str:
        """Return the sentence that goes with a number."""
        forms = self.of_number(one, many)
        return self._filled(forms[compile_plural_rule(self.rule)(count)], given)

    def _filled(self, words: str, given: Mapping[str, object]) -> str:
        """Put values in the places of a sentence's placeholders."""
        before, after = self.isolation
        return PLACEHOLDER.sub(lambda place: f"{before}{given[place[1]]}{after}", words)

    @property
    def isolation(self) -> tuple[str, str]:
        """Characters around inserted values: Latin names must not reorder a Hebrew sentence."""
        return ISOLATION if self.direction == "rtl" else ("", "")

    def of(self, words: str, context: str = "") -> str:
        """Return a sentence with its placeholders."""
        found = self.forms.get(f"{context}{CONTEXT_SEPARATOR}{words}" if context else words)
        return found[0] if found else words

    def of_number(self, one: str, many: str) -> tuple[str, ...]:
        """Return the forms of a sentence with a number, in the order of the rule."""
        return self.forms.get(one) or tuple(
            one if form == 0 else many for form in range(_count_forms(self.rule))
        )


ENGLISH = Translations()


def compile_plural_rule(rule: str) -> Callable[[int], int]:
    """Return the function from a number to its plural form; ValueError for an invalid rule."""
    if rule == ENGLISH_PLURAL_RULE:
        return lambda count: int(count != 1)
    from gettext import c2py  # noqa: PLC0415

    return c2py(rule)


def _count_forms(rule: str) -> int:
    """Return the number of plural forms of a rule."""
    form = compile_plural_rule(rule)
    return 1 + max(form(count) for count in range(201))


def find_catalogue(tag: str) -> Path | None:
    """Return the catalogue for a language tag: ``de-AT`` has that of ``de``."""
    parts = tag.replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        name = "_".join([parts[0].lower(), *(part.upper() for part in parts[1:length])])
        path = LOCALE_FOLDER / name / "LC_MESSAGES" / "stempress.po"
        if path.exists():
            return path
    return None


def is_english(tag: str) -> bool:
    """Say whether a tag is one of English's."""
    return re.split("[-_]", tag)[0].lower() == SOURCE_LANGUAGE


def load_translations(tag: str) -> Translations:
    """Return the sentences for a language tag; English ones where there is no catalogue."""
    if is_english(tag):
        return ENGLISH
    path = find_catalogue(tag)
    if path is None:
        _, direction = _locale_tag(tag)
        return Translations(direction=direction, key=f"{SOURCE_LANGUAGE} {direction}")
    return parse_catalogue(path.read_bytes(), tag)


def parse_catalogue(content: bytes, tag: str) -> Translations:
    """Read a catalogue; sentences that are not translated, or doubtfully, are left out."""
    from io import BytesIO  # noqa: PLC0415

    from babel.messages.pofile import read_po  # noqa: PLC0415

    catalogue = read_po(BytesIO(content))
    forms: dict[str, tuple[str, ...]] = {}
    scripted = set()
    for message in catalogue:
        words, *_ = _as_tuple(message.id)
        found = _as_tuple(message.string)
        if not words or message.fuzzy or not all(found):
            continue
        key = f"{message.context}{CONTEXT_SEPARATOR}{words}" if message.context else words
        forms[key] = found
        if any(place.startswith("pyodide_app/") for place, _ in message.locations):
            scripted.add(key)
    figures, direction = _locale_tag(tag)
    name = f"{figures} {blake2b(content, digest_size=8).hexdigest()}"
    return Translations(figures, catalogue.plural_expr, forms, frozenset(scripted), direction, name)


def _locale_tag(tag: str) -> tuple[str, str]:
    """Return the tag that a language is known by, and which way it is written."""
    from stempress.i18n.locales import find_locale  # noqa: PLC0415

    locale = find_locale(tag)
    return str(locale).replace("_", "-"), locale.text_direction


def _as_tuple(words: Iterable[str] | str | None) -> tuple[str, ...]:
    """Return one text or several as a tuple."""
    return (words or "",) if isinstance(words, str | None) else tuple(words)
