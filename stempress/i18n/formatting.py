"""The format of a language: English without Babel, the others with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.i18n.number_format import Words
from stempress.i18n.translations import is_english

if TYPE_CHECKING:
    from stempress.i18n.translations import Phrases


def words_for(phrases: Phrases) -> Words:
    """Return figures and names in the language of some sentences."""
    if is_english(phrases.tag):
        return Words(phrases)
    from stempress.i18n.locale_format import LocalWords  # noqa: PLC0415 - Babel takes long to begin

    return LocalWords(phrases)
