"""What moves while music plays: drawn where it is seen, and nothing is laid out for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.visiting import until, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

    from tests.support.visiting import Visit

pytestmark = [pytest.mark.browser, pytest.mark.site]

COUNT_DRAWINGS = """(() => {
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    this.canvas.drawn = (this.canvas.drawn ?? 0) + 1;
    clearRect.apply(this, box);
  };
  const request = window.requestAnimationFrame;
  window.frames_ = 0;
  window.requestAnimationFrame = (...rest) => {
    window.frames_++;
    return request(...rest);
  };
})()"""
"""Count how often every canvas is drawn, and the frames that are requested."""
DRAWN = """(selector) => document.querySelector(`${selector} canvas`).drawn ?? 0"""
FIRST, LAST = ".row .lane", ".row:last-child .lane"
LEVEL = """(() => {
  const canvas = document.querySelector(".row .lane canvas");
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, height - 1, width, 1);
  let end = 0;
  while (end < width && data[4 * end + 3] === 255) end++; // the track is translucent
  return end / width;
})()"""
"""The length of the first row's meter, from 0 to 1."""
REPORT = """async (peak) => {
  const mixer = document.querySelector("stem-mixer");
  const player = await mixer.player();
  const levels = new Float32Array(8 + mixer.rows.length).fill(peak);
  player.emit("position", { seconds: 0, playing: true, peaks: [peak, peak], levels });
}"""
IS_SLIDER_EXACT = """(() => {
  const { position } = document.querySelector("stem-mixer");
  return Math.abs(document.querySelector(".mixer .position").value - position) < 0.01;
})()"""
"""Whether the slider's value, which screen readers read, is the position."""
MOST_LAYOUTS = 6
"""A second: a clock, and the figures twice; with the meters it would be more than twenty."""
MOST_RESTYLES = 20


def drawn(page: Page, selector: str) -> int:
    """Return how often an element's canvas has been drawn."""
    count: int = page.evaluate(DRAWN, selector)
    return count


def wait_for_drawings(page: Page, selector: str, count: int) -> None:
    """Wait until an element's canvas has been drawn so many times more."""
    end = drawn(page, selector) + count
    wait_for(page, lambda: drawn(page, selector) >= end, f"{selector} is drawn")


def metrics(devtools: CDPSession) -> dict[str, Any]:
    """Return what Chromium counts of a page, by name."""
    found = devtools.send("Performance.getMetrics")["metrics"]
    return {each["name"]: each["value"] for each in found}


def play_in_view(visit: Visit) -> None:
    """Play in a window that shows the transport and the first rows, and no more."""
    page = visit.page
    page.set_viewport_size({"width": 1280, "height": 400})
    page.evaluate(COUNT_DRAWINGS)
    page.evaluate("document.querySelector('stem-mixer').scrollIntoView()")
    visit.press("Loop")
    visit.press("Play")
    visit.says("Playing, mixed by Python")


@pytest.mark.parametrize("peak", [1.0, 0.1, 0.01])
def test_a_meter_is_as_long_as_its_level(visit: Visit, peak: float) -> None:
    page = visit.page
    page.locator(FIRST).first.scroll_into_view_if_needed()
    share = {1.0: 1, 0.1: 40 / 60, 0.01: 20 / 60}[peak]
    page.evaluate(REPORT, peak)
    until(page, f"Math.abs({LEVEL} - {share}) < 0.01")


def test_nothing_is_laid_out_for_what_moves(visit: Visit) -> None:
    page = visit.page
    play_in_view(visit)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    before = metrics(devtools)
    wait_for_drawings(page, FIRST, 60)
    after = metrics(devtools)
    seconds = after["Timestamp"] - before["Timestamp"]
    assert after["LayoutCount"] - before["LayoutCount"] < MOST_LAYOUTS * seconds + 2
    assert after["RecalcStyleCount"] - before["RecalcStyleCount"] < MOST_RESTYLES * seconds + 2


def test_what_is_out_of_view_is_not_drawn(visit: Visit) -> None:
    page = visit.page
    play_in_view(visit)
    wait_for_drawings(page, FIRST, 5)
    unseen = drawn(page, LAST)
    wait_for_drawings(page, FIRST, 30)
    assert drawn(page, LAST) == unseen
    page.locator(".row:last-child").evaluate("(row) => row.scrollIntoView({ block: 'start' })")
    wait_for_drawings(page, LAST, 30)


def test_the_loop_rests_when_nothing_moves_or_is_in_view(visit: Visit) -> None:
    page = visit.page
    play_in_view(visit)
    wait_for_drawings(page, FIRST, 5)

    def rests() -> bool:
        frames = page.evaluate("frames_")
        page.wait_for_timeout(300)
        return bool(page.evaluate("frames_") == frames)

    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.evaluate("document.querySelector('stem-mixer').style.marginTop = '200vh'")
    wait_for(page, rests, "no frame is requested while the mixer is out of view")
    page.evaluate("document.querySelector('stem-mixer').scrollIntoView()")
    wait_for_drawings(page, FIRST, 5)
    visit.press("Pause")
    wait_for(page, rests, "no frame is requested while nothing moves")


def test_the_slider_follows_between_seconds_and_keys_move_on_from_there(visit: Visit) -> None:
    page = visit.page
    play_in_view(visit)
    until(
        page,
        "(() => { const thumb = document.querySelector('.mixer .position');"
        " const [, share] = /scaleX\\((.*)\\)/.exec(thumb.nextSibling.style.transform);"
        " return share * thumb.max > Number(thumb.value) + 0.05; })()",
    )
    visit.press("Pause")
    visit.says("Paused")
    until(page, IS_SLIDER_EXACT)  # once what was queued has been heard
    before = page.evaluate("document.querySelector('stem-mixer').position")
    visit.mixer.get_by_role("slider", name="Position").press("ArrowRight")
    until(page, f"document.querySelector('stem-mixer').position > {before}")
    assert page.evaluate(IS_SLIDER_EXACT)
