"""Takes in a real browser: recorded by clicks, opened from links, exported, verified."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

from pyodide_app.engine.take import Control
from pyodide_app.engine.take_format import parse_take
from stempress.audio.take_files import open_take, play_take, take_digest, take_wav
from stempress.core.progress import Progress
from tests.conftest import ROOT
from tests.support.listening import is_part_of
from tests.support.visiting import Visit

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
QUIET = Progress(quiet=True)
TEXT = "document.querySelector('stem-mixer').openTake?.text ?? ''"


def key(visit: Visit, name: str) -> Any:  # noqa: ANN401 - a Locator, typed loosely as the fixtures' are
    return visit.mixer.get_by_role("button", name=name, exact=True)


def record(visit: Visit) -> str:
    """Record a take of a few moves; return its text."""
    drums, bass = (visit.row(layer["name"]) for layer in visit.song["layers"][:2])
    visit.says("")
    key(visit, "Record take").click()
    visit.press("Play")
    visit.says("Playing, mixed by Python")
    drums.get_by_role("button", name="Mute", exact=True).click()
    visit.set(bass.get_by_role("slider", name="Volume", exact=True), -6.5)
    visit.set(bass.get_by_role("slider", name="Pan", exact=True), 0.35)
    visit.page.wait_for_timeout(200)
    stems = visit.song["layers"][1]["stems"]
    bass.get_by_role("combobox", name="Stem").select_option(stems[1]["slug"])
    visit.page.wait_for_timeout(1200)
    drums.get_by_role("button", name="Mute", exact=True).click()
    visit.seek(4.0)
    visit.page.wait_for_timeout(1500)
    key(visit, "Record take").click()
    expect(key(visit, "Export take")).to_be_visible()
    visit.press("Pause")
    text: str = visit.page.evaluate(TEXT)
    return text


def exported(visit: Visit) -> bytes:
    with visit.page.expect_download() as download:
        key(visit, "Export take").click()
    assert re.fullmatch(r".* - Undertow \(Take\)\.wav", download.value.suggested_filename)
    return download.value.path().read_bytes()


def link(page: Page, text: str) -> str:
    return f"{page.url.partition('#')[0]}#v=1&song=undertow&take={text}"


def test_a_take_is_recorded_and_its_link_gives_the_same_file_everywhere(visit: Visit) -> None:
    text = record(visit)
    take = parse_take(text)
    controls = [move.control for move in take.moves]
    assert controls == [
        Control.MUTE,
        Control.VOLUME,
        Control.PAN,
        Control.STEM,
        Control.MUTE,
        Control.SEEK,
    ]
    opened = open_take(ROOT, text, QUIET)
    file = b"".join(take_wav(opened, 24))
    assert sha256(exported(visit)).hexdigest() == sha256(file).hexdigest()
    page = visit.page.context.new_page()
    page.goto(link(visit.page, text))
    other = Visit(page, visit.song)
    other.says("Take opened. Play plays it, until you touch a control.")
    assert sha256(exported(other)).hexdigest() == sha256(file).hexdigest()
    page.get_by_role("button", name="Verify this take").click()
    expect(other.mixer.get_by_role("status")).to_contain_text(take_digest(opened), timeout=60_000)


@pytest.mark.sound
def test_what_is_heard_of_a_take_is_what_the_engine_renders(visit: Visit) -> None:
    text = record(visit)
    opened = open_take(ROOT, text, QUIET)
    performance = play_take(opened)
    whole = performance.render(0, performance.frames)
    page, address = visit.page, link(visit.page, text)
    page.goto("about:blank")
    page.goto(address)
    visit.says("Take opened. Play plays it, until you touch a control.")
    visit.play(at_once=True)
    expect(page.locator("stem-mixer")).to_have_attribute("data-state", "paused", timeout=60_000)
    heard = visit.recording()
    middle = heard[:, np.flatnonzero(heard.any(axis=0))][:, 2000:-4000]
    assert middle.shape[1] > opened.take.rate
    assert is_part_of(middle, whole)


def test_a_published_take_plays_moves_the_controls_and_is_verified(
    visit: Visit, host: Path
) -> None:
    page, song = visit.page, json.loads((host / "data/songs/engine-room.json").read_text("utf-8"))
    page.goto(visit.page.url.replace("songs/undertow/", "takes/second-watch/"))
    watch = Visit(page, song)
    watch.says("Take opened. Play plays it, until you touch a control.")
    chords = watch.row("Chords")
    expect(chords.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
    key(watch, "Verify this take").click()
    digest = take_digest(open_take(ROOT, "second-watch", QUIET))
    expect(watch.mixer.get_by_role("status")).to_have_text(
        f"This is the take that was published: SHA-256 {digest}", timeout=60_000
    )
    watch.press("Play")
    expect(chords.get_by_role("button", name="Mute")).to_have_attribute(
        "aria-pressed", "false", timeout=60_000
    )
    expect(chords.get_by_role("slider", name="Volume")).not_to_have_value("-18")
    assert watch.stats()["engine"] == "python"
    watch.row("Signal").get_by_role("button", name="Mute").click()
    watch.says("You have taken over: the take goes no further.")
    before = chords.get_by_role("slider", name="Volume").input_value()
    expect(page.locator("stem-mixer")).to_have_attribute("data-state", "playing")
    page.wait_for_timeout(1000)
    assert chords.get_by_role("slider", name="Volume").input_value() == before


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("AgMA", "it was recorded with a newer version of the mixer"),
        ("AQAA", "it is damaged"),
        ("<script>", "it is not the text of a take"),
    ],
)
def test_a_hostile_link_is_rejected_in_words(visit: Visit, text: str, reason: str) -> None:
    address = link(visit.page, text)
    visit.page.goto("about:blank")
    visit.page.goto(address)
    visit.says(f"This take can't be played: {reason}")


@pytest.mark.parametrize("prefix", ["take=", "v=1&take="])
def test_a_link_that_names_no_song_opens_the_song_of_its_take(
    visit: Visit, host: Path, prefix: str
) -> None:
    page = visit.page
    take = (ROOT / "content/takes/second-watch.take").read_text("utf-8").strip()
    mixer = page.url.replace("songs/undertow/", "mixer/")
    page.goto("about:blank")
    page.goto(f"{mixer}#{prefix}{take}")
    song = json.loads((host / "data/songs/engine-room.json").read_text("utf-8"))
    Visit(page, song).says("Take opened. Play plays it, until you touch a control.")
    expect(page.locator("stem-mixer")).to_have_attribute("data-slug", "engine-room")


def test_a_link_to_a_take_without_its_song_says_why_it_cannot_be_played(visit: Visit) -> None:
    page = visit.page
    mixer = page.url.replace("songs/undertow/", "mixer/")
    page.goto("about:blank")
    page.goto(f"{mixer}#take=AQAA")
    visit.says("This take can't be played: it is damaged")
