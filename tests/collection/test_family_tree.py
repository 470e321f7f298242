"""Family trees: from any token up to the top, and down to what was burned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pyodide_app.engine.model import Token
from stempress.collection.family_tree import Branch, family_tree, forged_into
from tests.support.markup import Parsed
from tests.support.small_site import SmallSite, small_site

if TYPE_CHECKING:
    from collections.abc import Mapping

LEDGER = {
    "1": Token("1", "stem", "forged", into="91"),
    "2": Token("2", "stem", "forged", into="91"),
    "3": Token("3", "stem", "forged", into="92"),
    "5": Token("5", "stem", "revealed"),
    "91": Token("91", "song", "forged", burned=("1", "2"), into="99"),
    "92": Token("92", "song", "forged", burned=("3",), into="99"),
    "99": Token("99", "album", "revealed", burned=("91", "92")),
}


def outline(tree: Branch) -> str:
    """Return a tree as nested IDs."""
    parts = " ".join(outline(part) for part in tree.parts)
    return f"{tree.token.id}({parts})" if parts else tree.token.id


@pytest.mark.parametrize(
    ("token", "above", "whole"),
    [
        ("99", "", "99(91(1 2) 92(3))"),
        ("91", "99", "99(91(1 2) 92)"),
        ("2", "91 99", "99(91(1 2) 92)"),
        ("3", "92 99", "99(91 92(3))"),
        ("5", "", "5"),
    ],
)
def test_a_tree_has_the_tokens_own_line_in_full_and_other_tokens_as_leaves(
    token: str, above: str, whole: str
) -> None:
    assert [ancestor.id for ancestor in forged_into(LEDGER[token], LEDGER)] == above.split()
    assert outline(family_tree(LEDGER[token], LEDGER)) == whole


def test_a_token_is_in_the_tree_of_a_token_that_does_not_list_it() -> None:
    ledger = {**LEDGER, "91": replace(LEDGER["91"], burned=())}
    assert outline(family_tree(ledger["2"], ledger)) == "99(91(2) 92)"


@pytest.mark.parametrize(
    "ledger",
    [
        {"1": Token("1", "stem", "forged", into="2"), "2": Token("2", "stem", "forged", into="1")},
        {"1": Token("1", "song", "forged", into="77")},
        {"1": Token("1", "song", "revealed", into="99"), "99": LEDGER["99"]},
    ],
)
def test_cycles_and_unknown_tokens_end_the_line(ledger: Mapping[str, Token]) -> None:
    assert forged_into(ledger["1"], ledger) == []


@pytest.fixture(scope="module")
def pressed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    small: SmallSite = small_site(tmp_path_factory.mktemp("plain"))
    return small.render()


def test_an_album_token_links_every_token_that_was_burned_for_it(pressed: dict[str, str]) -> None:
    page = Parsed(pressed["tokens/99/index.html"])
    assert {f"../../tokens/{each}/" for each in (91, 92, 1, 2, 3, 4)} <= set(page.links)


def test_a_burned_stem_links_to_what_it_became_and_shows_its_position(
    pressed: dict[str, str],
) -> None:
    text = pressed["tokens/1/index.html"]
    first, last = text.index("which became part of"), text.index('class="tree"')
    assert first < last < text.index('aria-current="page"', last)
    assert "../../tokens/99/" in text[first:last]


def test_tokens_that_were_never_forged_have_no_tree(pressed: dict[str, str]) -> None:
    for token in ("5", "7", "93"):
        assert 'class="tree"' not in pressed[f"tokens/{token}/index.html"]
