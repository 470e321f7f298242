"""[audio] locked: what is heard, exported and kept of stems that the visitor does not hold."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect

from tests.conftest import made_once, press_bundled
from tests.support.visiting import Visit, hold_stems, hold_tokens
from tests.web.test_mixer_browser import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page

    from tests.conftest import Serve

pytestmark = pytest.mark.browser

SONG = "songs/undertow/"
SHUT = ("preview", "silent")
PREVIEW_SECONDS = 30
MIX = ("drums/dusty", "bass/sub", "keys/drawbar", "strings/pizzicato", "voice/hum")
"""The stems of song token 9005."""


@pytest.fixture(scope="session")
def locked_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that presses the bundled collection, locked."""

    def press(locked: str) -> Path:
        def make(site: Path) -> None:
            press_bundled(site, 'locked = "open"', f'locked = "{locked}"')

        return made_once(tmp_path_factory, "sites", f"locked-{locked}", make) / "dist"

    return press


@pytest.fixture(params=SHUT)
def locked(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def base(locked: str, locked_site: Callable[[str], Path], serve: Serve) -> str:
    return serve(locked_site(locked))


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def visit(page: Page, base: str, address: str = SONG) -> Visit:
    page.goto(base + address)
    song = page.evaluate(f"fetch('{base}data/songs/undertow.json').then((answer) => answer.json())")
    return Visit(page, song)


def open_tools(page: Page) -> None:
    page.get_by_text("Loop, compare, keep, share").click()


def export(made: Visit, says: str) -> NDArray[np.float32]:
    """Export the mix; return its samples, shape (2, frames)."""
    open_tools(made.page)
    with made.page.expect_download(timeout=60_000) as download:
        made.press("Export WAV")
    expect(made.mixer.get_by_role("status")).to_contain_text(says)
    samples, _ = soundfile.read(io.BytesIO(download.value.path().read_bytes()), dtype="float32")
    return np.ascontiguousarray(samples.T)


def test_the_page_says_what_a_stranger_hears(page: Page, base: str, locked: str) -> None:
    made = visit(page, base)
    words = {"preview": "first 30 seconds", "silent": "are silent"}[locked]
    sentence = made.mixer.locator(".restriction")
    expect(sentence).to_contain_text(words)
    expect(sentence).to_contain_text("The files themselves are public")
    expect(sentence.get_by_role("link")).to_have_attribute("href", "../../mine/")
    for layer in made.song["layers"]:
        expect(made.row(layer["name"]).locator(".access")).to_contain_text("not yours")
    hold_stems(page, "undertow/bass/sub")
    expect(sentence).to_be_hidden()
    expect(made.row("Bass").locator(".access")).to_have_text("")
    expect(made.row("Drums").locator(".access")).to_contain_text("not yours")


def test_stems_are_offered_to_holders_of_all_of_them(page: Page, base: str) -> None:
    made = visit(page, base, "songs/undertow/1-1-1-1-1/")
    open_tools(page)
    export = page.get_by_role("button", name="Export stems")
    expect(page.get_by_role("button", name="Export WAV")).to_be_enabled()
    expect(export).to_be_hidden()
    first = [
        f"undertow/{layer['slug']}/{layer['stems'][0]['slug']}" for layer in made.song["layers"]
    ]
    hold_stems(page, *first[1:])
    expect(export).to_be_hidden()
    hold_stems(page, *first)
    expect(export).to_be_visible()


@pytest.mark.parametrize("address", ["songs/undertow/1-1-1-1-1/", "embed/undertow/1-1-1-1-1/"])
def test_the_way_to_connect_is_right_on_every_page(page: Page, base: str, address: str) -> None:
    visit(page, base, address)
    page.locator(".restriction").get_by_role("link").click()
    page.wait_for_url(f"{base}mine/")


@pytest.mark.parametrize(
    "address",
    [
        SONG,
        f"{SONG}#v=1&song=undertow&mix=2-2-1-1-1",
        "stems/undertow/drums/dusty/",
        "tokens/9005/",
        "embed/undertow/1-1-1-1-1/",
    ],
)
def test_a_stranger_exports_what_a_stranger_hears(
    page: Page, base: str, locked: str, address: str
) -> None:
    made = visit(page, base, address)
    samples = export(made, "Not in full, since you don't hold their stems: Drums")
    end = PREVIEW_SECONDS * made.song["rate"]
    assert not samples[:, end:].any()
    assert samples[:, :end].any() == (locked == "preview")


def test_a_holder_exports_what_is_held(page: Page, base: str) -> None:
    made = visit(page, base)
    hold_stems(page, "undertow/bass/sub")
    page.reload()
    for layer in made.song["layers"]:
        if layer["slug"] != "bass":
            made.row(layer["name"]).get_by_role("button", name="Mute", exact=True).click()
    samples = export(made, "since you don't hold their stems: Drums, Keys")
    bass = load("undertow", "bass", "sub").samples.astype(np.float32) / np.float32(32768)
    both = np.broadcast_to(bass, (2, bass.shape[1]))
    at = np.abs(both).argmax() % both.shape[1]
    near = slice(max(0, at - 4800), at + 4800)
    assert np.corrcoef(samples[0, near], both[0, near])[0, 1] > 0.999
    assert samples[:, PREVIEW_SECONDS * made.song["rate"] :].any()


def test_only_holders_verify(page: Page, base: str) -> None:
    made = visit(page, base)
    open_tools(page)
    made.press("Verify this mix")
    made.says(
        "Only holders of its stems can verify this mix. "
        "You don't hold: Drums, Bass, Keys, Strings and Voice"
    )
    hold_tokens(page, '({ tier, album }) => tier === "album" && album === "outbound"')
    for layer in made.song["layers"]:
        expect(made.row(layer["name"]).locator(".access")).to_have_text("")
    made.press("Verify this mix")
    expect(made.mixer.get_by_role("status")).to_contain_text(
        "This is the mix that was published", timeout=60_000
    )


def test_the_bar_follows(page: Page, base: str, locked: str) -> None:
    visit(page, base, "songs/undertow/1-1-1-1-1/")
    page.get_by_role("button", name="Add to queue").click()
    words = {"preview": "Not yours: preview only", "silent": "Not yours: silent"}[locked]
    bar = page.get_by_role("region", name="Player", exact=True)
    expect(bar).to_contain_text(words)
    hold_tokens(page, '({ tier }) => tier === "album"')
    expect(bar).not_to_contain_text("Not yours")


def test_lossless_files_are_offered_to_holders(page: Page, base: str) -> None:
    visit(page, base, "stems/undertow/bass/sub/")
    download = page.get_by_role("link", name="Download lossless")
    expect(page.get_by_text("The lossless file is offered to holders")).to_be_visible()
    expect(download).to_be_hidden()
    hold_stems(page, "undertow/bass/sub")
    expect(download).to_be_visible()
    expect(page.get_by_text("The lossless file is offered to holders")).to_be_hidden()


def test_a_whole_mix_is_offered_to_those_who_hold_all_of_its_stems(page: Page, base: str) -> None:
    visit(page, base, "tokens/9005/")
    downloads = page.get_by_role("region", name="Download")
    sentence = downloads.get_by_text("The whole mix and its stems are offered to holders")
    expect(sentence).to_be_visible()
    expect(downloads.get_by_role("link")).to_have_count(1)
    hold_stems(page, *(f"undertow/{stem}" for stem in MIX[1:]))
    expect(sentence).to_be_visible()
    hold_stems(page, *(f"undertow/{stem}" for stem in MIX))
    expect(sentence).to_be_hidden()
    expect(downloads.get_by_role("link")).to_have_count(2 + len(MIX))
    page.reload()
    expect(downloads.get_by_role("link")).to_have_count(2 + len(MIX))
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(downloads.get_by_role("link")).to_have_count(1)


def test_a_silent_site_has_no_previews(locked_site: Callable[[str], Path]) -> None:
    def previews(locked: str) -> list[dict[str, Any]]:
        folder = locked_site(locked) / "metadata"
        texts = (path.read_text("utf-8") for path in folder.glob("9???.json"))
        return [found for text in texts if "animation_url" in (found := json.loads(text))]

    assert {found["properties"].keys() >= {"stems"} for found in previews("preview")} == {True}
    assert not previews("silent")


def test_the_mixer_begins_with_held_stems_that_go_together(page: Page, base: str) -> None:
    made = visit(page, base)
    hold_stems(page, "undertow/drums/lock-gate", "undertow/bass/upright")
    page.reload()
    expect(made.row("Drums").get_by_role("combobox")).to_have_value("lock-gate")
    expect(made.row("Bass").get_by_role("combobox")).to_have_value("upright")
    expect(made.row("Keys").get_by_role("combobox")).to_have_value("rhodes")
    expect(made.mixer.locator(".rules")).to_be_hidden()
    page.goto(f"{base}{SONG}#v=1&song=undertow&mix=1-1-1-1-1")
    page.reload()
    expect(made.row("Drums").get_by_role("combobox")).to_have_value("dusty")
    page.goto(f"{base}songs/undertow/1-1-1-1-1/")
    expect(made.row("Drums").get_by_role("combobox")).to_have_value("dusty")
    page.goto(f"{base}mixer/")
    page.get_by_role("combobox", name="Song", exact=True).select_option(label="Undertow")
    expect(made.row("Drums").get_by_role("combobox")).to_have_value("lock-gate")


def test_what_is_kept_on_the_device_is_what_is_heard(
    chromium: Browser, base: str, locked: str
) -> None:
    context = chromium.new_context(service_workers="allow")
    page = context.new_page()
    visit(page, base)
    hold_stems(page, "undertow/bass/sub", "undertow/keys/rhodes")
    page.reload()
    page.get_by_role("button", name="Keep on this device").click()
    expect(page.get_by_role("button", name="Remove from this device")).to_be_visible(timeout=60_000)
    kept = page.evaluate(
        """async () => {
          const names = (await caches.keys()).filter((name) => name.includes(" kept "));
          const cache = await caches.open(names[0]);
          return (await cache.keys()).filter(({ url }) => url.includes("/audio/")).length;
        }"""
    )
    song = page.evaluate("document.querySelector('stem-mixer').facts()")
    stems = sum(len(layer["stems"]) for layer in song["layers"])
    assert kept == (2 if locked == "silent" else stems)
    context.close()
