"""Workers that die: the music goes on, and another takes the dead one's place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.visiting import Visit, until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Worker

pytestmark = [pytest.mark.browser, pytest.mark.sound]

CRASH = "setTimeout(() => { throw new Error('out of luck'); })"
ENGINE = "document.querySelector('stem-mixer').stats.engine"


def mixing(page: Page) -> Worker:
    """Return the worker that Python mixes in."""
    [worker] = [worker for worker in page.workers if worker.url.endswith("/playback/worker.js")]
    return worker


def test_after_python_has_died_the_browser_plays_on_until_another_python_takes_over(
    visit: Visit,
) -> None:
    visit.play()
    page = visit.page
    position = visit.mixer.get_by_role("slider", name="Position")
    before = float(position.input_value())
    dead = mixing(page)
    dead.evaluate(CRASH)
    until(page, f"{ENGINE} === 'browser'")
    visit.says("Playing, mixed by Python")
    assert mixing(page) != dead
    assert float(position.input_value()) > before


def test_where_python_dies_twice_the_browser_plays_to_the_end_and_says_why(visit: Visit) -> None:
    visit.play()
    mixing(visit.page).evaluate(CRASH)
    until(visit.page, f"{ENGINE} === 'browser'")
    until(visit.page, f"{ENGINE} === 'python'")
    mixing(visit.page).evaluate(CRASH)
    expect(visit.mixer.get_by_role("status")).to_have_text(
        re.compile("^Playing.*Python can't run here: .*out of luck"), timeout=60_000
    )
