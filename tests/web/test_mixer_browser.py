"""The mixer in a real Chromium: its controls, its sound against the engine's, its faults."""

from __future__ import annotations

import json
import re
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

from build import build
from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.pcm import pcm_bytes
from stempress.audio.sound import decode
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.listening import difference, is_part_of, place_of
from tests.support.sizes import sized
from tests.support.small_site import write
from tests.support.visiting import Visit, choose_song, short_songs, wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser

    from tests.conftest import Serve

pytestmark = pytest.mark.browser


def load(song: str, layer: str, stem: str) -> StemAudio:
    """Read a stem as the artist gave it."""
    return StemAudio.from_float(decode(ROOT / "stems" / song / layer / f"{stem}.flac").samples)


def engine(song: dict[str, Any], stems: list[str], rows: dict[int, RowSettings]) -> Mixer:
    """Return the engine, set as the page is."""
    mixer = Mixer(rate=song["rate"], frames=song["frames"], rows=len(stems))
    for at, (layer, stem) in enumerate(zip(song["layers"], stems, strict=True)):
        mixer.place(at, load(song["slug"], layer["slug"], stem))
        mixer.adjust(at, rows.get(at, RowSettings()))
    return mixer


def until_heard(visit: Visit, whole: NDArray[np.float32], *, frames: int) -> NDArray[np.float32]:
    """Wait until the last frames that were played are part of the whole; return them."""
    heard = visit.recording()[:, :0]

    def is_heard() -> bool:
        nonlocal heard
        heard = visit.recording()[:, -frames:]
        return heard.shape[1] == frames and is_part_of(heard, whole)

    wait_for(visit.page, is_heard, "what the engine plays is heard")
    return heard


def first_stems(song: dict[str, Any]) -> list[str]:
    """Return the stems that the song's page begins with."""
    return [layer["stems"][0]["slug"] for layer in song["layers"]]


def test_every_control_has_its_name(visit: Visit) -> None:
    for name in ("Play", "Pause", "Stop", "Loop"):
        expect(visit.mixer.get_by_role("button", name=name, exact=True)).to_have_count(1)
    for name in ("Position", "Master volume"):
        expect(visit.mixer.get_by_role("slider", name=name, exact=True)).to_have_count(1)
    expect(visit.mixer.get_by_role("status")).to_have_count(1)
    expect(visit.mixer.get_by_role("meter", name="Level")).to_have_count(1)
    for layer in visit.song["layers"]:
        row = visit.row(layer["name"])
        for name in ("Mute", "Solo"):
            key = row.get_by_role("button", name=name, exact=True)
            expect(key).to_have_attribute("aria-pressed", "false")
            key.click()
            expect(key).to_have_attribute("aria-pressed", "true")
            key.click()
            expect(key).to_have_attribute("aria-pressed", "false")
        for name in ("Volume", "Pan"):
            expect(row.get_by_role("slider", name=name, exact=True)).to_have_count(1)
        names = [stem["name"] for stem in layer["stems"]]
        expect(row.get_by_role("combobox", name="Stem", exact=True).locator("option")).to_have_text(
            names
        )


@pytest.mark.sound
def test_what_is_heard_is_what_the_engine_plays_without_a_gap(visit: Visit) -> None:
    seconds = sized(10, nightly=60)
    visit.press("Loop")
    visit.play()
    visit.seek(visit.song["duration"] - seconds / 2)
    mixer = engine(visit.song, first_stems(visit.song), {})
    mixer.set_loop((0, visit.song["frames"]))
    whole = mixer.render(0, 3 * visit.song["frames"])
    before = visit.stats()["underruns"]
    visit.page.wait_for_timeout(1000 * (seconds + 1))
    heard = visit.recording()[:, -seconds * visit.song["rate"] :]
    assert heard.shape[1] == seconds * visit.song["rate"]
    assert visit.stats()["underruns"] == before
    assert is_part_of(heard, whole)


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)])
def test_pressing_play_brings_the_status_line_into_view(
    visit: Visit, size: tuple[int, int]
) -> None:
    width, height = size
    visit.page.set_viewport_size({"width": width, "height": height})
    play = visit.page.locator("stem-mixer .key.play")
    expect(play).to_be_enabled()
    play.evaluate("(key) => scrollBy(0, key.getBoundingClientRect().bottom - innerHeight + 1)")
    status = visit.page.locator("stem-mixer .status")
    expect(status).not_to_be_in_viewport()
    play.click()
    expect(status).to_have_text(re.compile("Loading|Playing"))
    expect(status).to_be_in_viewport(ratio=1)
    expect(play).to_be_in_viewport(ratio=1)


