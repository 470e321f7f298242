"""Figures, days and lists as a language writes them."""

from __future__ import annotations

from datetime import date

import pytest

from stempress.i18n.formatting import formatter_for
from stempress.i18n.locale_format import LocaleFormatter
from stempress.i18n.locales import find_locale
from stempress.i18n.number_format import Formatter
from stempress.i18n.translations import ENGLISH, Translations, load_translations


@pytest.fixture
def german() -> Formatter:
    return formatter_for(load_translations("de"))


def test_english_needs_no_tables() -> None:
    assert type(formatter_for(ENGLISH)) is Formatter
    assert type(formatter_for(load_translations("de"))) is LocaleFormatter


def test_numbers_have_the_marks_of_the_language(german: Formatter) -> None:
    assert german.number(1234567) == "1.234.567"
    assert german.number(92.5) == "92,5"
    assert german.fixed(1234.5, 2) == "1.234,50"
    assert german.signed(-0.25, 1) == "-0,2"
    assert german.signed(3, 1) == "+3,0"
    assert german.signed(-0.02, 1) == "0,0"
    assert german.size(1_500_000) == "1,5 MB"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.5, "50\u00a0%"),
        (0.0123, "1,2\u00a0%"),
        (0.0995, "10\u00a0%"),
        (0.0004, "0,04\u00a0%"),
        (0, "0\u00a0%"),
        (1e-9, "unter 0,001\u00a0%"),
    ],
)
def test_shares_have_two_digits_that_matter(german: Formatter, share: float, words: str) -> None:
    assert german.percent(share) == words


def test_percentages_are_written_as_the_language_does() -> None:
    assert formatter_for(load_translations("en-GB")).percent(0.5) == "50%"
    assert formatter_for(load_translations("he")).percent(0.5) == "50%"
    assert formatter_for(Translations(tag="tr", key="tr")).percent(0.5) == "%50"
    assert formatter_for(Translations(tag="fr", key="fr")).percent(0.0123) == "1,2\u00a0%"


def test_days_and_lists_are_sentences_of_the_language(german: Formatter) -> None:
    assert german.day(date(2026, 3, 1)) == "1. März 2026"
    assert german.listed(["a", "b", "c"], "and") == "a, b und c"
    assert german.listed(iter(["a", "b"])) == "a oder b"
    assert german.listed([]) == ""
    assert german.one_in(1 / 2400) == "1 zu 2.400"


def test_names_in_a_list_are_isolated_where_it_is_written_from_right_to_left() -> None:
    listed = formatter_for(load_translations("he")).listed(["Drums", "Bass"], "or")
    assert listed == "\u2068Drums\u2069 \u05d0\u05d5 \u2068Bass\u2069"


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ("Bass", "\u05d5-\u2068Bass\u2069"),
        ("47", "\u05d5-\u206847\u2069"),
        ("\u05e9\u05d9\u05e8", "\u05d5\u2068\u05e9\u05d9\u05e8\u2069"),
    ],
)
def test_hebrew_puts_a_hyphen_before_what_is_not_hebrew(last: str, words: str) -> None:
    listed = formatter_for(load_translations("he")).listed(["Drums", last], "and")
    assert listed == f"\u2068Drums\u2069 {words}"
    assert formatter_for(load_translations("he")).listed([last], "and") == f"\u2068{last}\u2069"


def test_a_size_is_isolated_where_it_is_written_from_right_to_left() -> None:
    assert "\u2068" not in formatter_for(load_translations("de")).size(874_000)
    size = formatter_for(load_translations("he")).size(874_000)
    assert (size[0], size[-1]) == ("\u2068", "\u2069")
    assert size[1:-1].startswith("874")


def test_an_unknown_dialect_is_written_as_its_language() -> None:
    assert str(find_locale("de-XY")) == "de"
    assert str(find_locale("tlh")) == "en"
