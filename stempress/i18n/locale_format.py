"""Figures, days and lists as other languages than English write them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from stempress.i18n.locales import find_locale
from stempress.i18n.number_format import Formatter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from stempress.i18n.translations import Translations

CACHE_SIZE = 1 << 14
HEBREW_AND = " \N{HEBREW LETTER VAV}"
HEBREW_LETTERS = re.compile("[\u0591-\u05f4]")


class LocaleFormatter(Formatter):
    """Figures, days and lists by the Unicode consortium's tables."""

    def __init__(self, translations: Translations) -> None:
        """Take the language's sentences."""
        super().__init__(translations)
        self._locale = locale = find_locale(translations.tag)
        self._decimal = lru_cache(CACHE_SIZE)(
            lambda value, pattern: format_decimal(value, pattern, locale=locale)
        )
        symbols = locale.number_symbols["latn"]
        self.minus, self.plus = symbols["minusSign"], symbols["plusSign"]
        self._percentages = locale.percent_formats[None].pattern

    def number(self, value: float) -> str:
        """Return a number without needless zeros, thousands apart."""
        return str(self._decimal(float(f"{value:.6g}") if value % 1 else value, "#,##0.######"))

    def fixed(self, value: float, digits: int) -> str:
        """Return a number with a fixed number of decimals."""
        return str(self._decimal(value, "#,##0." + "0" * digits if digits else "#,##0"))

    def percentage(self, value: float) -> str:
        """Return a percentage with two digits that matter."""
        rounded = round(value) if value >= 9.95 else float(f"{value:.2g}")
        pattern = self._percentages.replace("0", "0.######")
        return format_percent(rounded / 100, pattern, locale=self._locale)

    def day(self, value: date) -> str:
        """Return a date in words."""
        return format_date(value, "long", locale=self._locale)

    def listed(self, names: Iterable[str], last: str = "or") -> str:
        """Return names as a list in a sentence; ``last`` is ``and`` or ``or``."""
        style: Literal["or", "standard"] = "or" if last == "or" else "standard"
        before, after = self._phrases.isolation
        isolated = [f"{before}{name}{after}" for name in names]
        listed = format_list(isolated, style, locale=self._locale)
        return self._hyphenated(listed, isolated[-1]) if len(isolated) > 1 else listed

    def _hyphenated(self, listed: str, last: str) -> str:
        """Return a Hebrew list with a hyphen between "and" and a last name that isn't Hebrew.

        The tables have a single pattern for both. Browsers decide by the first character, too.
        """
        conjunction = listed.removesuffix(last)
        name = last.removeprefix(self._phrases.isolation[0])
        if not conjunction.endswith(HEBREW_AND) or HEBREW_LETTERS.match(name):
            return listed
        return f"{conjunction}-{last}"

    def size(self, count: int) -> str:
        """Return a count of bytes for people."""
        unit, share, digits = ("megabyte", 1e6, 1) if count >= 1e6 else ("kilobyte", 1e3, 0)
        figure = round(count / share, digits)
        before, after = self._phrases.isolation
        size = format_unit(figure, f"digital-{unit}", "short", locale=self._locale)
        return f"{before}{size}{after}"
