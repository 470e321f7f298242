"""WebKit: pages offer what they offer in Chromium; the mixer's samples are the engine's."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any, override

import numpy as np
import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.support.ui import WebDriverWait

from build import build
from pyodide_app.engine.mix import RowSettings
from pyodide_app.engine.take import Control
from stempress.audio.take_files import open_take, take_wav
from stempress.commands.cli import run
from stempress.commands.static_server import StaticHandler
from stempress.core.progress import Progress
from tests.conftest import ROOT
from tests.support.edge_sites import samples
from tests.support.hosts import serving
from tests.support.listening import is_part_of
from tests.support.radio import SET_CLOCK, find_slot, scheduled
from tests.support.webkit import launch_webkit
from tests.web.test_mixer_browser import engine, first_stems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser
    from selenium.webdriver.remote.webdriver import WebDriver

pytestmark = [pytest.mark.browser, pytest.mark.site]

PATIENCE_SECONDS = 60
WIDTHS = (500, 1280)
"""The first is near the smallest that WebKit's window takes."""
HEIGHT = 900
LISTENER = b"""
window.wrong = [];
addEventListener("error", (event) => wrong.push(event.message ?? event.target.outerHTML), true);
addEventListener("unhandledrejection", ({ reason }) => wrong.push(String(reason)));
"""
OFFERED = """
const things = document.querySelectorAll(
  "h1, h2, h3, a[href], button, summary, input, select, canvas, svg, img");
const nameOf = (it) => it.ariaLabel || it.textContent || it.getAttribute("name") || it.type || "";
return [...things].filter((it) => it.checkVisibility({ visibilityProperty: true }))
  .map((it) => `${it.localName} ${nameOf(it).trim().replace(/\\s+/g, " ")}`);
"""
WIDE = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
RECORD = """
  const script = document.createElement("script");
  script.type = "module";
  script.src = "../../sound/record.js";
  document.body.append(script);
"""
EXPORT = """
  const [done] = arguments;
  (async () => {
    const player = await document.querySelector("stem-mixer").player();
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",")[1]);
    reader.readAsDataURL(await player.export(24, {}));
  })();
"""
EXPORT_TAKE = EXPORT.replace(
    "player.export(24, {})",
    "player.exportTake(mixer.openTake.take, mixer.openTake.text, 24, {})",
).replace("(async () => {", "(async () => { const mixer = document.querySelector('stem-mixer');")


