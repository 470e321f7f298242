"""Translated templates: in the site's language and word order, with values escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jinja2 import TemplateAssertionError
from markupsafe import Markup

from stempress.i18n.formatting import formatter_for
from stempress.i18n.translations import ENGLISH, Translations
from stempress.render.filters import filters
from stempress.render.jinja_environment import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    type Say = Callable[..., str]

GERMAN = Translations(
    tag="de",
    forms={
        "Gallery": ("Galerie & mehr",),
        "Mix %(number)s of %(song)s": ("%(song)s, Mix %(number)s",),
        "%(num)s token": ("%(num)s Stück", "%(num)s Stücke"),
        "state\x04revealed": ("enthüllt",),
        'See <a href="%(to)s">%(song)s</a> whole.': ('Ganz: <a href="%(to)s">%(song)s</a>.',),
    },
    key="de test",
)
POLISH = Translations(
    tag="pl",
    rule="(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)",
    forms={"%(num)s token": ("%(num)s żeton", "%(num)s żetony", "%(num)s żetonów")},
    key="pl test",
)
MIX = '{{ _("Mix %(number)s of %(song)s", number="1-2", song=song) }}'
COUNT = '{{ ngettext("%(num)s token", "%(num)s tokens", count) }}'
LINK = '{% trans to="./" %}See <a href="{{ to }}">{{ song }}</a> whole.{% endtrans %}'


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return what renders one template in a language."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path))

    def render(template: str, translations: Translations = ENGLISH, **given: object) -> str:
        templates = environment(tmp_path, translations)
        templates.filters |= filters(formatter_for(translations))
        return templates.from_string(template).render(given)

    return render


def test_a_sentence_is_in_the_site_language_and_its_word_order(say: Say) -> None:
    assert say(MIX, song="Undertow") == "Mix 1-2 of Undertow"
    assert say(MIX, GERMAN, song="Undertow") == "Undertow, Mix 1-2"
    assert say('{{ pgettext("state", "revealed") }}', GERMAN) == "enthüllt"
    assert say('{{ pgettext("tier", "revealed") }}', GERMAN) == "revealed"


def test_markup_in_a_catalogue_is_escaped(say: Say) -> None:
    assert say('{{ _("Gallery") }}', GERMAN) == "Galerie &amp; mehr"
    assert say('<a title="{{ _("Gallery") }}">', GERMAN) == '<a title="Galerie &amp; mehr">'


@pytest.mark.parametrize("translations", [ENGLISH, GERMAN])
@pytest.mark.parametrize("template", [MIX, LINK, "{% set it = " + MIX[3:-3] + " %}{{ it }}"])
def test_values_are_escaped(say: Say, translations: Translations, template: str) -> None:
    said = say(template, translations, song='<img src=x>"%(number)s')
    assert "&lt;img src=x&gt;&#34;%(number)s" in said
    assert "<img" not in said


def test_markup_values_are_not_escaped(say: Say) -> None:
    assert say(MIX, GERMAN, song=Markup("<b>Undertow</b>")) == "<b>Undertow</b>, Mix 1-2"


def test_links_follow_the_word_order_of_the_language(say: Say) -> None:
    assert say(LINK, song="Undertow") == 'See <a href="./">Undertow</a> whole.'
    assert say(LINK, GERMAN, song="Undertow") == 'Ganz: <a href="./">Undertow</a>.'


def test_values_are_isolated_in_right_to_left_sentences(say: Say) -> None:
    hebrew = Translations(tag="he", direction="rtl", key="he test")
    assert say(MIX, hebrew, song="Undertow") == "Mix \u20681-2\u2069 of \u2068Undertow\u2069"
    assert say(LINK, hebrew, song="A & B") == ('See <a href="./">\u2068A &amp; B\u2069</a> whole.')
    assert hebrew("%(id)s", id=7) == "\u20687\u2069"


def test_numbers_get_the_plural_form_and_format_of_the_language(say: Say) -> None:
    assert say(COUNT, count=1) == "1 token"
    assert say(COUNT, count=1234) == "1,234 tokens"
    assert say(COUNT, GERMAN, count=1234) == "1.234 Stücke"
    assert [say(COUNT, POLISH, count=count) for count in (1, 3, 12, 22)] == [
        "1 żeton",
        "3 żetony",
        "12 żetonów",
        "22 żetony",
    ]


def test_an_untranslated_sentence_stays_english(say: Say) -> None:
    assert say('{{ _("Rarity") }}', GERMAN) == "Rarity"
    assert (
        say(COUNT, Translations(tag="pl", rule=POLISH.rule, key="pl empty"), count=3) == "3 tokens"
    )


@pytest.mark.parametrize(
    "template", ["{{ _(song) }}", '{{ ngettext("one", "many") }}', '{{ _("Mix %(number)s") }}']
)
def test_invalid_translation_calls_are_compile_time_errors(say: Say, template: str) -> None:
    with pytest.raises(TemplateAssertionError):
        say(template, song="Undertow")


def test_compiled_templates_are_cached_by_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text('{{ _("Gallery") }}', "utf-8")
    said = [
        environment(tmp_path, translations).get_template("page.html").render()
        for translations in (ENGLISH, GERMAN, ENGLISH, GERMAN)
    ]
    assert said == ["Gallery", "Galerie &amp; mehr"] * 2
