"""Lyrics in a real Chromium: a line seeks, and the line that is sung is marked and in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT, made_once
from tests.support.looking import violations
from tests.support.small_site import tone, write, write_small_site
from tests.support.visiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.site]

SECONDS, EVERY = 60, 2
LINES = [f"[00:{at:02}.00]Line {at}" for at in range(0, SECONDS, EVERY)]
PAUSE = "[00:03.00]"


@pytest.fixture(scope="session")
def sung_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Press a small site with a minute of sound and lyrics."""

    def make(site: Path) -> None:
        write_small_site(site)
        for seed, path in enumerate(sorted((site / "stems").rglob("*.flac"))):
            path.write_bytes(tone(seed, frames=8000 * SECONDS))
        lines = [*LINES, PAUSE, "[00:08.00]Zeile 8"]
        write(site / "content/albums/tides/one.lrc", "[la:en]\n" + "\n".join(lines))
        write(site / "content/albums/tides/two.lyrics.txt", "Out to sea\nand back\n\nAgain")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("stempress.audio.stem_lint.MIN_RATE", 8000)
            assert run(["--site", str(site)], build, ROOT) == 0

    return made_once(tmp_path_factory, "sites", "sung", make) / "dist"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page with reduced motion; nothing may go wrong behind the visitor's back."""
    context = chromium.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert not wrong


@pytest.fixture
def song(page: Page, sung_site: Path, serve: Serve) -> Page:
    page.goto(f"{serve(sung_site)}songs/one/")
    expect(line(page, 0)).to_be_enabled()
    return page


def line(page: Page, at: int) -> Locator:
    """Return the line that is sung at a time."""
    return page.locator(".lyrics").get_by_role("button", name=f"Line {at}", exact=True)


def marked(page: Page) -> Locator:
    return page.locator(".lyrics [aria-current]")


def mixer_seconds(page: Page) -> float:
    seconds: float = page.evaluate("document.querySelector('stem-mixer').position")
    return seconds


def is_in_box(of: Locator) -> bool:
    """Return whether all of a line is in view within the box of the lyrics."""
    inside: bool = of.evaluate(
        """line => {
            const one = line.getBoundingClientRect();
            const box = line.closest(".lyrics").getBoundingClientRect();
            return box.top <= one.top && one.bottom <= box.bottom;
        }"""
    )
    return inside


def test_a_line_seeks_to_where_it_is_sung_and_is_marked(song: Page) -> None:
    line(song, 40).click()
    assert mixer_seconds(song) == 40
    expect(marked(song)).to_have_text(["Line 40"])


def test_the_marked_line_follows_the_mixer_within_its_box(song: Page) -> None:
    before = song.evaluate("scrollY")
    song.evaluate("document.querySelector('stem-mixer').seek(51)")
    expect(marked(song)).to_have_text(["Line 50"])
    assert is_in_box(marked(song))
    assert song.evaluate("scrollY") == before
    song.evaluate("document.querySelector('stem-mixer').seek(8.5)")
    expect(marked(song)).to_have_text(["Line 8", "Zeile 8"])
    song.evaluate("document.querySelector('stem-mixer').seek(3.5)")
    expect(marked(song)).to_have_count(0)


def test_the_line_changes_while_the_mixer_plays(song: Page) -> None:
    line(song, 20).click()
    song.get_by_role("region", name="Mixer").get_by_role("button", name="Play", exact=True).click()
    expect(marked(song)).to_have_text(["Line 24"], timeout=30_000)


def test_whoever_reads_elsewhere_is_left_there(song: Page) -> None:
    song.evaluate("document.querySelector('stem-mixer').seek(50)")
    song.evaluate("document.querySelector('.lyrics').scrollTop = 0")
    song.evaluate("document.querySelector('stem-mixer').seek(54)")
    expect(marked(song)).to_have_text(["Line 54"])
    assert song.evaluate("document.querySelector('.lyrics').scrollTop") == 0
    line(song, 2).click()
    song.evaluate("document.querySelector('stem-mixer').seek(58)")
    expect(marked(song)).to_have_text(["Line 58"])
    assert is_in_box(marked(song))


def test_lines_are_reached_by_keyboard_with_one_stop(song: Page) -> None:
    line(song, 10).click()
    assert song.locator(".lyrics button[tabindex='0']").count() == 1
    song.keyboard.press("ArrowDown")
    song.keyboard.press("ArrowDown")
    expect(line(song, 14)).to_be_focused()
    song.keyboard.press("Enter")
    assert mixer_seconds(song) == 14
    song.keyboard.press("End")
    song.keyboard.press("Space")
    assert mixer_seconds(song) == 58
    song.keyboard.press("Tab")
    assert not song.evaluate("document.activeElement.closest('.lyrics')")


def test_lines_follow_the_player_bar_and_seek_in_it(song: Page) -> None:
    song.get_by_role("button", name="Play the song").click()
    expect(song.locator("player-bar")).to_have_attribute("data-state", "playing", timeout=30_000)
    expect(marked(song)).to_have_count(1)
    line(song, 30).click()
    until(song, "document.querySelector('player-bar').queue.seconds >= 30")
    expect(marked(song)).to_have_text(["Line 30"])
    assert mixer_seconds(song) == 0


def test_lyrics_are_of_their_own_page(song: Page) -> None:
    """Two songs follow each other in one document while the bar plays the first."""
    song.get_by_role("button", name="Play the song").click()
    expect(song.locator("player-bar")).to_have_attribute("data-state", "playing", timeout=30_000)
    song.get_by_role("link", name="Two", exact=True).first.click()
    expect(song.get_by_role("heading", name="Two", exact=True, level=1)).to_be_visible()
    words = song.locator(".lyrics li")
    expect(words).to_have_text(["Out to sea", "and back", "", "Again"])
    expect(song.locator(".lyrics button")).to_have_count(0)
    song.go_back()
    expect(marked(song)).to_have_count(1)


def test_lyrics_are_accessible(song: Page, axe: str) -> None:
    line(song, 10).click()
    assert violations(song, axe) == []
    expect(song.locator(".lyrics")).to_have_attribute("lang", "en")
    assert song.locator(".lyrics [aria-live], .lyrics [role=status]").count() == 0


def test_lyrics_are_read_whole_without_scripts(
    chromium: Browser, sung_site: Path, serve: Serve
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{serve(sung_site)}songs/one/")
    box = page.locator(".lyrics")
    assert box.evaluate("it => it.scrollHeight <= it.clientHeight + 1")
    expect(box.locator("li").first).to_have_text("Line 0")
    context.close()