@pytest.mark.sound
def test_python_takes_over_in_time(visit: Visit) -> None:
    visit.set(visit.mixer.get_by_role("slider", name="Master volume"), -6)
    visit.set(visit.row("Bass").get_by_role("slider", name="Pan"), 0.4)
    heard = visit.record_takeover()
    mixer = engine(visit.song, first_stems(visit.song), {1: RowSettings(pan=0.4)})
    mixer.set_master(-6)
    song = mixer.render(0, visit.song["frames"])
    assert difference(heard, song) < 1e-4


@pytest.mark.sound
def test_seeking_while_python_takes_over(visit: Visit) -> None:
    visit.play(at_once=True)
    while visit.stats()["engine"] != "python":
        visit.seek(12)
        visit.page.wait_for_timeout(450)
    song = engine(visit.song, first_stems(visit.song), {}).render(0, visit.song["frames"])
    until_heard(visit, song[:, 12 * visit.song["rate"] :], frames=8192)


@pytest.mark.parametrize("missing", ["WebAssembly", "Worker", "AudioWorkletNode"])
def test_without_python_the_browser_goes_on(
    chromium: Browser, serve: Serve, host: Path, missing: str
) -> None:
    page = chromium.new_page()
    page.add_init_script(f"delete window.{missing}")
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, json.loads((host / "data/songs/undertow.json").read_text("utf-8")))
    visit.press("Play")
    status = visit.mixer.get_by_role("status")
    expect(status).to_contain_text("Playing, mixed by the browser", timeout=30_000)
    expect(status).to_contain_text("Python cannot run here")
    expect(visit.mixer.locator(".now")).to_have_text("0:01", timeout=10_000)
    meter = visit.mixer.get_by_role("meter", name="Level")
    expect(meter).not_to_have_attribute("aria-valuetext", "silence")
    for layer in visit.song["layers"]:
        visit.row(layer["name"]).get_by_role("button", name="Mute", exact=True).click()
    expect(meter).to_have_attribute("aria-valuetext", "silence")
    visit.press("Stop")
    expect(visit.mixer.locator(".now")).to_have_text("0:00")
    page.close()


@pytest.mark.sound
def test_every_control_is_heard(visit: Visit) -> None:
    frames = visit.song["frames"]
    stems = first_stems(visit.song)
    rows: dict[int, RowSettings] = {}
    visit.press("Loop")
    visit.play()

    def agree(master: float = 0.0) -> NDArray[np.float32]:
        mixer = engine(visit.song, stems, rows)
        mixer.set_loop((0, frames))
        mixer.set_master(master)
        return until_heard(visit, mixer.render(0, 2 * frames), frames=16384)

    with_drums = agree()
    drums = visit.row("Drums")
    drums.get_by_role("button", name="Mute", exact=True).click()
    rows[0] = RowSettings(mute=True)
    assert not np.array_equal(agree(), with_drums)

    bass = visit.row("Bass")
    visit.set(bass.get_by_role("slider", name="Volume"), -7.5)
    visit.set(bass.get_by_role("slider", name="Pan"), -0.6)
    rows[1] = RowSettings(-7.5, -0.6)
    agree()

    visit.row("Keys").get_by_role("combobox", name="Stem").select_option("cimbalom")
    stems[2] = "cimbalom"
    visit.says("Playing, mixed by Python")
    agree()

    visit.set(visit.mixer.get_by_role("slider", name="Master volume"), -12)
    agree(-12)

    bass.get_by_role("button", name="Solo", exact=True).click()
    rows[1] = RowSettings(-7.5, -0.6, solo=True)
    agree(-12)

    bass.get_by_role("button", name="Mute", exact=True).click()
    visit.until_sounding(frames=4096, sounding=False)


