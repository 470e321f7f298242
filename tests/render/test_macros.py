"""Macros: the same output as Jinja's own, made once for views that many pages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2.compiler import CodeGenerator
from markupsafe import Markup

from stempress.core.digests import Shared
from stempress.i18n.translations import ENGLISH
from stempress.render.jinja_environment import TranslatedEnvironment, environment
from tests.support.small_site import write

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from jinja2 import Environment


@dataclass(frozen=True, slots=True, eq=False)
class Leaf(Shared):
    """A view that pages share."""

    name: str


@dataclass(frozen=True, slots=True)
class Own:
    """A view of one page."""

    name: str


BITS = """
{% macro leaf(root, leaf) -%}
{{ count(leaf.name) }}<a href="{{ root }}">{{ leaf.name }}</a>
{%- endmacro %}
{% macro flag(root, on) %}{{ on }}{% endmacro %}
{% macro framed(root) %}[{{ caller() }}]{% endmacro %}
"""
PAGE = """{% import "_bits.html" as bits %}{% import "_bits.html" as seeing with context %}
{%- macro own(root) %}{{ page }}{% endmacro -%}
{{ bits.leaf(root, leaf) }}|{{ bits.leaf(root=root, leaf=leaf) }}|{{ own(root) }}|
{{- bits.flag(root, 1) }}{{ bits.flag(root, true) }}|
{%- call bits.framed(root) %}{{ page }}{% endcall %}"""


def templates(tmp_path: Path, counted: list[str]) -> Environment:
    """Return an environment with templates that note whom they are rendered for."""
    write(tmp_path / "templates/_bits.html", BITS)
    write(tmp_path / "templates/page.html", PAGE)

    def count(name: str) -> str:
        counted.append(name)
        return ""

    found = environment(tmp_path, ENGLISH)
    found.bytecode_cache = None
    found.globals["count"] = count
    return found


def test_macros_have_the_output_of_jinja(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leaf = Leaf("<b>")
    pages = [("./", leaf, "one"), ("../", leaf, "two"), ("../", Leaf("x"), "two"), ("./", leaf, 3)]

    def rendered() -> list[str]:
        page = templates(tmp_path, []).get_template("page.html")
        return [page.render(root=root, leaf=own, page=name) for root, own, name in pages]

    ours = rendered()
    monkeypatch.setattr(TranslatedEnvironment, "code_generator_class", CodeGenerator)
    assert ours == rendered()
    assert "&lt;b&gt;</a>|" in ours[0]
    assert ours[0].endswith("|one|1True|[one]")


def test_a_view_that_pages_share_is_rendered_once_for_each_root(tmp_path: Path) -> None:
    counted = list[str]()
    bits = templates(tmp_path, counted).get_template("_bits.html").module
    one, same, own = Leaf("one"), Leaf("one"), Own("own")
    for _ in range(3):
        for root in ("./", "../"):
            for view in (one, same, own):
                assert bits.leaf(root, view) == f'<a href="{root}">{view.name}</a>'  # type: ignore[attr-defined]
    assert counted.count("one") == 4
    assert counted.count("own") == 6


def test_values_that_are_equal_but_print_differently_are_told_apart(tmp_path: Path) -> None:
    bits = templates(tmp_path, []).get_template("_bits.html").module
    values = [(1, "1"), (True, "True"), (1.0, "1.0"), ("&", "&amp;"), (Markup("&"), "&")]
    for ordered in (values, values[::-1]):
        for root in ("./", "../"):
            for value, printed in ordered * 2:
                assert bits.flag(root, value) == printed  # type: ignore[attr-defined]
