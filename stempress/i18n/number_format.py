"""Figures, days and names as pages show them, in English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stempress.i18n.translations import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from stempress.i18n.translations import Translations

NBSP = "\N{NO-BREAK SPACE}"


class Formatter:
    """Figures, days and lists in English; ``local.py`` has them in other languages."""

    minus, plus = "\N{MINUS SIGN}", "+"

    def __init__(self, translations: Translations = ENGLISH) -> None:
        """Take the language's sentences."""
        self._phrases = _ = translations
        self.tiers = {
            "stem": _.pgettext("tier", "stem"),
            "song": _.pgettext("tier", "song"),
            "album": _.pgettext("tier", "album"),
        }
        self.kinds = {
            "stem": _("Stem token"),
            "song": _("Song token"),
            "album": _("Album token"),
        }
        self.states = {
            "unrevealed": _.pgettext("state", "unrevealed"),
            "revealed": _.pgettext("state", "revealed"),
            "forged": _.pgettext("state", "forged"),
            "burned": _.pgettext("state", "burned"),
        }
        self.state_titles = {
            "unrevealed": _.pgettext("state", "Unrevealed"),
            "revealed": _.pgettext("state", "Revealed"),
            "forged": _.pgettext("state", "Forged"),
            "burned": _.pgettext("state", "Burned"),
        }

    def number(self, value: float) -> str:
        """Return a number without needless zeros, thousands apart."""
        return f"{value:,.6g}" if value % 1 else f"{value:,.0f}"

    def fixed(self, value: float, digits: int) -> str:
        """Return a number with a fixed number of decimals."""
        return f"{value:,.{digits}f}"

    def signed(self, value: float, digits: int) -> str:
        """Return a difference, with its sign unless it rounds to nothing."""
        figure = self.fixed(abs(value), digits)
        if figure == self.fixed(0, digits):
            return figure
        return f"{self.minus if value < 0 else self.plus}{figure}"

    def percentage(self, value: float) -> str:
        """Return a percentage with two digits that matter."""
        figure = f"{value:.0f}" if value >= 9.95 or value == 0 else f"{value:.2g}"
        return f"{figure}%"

    def percent(self, share: float) -> str:
        """Return a share with two digits that matter: ``37%``, ``1.2%``, ``0.04%``."""
        value = share * 100
        if 0 < value < 0.001:
            _ = self._phrases
            return _("below %(share)s", share=self.percentage(0.001))
        return self.percentage(value)

    def one_in(self, share: float) -> str:
        """Return a share as ``1 in 24``."""
        _ = self._phrases
        return _("1 in %(count)s", count=self.fixed(1 / share, 0)) if share else _("never")

    def day(self, value: date) -> str:
        """Return a date in words."""
        return f"{value.day} {value:%B %Y}"

    def listed(self, names: Iterable[str], last: str = "or") -> str:
        """Return names as a list in a sentence; ``last`` is ``and`` or ``or``."""
        *before, final = list(names) or [""]
        return f"{', '.join(before)} {last} {final}" if before else final

    def size(self, count: int) -> str:
        """Return a count of bytes for people."""
        if count >= 1e6:
            return f"{self.fixed(count / 1e6, 1)}{NBSP}MB"
        return f"{self.fixed(count / 1e3, 0)}{NBSP}kB"


def format_duration(seconds: float) -> str:
    """Return a length as ``1:04``."""
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


def shorten_address(address: str) -> str:
    """Return an address by its first and last digits."""
    return f"{address[:6]}…{address[-4:]}" if len(address) > 12 else address


def layer_colour(at: int) -> int:
    """Return which of the eight layer colours a layer has, 1 to 8."""
    return at % 8 + 1


def summarize(text: str, limit: int = 200) -> str:
    """Return the first words of Markdown as plain text, for descriptions and lists."""
    plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text.strip().split("\n\n", 1)[0])
    words = re.sub(r"[*_`#>]+", "", plain).split()
    summary = " ".join(words)
    if len(summary) <= limit:
        return summary
    return f"{summary[:limit].rsplit(' ', 1)[0]}…"


def is_web_link(address: str) -> bool:
    """Return whether an address is safe in a link: http or https, never a script."""
    return re.match(r"https?://[^\s]", address, re.IGNORECASE) is not None
