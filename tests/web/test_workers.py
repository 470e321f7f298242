"""Workers that die: the music goes on, and another takes the dead one's place."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.visiting import Visit, hold_tokens, until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Worker

    from tests.conftest import Serve

pytestmark = pytest.mark.browser

PATIENCE = 60_000
CRASH = "setTimeout(() => { throw new Error('out of luck'); })"
REVEALED_STEMS = '({ state, tier }) => state === "revealed" && tier === "stem"'
ENGINE = "document.querySelector('stem-mixer').stats.engine"
PROCESSORS = """window.processors = [];
window.AudioWorkletNode = class extends AudioWorkletNode {
  constructor(...options) {
    super(...options);
    window.processors.push(this);
  }
};"""
"""Keep the nodes of the audio processors."""


def mixing(page: Page) -> Worker:
    """Return the worker that Python mixes in."""
    [worker] = [worker for worker in page.workers if worker.url.endswith("/playback/worker.js")]
    return worker


@pytest.mark.sound
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


@pytest.mark.sound
def test_where_python_dies_twice_the_browser_plays_to_the_end_and_says_why(visit: Visit) -> None:
    visit.play()
    mixing(visit.page).evaluate(CRASH)
    until(visit.page, f"{ENGINE} === 'browser'")
    until(visit.page, f"{ENGINE} === 'python'")
    mixing(visit.page).evaluate(CRASH)
    expect(visit.mixer.get_by_role("status")).to_have_text(
        re.compile("^Playing.*Python cannot run here: .*out of luck"), timeout=60_000
    )


def test_python_that_could_not_be_loaded_is_started_by_the_next_press(visit: Visit) -> None:
    page = visit.page
    page.context.route("**/playback/worker.js", lambda route: route.fulfill(status=404))
    visit.press("Play")
    expect(visit.mixer.get_by_role("status")).to_contain_text(
        "Python cannot run here", timeout=PATIENCE
    )
    page.context.unroute("**/playback/worker.js")
    visit.press("Pause")
    visit.press("Play")
    visit.says("Playing, mixed by Python")


def test_an_audio_processor_that_throws_is_replaced(visit: Visit) -> None:
    page = visit.page
    page.add_init_script(PROCESSORS)
    page.reload()
    visit.press("Play")
    visit.says("Playing, mixed by Python")
    page.evaluate("window.processors.at(-1).onprocessorerror(new ErrorEvent('processorerror'))")
    until(page, "window.processors.length === 2")
    visit.says("Playing, mixed by Python")


def test_another_planner_knows_what_the_dead_one_was_told(
    chromium: Browser, serve: Serve, pressed: Path
) -> None:
    page = chromium.new_page()
    page.goto(f"{serve(pressed)}mine/")
    hold_tokens(page, REVEALED_STEMS)
    page.reload()
    summary = page.locator("[data-combos] summary").first
    expect(summary).to_be_visible(timeout=PATIENCE)
    summary.click()
    keys = page.get_by_role("button", name="Keep or forge?")
    expect(keys.first).to_be_visible(timeout=PATIENCE)
    [dead] = page.workers
    closed: list[Worker] = []
    dead.on("close", lambda worker: closed.append(worker))  # noqa: PLW0108 - Playwright wraps handlers
    dead.evaluate(CRASH)
    end = time.monotonic() + PATIENCE / 1000
    while not closed:
        assert time.monotonic() < end
        page.wait_for_timeout(50)
    keys.first.click()
    loss = page.locator("[data-loss]").first
    expect(loss).to_contain_text("Combinations left:", timeout=PATIENCE)
    assert page.workers != [dead]
    page.close()
