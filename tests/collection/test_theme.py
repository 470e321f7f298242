"""Theme: shades of an accent with enough contrast."""

from __future__ import annotations

import pytest

from stempress.collection.papers import Papers, default_papers
from stempress.collection.theme import (
    TEXT_CONTRAST,
    Theme,
    contrast,
    lowest_contrast,
    luminance,
)

PAPERS = default_papers()


def test_contrast_follows_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=1e-3)
    assert luminance("#ff0000") == pytest.approx(0.2126)


@pytest.mark.parametrize(
    "accent", ["#000000", "#ffffff", "#808080", "#ffee88", "#7C5CFF", "#00ff00", "#0000ff"]
)
def test_every_shade_has_enough_contrast(accent: str) -> None:
    theme = Theme.from_accent(accent, PAPERS)
    assert theme.accent == accent.lower()
    assert lowest_contrast(theme.on_light, PAPERS.light) >= TEXT_CONTRAST
    assert lowest_contrast(theme.on_dark, PAPERS.dark) >= TEXT_CONTRAST
    assert contrast(theme.ink_on_light, theme.on_light) >= TEXT_CONTRAST
    assert contrast(theme.ink_on_dark, theme.on_dark) >= TEXT_CONTRAST


def test_an_accent_with_enough_contrast_is_not_changed() -> None:
    assert Theme.from_accent("#0b6b78", PAPERS).on_light == "#0b6b78"
    assert Theme.from_accent("#8fd3dd", PAPERS).on_dark == "#8fd3dd"


def test_an_accent_is_readable_on_the_paper_that_the_theme_really_has() -> None:
    papers = Papers(light=("#ffffff", "#c0c0c0"), dark=("#303038",))
    theme = Theme.from_accent("#7c5cff", papers)
    assert contrast(theme.on_light, "#c0c0c0") >= TEXT_CONTRAST
    assert theme.on_dark != Theme.from_accent("#7c5cff", PAPERS).on_dark
