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
MOVE = """(it, share) => {
  it.value = share * it.max;
  it.dispatchEvent(new Event("input"));
  const [played, cap] = it.closest(".slider").querySelectorAll("span");
  return [it, played, cap].map((drawn) => drawn.getBoundingClientRect())
    .map(({ left, right }) => [left, right]);
}"""
"""Move a slider; return where it is drawn, before what plays moves it on."""
CAP_FOR_FINGERS = pytest.approx((17.6, 28.8), abs=0.1)
"""Pixels: 1.1 and 1.8 rem, as the thumbs of sliders that do not move by themselves."""
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
    sizes = [cap.bounding_box() for cap in page.locator(".slider .cap").all()]
    assert [(size["width"], size["height"]) for size in sizes if size] == [CAP_FOR_FINGERS] * 2
    page.close()


@pytest.mark.parametrize("player", [".mixer", "player-bar"])
def test_the_played_part_of_a_track_ends_at_its_cap(
    chromium: Browser, song: str, player: str
) -> None:
    page = chromium.new_page()
    page.goto(song)
    faders(page)
    position = page.locator(f"{player} .position")
    for share in (0, 0.5, 1):
        (left, right), (start, end), (cap, cap_end) = position.evaluate(MOVE, share)
        assert cap == pytest.approx(left + share * (right - left - (cap_end - cap)), abs=1)
        assert start == pytest.approx(left, abs=0.5)
        assert cap - 0.5 <= end <= cap_end + 0.5
    page.close()


def test_what_is_drawn_is_made_once(chromium: Browser, song: str) -> None:
    page = chromium.new_page()
    page.goto(song)
    faders(page)
    page.evaluate("document.querySelector('main').append(document.querySelector('stem-mixer'))")
    assert page.locator("stem-mixer .slider").count() == 1
    assert page.locator("stem-mixer .slider > *").count() == 3
    page.close()
