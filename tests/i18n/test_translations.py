"""Catalogues: the one that a tag asks for, complete, and what is made of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from stempress.collection.settings_parser import parse_settings
from stempress.core.errors import Findings
from stempress.i18n.translations import ENGLISH, find_catalogue, load_translations, parse_catalogue
from stempress.runtime.web_files import language_module
from tests.collection.test_settings_parser import REQUIRED_ONLY
from tests.conftest import ROOT

PO = """
msgid ""
msgstr ""
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

#: pyodide_app/web/mixer/tools.js
msgid "%(num)s kept mix"
msgid_plural "%(num)s kept mixes"
msgstr[0] "%(num)s Mix"
msgstr[1] "%(num)s Mixe"

#: templates/base.html
msgctxt "place"
msgid "Gallery"
msgstr "Galerie"

#, fuzzy
msgid "Rarity"
msgstr "Rarität?"

msgid "Mine"
msgstr ""
"""


@pytest.mark.parametrize(
    ("tag", "language", "figures"),
    [
        ("de", "de", "de"),
        ("DE-at", "de", "de-AT"),
        ("de-x", "de", "de"),
        ("en-GB", None, "en"),
        ("tlh", None, "en"),
    ],
)
def test_a_language_tag_finds_the_nearest_catalogue(
    tag: str, language: str | None, figures: str
) -> None:
    found = find_catalogue(tag)
    assert (found.parents[1].name if found else None) == language
    assert load_translations(tag).tag == figures


def test_what_is_doubtful_or_missing_in_a_catalogue_is_said_in_english() -> None:
    _ = parse_catalogue(PO.encode(), "de")
    assert _.pgettext("place", "Gallery") == "Galerie"
    assert _.ngettext("%(num)s kept mix", "%(num)s kept mixes", 2, num=2) == "2 Mixe"
    assert [_(each) for each in ("Rarity", "Mine", "Gallery")] == ["Rarity", "Mine", "Gallery"]


def test_modules_are_given_their_own_sentences_alone() -> None:
    module = language_module(parse_catalogue(PO.encode(), "de"))
    assert '{"%(num)s kept mix":["%(num)s Mix","%(num)s Mixe"]}' in module
    assert "Number((n != 1))" in module
    assert "Galerie" not in module


def test_a_rule_that_is_no_rule_never_becomes_script() -> None:
    evil = PO.replace("(n != 1)", "alert(n)")
    with pytest.raises(ValueError, match="plural"):
        language_module(parse_catalogue(evil.encode(), "de"))


def test_the_direction_is_that_of_the_language() -> None:
    assert load_translations("he").direction == "rtl"
    assert load_translations("de").direction == "ltr"
    assert ENGLISH.direction == "ltr"


@pytest.mark.parametrize(("tag", "warnings"), [("tlh", 1), ("de-CH", 0), ("en-IN", 0)])
def test_a_language_without_a_catalogue_is_told_and_builds(tag: str, warnings: int) -> None:
    findings = Findings()
    settings = parse_settings(
        REQUIRED_ONLY.replace("[site]", f'[site]\nlanguage = "{tag}"'), findings
    )
    told = [str(each) for each in findings.warnings if each.key == "site.language"]
    assert settings.language == tag
    assert len(told) == warnings
    assert all("docs/translating.md" in each for each in told)


def test_english_needs_no_babel() -> None:
    script = (
        "import sys, stempress.commands.build; from stempress.i18n.formatting import formatter_for;"
        "from stempress.i18n.translations import ENGLISH; formatter_for(ENGLISH)"
    )
    loaded = f"{script}; print('babel' in sys.modules)"
    said = subprocess.run(  # noqa: S603
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == "False\n"
