"""Faders: the mixer's and the player bar's sliders are alike, and large enough for a finger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.site]

LEAST_FOR_FINGERS = 44
"""Pixels: the target size that WCAG 2.2 asks for at its level AAA."""
HALF_WAY = """(it) => {
  it.value = it.max / 2;
  it.dispatchEvent(new Event("input"));
  return it.style.getPropertyValue("--at");
}"""
"""Move a fader; return where its track is drawn to, before what plays moves it on."""
BARE = "(it) => getComputedStyle(it).appearance === 'none'"


@pytest.fixture
def song(pressed: Path, serve: Serve) -> str:
    return f"{serve(pressed)}songs/undertow/"


def faders(page: Page) -> Locator:
    """Return the sliders of a song's mixer and of the player bar, once both are there."""
    page.locator("[data-queue]").first.click()
    page.locator("player-bar .position").wait_for(state="attached")
    return page.locator("input[type=range]")


def test_faders_of_the_mixer_and_of_the_bar_are_drawn_by_the_site(
    chromium: Browser, song: str
) -> None:
    page = chromium.new_page()
    page.goto(song)
    assert {each.evaluate(BARE) for each in faders(page).all()} == {True}
    page.close()


def test_faders_are_the_systems_where_it_gives_the_colours(chromium: Browser, song: str) -> None:
    page = chromium.new_page(forced_colors="active")
    page.goto(song)
    assert {each.evaluate(BARE) for each in faders(page).all()} == {False}
    page.close()


def test_faders_are_large_enough_for_a_finger(chromium: Browser, song: str) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page.goto(song)
    boxes = [box for each in faders(page).all() if (box := each.bounding_box())]
    assert len(boxes) > 10
    assert min(box["height"] for box in boxes) >= LEAST_FOR_FINGERS
    page.close()


@pytest.mark.parametrize("player", [".mixer", "player-bar"])
def test_the_played_part_of_a_track_ends_at_its_cap(
    chromium: Browser, song: str, player: str
) -> None:
    page = chromium.new_page()
    page.goto(song)
    faders(page)
    position = page.locator(f"{player} .position")
    share = float(position.evaluate(HALF_WAY))
    assert share == pytest.approx(0.5, abs=0.01)
    page.close()
