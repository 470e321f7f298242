"""Streaming of long songs over a slow line, compared with a plain <audio> of the ready mix."""

from __future__ import annotations

import time
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
    from pathlib import Path

    from playwright.sync_api import Browser, Page

LAYERS = 9
MINUTES = (4, 10)
BITS_PER_SECOND = 10e6
LATENCY_SECONDS = 0.06
SLOWDOWN = 4
PART_BYTES = 8192
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
CLICK_TO_SOUND = """async () => {
  const mixer = document.querySelector("stem-mixer");
  const player = await mixer.player();
  const clicked = performance.now();
  const heard = new Promise((resolve) => {
    player.addEventListener("position", ({ detail }) => {
      const isHeard = detail.playing && !detail.isStalled && detail.peaks[0] > 0;
      if (isHeard) resolve(performance.now() - clicked);
    });
  });
  mixer.querySelector(".play").click();
  return heard;
}"""
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
    write(dist / "plain/index.html", PLAIN)
    mix = np.tile(notes(0, seconds=5), (12 * minutes, 1))
    with soundfile.SoundFile(
        dist / "plain/mix.ogg", "w", RATE, 2, format="OGG", subtype="OPUS"
    ) as file:
        for block in np.array_split(mix, 12 * minutes):
            file.write(block)
    return dist


def open_page(browser: Browser, address: str) -> Page:
    """Open a page on a slow device."""
    page = browser.new_context(service_workers="block").new_page()
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.goto(address, wait_until="networkidle")
    return page


def measure(browser: Browser, address: str, script: str) -> float:
    """Return the seconds from a click to the first sound."""
    page = open_page(browser, address)
    seconds = page.evaluate(script) / 1000
    page.context.close()
    return float(seconds)


def most_memory(browser: Browser, base: str) -> float:
    """Return the most bytes of samples and files through a seek, a loop, a swap and a digest."""
    page = open_page(browser, f"{base}songs/long/")
    page.evaluate(CLICK_TO_SOUND)
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


def main() -> None:
    """Measure both songs."""
    print_versions("numpy")
    for minutes in MINUTES:
        with scratch() as folder, chromium() as browser:
            dist = make_site(folder, minutes)
            with serving(dist, SlowLine) as base:
                jobs = {
                    "plain <audio>": lambda base=base: measure(
                        browser, f"{base}plain/", CLICK_TO_AUDIO
                    ),
                    "mixer": lambda base=base: measure(
                        browser, f"{base}songs/long/", CLICK_TO_SOUND
                    ),
                }
                compare(f"click to sound, {minutes} minutes", jobs, ["plain <audio>"])
            with serving(dist) as base:
                most = most_memory(browser, base)
            share = most / MOST_BYTES
            print(f"  memory with files: {most / 1e6:.0f} MB, {share:.2f} of the limit")


if __name__ == "__main__":
    main()
