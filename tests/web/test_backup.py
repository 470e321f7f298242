"""Saved mixes and playlists as a file, in a real browser: saved in one, read in another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.site]

SONG = "songs/undertow/1-1-1-1-1/"


def open_tools(page: Page) -> None:
    page.get_by_text("Loop, compare, keep, share").click()


def open_queue(page: Page) -> None:
    page.get_by_role("button", name="Add to queue").first.click()
    page.locator("player-bar .key.queue").click()


def choose_file(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Read from a file").first.click()
    chooser.value.set_files(path)


def test_what_is_saved_in_one_browser_is_read_in_another(
    chromium: Browser, pressed: Path, serve: Serve, tmp_path: Path
) -> None:
    first, second = chromium.new_context(), chromium.new_context()
    page, base = first.new_page(), serve(pressed)
    page.goto(base + SONG)
    open_tools(page)
    page.get_by_label("Name", exact=True).fill("<b>Slow</b>")
    page.get_by_role("button", name="Keep this mix").click()
    expect(page.locator(".kept li")).to_have_count(1)
    open_queue(page)
    page.get_by_role("button", name="Keep as playlist").click()
    with page.expect_download() as download:
        page.locator("#queue-panel").get_by_role("button", name="Save all to a file").click()
    assert download.value.suggested_filename.startswith("Night Ferry, saved on ")
    path = tmp_path / "saved.json"
    download.value.save_as(path)
    saved = json.loads(path.read_text("utf-8"))
    assert [mix["name"] for mix in saved["mixes"]] == ["<b>Slow</b>"]
    assert [playlist["tracks"] for playlist in saved["playlists"]] == [["songs/undertow/1-1-1-1-1"]]
    first.close()

    page = second.new_page()
    page.goto(base + SONG)
    open_tools(page)
    choose_file(page, path)
    status = page.locator("stem-mixer").get_by_role("status")
    expect(status).to_have_text("Added from saved.json: 1 mix and 1 playlist.")
    expect(page.locator(".kept li button").first).to_have_text("<b>Slow</b>")
    choose_file(page, path)
    expect(status).to_have_text("saved.json adds nothing to what is saved here.")
    open_queue(page)
    expect(page.locator("#queue-panel .playlists .name")).to_have_count(1)
    second.close()


def test_a_file_that_is_none_is_named_with_the_reason(
    chromium: Browser, pressed: Path, serve: Serve, tmp_path: Path
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(serve(pressed) + SONG)
    open_tools(page)
    (tmp_path / "song.mp3").write_bytes(b"ID3\xff")
    choose_file(page, tmp_path / "song.mp3")
    expect(page.locator("stem-mixer").get_by_role("status")).to_have_text(
        "song.mp3 can't be read: it is not a file of saved mixes and playlists"
    )
    context.close()
