"""What moves with the music: it stops with it, and where a visitor does not want it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.visiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.visiting import Visit

pytestmark = [pytest.mark.browser, pytest.mark.site]

RECORD = "document.querySelector('.turntable canvas').toDataURL()"
METER = "document.querySelector('.meter canvas').toDataURL()"
ROW = """(() => {
  const canvas = document.querySelector(".row .lane canvas");
  return canvas.getContext("2d").getImageData(canvas.width - 9, 9, 1, 1).data[3];
})()"""
"""How much the first row glows, where nothing has been played: from 0 to 255."""


def turns(visit: Visit) -> bool:
    """Play until the meters have moved twice; say whether the record has turned."""
    page = visit.page
    visit.mixer.scroll_into_view_if_needed()
    visit.press("Play")
    visit.says("Playing, mixed by Python")
    record: str = page.evaluate(RECORD)
    for _ in range(2):
        until(page, f"{METER} !== {json.dumps(page.evaluate(METER))}")
    has_turned: bool = page.evaluate(RECORD) != record
    visit.press("Stop")
    return has_turned


def test_the_record_turns_and_rows_glow_while_music_plays(visit: Visit) -> None:
    page = visit.page
    assert turns(visit)
    visit.press("Play")
    until(page, f"{ROW} > 0")
    visit.press("Pause")
    until(page, f"{ROW} === 0")
    record = page.evaluate(RECORD)
    visit.seek(20)
    until(page, f"{ROW} === 0")
    assert page.evaluate(RECORD) == record


def test_a_visitor_who_wants_no_motion_gets_none(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    assert not turns(visit)
    assert visit.page.evaluate(ROW) == 0


def test_the_switch_for_motion_is_remembered(visit: Visit) -> None:
    summary = visit.mixer.get_by_text("Loop, compare, keep, share")
    switch = visit.mixer.get_by_role("button", name="Motion", exact=True)
    summary.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    visit.page.reload()
    assert not turns(visit)
    summary.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    other = visit.page.context.new_page()
    other.goto(visit.page.url)
    until(other, "document.documentElement.dataset.motion === 'off'")
    switch.click()
    assert turns(visit)
    until(other, "document.documentElement.dataset.motion === 'on'")


def test_the_switch_goes_before_the_device(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    visit.mixer.get_by_text("Loop, compare, keep, share").click()
    switch = visit.mixer.get_by_role("button", name="Motion", exact=True)
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    assert turns(visit)


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
