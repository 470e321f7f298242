"""The mixer in Chromium, compared with a plain Web Audio page that plays the stems by GainNodes."""

from __future__ import annotations

import os
import re
import shutil
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from bench._common import RUNS, chromium, compare, print_versions, scratch
from build import build
from stempress.commands.cli import run
from stempress.commands.static_server import StaticHandler
from tests.conftest import ROOT
from tests.support.hosts import serving
from tests.support.small_site import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, CDPSession, Page

BROWSER = ROOT / "bench" / "browser"
RATE = 48000
CHANGES = 40
LISTEN_SECONDS = 20.0
BLOCKED_SECONDS = 300
BUSY_MS = 200
PLAY = "window.clicked = performance.now(); document.querySelector('.play').click()"
PLAYING = """(async () => {
  const mixer = document.querySelector("stem-mixer");
  while (mixer.stats?.engine !== "python") await new Promise((resolve) => setTimeout(resolve, 5));
})()"""
SHARES = ("worker and sound", "everything")
SLOWED = 4
COUNTS = {"LayoutCount": "layouts", "RecalcStyleCount": "restyles"}
STATS = "document.querySelector('stem-mixer').stats"

SETTINGS = """[site]
title = "Bench"
artist = "Bench"
description = "Songs to measure with."
[collection]
name = "Bench"
symbol = "BENCH"
[audio]
stream = "flac"
previews = "none"
"""


class CountingHandler(StaticHandler):
    """Static file handler that counts the bytes sent."""

    sent = 0

    def handle(self) -> None:
        """Answer a request, counting the bytes written."""
        write_plainly = self.wfile.write

        def count(data: Any) -> int:  # noqa: ANN401 - any buffer
            CountingHandler.sent += len(data)
            return write_plainly(data)

        self.wfile.write = count  # type: ignore[method-assign]
        super().handle()


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a built site together with the plain page."""
    for name in ("plain.html", "watcher.js"):
        (folder / "bench").mkdir(exist_ok=True)
        shutil.copy(BROWSER / name, folder / "bench" / name)
    with serving(folder, CountingHandler) as base:
        yield base


def music() -> list[NDArray[np.int16]]:
    """Return twelve stereo stems of the bundled collection."""
    stems = []
    for path in sorted((ROOT / "stems" / "undertow").rglob("*.flac"))[:12]:
        samples, _ = soundfile.read(path, dtype="int16", always_2d=True)
        stems.append(np.broadcast_to(samples, (len(samples), 2)))
    return stems


def write_site(folder: Path) -> None:
    """Write a site with a song of constant level, one of 12 stems, and one of 9 stems of 180 s."""
    steady = np.full((20 * RATE, 2), 8192, dtype=np.int16)
    songs = {
        "steady": [steady],
        "twelve": [np.resize(stem, (60 * RATE, 2)) for stem in music()],
        "long": [np.resize(stem, (180 * RATE, 2)) for stem in music()[:9]],
    }
    write(folder / "site.toml", SETTINGS)
    names = ", ".join(f'"{slug}"' for slug in songs)
    write(
        folder / "content/albums/bench/index.md", f'+++\ntitle = "Bench"\nsongs = [{names}]\n+++\n'
    )
    for slug, stems in songs.items():
        layers = "".join(
            f'[[layers]]\nname = "Layer {index}"\n[[layers.stems]]\nname = "Stem"\nsupply = 1\n'
            for index in range(len(stems))
        )
        write(folder / f"content/albums/bench/{slug}.md", f'+++\ntitle = "{slug}"\n{layers}+++\n')
        for index, stem in enumerate(stems):
            path = folder / f"stems/{slug}/layer-{index}/stem.flac"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, stem, RATE, "PCM_16")


def addresses(base: str, song: str) -> dict[str, str]:
    """Return the addresses of the mixer and of the plain page for a song."""
    return {
        "mixer": f"{base}songs/{song}/",
        "plain page": f"{base}bench/plain.html?song=../data/songs/{song}.json",
    }


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """Open a page with an empty cache."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(600_000)
    page.add_init_script(path=BROWSER / "listen.js")
    yield page
    context.close()


def start(page: Page) -> float:
    """Press Play; return the seconds to the first sound."""
    page.evaluate(PLAY)
    return float(page.evaluate("window.firstSound.then((at) => (at - window.clicked) / 1000)"))