@pytest.mark.sound
def test_changes_while_it_plays_do_not_click(visit: Visit) -> None:
    visit.press("Loop")
    visit.play()
    visit.page.wait_for_timeout(1000)
    before = visit.recording()
    for _ in range(4):
        visit.row("Drums").get_by_role("button", name="Mute", exact=True).click()
        visit.page.wait_for_timeout(80)
        visit.row("Strings").get_by_role("button", name="Solo", exact=True).click()
        visit.page.wait_for_timeout(80)
        visit.set(visit.mixer.get_by_role("slider", name="Master volume"), -60)
        visit.page.wait_for_timeout(80)
        visit.set(visit.mixer.get_by_role("slider", name="Master volume"), 0)
        visit.page.wait_for_timeout(80)
    visit.press("Pause")
    visit.says("Paused")
    visit.until_sounding(frames=1024, sounding=False)
    heard = visit.recording()
    # No step is larger than the largest that the mix, or a stem of it, takes there by itself.
    stems = first_stems(visit.song)
    alone = [{at: RowSettings(solo=True)} for at in range(len(stems))]
    mixes = [engine(visit.song, stems, rows) for rows in ({}, *alone)]
    for mixer in mixes:
        mixer.set_loop((0, visit.song["frames"]))
    start = place_of(before, mixes[0].render(0, visit.song["frames"]))
    played = [mixer.render(start, heard.shape[1]) for mixer in mixes]
    assert np.abs(np.diff(heard)).max() <= 1.01 * max(
        np.abs(np.diff(each)).max() for each in played
    )


@pytest.mark.sound
def test_pause_stop_and_seek(visit: Visit) -> None:
    now = visit.mixer.locator(".now")
    visit.play()
    expect(now).not_to_have_text("0:00")
    visit.press("Pause")
    visit.says("Paused")
    visit.page.wait_for_timeout(200)
    place = visit.mixer.get_by_role("slider", name="Position").input_value()
    visit.page.wait_for_timeout(500)
    assert visit.mixer.get_by_role("slider", name="Position").input_value() == place
    visit.seek(20)
    expect(now).to_have_text("0:20")
    visit.press("Play")
    expect(now).to_have_text("0:21", timeout=10_000)
    visit.seek(30)
    song = engine(visit.song, first_stems(visit.song), {}).render(0, visit.song["frames"])
    until_heard(visit, song[:, 30 * visit.song["rate"] :], frames=8192)
    visit.seek(0)
    expect(now).to_have_text("0:00")
    expect(now).to_have_text("0:01", timeout=10_000)
    visit.press("Stop")
    expect(now).to_have_text("0:00")
    expect(visit.mixer.get_by_role("button", name="Pause", exact=True)).to_be_disabled()


@pytest.mark.sound
def test_an_interruption_pauses_and_one_press_goes_on(visit: Visit) -> None:
    now = visit.mixer.locator(".now")
    visit.play()
    visit.seek(20)
    expect(now).to_have_text("0:21", timeout=10_000)
    visit.page.evaluate("document.querySelector('stem-mixer').audioContext.suspend()")
    visit.says("Paused")
    expect(now).to_have_text(re.compile("0:2[12]"))
    visit.press("Play")
    song = engine(visit.song, first_stems(visit.song), {}).render(0, visit.song["frames"])
    until_heard(visit, song[:, 20 * visit.song["rate"] :], frames=8192)
    visit.says("Playing, mixed by Python")


def test_the_end_is_the_end_unless_it_loops(visit: Visit) -> None:
    visit.play()
    visit.seek(35.5)
    visit.says("Paused")
    expect(visit.mixer.locator(".now")).to_have_text("0:00")
    visit.press("Loop")
    visit.seek(35.5)
    visit.press("Play")
    expect(visit.mixer.locator(".now")).to_have_text("0:01", timeout=10_000)
    visit.says("Playing, mixed by Python")


