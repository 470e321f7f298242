"""Streaming of long songs over a slow line, compared with a plain <audio> of the ready mix."""

from __future__ import annotations

import time
from pathlib import Path
from shutil import copy
from threading import Lock
from typing import TYPE_CHECKING, Any, override

import numpy as np
import soundfile

from bench._common import chromium, compare, print_versions, scratch
from build import build
from stempress.commands.cli import run
from stempress.commands.static_server import StaticHandler
from tests.conftest import ROOT
from tests.support.hosts import serving
from tests.support.music import RATE, notes, sound_file
from tests.support.small_site import write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LAYERS = 9
MINUTES = (4, 10)
BITS_PER_SECOND = 10e6
LATENCY_SECONDS = 0.06
SLOWDOWN = 4
PART_BYTES = 8192
CACHED = "max-age=600"  # what GitHub Pages sends
IDLE_MS = 1000  # from the page's last request to the click
MOST_BYTES = 120e6
SETTINGS = """[site]
title = "Bench"
artist = "Bench"
[collection]
name = "Bench"
license = "none"
[audio]
previews = "none"
"""
PLAIN = "<!doctype html><title>plain</title><audio src=mix.ogg preload=none></audio>"
FIRST_SOUND = (Path(__file__).parent / "first_sound.js").read_text("utf-8")
SOUND_PROBE = Path(__file__).with_name("sound_probe.js")
SAVE_DATA = """Object.defineProperty(Navigator.prototype, "connection", {
  get: () => ({ saveData: true }),
});"""
CLICK_TO_SOUND = """async (selector) => {
  const target = document.querySelector(selector);
  // A finger's comes with its press.
  target.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
  const clicked = performance.timeOrigin + performance.now();
  target.click();
  return (await window.firstSound) - clicked;
}"""
PLAY = "stem-mixer .play"
QUEUE = "[data-queue]"
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
WITH_PLAYER = """async () => {
  const mixer = document.querySelector("stem-mixer");
  const player = await mixer.player();
"""
CLICK_TO_AUDIO = """async () => {
  const audio = document.querySelector("audio");
  const clicked = performance.now();
  const heard = new Promise((resolve) => {
    audio.addEventListener("timeupdate", () => {
      if (audio.currentTime > 0) resolve(performance.now() - clicked - 1000 * audio.currentTime);
    });
  });
  audio.play();
  return heard;
}"""


class SlowLine(StaticHandler):
    """A host at the end of one slow line, which all connections share."""

    lock = Lock()
    free = 0.0  # when the line is free again

    @override
    def setup(self) -> None:
        super().setup()
        write_plainly = self.wfile.write

        def write_slowly(data: Any) -> int:  # noqa: ANN401 - any buffer
            for start in range(0, len(data), PART_BYTES):
                part = data[start : start + PART_BYTES]
                wait_for_line(len(part))
                write_plainly(part)
            return len(data)

        self.wfile.write = write_slowly  # type: ignore[method-assign]

    @override
    def do_GET(self) -> None:
        time.sleep(LATENCY_SECONDS)
        super().do_GET()

    @override
    def send_header(self, keyword: str, value: str) -> None:
        super().send_header(keyword, CACHED if keyword == "Cache-Control" else value)


class WithoutRanges(SlowLine):
    """A host that always sends whole files."""

    @override
    def do_GET(self) -> None:
        del self.headers["Range"]
        super().do_GET()


def wait_for_line(size: int) -> None:
    """Wait until the line has carried so many bytes more."""
    with SlowLine.lock:
        SlowLine.free = max(SlowLine.free, time.monotonic()) + 8 * size / BITS_PER_SECOND
        until = SlowLine.free
    time.sleep(max(0.0, until - time.monotonic()))


