"""Promises of income: found with their line, unless they are negated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stempress.collection.promise_lint import lint_promises, promises
from stempress.core.errors import Findings
from tests.conftest import ROOT
from tests.support.small_site import write, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Press


@pytest.mark.parametrize(
    "words",
    [
        "guaranteed returns",
        "Guaranteed  Profit",
        "guarantees you an income",
        "passive income",
        "return on your investment",
        "risk-free",
        "an investment",
        "investors",
        "profitable",
        "dividends",
        "get rich",
        "financial freedom",
        "make money",
        "royalties to holders",
        "royalties are paid to all holders",
        "holders earn a share of royalties",
        "revenue sharing",
        "the price will rise",
        "the floor only goes up",
        "increase in value",
        "worth a fortune: it will be worth millions",
        "these tokens go to the moon",
        "garantierte Rendite",
        "garantierten Erträge",
        "passives Einkommen",
        "eine Geldanlage",
        "in Musik investieren",
        "eine Investition",
        "Gewinnbeteiligung",
        "Dividende",
        "reich werden",
        "Wertsteigerung",
        "im Wert steigen",
        "der Preis wird steigen",
        "Tantiemen gehen an alle Inhaber",
        "not only music but an investment",
        "There is no catch. It is an investment.",
        "No drums; pure profit.",
    ],
)
def test_promises_of_income_are_found(words: str) -> None:
    assert list(promises(f"Hear this: {words}!"))


@pytest.mark.parametrize(
    "words",
    [
        "This is not an investment.",
        "It brings no income and no profit.",
        "We never promise dividends.",
        "It isn't an investment",
        "It isn\N{RIGHT SINGLE QUOTATION MARK}t an investment",
        "without any return on investment",
        "Das ist keine Geldanlage.",
        "Eine Wertsteigerung wird nicht versprochen, weder Rendite noch Dividende.",
        "a non-profit choir",
        "Fly me to the moon",
        "She returns at dawn; investigate the price of bread, and holders of the lamp.",
        "On a resale the artist asks for royalties.",
    ],
)
def test_negations_and_harmless_words_pass(words: str) -> None:
    found = [promise.phrase for promise in promises(words)]
    assert found == (["Wertsteigerung"] if words.startswith("Eine Wert") else [])


def test_a_warning_has_file_line_phrase_and_advice(tmp_path: Path) -> None:
    write(
        tmp_path / "site.toml", '# no word on profit\n[site]\ndescription = "A way to get rich."\n'
    )
    write(
        tmp_path / "content/pages/faq.md", "+++\ntitle = 'FAQ'\n+++\nIt brings passive\nincome.\n"
    )
    findings = Findings()
    lint_promises(tmp_path, findings)
    assert [str(warning).split("\n") for warning in findings.warnings] == [
        [
            "site.toml: line 3: sounds like a promise of income (got 'get rich')",
            "    -> say what holders hear, get and may do, and that a token is not an investment",
        ],
        [
            "content/pages/faq.md: line 4: sounds like a promise of income (got 'passive income')",
            "    -> say what holders hear, get and may do, and that a token is not an investment",
        ],
    ]


def test_a_file_that_is_not_text_is_skipped(tmp_path: Path) -> None:
    write(tmp_path / "content/index.md", b"\xff profit")
    findings = Findings()
    lint_promises(tmp_path, findings)
    assert findings.warnings == []


def test_the_bundled_collection_promises_nothing() -> None:
    findings = Findings()
    lint_promises(ROOT, findings)
    assert findings.warnings == []


def test_a_build_warns_of_promises(
    tmp_path: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    write_small_site(tmp_path, body="A fine investment.")
    assert press_small(tmp_path) == 0
    assert "content/index.md: line 4: sounds like a promise" in capsys.readouterr().err
