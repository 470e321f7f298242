"""The mixer's tools in a real Chromium: links, kept mixes, loops, rules, keys, embedding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

from build import build
from pyodide_app.engine.loudness import integrated_loudness, true_peak
from pyodide_app.engine.mix import RowSettings
from stempress.audio.mix_links import parse_mix
from stempress.collection.collection import read_collection
from stempress.collection.settings_parser import read_settings
from stempress.commands.cli import run
from stempress.core.errors import Findings
from tests.conftest import ROOT
from tests.support.visiting import Visit, hold_stems, until
from tests.web.test_mixer_browser import engine, first_stems, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from pyodide_app.engine.model import Song
    from tests.conftest import Serve

pytestmark = pytest.mark.browser

LINK = (
    "v=1&song=undertow&mix=1-2-1-2-1&gain=0,-6.5,0,0,2&pan=0,0.3,0,-1,0&mute=2&solo=1,3"
    "&master=-3&loop=288000-864000&at=300000"
)


def facts(host: Path) -> dict[str, Any]:
    """Return what the song's page knows of it."""
    found: dict[str, Any] = json.loads((host / "data/songs/undertow.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def song() -> Song:
    """Return the song as the build knows it."""
    findings = Findings()
    return read_collection(ROOT, read_settings(ROOT, findings), findings).song("undertow")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page of its own storage that may write to the clipboard."""
    context = chromium.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def open_tools(page: Page) -> None:
    """Unfold the tools."""
    page.get_by_text("Loop, compare, keep, share").click()


def state(page: Page) -> dict[str, Any]:
    """Return the mix that is set."""
    found: dict[str, Any] = page.evaluate("document.querySelector('stem-mixer').mix()")
    return found


def test_a_link_sets_everything_and_comes_back_the_same(
    page: Page, serve: Serve, host: Path, song: Song
) -> None:
    page.goto(f"{serve(host)}songs/undertow/#{LINK}")
    visit = Visit(page, facts(host))
    visit.says("Mix set from the link, at 0:06")
    assert state(page) == {
        "song": "undertow",
        "choice": [0, 1, 0, 1, 0],
        "rows": [
            {"stem": "dusty", "volume": 0, "pan": 0, "mute": False, "solo": True},
            {"stem": "upright", "volume": -6.5, "pan": 0.3, "mute": True, "solo": False},
            {"stem": "rhodes", "volume": 0, "pan": 0, "mute": False, "solo": True},
            {"stem": "pizzicato", "volume": 0, "pan": -1, "mute": False, "solo": False},
            {"stem": "hum", "volume": 2, "pan": 0, "mute": False, "solo": False},
        ],
        "master": -3,
        "loop": [288000, 864000],
        "at": 300000,
    }
    open_tools(page)
    page.get_by_role("button", name="Copy link").click()
    visit.says("Link copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.partition("#")[2] == LINK
    mix = parse_mix(song, copied)
    assert mix.variation.mix_number == "1-2-1-2-1"
    assert mix.rows[1] == RowSettings(-6.5, 0.3, mute=True, solo=False)
    assert mix.master_db == -3


@pytest.mark.parametrize(
    "fragment",
    [
        "v=2&song=undertow&mix=1-1-1-1-1",
        "v=1&song=undertow&mix=9-1-1-1-1",
        "v=1&song=undertow&mix=1-1-1",
        "v=1&song=undertow&mix=1-1-1-1-1&gain=1,2",
        "v=1&song=undertow&mix=1-1-1-1-1&gain=99,0,0,0,0",
        "v=1&song=undertow&mix=1-1-1-1-1&pan=NaN,0,0,0,0",
        "v=1&song=undertow&mix=1-1-1-1-1&mute=0x3",
        "v=1&song=undertow&mix=1-1-1-1-1&loop=9-3",
        "v=1&song=undertow&mix=1-1-1-1-1&at=999999999",
        "v=1&song=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&mix=1",
        "v=1&song=undertow&mix=%3Cscript%3Ealert(1)%3C/script%3E",
    ],
)
def test_a_link_that_is_none_changes_nothing(
    page: Page, serve: Serve, host: Path, fragment: str
) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.goto(f"{serve(host)}songs/undertow/#{fragment}")
    status = page.locator("stem-mixer").get_by_role("status")
    expect(status).to_contain_text("The mix in this link can't be read")
    found = state(page)
    assert found["choice"] == [0, 0, 0, 0, 0]
    assert found["at"] == 0
    assert not any(row["volume"] or row["pan"] or row["mute"] for row in found["rows"])
    assert not dialogs


def test_on_the_mixers_own_page_a_link_chooses_its_song(
    page: Page, serve: Serve, host: Path
) -> None:
    page.goto(f"{serve(host)}mixer/#{LINK}")
    Visit(page, facts(host)).says("Mix set from the link, at 0:06")
    expect(page.get_by_role("combobox", name="Song")).to_have_value("../data/songs/undertow.json")


def test_mixes_are_kept_by_name_and_forgotten_on_request(
    page: Page, serve: Serve, host: Path
) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    visit.set(visit.row("Bass").get_by_role("slider", name="Volume"), -9)
    open_tools(page)
    page.get_by_role("textbox", name="Name").fill("<b>Low</b>")
    page.get_by_role("textbox", name="Name").press("Enter")
    visit.says("Saved in this browser: <b>Low</b>")
    page.reload()
    open_tools(page)
    page.get_by_role("button", name="<b>Low</b>", exact=True).click()
    expect(visit.row("Bass").get_by_role("slider", name="Volume")).to_have_value("-9")
    page.get_by_role("button", name="Delete <b>Low</b>").click()
    expect(page.locator(".kept li")).to_have_count(0)
    page.reload()
    open_tools(page)
    expect(page.locator(".kept li")).to_have_count(0)


@pytest.mark.parametrize(
    "kept", ["{", "[1, null]", '[{"name": {}, "mix": 3}]', '{"length": 1e9}', '"x"']
)
def test_what_others_left_in_the_store_harms_nothing(
    page: Page, serve: Serve, host: Path, kept: str
) -> None:
    base = serve(host)
    page.goto(f"{base}songs/undertow/")
    key = page.evaluate("'stempress:mixes:' + (document.documentElement.dataset.collection ?? '')")
    page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [key, kept])
    page.reload()
    open_tools(page)
    page.get_by_role("button", name="Keep this mix").click()
    expect(page.locator(".kept li")).to_have_count(1)


def test_broken_rules_are_told_and_surprises_keep_them(
    page: Page, serve: Serve, host: Path, song: Song
) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    visit.row("Keys").get_by_role("combobox", name="Stem").select_option("cimbalom")
    visit.row("Strings").get_by_role("combobox", name="Stem").select_option("pizzicato")
    rules = page.locator(".rules")
    expect(rules).to_have_text(
        "This mix can't be forged. When Keys is Cimbalom, Strings can't be Pizzicato."
    )
    numbers = set()
    for _ in range(12):
        page.get_by_role("button", name="Surprise me").click()
        expect(rules).to_be_hidden()
        number = page.locator(".mix-number").inner_text()
        assert song.permits(parse_mix(song, number).variation)
        numbers.add(number)
    assert len(numbers) > 3
    link = page.locator(".mix-number").get_attribute("href")
    assert link is not None
    page.locator(".mix-number").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)


def test_a_loop_by_bars_and_by_hand(page: Page, serve: Serve, host: Path) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    open_tools(page)
    page.get_by_label("From bar").fill("3")
    page.get_by_label("to bar", exact=True).fill("4")
    page.get_by_label("to bar", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Loop", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    bar = 1728000 // 12
    assert state(page)["loop"] == [2 * bar, 4 * bar]
    lane = page.locator(".lane").first
    lane.scroll_into_view_if_needed()
    box = lane.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 5.3 / 12, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 7.6 / 12, middle, steps=4)
    page.mouse.up()
    expect(page.get_by_label("From bar")).to_have_value("6")
    expect(page.get_by_label("to bar", exact=True)).to_have_value("8")
    assert state(page)["loop"] == [5 * bar, 8 * bar]
    page.get_by_label("From bar").fill("9")
    page.get_by_label("From bar").press("Enter")
    expect(page.locator("stem-mixer").get_by_role("status")).to_contain_text(
        "A loop begins at 1 or later"
    )
    page.mouse.click(box["x"] + box["width"] / 2, middle)
    assert state(page)["at"] == pytest.approx(864000, abs=5000)


def test_keys(page: Page, serve: Serve, host: Path) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".bar-now")).to_have_text("bar 3 of 12")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".bar-now")).to_have_text("bar 2 of 12")
    page.keyboard.press("Home")
    expect(page.locator(".bar-now")).to_have_text("bar 1 of 12")
    page.keyboard.press("l")
    expect(visit.mixer.get_by_role("button", name="Loop", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("3")
    mute = visit.row("Keys").get_by_role("button", name="Mute", exact=True)
    expect(mute).to_be_focused()
    page.keyboard.press("m")
    expect(mute).to_have_attribute("aria-pressed", "true")
    for _ in range(4):  # held down: the browser repeats the event
        page.keyboard.down("s")
    page.keyboard.up("s")
    expect(visit.row("Keys").get_by_role("button", name="Solo")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.locator("h1").click()
    page.keyboard.press(" ")
    expect(visit.mixer.get_by_role("button", name="Pause", exact=True)).to_be_enabled(
        timeout=30_000
    )
    page.keyboard.press(" ")
    visit.says("Paused")


def test_keys_leave_typing_alone_and_can_be_turned_off(
    page: Page, serve: Serve, host: Path
) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    loop = page.get_by_role("button", name="Loop", exact=True)
    open_tools(page)
    page.get_by_role("textbox", name="Name").press_sequentially("l m s ? 1")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("l m s ? 1")
    expect(loop).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator("h1").click()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard")
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="Single-key shortcuts").click()
    sheet.get_by_role("button", name="Close").click()
    page.locator("h1").click()
    page.keyboard.press("l")
    expect(loop).to_have_attribute("aria-pressed", "false")


def test_it_plays_in_a_frame_of_another_site(
    page: Page, serve: Serve, host: Path, tmp_path: Path
) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    open_tools(page)
    page.get_by_role("button", name="Copy embed code").click()
    expect(page.locator("stem-mixer").get_by_role("status")).to_have_text("Embed code copied.")
    code = page.evaluate("navigator.clipboard.readText()")
    (tmp_path / "index.html").write_text(f"<!doctype html><title>Elsewhere</title>{code}", "utf-8")
    page.goto(serve(tmp_path).replace("127.0.0.1", "localhost"))
    page.set_viewport_size({"width": 736, "height": 900})  # a frame of the width that oEmbed tells
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Play", exact=True).click()
    expect(frame.get_by_role("status")).to_contain_text("mixed by Python", timeout=60_000)
    tall, room = frame.locator("html").evaluate("it => [it.scrollHeight, innerHeight]")
    assert tall <= room


def test_the_lock_screen_knows_what_plays(page: Page, serve: Serve, host: Path) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("stem-mixer").get_by_role("status")).to_contain_text(
        "Playing", timeout=30_000
    )
    expect(page.locator(".now")).not_to_have_text("0:00")
    found = page.evaluate(
        "[navigator.mediaSession.metadata.title, navigator.mediaSession.metadata.artist,"
        " navigator.mediaSession.playbackState]"
    )
    assert found == ["Undertow", "Mara Voss", "playing"]


@pytest.mark.parametrize("bits", [24, 16])
def test_an_export_is_the_file_that_the_command_line_writes(
    page: Page, serve: Serve, host: Path, tmp_path: Path, bits: int
) -> None:
    page.goto(f"{serve(host)}songs/undertow/#{LINK}")
    open_tools(page)
    page.get_by_label("Bits").select_option(str(bits))
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Export WAV").click()
    name = "Mara Voss - Undertow (1-2-1-2-1).wav"
    assert download.value.suggested_filename == name
    expect(page.locator("stem-mixer").get_by_role("status")).to_contain_text(f"Exported {name}")
    wav = tmp_path / "mix.wav"
    mix = ["mix", "undertow", f"https://site.example/#{LINK}", "-o", str(wav)]
    assert run([*mix, "--bits", str(bits)], build, ROOT) == 0
    assert Path(download.value.path()).read_bytes() == wav.read_bytes()


def test_an_export_can_be_cancelled(page: Page, serve: Serve, host: Path) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    open_tools(page)
    page.evaluate("document.querySelector('stem-mixer').ready")
    page.get_by_role("button", name="Export WAV").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("stem-mixer").get_by_role("status")).to_have_text("Export: cancelled")
    expect(page.get_by_role("button", name="Export WAV")).to_be_enabled()


def test_buttons_that_become_disabled_pass_their_focus_on(
    page: Page, serve: Serve, host: Path
) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    open_tools(page)
    visit.play()
    visit.mixer.get_by_role("button", name="Pause", exact=True).press("Enter")
    expect(visit.mixer.get_by_role("button", name="Play", exact=True)).to_be_focused()
    export = page.get_by_role("button", name="Export WAV")
    export.press("Enter")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(export).to_be_focused()


def test_two_mixes_are_compared_equally_loud(page: Page, serve: Serve, host: Path) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    open_tools(page)
    visit.press("Loop")
    visit.play()
    gain = "document.querySelector('stem-mixer').outputNode.gain.value"
    visit.press("B")
    expect(visit.mixer.get_by_role("button", name="B", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    visit.row("Drums").get_by_role("button", name="Mute", exact=True).click()
    visit.row("Bass").get_by_role("button", name="Mute", exact=True).click()
    visit.press("A")
    mute = visit.row("Drums").get_by_role("button", name="Mute", exact=True)
    expect(mute).to_have_attribute("aria-pressed", "false", timeout=30_000)
    until(page, f"{gain} < 0.9")  # the louder mix is turned down
    visit.press("B")
    expect(mute).to_have_attribute("aria-pressed", "true", timeout=30_000)
    until(page, f"Math.abs({gain} - 1) < 1e-3")


def test_slots_that_are_pressed_quickly_keep_their_mixes(
    page: Page, serve: Serve, host: Path
) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    open_tools(page)
    page.evaluate("document.querySelector('.matched').checked = false")  # needs no Python
    visit.press("B")
    slot = visit.mixer.get_by_role("button", name="B", exact=True)
    expect(slot).to_have_attribute("aria-pressed", "true")
    mute = visit.row("Drums").get_by_role("button", name="Mute", exact=True)
    mute.click()
    for pressed in ("A A", "B B A B"):
        page.evaluate(
            """(names) => names.forEach((name) => [...document.querySelectorAll(".slot")]
                .find((key) => key.textContent.trim() === name).click())""",
            pressed.split(" "),
        )
        slot = visit.mixer.get_by_role("button", name=pressed[-1], exact=True)
        expect(slot).to_have_attribute("aria-pressed", "true")
        expect(mute).to_have_attribute("aria-pressed", str(pressed[-1] == "B").lower())


WATCH_METERS = """() => {
  const mixer = document.querySelector("stem-mixer");
  const rows = [...mixer.querySelectorAll(".row")];
  const extremes = { gain: 0, levels: rows.map(() => 0) };
  const read = () => {
    const gain = figure(".limiter"); // NaN before there is one
    if (gain < extremes.gain) extremes.gain = gain;
  };
  const look = () => {
    extremes.levels = extremes.levels.map((level, at) => Math.max(level, levelOf(rows[at])));
    requestAnimationFrame(look);
  };
  const levelOf = (row) => {
    const canvas = row.querySelector(".lane canvas");
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, height - 1, width, 1);
    let end = 0;
    while (end < width && data[4 * end + 3] === 255) end++; // the track is translucent
    return end / width;
  };
  const figure = (name) => parseFloat(mixer.querySelector(name).textContent.replace("\u2212", "-"));
  window.figures = () => ({
    ...extremes, integrated: figure(".integrated"), truePeak: figure(".true-peak"),
  });
  new MutationObserver(read).observe(mixer, {
    subtree: true, childList: true, characterData: true,
  });
  look();
}"""
"""Keeps the limiter's lowest gain and each row's highest level; window.figures() has all."""


@pytest.mark.sound
def test_the_meters_say_what_the_engine_measures(page: Page, serve: Serve, host: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 3000})  # meters out of view are not drawn
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    rate, frames = visit.song["rate"], visit.song["frames"]
    page.evaluate("document.querySelector('stem-mixer').ready")
    visit.set(visit.mixer.get_by_role("slider", name="Master volume"), 6)
    visit.seek(visit.song["duration"] - 6)
    page.evaluate(WATCH_METERS)
    visit.press("Play")
    visit.says("Playing, mixed by Python")
    visit.says("Paused")
    shown = page.evaluate("figures()")

    mixer = engine(visit.song, first_stems(visit.song), {})
    mixer.set_master(6)
    mixer.locate(frames - 6 * rate)
    blocks, gains = [], []
    for frame in range(0, 6 * rate, 2048):
        blocks.append(mixer.render(frame, 2048))
        gains.append(mixer.lowest_gain)
    heard = np.concatenate(blocks, axis=1)
    assert shown["integrated"] == pytest.approx(integrated_loudness(heard, rate), abs=0.1)
    assert shown["truePeak"] == pytest.approx(20 * np.log10(true_peak(heard)), abs=0.1)
    assert shown["gain"] == pytest.approx(20 * np.log10(min(gains)), abs=0.1)
    assert shown["gain"] < -1, "the limiter has something to do"
    peaks = 20 * np.log10(mixer.row_peaks(0, 6 * rate))
    assert shown["levels"] == pytest.approx(1 + np.minimum(peaks, 0) / 60, abs=0.01)


def test_a_stem_can_wait_for_the_bar(page: Page, serve: Serve, host: Path) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    page.evaluate("document.querySelector('stem-mixer').ready")
    page.get_by_label("Change stems at the next bar").check()
    visit.press("Loop")
    visit.play()
    bar = visit.song["frames"] // visit.song["bars"]
    keys = visit.row("Keys")
    # Once, so that the stem is there; then from the middle of a bar, far from the song's end.
    keys.get_by_role("combobox", name="Stem").select_option("drawbar")
    page.wait_for_timeout(4000)
    visit.seek(0)
    for key in ("Drums", "Bass", "Strings", "Voice"):
        visit.row(key).get_by_role("button", name="Mute", exact=True).click()
    page.wait_for_timeout(300)
    before = visit.recording().shape[1] - visit.song["rate"] // 10
    keys.get_by_role("combobox", name="Stem").select_option("rhodes")
    page.wait_for_timeout(3500)
    heard = visit.recording()[:, before:]
    old, new = (
        load("undertow", "keys", stem).samples[0].astype("f4") / 32768
        for stem in ("drawbar", "rhodes")
    )
    tail = heard[0, -8192:]
    places = np.flatnonzero(new[: -tail.size] == tail[0])
    (end,) = [at for at in places if np.array_equal(new[at : at + tail.size], tail)]
    start = end + tail.size - heard.shape[1]
    song_at = np.arange(start, end + tail.size) % visit.song["frames"]
    same = np.lib.stride_tricks.sliding_window_view(heard[0] == old[song_at], 64).all(axis=1)
    last_old = np.flatnonzero(same)[-1] + 63
    assert (song_at[last_old] + 1) % bar < 16, "the old stem sounds up to a bar line"


def test_what_is_not_owned_is_a_preview(page: Page, serve: Serve, host: Path) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    page.evaluate("document.querySelector('stem-mixer').dataset.locked = 'preview'")
    hold_stems(page, "undertow/drums/brushes", "undertow/keys/rhodes")
    drums, bass = visit.row("Drums"), visit.row("Bass")
    expect(drums.locator(".access")).to_have_text("not yours: preview only")
    expect(drums.locator("option")).to_have_text(["Brushes · yours", "Dusty", "Lock Gate"])
    expect(drums.get_by_role("combobox", name="Stem")).to_have_value("dusty")
    drums.get_by_role("combobox", name="Stem").select_option("brushes")
    expect(drums.locator(".access")).to_have_text("")
    expect(page.locator(".mix-number")).to_have_text("2-1-1-1-1")
    expect(bass.locator(".access")).to_have_text("not yours: preview only")
    page.evaluate("document.querySelector('stem-mixer').ready")
    visit.press("Loop")
    bass.get_by_role("button", name="Solo", exact=True).click()
    visit.play()
    page.wait_for_timeout(1500)
    heard = visit.recording()[0, -8192:]
    quiet = load("undertow", "bass", "sub").samples[0] / np.float32(32768) * np.float32(0.25)
    places = np.flatnonzero(np.isclose(quiet[: -heard.size], heard[0], atol=1e-6))
    assert any(np.allclose(quiet[at : at + heard.size], heard, atol=1e-6) for at in places)


def test_what_is_not_owned_can_be_silent(page: Page, serve: Serve, host: Path) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    page.evaluate("document.querySelector('stem-mixer').dataset.locked = 'silent'")
    hold_stems(page, "undertow/keys/rhodes")
    expect(visit.row("Bass").locator(".access")).to_have_text("not yours: silent")
    page.evaluate("document.querySelector('stem-mixer').ready")
    visit.press("Loop")
    visit.row("Bass").get_by_role("button", name="Solo", exact=True).click()
    visit.play()
    page.wait_for_timeout(600)
    assert not visit.recording()[:, -4096:].any()
    hold_stems(page, "undertow/keys/rhodes", "undertow/bass/sub")
    expect(visit.row("Bass").locator(".access")).to_have_text("")
    visit.until_sounding(frames=4096)


MOVE = """() => {
  const mixer = document.querySelector("stem-mixer");
  document.querySelector("main").append(mixer);
}"""


def test_a_mixer_that_is_moved_in_its_page_goes_on_working(
    page: Page, serve: Serve, host: Path
) -> None:
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    visit.row("Keys").get_by_role("combobox", name="Stem").select_option("drawbar")
    chosen = page.evaluate("document.querySelector('stem-mixer').choice")
    page.evaluate(MOVE)
    assert page.evaluate("document.querySelector('stem-mixer').choice") == chosen
    mute = visit.row("Drums").get_by_role("button", name="Mute", exact=True)
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "true")
    page.locator("body").press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_have_count(1)
    page.keyboard.press("Escape")
    visit.play()


@pytest.mark.parametrize("locked", ["preview", "silent"])
def test_without_python_a_song_ends_whatever_sounds(
    page: Page, serve: Serve, host: Path, locked: str
) -> None:
    page.add_init_script("delete window.WebAssembly")
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, facts(host))
    page.evaluate(f"document.querySelector('stem-mixer').dataset.locked = '{locked}'")
    hold_stems(page, "undertow/keys/rhodes")
    expect(visit.row("Drums").locator(".access")).to_contain_text("not yours")
    visit.press("Play")
    status = visit.mixer.get_by_role("status")
    expect(status).to_contain_text("Playing, mixed by the browser", timeout=30_000)
    visit.seek(visit.song["duration"] - 1)
    expect(status).to_contain_text("Paused", timeout=10_000)
    expect(visit.mixer.locator(".now")).to_have_text("0:00")


def test_a_mix_is_verified_however_it_is_set(page: Page, serve: Serve, host: Path) -> None:
    page.goto(f"{serve(host)}songs/undertow/1-1-1-1-1/")
    visit = Visit(page, facts(host))
    visit.set(visit.row("Bass").get_by_role("slider", name="Volume"), -9)
    open_tools(page)
    page.get_by_role("button", name="Verify this mix").click()
    digests = json.loads((host / "data/digests/undertow.json").read_text("utf-8"))
    expect(page.locator("stem-mixer").get_by_role("status")).to_have_text(
        f"This is the mix that was published: SHA-256 {digests['mixes']['1-1-1-1-1']}",
        timeout=60_000,
    )


def test_a_mix_that_is_another_is_told(page: Page, serve: Serve, host: Path) -> None:
    data = json.loads((host / "data/digests/undertow.json").read_text("utf-8"))
    data["mixes"]["1-1-1-1-1"] = "0" * 64
    page.route("**/data/digests/undertow.json", lambda route: route.fulfill(json=data))
    page.goto(f"{serve(host)}songs/undertow/1-1-1-1-1/")
    open_tools(page)
    page.get_by_role("button", name="Verify this mix").click()
    expect(page.locator("stem-mixer").get_by_role("status")).to_contain_text(
        "This is not the mix that was published", timeout=60_000
    )


def test_an_export_that_fails_says_why_and_verifying_still_works(
    page: Page, serve: Serve, host: Path
) -> None:
    drums = facts(host)["layers"][0]["stems"][0]
    address = f"**/{(drums['lossless'] or drums['audio'])['url']}"
    page.route(address, lambda route: route.fulfill(status=404))
    page.goto(f"{serve(host)}songs/undertow/1-1-1-1-1/")
    visit = Visit(page, facts(host))
    open_tools(page)
    export, verify = (
        page.get_by_role("button", name=name) for name in ("Export WAV", "Verify this mix")
    )
    export.click()
    expect(visit.mixer.get_by_role("status")).to_contain_text(
        f"the stem {drums['slug']} cannot be played: ", timeout=60_000
    )
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_disabled()
    page.unroute(address)
    verify.click()
    expect(visit.mixer.get_by_role("status")).to_contain_text(
        "This is the mix that was published", timeout=60_000
    )
    expect(export).to_be_enabled()


def test_sections_loop_at_a_press(page: Page, serve: Serve, host: Path) -> None:
    page.goto(f"{serve(host)}songs/dead-reckoning/")
    mixer = page.get_by_role("region", name="Mixer")
    sections = mixer.get_by_role("group", name="Sections")
    expect(sections.get_by_role("button")).to_have_text(
        ["Intro", "Verse", "Build", "Chorus", "Middle", "Climb", "Last chorus", "Outro"]
    )
    chorus = sections.get_by_role("button", name="Chorus", exact=True)
    loop = mixer.get_by_role("button", name="Loop", exact=True)
    expect(chorus).to_be_enabled()
    chorus.click()
    expect(chorus).to_have_attribute("aria-pressed", "true")
    expect(chorus).to_have_attribute("data-now", "")
    expect(loop).to_have_attribute("aria-pressed", "true")
    bar = 48000 * 240 // 96
    assert state(page)["loop"] == [32 * bar, 48 * bar]
    assert state(page)["at"] == 32 * bar
    page.get_by_text("Loop, compare, keep, share").click()
    expect(page.get_by_label("From bar")).to_have_value("33")
    sections.get_by_role("button", name="Verse").click()
    expect(chorus).to_have_attribute("aria-pressed", "false")
    assert state(page)["loop"] == [8 * bar, 24 * bar]
    sections.get_by_role("button", name="Verse").click()
    expect(loop).to_have_attribute("aria-pressed", "false")
    assert state(page)["loop"] is None


def test_sections_are_those_of_the_chosen_song(page: Page, serve: Serve, host: Path) -> None:
    page.goto(f"{serve(host)}mixer/")
    sections = page.get_by_role("group", name="Sections")
    chooser = page.get_by_role("combobox", name="Song", exact=True)
    chooser.select_option(label="Dead Reckoning")
    expect(sections.get_by_role("button")).to_have_count(8)
    chooser.select_option(label="Undertow")
    expect(sections).to_be_hidden()


def test_a_songs_data_that_did_not_come_is_asked_for_again(
    page: Page, serve: Serve, host: Path
) -> None:
    address = "**/data/songs/undertow.json"
    page.route(address, lambda route: route.abort())
    page.goto(f"{serve(host)}embed/undertow/")
    mixer = page.get_by_role("region", name="Mixer")
    play_button = mixer.get_by_role("button", name="Play", exact=True)
    play_button.click()
    expect(mixer.get_by_role("status")).to_contain_text("etch")  # as browsers say it
    page.unroute(address)
    play_button.click()
    expect(mixer.get_by_role("status")).to_contain_text("Playing", timeout=60_000)
