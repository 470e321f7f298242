"""Tables: every question gives a usable value, every mistake is told once."""

from __future__ import annotations

from math import inf, nan

import pytest

from stempress.core.errors import Findings
from stempress.core.tables import Table


def table(**data: object) -> Table:
    return Table(data, "a.toml", Findings(), "top")


def faults(of: Table) -> list[tuple[str, str]]:
    return [(fault.key, fault.message) for fault in of.findings.faults]


def test_text_comes_composed_and_as_it_is() -> None:
    assert table(name="Cafe\u0301 ").text("name") == "Café "
    assert table().text("name", "none") == "none"


@pytest.mark.parametrize("value", [5, 1.5, True, ["a"], {"a": 1}, None])
def test_text_of_another_type_is_told_once(value: object) -> None:
    given = table(name=value)
    assert given.text("name", "none", required=True) == "none"
    given.finish()
    assert faults(given) == [("top.name", "must be text")]


@pytest.mark.parametrize(
    ("value", "expected"), [(1, 1.0), (1.5, 1.5), (0, 7.0), (11, 7.0), (True, 7.0), ("3", 7.0)]
)
def test_numbers_lie_within_bounds_or_give_the_default(value: object, expected: float) -> None:
    given = table(at=value)
    assert given.number("at", 7.0, 1, 10) == expected
    assert len(faults(given)) == (expected == 7.0)


@pytest.mark.parametrize("value", [inf, -inf, nan, 10**400])
def test_numbers_are_finite(value: float) -> None:
    given = table(at=value)
    assert given.number("at", 7.0, 1, 1e9) == 7.0
    assert faults(given) == [("top.at", "must be from 1 to 1000000000")]


@pytest.mark.parametrize("value", [1.0, True, "1"])
def test_whole_numbers_are_neither_fractions_nor_flags(value: object) -> None:
    given = table(at=value)
    assert given.integer("at", 3, 0) == 3
    assert faults(given) == [("top.at", "must be a whole number")]


def test_a_flag_is_true_or_false() -> None:
    given = table(on=True, off=0)
    assert given.flag("on")
    assert given.flag("off", default=True)
    assert faults(given) == [("top.off", "must be true or false")]


def test_a_choice_is_one_of_its_words() -> None:
    given = table(phase="Live")
    assert given.choice("phase", "closed", ("live", "closed")) == "closed"
    assert given.findings.faults[0].hint == "did you mean 'live'? valid: closed, live"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "//example.org",
        "ftp://example.org",
        "https://",
        "https://a b",
        "https://[::1",
        "mint.example",
    ],
)
def test_addresses_begin_with_http(address: str) -> None:
    given = table(url=address)
    assert given.url("url") == ""
    assert len(faults(given)) == 1


def test_addresses_hold_known_placeholders_alone() -> None:
    address = "https://example.org/{address}?a={token_id}"
    assert table(url=address).url("url", placeholders=("address", "token_id")) == address
    given = table(url=address)
    assert given.url("url", placeholders=("address", "token")) == ""
    assert given.findings.faults[0].hint == "did you mean 'token'? valid: address, token"


def test_a_mistyped_key_is_told_once() -> None:
    given = table(titel="Undertow")
    given.text("title", required=True)
    given.text("isrc", required=True)
    given.finish(also=("bpm",))
    assert faults(given) == [
        ("top.titel", "is not a known key"),
        ("top.isrc", "is required but missing"),
    ]
    assert given.findings.faults[0].hint == "did you mean 'title'? valid: bpm, isrc, title"


def test_nothing_is_required_of_a_table_that_is_not_there() -> None:
    given = table(drop="live", rows=[5, {"at": "x"}])
    for inner in (given.table("drop"), given.table("audio"), *given.tables("rows")):
        inner.text("at", required=not inner.data)
        inner.mark_known("at")
        inner.finish()
    given.finish()
    assert faults(given) == [("top.drop", "must be a table"), ("top.rows[0]", "must be a table")]


def test_a_list_of_tables_is_double_bracketed() -> None:
    given = table(layers={"name": "Drums"}, stems=[])
    assert [*given.tables("layers"), *given.tables("stems", required=True)] == []
    assert faults(given) == [
        ("top.layers", "must be a list of tables"),
        ("top.stems", "must not be empty"),
    ]
    assert given.findings.faults[0].hint == "write [[top.layers]]"
