"""What the mixer keeps in memory: no more than it says, and nothing of songs that are over."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.support.visiting import Visit, choose_song, short_songs, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

    from tests.conftest import Serve

pytestmark = pytest.mark.browser

SWITCHES = 30
READY = "document.querySelector('stem-mixer').ready"
BYTES = "document.querySelector('stem-mixer').stats.bytes"


def song_data(host: Path, address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((host / address.removeprefix("../")).read_text("utf-8"))
    return found


def small_device(page: Page, host: Path, gigabytes: float) -> None:
    """Let the page believe that the device has little memory, and that its stems are MP3.

    Those are decoded whole; stems of other types would be streamed.
    """
    page.add_init_script(
        f"Object.defineProperty(navigator, 'deviceMemory', {{ get: () => {gigabytes} }})"
    )
    song = (host / "data/songs/undertow.json").read_text("utf-8")
    song = song.replace("audio/flac", "audio/mpeg")
    page.route("**/data/songs/undertow.json", lambda route: route.fulfill(body=song))


def test_what_does_not_fit_is_refused_before_it_is_fetched(
    chromium: Browser, serve: Serve, host: Path
) -> None:
    song = song_data(host, "data/songs/undertow.json")
    chosen = [layer["stems"][0] for layer in song["layers"]]
    bytes_needed = sum(4 * stem["channels"] * song["frames"] for stem in chosen)
    page = chromium.new_page()
    small_device(page, host, 0.24)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, song)
    visit.press("Play")
    visit.says(
        f"Can't play: its stems need {bytes_needed / 1e6:.1f} MB of memory, "
        "and this device allows 30.0 MB."
    )
    assert not [url for url in asked if "/audio/" in url or "/runtime/" in url]
    page.close()


def test_stems_that_were_swapped_out_go_when_they_take_up_much(
    chromium: Browser, serve: Serve, host: Path
) -> None:
    song = song_data(host, "data/songs/undertow.json")
    page = chromium.new_page()
    small_device(page, host, 0.75)
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, song)
    page.evaluate(READY)
    chosen = page.evaluate(BYTES)
    half = 0.75e9 / 8 / 2
    page.get_by_text("Loop, compare, keep, share").click()
    expect(page.locator(".memory")).to_have_text(
        f"Stems in memory: {chosen / 1e6:.1f} MB of at most {2 * half / 1e6:.1f} MB"
    )
    visit.press("Loop")
    visit.play()
    for layer in song["layers"]:
        for stem in reversed(layer["stems"]):
            visit.row(layer["name"]).get_by_role("combobox").select_option(stem["slug"])
            visit.says("Playing, mixed by Python")
    most = page.evaluate(BYTES)
    assert most > max(half, chosen)
    until(page, f"{BYTES} <= {max(half, chosen)}")
    visit.row("Keys").get_by_role("combobox").select_option(song["layers"][2]["stems"][-1]["slug"])
    visit.says("Playing, mixed by Python")
    page.close()


def resident(browser: CDPSession) -> int:
    """Return the bytes of memory that all pages of the browser take."""
    processes = browser.send("SystemInfo.getProcessInfo")["processInfo"]
    pages = [each["id"] for each in processes if each["type"] == "renderer"]
    statuses = [Path(f"/proc/{each}/status").read_text("ascii") for each in pages]
    found = [re.search(r"VmRSS:\s*(\d+) kB", status) for status in statuses]
    return sum(1024 * int(each[1]) for each in found if each)


def test_thirty_songs_take_no_more_than_one_round_of_them(
    chromium: Browser, serve: Serve, host: Path
) -> None:
    page = chromium.new_page()
    page.goto(f"{serve(host)}mixer/")
    browser, tab = chromium.new_browser_cdp_session(), page.context.new_cdp_session(page)
    songs = short_songs(page, host)
    held: dict[str, set[int]] = {each: set() for each in songs}
    sizes = []
    for nth in range(SWITCHES):
        address = songs[(nth + 1) % len(songs)]
        choose_song(page, address, song_data(host, address)["slug"])
        page.evaluate(READY)
        held[address].add(page.evaluate(BYTES))
        if (nth + 1) % len(songs) == 0:
            tab.send("HeapProfiler.collectGarbage")
            sizes.append((resident(browser), page.evaluate("performance.memory.usedJSHeapSize")))
    assert all(len(each) == 1 for each in held.values()), "a song takes the same each time"
    # A browser lets go in its own time: no more than half of what all of these songs took is left.
    taken = SWITCHES // len(songs) * sum(each for (each,) in held.values())
    (first, first_heap), (last, last_heap) = sizes[0], sizes[-1]
    assert last - first < taken / 2
    assert last_heap < 1.25 * first_heap
    page.close()