def first_sounds(browser: Browser, base: str) -> None:
    """Print the time from a click to the first sound."""

    def cold(address: str) -> float:
        with visitor(browser) as page:
            page.goto(address, wait_until="networkidle")
            return start(page)

    def warm(address: str) -> float:
        with visitor(browser) as page:
            page.goto(address, wait_until="networkidle")
            start(page)
            page.reload(wait_until="networkidle")
            return start(page)

    pages = addresses(base, "undertow")
    for title, job in (("cold", cold), ("warm", warm)):
        jobs = {name: partial(job, address) for name, address in pages.items()}
        compare(f"click to first sound, {title}", jobs, ("plain page",))
    for name, address in pages.items():
        with visitor(browser) as page:
            at_start = CountingHandler.sent
            page.goto(address, wait_until="networkidle")
            after_page = CountingHandler.sent
            start(page)
            after_sound = CountingHandler.sent
        print(
            f"  {name:44}{(after_page - at_start) / 1e6:9.2f} MB with the page, "
            f"{(after_sound - after_page) / 1e6:.2f} MB more before the first sound"
        )


def takeovers(browser: Browser, base: str) -> None:
    """Print the time from a click until Python mixes."""

    def python(page: Page) -> float:
        page.evaluate(PLAY)
        page.evaluate(PLAYING)
        return float(page.evaluate("(performance.now() - window.clicked) / 1000"))

    times: dict[str, list[float]] = {"cold": [], "reloaded": []}
    for _ in range(RUNS):
        with visitor(browser) as page:
            page.goto(addresses(base, "undertow")["mixer"], wait_until="networkidle")
            times["cold"].append(python(page))
            page.reload(wait_until="networkidle")
            times["reloaded"].append(python(page))
    print(f"\nclick to Python mixing: median of {RUNS} runs")
    for name, seconds in times.items():
        print(f"  {name:44}{median(seconds) * 1000:9.0f} ms")


def latencies(browser: Browser, base: str) -> None:
    """Print the time from moving a fader to the audible change."""
    moves = {
        "mixer": """(turn) => {
          const fader = document.querySelector(".row .volume input");
          fader.value = turn % 2 ? 0 : -6;
          fader.dispatchEvent(new Event("input"));
        }""",
        "plain page": "(turn) => { window.gains[0].gain.value = turn % 2 ? 1 : 0.5; }",
    }
    print(f"\ngain change to audible change: {CHANGES} changes")
    for name, address in addresses(base, "steady").items():
        with visitor(browser) as page:
            page.goto(address, wait_until="networkidle")
            start(page)
            if name == "mixer":
                page.evaluate("document.querySelector('stem-mixer').toggleLoop(true)")
                page.evaluate(PLAYING)
            seconds = page.evaluate(f"(turns) => window.latencies({moves[name]}, turns)", CHANGES)
        print(f"  {name:44}{median(seconds) * 1000:9.1f} ms, at most {max(seconds) * 1000:.1f} ms")


def cpu_seconds(browser: Browser) -> dict[str, float]:
    """Return the CPU seconds used by the browser's worker and audio threads, and by all threads."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    seconds = dict.fromkeys(SHARES, 0.0)
    for process in processes:
        for thread in Path(f"/proc/{process['id']}/task").glob("*/stat"):
            name, _, fields = thread.read_text().partition("(")[2].rpartition(")")
            user, system = (int(field) for field in fields.split()[11:13])
            worked = (user + system) / os.sysconf("SC_CLK_TCK")
            seconds["everything"] += worked
            if re.search("DedicatedWorker|Audio", name):
                seconds["worker and sound"] += worked
    return seconds


def metrics(devtools: CDPSession) -> dict[str, float]:
    """Return Chromium's counts and durations of a page, by name."""
    devtools.send("Performance.enable")
    found = devtools.send("Performance.getMetrics")["metrics"]
    return {each["name"]: each["value"] for each in found}


