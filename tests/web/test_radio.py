"""The radio in a real Chromium: what is scheduled is heard, sample for sample."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support.listening import is_part_of, place_of
from tests.support.radio import (
    SET_CLOCK,
    choice_at,
    find_slot,
    find_slots,
    first_stems,
    mix_number,
    scheduled,
)
from tests.support.visiting import hold_stems, until, wait_for
from tests.web.test_bar import SILENT_WORKERS
from tests.web.test_mixer_browser import engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Locator, Page

    from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.site]

PATIENCE = 60_000
FOLLOW_SOUND = """() => {
  const { context } = document.querySelector("stem-radio").outputNode;
  const began = Date.now() - 1000 * context.currentTime;
  Date.now = () => began + 1000 * context.currentTime;
}"""
"""Set a page by the clock of the sound, which lags where a busy machine plays to nothing."""
SILENT_PYTHON = """const Real = Worker;
window.Worker = function (url, options) {
  if (String(url).includes("-stream-worker")) return new Real(url, options);
  return Object.assign(new EventTarget(), { postMessage() {}, terminate() {} });
};"""
UNDERRUNS = "document.querySelector('stem-radio').stats.underruns"
ON_AIR = "document.querySelector('stem-radio').onAir"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page; nothing may go wrong behind the visitor's back."""
    context = chromium.new_context()
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert not wrong


def open_radio(page: Page, base: str) -> Locator:
    """Open the page, and wait until it says what is on air."""
    page.goto(f"{base}radio/")
    radio = page.locator("stem-radio")
    expect(button(page, "Play")).to_be_enabled()
    return radio


def button(page: Page, name: str) -> Locator:
    return page.locator("stem-radio").get_by_role("button", name=name, exact=True)


def play_at(page: Page, time: float) -> None:
    """Set the clock, and press Play."""
    page.evaluate(f"(time) => {{ {SET_CLOCK} }}", time)
    button(page, "Play").click()
    expect(page.locator("stem-radio")).to_have_attribute("data-state", "playing", timeout=PATIENCE)


def recording(page: Page) -> NDArray[np.float32]:
    data = b64decode(page.evaluate("window.recording()"))
    return np.frombuffer(data, dtype="<f4").reshape(-1, 2).T


@pytest.mark.sound
def test_what_is_heard_is_the_engines_mix_through_a_change_of_stems(
    page: Page, serve: Serve, host: Path
) -> None:
    slot = find_slot(host, "breakwater", 9)
    song = json.loads((host / "data/songs/breakwater.json").read_text("utf-8"))
    base = serve(host, "/a/b/")
    open_radio(page, base)
    play_at(page, slot["begin"] + 1000)
    until(page, "document.querySelector('stem-radio').stats.engine === 'python'")
    page.add_script_tag(url=f"{base}sound/record.js", type="module")
    expect(page.locator("html")).to_have_attribute("data-recording", "on")
    change, second = slot["changes"][0]["frame"], song["rate"]
    until(page, f"{ON_AIR}.frame > {change - second}")
    assert page.evaluate(ON_AIR)["frame"] < change
    underruns = page.evaluate(UNDERRUNS)
    until(page, f"{ON_AIR}.frame > {change + second}")
    heard = recording(page)[:, -int(1.8 * second) :]
    assert page.evaluate(UNDERRUNS) == underruns
    whole = scheduled(song, slot)
    assert is_part_of(heard, whole)
    before = engine(song, first_stems(song, slot), {}).render(0, song["frames"])
    assert not is_part_of(heard, before)


