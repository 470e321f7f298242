"""Values and keys in messages: as the artist writes them."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from stempress.core.notation import ordinal, show_key, show_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (0.5, "0.5"),
        ("words", "'words'"),
        (["a", False], "['a', false]"),
        (("a",), "['a']"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4), "2026-01-02T03:04:00"),  # noqa: DTZ001 - a local time of TOML
        (time(3, 4), "03:04:00"),
        (Path("a/b"), "'a/b'"),
        ({}, "{}"),
        ({"stem": "amen", "on": True}, "{ stem = 'amen', on = true }"),
    ],
)
def test_values_are_shown_in_the_notation_of_toml(value: object, text: str) -> None:
    assert show_value(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "null"), ({"a": [True, {}]}, "{'a': [true, {}]}")]
)
def test_values_of_json_files_are_shown_in_its_notation(value: object, text: str) -> None:
    assert show_value(value, as_json=True) == text


def test_values_are_shown_short() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert show_value("x" * 500) == f"'{'x' * 116}..."
    assert show_value(1 << 20_000) == "a value too long to show"
    assert show_value(deep) == "a value too long to show"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("bpm", "bpm"),
        ("audio.stream", "audio.stream"),
        ("people[0]", "first [[people]]"),
        ("people[0].name", "first [[people]], name"),
        ("layers[10].stems[1].supply", "11th [[layers]], second [[layers.stems]], supply"),
        ("rules[2].if.bass", "third [[rules]], if.bass"),
        ("a.b[0].c.d[1]", "first [[a.b]], second [[a.b.c.d]]"),
    ],
)
def test_positions_in_lists_are_words(key: str, text: str) -> None:
    assert show_key(key) == text


def test_positions_in_json_name_the_list_alone() -> None:
    assert show_key("seals[0].hidden[11].name", as_json=True) == (
        "first of seals, 12th of hidden, name"
    )


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("tokens[9999]", "token 9001"),
        ("tokens[9999].stems.bass", "token 9001, stems.bass"),
        ("tokens[9999].parts[1].name", "token 9001, second of parts, name"),
        ("owners", "owners"),
    ],
)
def test_an_item_with_a_name_is_shown_by_it(key: str, text: str) -> None:
    assert show_key(key, as_json=True, item="token 9001") == text


def test_ordinals_end_as_they_are_spoken() -> None:
    assert [ordinal(number) for number in (1, 10, 11, 12, 13, 21, 22, 23, 101, 111, 1003)] == [
        *("first", "tenth", "11th", "12th", "13th", "21st", "22nd", "23rd"),
        *("101st", "111th", "1003rd"),
    ]