def make_site(site: Path, minutes: int) -> Path:
    """Build a site with one song, and a page with the ready mix; return its dist folder."""
    write(site / "site.toml", SETTINGS)
    write(site / "content/albums/x/index.md", '+++\ntitle = "X"\nsongs = ["long"]\n+++\n')
    layers = "".join(
        f'[[layers]]\nname = "l{layer}"\n'
        '[[layers.stems]]\nname = "a"\n[[layers.stems]]\nname = "b"\n'
        for layer in range(LAYERS)
    )
    write(site / "content/albums/x/long.md", f'+++\ntitle = "Long"\nbars = 60\n{layers}+++\n')
    for layer in range(LAYERS):
        for name in "ab":
            part = notes(10 * layer + ord(name), seconds=5, level=0.1)
            write(
                site / f"stems/long/l{layer}/{name}.wav",
                sound_file(np.tile(part, (12 * minutes, 1))),
            )
    if run(["--site", str(site)], build, ROOT) != 0:
        raise SystemExit("the site was not built")
    dist = site / "dist"
    copy(SOUND_PROBE, dist / "sound-probe.js")
    write(dist / "plain/index.html", PLAIN)
    mix = np.tile(notes(0, seconds=5), (12 * minutes, 1))
    with soundfile.SoundFile(
        dist / "plain/mix.ogg", "w", RATE, 2, format="OGG", subtype="OPUS"
    ) as file:
        for block in np.array_split(mix, 12 * minutes):
            file.write(block)
    return dist


def open_page(browser: Browser, address: str, script: str = "") -> Page:
    """Open a page on a slow device; ``script`` runs before its own."""
    page = browser.new_context(service_workers="block", has_touch=True).new_page()
    page.add_init_script(FIRST_SOUND + script)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.goto(address, wait_until="networkidle")
    return page


def measure(browser: Browser, address: str, script: str, argument: str = "") -> float:
    """Return the seconds from a click to the first sound."""
    page = open_page(browser, address)
    page.wait_for_timeout(IDLE_MS)
    seconds = page.evaluate(script, argument) / 1000
    page.context.close()
    return float(seconds)


def load_time(browser: Browser, address: str, script: str = "") -> float:
    """Return the seconds that a page takes to load."""
    page = open_page(browser, address, script)
    seconds = page.evaluate(LOADED) / 1000
    page.context.close()
    return float(seconds)


def most_memory(browser: Browser, base: str) -> float:
    """Return the most bytes of samples and files through a seek, a loop, a swap and a digest."""
    page = open_page(browser, f"{base}songs/long/")
    page.evaluate(CLICK_TO_SOUND, PLAY)
    steps = (
        "player.seek(mixer.duration / 2)",
        "player.loop([10, 12]), player.seek(10)",
        "player.choose(0, 'b')",
        "player.digest(16)",
    )
    most = 0.0
    for step in steps:
        page.evaluate(f"{WITH_PLAYER} await ({step}); }}")
        page.wait_for_timeout(3000)
        stats = page.evaluate("document.querySelector('stem-mixer').stats")
        most = max(most, stats["bytes"] + stats["fetched"])
    page.context.close()
    return most


def measure_clicks(browser: Browser, dist: Path, minutes: int) -> None:
    """Print the times from clicks to sound, with a plain <audio> as the reference."""
    plain = "plain <audio>"
    with serving(dist, SlowLine) as base, serving(dist, WithoutRanges) as whole:
        jobs = {
            plain: lambda: measure(browser, f"{base}plain/", CLICK_TO_AUDIO),
            "mixer": lambda: measure(browser, f"{base}songs/long/", CLICK_TO_SOUND, PLAY),
            "mixer, a host without ranges": lambda: measure(
                browser, f"{whole}songs/long/", CLICK_TO_SOUND, PLAY
            ),
            "home page, Play": lambda: measure(browser, base, CLICK_TO_SOUND, QUEUE),
        }
        compare(f"click to sound, {minutes} minutes", jobs, [plain])


def measure_loading(browser: Browser, dist: Path) -> None:
    """Print how long a song's page takes to load, with and without loading ahead."""
    with serving(dist, SlowLine) as base:
        page = f"{base}songs/long/"
        jobs = {
            "nothing loaded ahead": lambda: load_time(browser, page, SAVE_DATA),
            "as it is": lambda: load_time(browser, page),
        }
        compare("page load", jobs, ["nothing loaded ahead"])


def main() -> None:
    """Measure both songs."""
    print_versions("numpy")
    for minutes in MINUTES:
        with scratch() as folder, chromium() as browser:
            dist = make_site(folder, minutes)
            measure_clicks(browser, dist, minutes)
            measure_loading(browser, dist)
            with serving(dist) as base:
                most = most_memory(browser, base)
            share = most / MOST_BYTES
            print(f"  memory with files: {most / 1e6:.0f} MB, {share:.2f} of the limit")


if __name__ == "__main__":
    main()