class Listening(StaticHandler):
    """A host whose pages note what goes wrong, from their first script on."""

    @override
    def do_GET(self) -> None:
        source = self.source_of(self.path)
        if self.path.endswith("/listener.js"):
            self._answer(LISTENER, "text/javascript")
        elif source and source.suffix == ".html" and source.is_file():
            script = f'<script src="{self.prefix}listener.js"></script>'
            page = source.read_text("utf-8").replace("<head>", f"<head>{script}")
            self._answer(page.encode(), "text/html")
        else:
            super().do_GET()

    def _answer(self, data: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def webkit(loudspeakers: dict[str, str]) -> Iterator[WebDriver]:
    with launch_webkit(loudspeakers) as browser:
        yield browser


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_offers_in_webkit_what_it_offers_in_chromium(
    webkit: WebDriver, chromium: Browser, pressed: Path, width: int
) -> None:
    webkit.set_window_size(width, HEIGHT)
    with serving(pressed, Listening, prefix="/a/b/") as base:
        page = chromium.new_page(viewport={"width": width, "height": HEIGHT})
        for output in samples(ROOT).values():
            webkit.get(base + output)
            page.goto(base + output)

            def differences() -> set[str]:
                ours: list[str] = page.evaluate(f"() => {{ {OFFERED} }}")
                return set(ours) ^ set(webkit.execute_script(OFFERED))

            try:
                WebDriverWait(webkit, PATIENCE_SECONDS).until(lambda _: not differences())
            except TimeoutException:
                pytest.fail(f"{output}: {differences()}")
            assert webkit.execute_script("return window.wrong") == [], output
            assert not webkit.execute_script(WIDE), output
        page.close()


class Song:
    """The page of a song in WebKit, and what the engine makes of it."""

    def __init__(
        self, webkit: WebDriver, base: str, host: Path, slug: str = "undertow", address: str = ""
    ) -> None:
        """Open the page, or another that plays the song."""
        self.webkit = webkit
        self.facts: dict[str, Any] = json.loads((host / f"data/songs/{slug}.json").read_bytes())
        self.address = f"{base}{address or f'songs/{slug}/index.html'}"
        self.open()

    def open(self, fragment: str = "") -> None:
        """Load the page."""
        self.webkit.get(self.address + fragment)
        self.until("!document.querySelector('.play').disabled")

    def until(self, expression: str) -> None:
        """Wait until an expression of JavaScript is true."""
        script = f"return Boolean({expression})"
        wait = WebDriverWait(self.webkit, PATIENCE_SECONDS)
        wait.until(lambda driver: driver.execute_script(script), expression)

    def says(self, words: str) -> None:
        """Wait until the mixer's status line says something."""
        self.until(f"document.querySelector('.status').textContent.startsWith({json.dumps(words)})")

    def press(self, selector: str) -> None:
        """Click an element."""
        element = self.webkit.find_element("css selector", selector)
        self.webkit.execute_script("arguments[0].scrollIntoView({ block: 'center' })", element)
        element.click()

    def mix(self, rows: dict[int, RowSettings]) -> NDArray[np.float32]:
        """Return what the engine plays."""
        return engine(self.facts, first_stems(self.facts), rows).render(0, self.facts["frames"])

    def until_heard(self, whole: NDArray[np.float32]) -> None:
        """Wait until the last quarter of a second that was played is part of the whole."""
        frames = self.facts["rate"] // 4

        def is_heard(driver: WebDriver) -> bool:
            data = b64decode(driver.execute_script("return recording()"))
            heard = np.frombuffer(data, dtype="<f4").reshape(-1, 2).T[:, -frames:]
            return heard.shape[1] == frames and is_part_of(heard, whole)

        wait = WebDriverWait(self.webkit, PATIENCE_SECONDS)
        wait.until(is_heard, "what the engine plays is heard")


@pytest.fixture
def song(webkit: WebDriver, host: Path) -> Iterator[Song]:
    with serving(host, Listening, prefix="/a/b/") as base:
        found = Song(webkit, base, host)
        yield found
        assert webkit.execute_script("return window.wrong") == []


@pytest.mark.sound
def test_webkit_plays_and_mutes(song: Song) -> None:
    song.press(".play")
    song.says("Playing, mixed by Python")
    song.webkit.execute_script(RECORD)
    song.until("document.documentElement.dataset.recording")
    song.until_heard(song.mix({}))
    song.press("[data-layer=drums] .mute")
    song.until_heard(song.mix({0: RowSettings(mute=True)}))
    song.press(".pause")
    song.says("Paused")


@pytest.mark.sound
def test_webkit_records_a_take_whose_link_gives_the_engines_file(song: Song) -> None:
    song.press(".record-take")
    song.press(".play")
    song.says("Playing, mixed by Python")
    song.press("[data-layer=drums] .mute")
    song.press("[data-layer=drums] .solo")
    song.press(".record-take")
    song.says("Take recorded")
    song.press(".pause")
    text = song.webkit.execute_script("return document.querySelector('stem-mixer').openTake.text")
    opened = open_take(ROOT, text, Progress(quiet=True))
    assert [move.control for move in opened.take.moves] == [Control.MUTE, Control.SOLO]
    song.webkit.get("about:blank")
    song.open(f"#v=1&song=undertow&take={text}")
    song.says("Take opened")
    song.webkit.set_script_timeout(PATIENCE_SECONDS)
    exported = b64decode(song.webkit.execute_async_script(EXPORT_TAKE))
    assert exported == b"".join(take_wav(opened, 24))


def test_webkit_exports_and_verifies(song: Song, tmp_path: Path) -> None:
    song.webkit.set_script_timeout(PATIENCE_SECONDS)
    exported = b64decode(song.webkit.execute_async_script(EXPORT))
    wav = tmp_path / "mix.wav"
    assert run(["mix", "undertow", "1-1-1-1-1", "-o", str(wav)], build, ROOT) == 0
    assert exported == wav.read_bytes()
    song.press(".tools summary")
    song.press(".verify")
    song.says("This is the mix that was published: SHA-256 ")


@pytest.mark.sound
def test_webkit_plays_the_radio_through_a_change_of_stems(webkit: WebDriver, host: Path) -> None:
    slot = find_slot(host, "breakwater", 9)
    radio = "document.querySelector('stem-radio')"
    with serving(host, Listening, prefix="/a/b/") as base:
        song = Song(webkit, base, host, "breakwater", "radio/index.html")
        webkit.execute_script(f"const [time] = arguments; {SET_CLOCK}", slot["begin"] + 1000)
        song.press(".play")
        song.until(f"{radio}.stats?.engine === 'python'")
        webkit.execute_script(RECORD.replace("../../", "../"))
        song.until("document.documentElement.dataset.recording")
        change = slot["changes"][0]["frame"]
        song.until(f"{radio}.onAir.frame > {change - song.facts['rate']}")
        song.until(f"{radio}.onAir.frame > {change + song.facts['rate'] // 4}")
        song.until_heard(scheduled(song.facts, slot))
        assert webkit.execute_script("return window.wrong") == []
