"""What moves with the music: it stops with it, and where a visitor does not want it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.visiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.visiting import Visit

pytestmark = [pytest.mark.browser, pytest.mark.site]

RECORD = """() => {
  const { animationName, animationPlayState } = getComputedStyle(
    document.querySelector(".transport"), "::before");
  return `${animationName} ${animationPlayState}`;
}"""
GLOW = "() => Number(document.querySelector('.row').style.getPropertyValue('--level'))"


def record(visit: Visit) -> str:
    """Return the record's motion, and whether it runs."""
    found: str = visit.page.evaluate(RECORD)
    return found


def test_the_record_turns_and_rows_glow_while_music_plays(visit: Visit) -> None:
    assert record(visit) == "platter paused"
    visit.press("Play")
    visit.says("Playing, mixed by Python")
    until(visit.page, f"({GLOW})() > 0")
    assert record(visit) == "platter running"
    visit.press("Pause")
    until(visit.page, f"({GLOW})() === 0")
    assert record(visit) == "platter paused"


def test_a_visitor_who_wants_no_motion_gets_none(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    assert record(visit).startswith("none")


def test_the_switch_for_motion_is_remembered(visit: Visit) -> None:
    summary = visit.mixer.get_by_text("Loop, compare, keep, share")
    switch = visit.mixer.get_by_role("button", name="Motion", exact=True)
    summary.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    assert record(visit).startswith("none")
    visit.page.reload()
    summary.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert record(visit).startswith("none")
    other = visit.page.context.new_page()
    other.goto(visit.page.url)
    assert other.evaluate(RECORD).startswith("none")
    switch.click()
    assert record(visit) == "platter paused"
    until(other, "document.documentElement.dataset.motion === 'on'")
    assert other.evaluate(RECORD) == "platter paused"


def test_the_switch_goes_before_the_device(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    visit.mixer.get_by_text("Loop, compare, keep, share").click()
    switch = visit.mixer.get_by_role("button", name="Motion", exact=True)
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    assert record(visit) == "platter paused"


def moves(page: Page, name: str) -> bool:
    """Follow a link of the masthead; say whether one page turned into the other."""
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(f"**/{name.lower()}/")
    until(page, "window.moved !== undefined")
    found: bool = page.evaluate("window.moved instanceof ViewTransition")
    return found


def test_pages_change_at_once_for_those_who_want_no_motion(visit: Visit) -> None:
    page = visit.page
    page.add_init_script(
        "addEventListener('pagereveal', ({ viewTransition }) => { window.moved = viewTransition })"
    )
    # Chromium now and then shows a page before it has read that it would move.
    assert any(moves(page, name) for name in ["Rarity", "Gallery"] * 6)
    page.evaluate("localStorage.setItem('stempress:motion', 'off')")
    page.reload()
    assert not any(moves(page, name) for name in ["About", "Rarity", "Gallery"])
