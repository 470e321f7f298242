"""Lines of text in frames: they fit, in every script, whatever is in them."""

from __future__ import annotations

import pytest

from stempress.video.lettering import is_right_to_left, line_image


@pytest.mark.parametrize(
    "text",
    [
        "Undertow",
        "W" * 80,
        "a b " * 200,
        "Ébène",
        "Überfähre " * 20,
        "גאות",
        "<b>&\"'",
        "夜の" * 60,
    ],
)
def test_a_line_is_as_wide_as_it_may_be_at_most(text: str) -> None:
    mask = line_image(text, 40, 400)
    assert mask.width <= 400
    assert mask.height == 80
    assert mask.mode == "L"


def test_long_lines_are_set_smaller_before_they_are_cut() -> None:
    name = "A name of thirty letters or so"
    whole = line_image(name, 40, 10_000)
    smaller = line_image(name, 40, round(whole.width * 0.8))
    assert whole.width * 0.7 < smaller.width <= whole.width * 0.8
    ends = [mask.getbbox() for mask in (whole, smaller)]
    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[1][3] <= ends[0][3]  # on the same base line, or above


def test_an_empty_line_is_nothing() -> None:
    assert line_image("", 40, 400).getbbox() is None


@pytest.mark.parametrize(
    ("text", "expected"), [("Tide", False), ("7 גאות", True), ("مد", True), ("...", False)]
)
def test_direction_is_that_of_the_first_letter(text: str, *, expected: bool) -> None:
    assert is_right_to_left(text) is expected