@pytest.mark.sound
def test_the_next_song_begins_on_the_frame_where_the_last_one_ends(
    page: Page, serve: Serve, host: Path
) -> None:
    slot, after = find_slots(host, "breakwater")
    songs = [
        json.loads((host / f"data/songs/{each['song']['slug']}.json").read_text("utf-8"))
        for each in (slot, after)
    ]
    base, second = serve(host, "/a/b/"), songs[0]["rate"]
    open_radio(page, base)
    play_at(page, slot["begin"] + 1000 * slot["frames"] / second - 15_000)
    page.evaluate(FOLLOW_SOUND)
    until(page, "document.querySelector('stem-radio').stats.engine === 'python'")
    page.add_script_tag(url=f"{base}sound/record.js", type="module")
    expect(page.locator("html")).to_have_attribute("data-recording", "on")
    first = "window.first"
    page.evaluate(f"{first} = document.querySelector('stem-radio').outputNode")
    until(page, f"(document.querySelector('stem-radio').outputNode ?? {first}) !== {first}")
    page.evaluate("window.record(document.querySelector('stem-radio').outputNode)")
    until(page, f"{ON_AIR}.song === '{songs[1]['slug']}' && {ON_AIR}.frame > {second}")
    heard = recording(page)[:, -3 * second :]
    before, whole = scheduled(songs[0], slot), scheduled(songs[1], after)
    tail = before[:, slot["frames"] - second // 2 : slot["frames"]]
    begin = place_of(tail, heard) + tail.shape[1]
    assert np.array_equal(heard[:, begin - tail.shape[1] : begin], tail)
    fade = second // 100  # of the browser's own nodes, which play at first
    apart = np.abs(heard[:, begin : begin + second // 2] - whole[:, : second // 2])
    assert apart[:, fade:].max() < 0.01


def test_visitors_who_come_at_different_times_are_in_the_same_place(
    chromium: Browser, serve: Serve, pressed: Path
) -> None:
    slot = find_slot(pressed, "undertow", 9)
    base = serve(pressed, "/a/b/")
    for nth in range(2):
        context = chromium.new_context()
        context.add_init_script(SILENT_WORKERS)
        page = context.new_page()
        open_radio(page, base)
        play_at(page, slot["begin"] + 2000 + 7000 * nth)
        rate = slot["song"]["rate"]
        until(page, f"{ON_AIR}.frame > {(3 + 7 * nth) * rate}")
        clock = f"(Date.now() - {slot['begin']}) / 1000"
        until(page, f"Math.abs({ON_AIR}.frame / {rate} - {clock}) < 0.1")
        place = page.evaluate(ON_AIR)
        assert place["song"] == "undertow"
        assert place["mix"] == mix_number(choice_at(slot, place["frame"]))
        context.close()


def test_one_song_follows_another(page: Page, serve: Serve, pressed: Path) -> None:
    slot, after = find_slots(pressed, "lantern-waltz")
    page.context.add_init_script(SILENT_WORKERS)
    open_radio(page, serve(pressed, "/a/b/"))
    end = slot["begin"] + 1000 * slot["frames"] / slot["song"]["rate"]
    play_at(page, end - 4000)
    assert page.evaluate(ON_AIR)["song"] == "lantern-waltz"
    until(page, f"{ON_AIR}.song === '{after['song']['slug']}'")
    until(page, "document.querySelector('stem-radio').dataset.state === 'playing'")
    until(page, f"{ON_AIR}.frame > 48000")
    assert page.evaluate(ON_AIR)["song"] == after["song"]["slug"]


def test_pause_stops_and_play_joins_what_is_on_air_by_then(
    page: Page, serve: Serve, pressed: Path
) -> None:
    first, then = find_slot(pressed, "undertow"), find_slot(pressed, "breakwater")
    page.context.add_init_script(SILENT_WORKERS)
    open_radio(page, serve(pressed, "/a/b/"))
    play_at(page, first["begin"] + 2000)
    expect(button(page, "Pause")).to_be_focused()
    button(page, "Pause").click()
    expect(page.locator("stem-radio")).to_have_attribute("data-state", "paused")
    expect(button(page, "Play")).to_be_focused()
    assert page.evaluate("document.querySelector('stem-radio').outputNode") is None
    play_at(page, then["begin"] + 5000)
    place = page.evaluate(ON_AIR)
    assert place["song"] == "breakwater"
    assert place["frame"] > 4 * then["song"]["rate"]


def test_what_interrupts_the_sound_pauses_the_radio(
    page: Page, serve: Serve, pressed: Path
) -> None:
    slot = find_slot(pressed, "undertow")
    page.context.add_init_script(SILENT_WORKERS)
    open_radio(page, serve(pressed, "/a/b/"))
    play_at(page, slot["begin"] + 2000)
    page.evaluate("document.querySelector('stem-radio').audioContext.suspend()")
    expect(page.locator("stem-radio")).to_have_attribute("data-state", "paused")
    status = page.locator("stem-radio").get_by_role("status")
    expect(status).to_have_text("Press Play to continue")
    play_at(page, slot["begin"] + 4000)


def test_what_is_heard_can_be_kept_mixed_and_queued(
    page: Page, serve: Serve, pressed: Path
) -> None:
    slot = find_slot(pressed, "undertow", 9)
    page.context.add_init_script(SILENT_WORKERS)
    open_radio(page, serve(pressed, "/a/b/"))
    play_at(page, slot["begin"] + 2000)
    mix = mix_number(slot["first"])
    expect(page.locator("[data-on-air] .mix-number")).to_have_text(mix)
    button(page, "Keep this mix").click()
    kept = page.evaluate("Object.entries(localStorage).find(([key]) => key.includes(':mixes:'))[1]")
    (saved,) = json.loads(kept)
    assert f"song=undertow&mix={mix}" in saved["mix"]
    button(page, "Add to queue").click()
    expect(page.get_by_role("region", name="Player", exact=True)).to_be_visible(timeout=PATIENCE)
    link = page.locator("stem-radio").get_by_role("link", name="Open in the mixer")
    link.focus()
    address = link.get_attribute("href") or ""
    at = int(re.search(r"&at=(\d+)$", address)[1])  # type: ignore[index]
    assert at > slot["song"]["rate"]
    link.click()
    expect(page.locator("stem-mixer .mix-number").first).to_have_text(mix, timeout=PATIENCE)


def status_of(page: Page) -> Locator:
    return page.locator("[data-on-air] [role=status]")


@pytest.mark.parametrize("slug", ["undertow", "dead-reckoning"])
def test_a_stem_that_is_missing_is_left_out_and_marked(
    page: Page, serve: Serve, pressed: Path, slug: str
) -> None:
    """Of a song that is decoded at once, and of one that is streamed."""
    slot = find_slot(pressed, slug, 9)
    song = json.loads((pressed / f"data/songs/{slug}.json").read_text("utf-8"))
    stem = song["layers"][0]["stems"][slot["first"][0]]
    page.context.add_init_script(SILENT_PYTHON)
    page.route(f"**/{stem['audio']['url']}", lambda route: route.fulfill(status=404))
    open_radio(page, serve(pressed, "/a/b/"))
    play_at(page, slot["begin"] + 2000)
    words = f"Can't play the stem {stem['name']}: "
    expect(page.locator("[data-stems] li").first).to_contain_text(words, timeout=PATIENCE)
    wait_for(page, lambda: page.evaluate(ON_AIR)["frame"] > 4 * song["rate"], "it goes on")
    expect(status_of(page)).to_contain_text(words)
    expect(page.locator("[data-stems] .note")).to_have_count(1)


@pytest.mark.parametrize("slug", ["undertow", "dead-reckoning"])
def test_a_song_without_any_of_its_stems_is_named_and_waited_for(
    page: Page, serve: Serve, pressed: Path, slug: str
) -> None:
    slot = find_slot(pressed, slug, 9)
    title = slot["song"]["title"]
    page.context.add_init_script(SILENT_PYTHON)
    page.route("**/audio/**", lambda route: route.fulfill(status=404))
    open_radio(page, serve(pressed, "/a/b/"))
    page.evaluate(f"(time) => {{ {SET_CLOCK} }}", slot["begin"] + 2000)
    button(page, "Play").click()
    reason = "none of its stems could be loaded. The radio waits for the next song."
    says = f"{title} can't be heard: {reason}"
    expect(status_of(page)).to_have_text(says, timeout=PATIENCE)


def test_songs_of_which_the_visitor_holds_no_stem_are_named_and_waited_for(
    page: Page, serve: Serve, pressed: Path
) -> None:
    slot = find_slot(pressed, "undertow", 9)
    page.context.add_init_script(SILENT_WORKERS)
    base = serve(pressed, "/a/b/")
    html = (pressed / "radio/index.html").read_text("utf-8")
    locked = re.sub(r'data-locked="\w+"', 'data-locked="silent"', html)
    page.route("**/radio/", lambda route: route.fulfill(body=locked, content_type="text/html"))
    open_radio(page, base)
    page.evaluate(f"(time) => {{ {SET_CLOCK} }}", slot["begin"] + 2000)
    button(page, "Play").click()
    reason = "you hold none of its stems. The radio waits for the next song."
    says = f"{slot['song']['title']} can't be heard: {reason}"
    expect(status_of(page)).to_have_text(says)


@pytest.mark.parametrize(
    ("locked", "words"), [("silent", "not yours: silent"), ("preview", "not yours: preview only")]
)
def test_stems_that_the_visitor_does_not_hold_are_marked(
    page: Page, serve: Serve, pressed: Path, locked: str, words: str
) -> None:
    base = serve(pressed, "/a/b/")
    html = (pressed / "radio/index.html").read_text("utf-8")
    body = re.sub(r'data-locked="\w+"', f'data-locked="{locked}"', html)
    page.route("**/radio/", lambda route: route.fulfill(body=body, content_type="text/html"))
    slot = find_slot(pressed, "undertow", 9)
    open_radio(page, base)
    page.evaluate(f"(time) => {{ {SET_CLOCK} }}", slot["begin"])
    rows = page.locator("[data-stems] li")
    notes = page.locator("[data-stems] .note")
    layer, stem = slot["song"]["layers"][0], first_stems(slot["song"], slot)[0]
    stems = len([nth for nth in slot["first"] if nth >= 0])
    expect(rows.first).to_contain_text(layer["name"])
    expect(notes).to_have_text([words] * stems)
    hold_stems(page, f"undertow/{layer['slug']}/{stem}")
    expect(notes).to_have_text([words] * (stems - 1))
    expect(rows.first.locator(".note")).to_have_count(0)


def test_without_scripts_the_page_says_what_the_radio_is(
    chromium: Browser, serve: Serve, pressed: Path
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{serve(pressed, '/a/b/')}radio/")
    expect(page.locator("noscript p")).to_contain_text("needs JavaScript")
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.get_by_role("heading", name="How it works")).to_be_visible()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_hidden()
    context.close()
