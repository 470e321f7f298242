"""Digests: equal values have equal ones, whatever they are made of."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

import pytest

from stempress.core.digests import Shared, digest_of


class Pair(NamedTuple):
    """A tuple with names."""

    one: int
    other: str


PAIR = Pair(1, "a")


@dataclass(frozen=True, slots=True)
class Part(Shared):
    """A part of values."""

    name: str
    pair: Pair = PAIR


@dataclass(frozen=True, slots=True)
class Whole:
    """A value with parts."""

    parts: tuple[Part, ...]
    counts: Counter[str]
    day: date | None = None


def whole() -> Whole:
    return Whole((Part("x"), Part("y", Pair(2, "b"))), Counter("hello"), date(2026, 1, 2))


def test_equal_values_have_equal_digests() -> None:
    assert digest_of(whole(), 1) == digest_of(whole(), 1)
    assert digest_of(MappingProxyType({"a": 1})) == digest_of({"a": 1})


@pytest.mark.parametrize(
    "changed",
    [
        replace(whole(), day=None),
        replace(whole(), parts=whole().parts[::-1]),
        replace(whole(), parts=(Part("x"), Part("y", Pair(2, "c")))),
        replace(whole(), counts=Counter("hell")),
    ],
)
def test_a_change_of_any_part_changes_the_digest(changed: Whole) -> None:
    assert digest_of(changed) != digest_of(whole())


def test_texts_and_values_side_by_side_are_told_apart() -> None:
    assert digest_of("ab", "c") != digest_of("a", "bc")
    assert digest_of(("a", "b")) != digest_of("a", "b")
    assert digest_of(1) != digest_of("1")
    assert digest_of(None) != digest_of("")


def test_the_digest_of_a_shared_value_is_kept_and_not_inherited_by_its_copies() -> None:
    part = Part("x")
    before = digest_of(part)
    assert digest_of(part) == before
    assert digest_of(replace(part, name="y")) != before


@pytest.mark.parametrize("value", [{1, 2}, len, object()])
def test_values_without_a_digest_are_refused(value: object) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        digest_of(value)


def test_a_shared_value_survives_pickling_also_with_its_digest() -> None:
    value = whole()
    digest = digest_of(value)
    loaded = pickle.loads(pickle.dumps(value))  # noqa: S301 - our own
    assert loaded == value
    assert digest_of(loaded) == digest