def rates(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return by how much every metric has grown a second."""
    seconds = after["Timestamp"] - before["Timestamp"]
    return {name: (value - before[name]) / seconds for name, value in after.items()}


def loads(base: str) -> None:
    """Print the CPU load of playing 12 stems, as a share of a core.

    Chromium slows the main thread alone, by keeping it busy: what counts there is how long its
    tasks take. The mixer is scrolled into view, so that all that can move does.
    """
    pages = addresses(base, "twelve")
    slowed = f"main thread, slowed {SLOWED} times"
    shares: dict[str, dict[str, list[float]]] = {
        share: {name: [] for name in pages} for share in (*SHARES, slowed)
    }
    counts: dict[str, list[float]] = {name: [] for name in COUNTS}
    for _ in range(RUNS):
        for name, address in pages.items():
            with chromium() as browser, visitor(browser) as page:
                page.goto(address, wait_until="networkidle")
                start(page)
                if name == "mixer":
                    page.evaluate("document.querySelector('stem-mixer').scrollIntoView()")
                    page.evaluate("document.querySelector('stem-mixer').toggleLoop(true)")
                    page.evaluate(PLAYING)
                time.sleep(3)
                devtools = page.context.new_cdp_session(page)
                before, counted = cpu_seconds(browser), metrics(devtools)
                time.sleep(LISTEN_SECONDS)
                for share, seconds in cpu_seconds(browser).items():
                    shares[share][name].append((seconds - before[share]) / LISTEN_SECONDS)
                for count, per_second in rates(counted, metrics(devtools)).items():
                    if name == "mixer" and count in counts:
                        counts[count].append(per_second)
                devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
                counted = metrics(devtools)
                time.sleep(LISTEN_SECONDS)
                shares[slowed][name].append(rates(counted, metrics(devtools))["TaskDuration"])
    for share, by_page in shares.items():
        print(f"\nload of 12 stems, {share}: median of {RUNS} runs of {LISTEN_SECONDS:.0f} s")
        for name, values in by_page.items():
            print(f"  {name:44}{median(values) * 100:9.1f} % of a core")
        difference = median(
            ours - plain
            for ours, plain in zip(by_page["mixer"], by_page["plain page"], strict=True)
        )
        print(f"  {'mixer beyond the plain page':44}{difference * 100:9.1f} % of a core")
    print("\nwhat playing 12 stems makes the page do, a second")
    for count, values in counts.items():
        print(f"  {COUNTS[count]:44}{median(values):9.1f}")


def blocked(browser: Browser, base: str) -> None:
    """Print the underruns while the page's main thread is blocked a fifth of the time."""
    with visitor(browser) as page:
        page.goto(addresses(base, "twelve")["mixer"], wait_until="networkidle")
        start(page)
        page.evaluate("document.querySelector('stem-mixer').toggleLoop(true)")
        page.evaluate(PLAYING)
        page.evaluate(
            "(busy) => setInterval(() => { const end = performance.now() + busy;"
            " while (performance.now() < end); }, 1000)",
            BUSY_MS,
        )
        time.sleep(BLOCKED_SECONDS)
        stats = page.evaluate(STATS)
    print(
        f"\nthe page blocked for {BUSY_MS} ms every second, {BLOCKED_SECONDS} s: "
        f"{stats['underruns']} underruns, {stats['lookAhead']} frames kept ready"
    )


def exports(browser: Browser, base: str) -> None:
    """Print the time to bounce nine stems of 180 s."""
    with visitor(browser) as ours, visitor(browser) as plain:
        pages = addresses(base, "long")
        ours.goto(pages["mixer"], wait_until="networkidle")
        ours.evaluate("document.querySelector('stem-mixer').ready")
        plain.goto(pages["plain page"], wait_until="networkidle")
        start(plain)
        clock = "const began = performance.now(); {}; return (performance.now() - began) / 1000;"
        bounce = "const player = await document.querySelector('stem-mixer').player(); "
        bounce += clock.format("await player.export(24, {tell() {}})")
        compare(
            "export of 9 stems of 180 s, 24 bits",
            {
                "mixer": lambda: float(ours.evaluate(f"async () => {{ {bounce} }}")),
                "OfflineAudioContext and a WAV writer": lambda: float(
                    plain.evaluate(f"async () => {{ {clock.format('await window.exported()')} }}")
                ),
            },
            ("OfflineAudioContext and a WAV writer",),
        )


def main() -> None:
    """Print the tables."""
    print_versions("numpy", "playwright")
    with scratch() as folder:
        write_site(folder / "bench")
        if run(["--site", str(folder / "bench"), "--out", str(folder / "made")], build, ROOT):
            raise SystemExit("the benchmark's site could not be built")
        if run(["--out", str(folder / "bundled")], build, ROOT):
            raise SystemExit("the bundled site could not be built")
        with serve(folder / "bundled") as base, chromium() as browser:
            first_sounds(browser, base)
            takeovers(browser, base)
        with serve(folder / "made") as base:
            with chromium() as browser:
                latencies(browser, base)
                exports(browser, base)
            loads(base)
            with chromium() as browser:
                blocked(browser, base)


if __name__ == "__main__":
    main()