def test_a_solo_that_the_page_begins_with(chromium: Browser, serve: Serve, host: Path) -> None:
    page = chromium.new_page()
    page.goto(f"{serve(host)}stems/undertow/bass/upright/")
    bass = page.get_by_role("group", name="Bass", exact=True)
    expect(bass.get_by_role("button", name="Solo", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(bass.get_by_role("combobox", name="Stem")).to_have_value("upright")
    expect(page.get_by_role("group", name="Drums", exact=True)).to_have_class("row layer-1 silent")
    page.close()


def test_the_same_bits_here_and_there_for_every_short_song(
    chromium: Browser, serve: Serve, host: Path
) -> None:
    page = chromium.new_page()
    page.goto(f"{serve(host)}mixer/")
    for nth, address in enumerate(short_songs(page, host)):
        song = json.loads((host / address.removeprefix("../")).read_text("utf-8"))
        choose_song(page, address, song["slug"])
        visit = Visit(page, song)
        stems, rows = [], {}
        for at, layer in enumerate(song["layers"]):
            row = visit.row(layer["name"])
            stem = layer["stems"][(nth + at) % len(layer["stems"])]["slug"]
            row.get_by_role("combobox", name="Stem").select_option(stem)
            stems.append(stem)
            rows[at] = RowSettings(1.5 * at - 4, round(0.35 * at - 0.7, 2), mute=at == nth % 4)
            visit.set(row.get_by_role("slider", name="Volume"), rows[at].volume_db)
            visit.set(row.get_by_role("slider", name="Pan"), rows[at].pan)
            if rows[at].mute:
                row.get_by_role("button", name="Mute", exact=True).click()
        mix = engine(song, stems, rows).render(0, song["frames"])
        for bits in (16, 24):
            assert visit.digest(bits) == sha256(pcm_bytes(mix, bits)).hexdigest(), (
                song["slug"],
                bits,
            )
    page.close()


def test_a_stem_that_is_not_there_is_named_and_can_be_tried_again(
    chromium: Browser, serve: Serve, host: Path
) -> None:
    page = chromium.new_page()
    page.goto(f"{serve(host)}songs/undertow/")
    visit = Visit(page, json.loads((host / "data/songs/undertow.json").read_text("utf-8")))
    lost = visit.song["layers"][0]["stems"][0]["audio"]["url"]
    page.route(f"**/{lost}", lambda route: route.fulfill(status=404))
    visit.press("Play")
    status = visit.mixer.get_by_role("status")
    expect(status).to_contain_text("the stem dusty cannot be played", timeout=60_000)
    expect(status).to_contain_text("404")
    page.unroute(f"**/{lost}")
    visit.press("Play")
    visit.says("Playing, mixed by Python")
    page.close()


def test_without_the_runtime_the_mixer_says_why_it_is_off(
    chromium: Browser, serve: Serve, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    for layer in ("drums", "bass"):
        (site / "stems/one" / layer).mkdir(parents=True)
        shutil.copy(
            ROOT / "stems/undertow" / layer / _any(layer), site / "stems/one" / layer / "a.flac"
        )
    write(
        site / "site.toml",
        '[site]\ntitle = "A"\nartist = "B"\n[collection]\nname = "A"\nlicense = "B"\n',
    )
    write(site / "content/albums/x/index.md", '+++\ntitle = "X"\nsongs = ["one"]\n+++\n')
    layers = "".join(
        f'[[layers]]\nname = "{name}"\n[[layers.stems]]\nname = "A"\n' for name in ("Drums", "Bass")
    )
    write(site / "content/albums/x/one.md", f'+++\ntitle = "One"\n{layers}+++\n')
    assert run(["--site", str(site), "--without-runtime"], build, ROOT) == 0
    page = chromium.new_page()
    page.goto(f"{serve(site / 'dist')}songs/one/")
    expect(page.get_by_role("status")).to_contain_text("pressed without the Python runtime")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_disabled()
    assert not (site / "dist/app/runtime").exists()
    page.close()


def _any(layer: str) -> str:
    return {"drums": "dusty.flac", "bass": "sub.flac"}[layer]
