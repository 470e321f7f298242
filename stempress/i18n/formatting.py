"""The format of a language: English without Babel, the others with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.i18n.number_format import Formatter
from stempress.i18n.translations import is_english

if TYPE_CHECKING:
    from stempress.i18n.translations import Translations


def formatter_for(translations: Translations) -> Formatter:
    """Return figures and names in the language of some sentences."""
    if is_english(translations.tag):
        return Formatter(translations)
    from stempress.i18n.locale_format import LocaleFormatter  # noqa: PLC0415 - Babel takes long to begin

    return LocaleFormatter(translations)
