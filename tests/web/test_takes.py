"""Takes in a real browser: recorded by clicks, opened from links, exported, verified."""

from __future__ import annotations

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
