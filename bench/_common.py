"""What the benches share: a clock, a table of medians and paired ratios, Python in Chromium."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from stempress.commands.static_server import StaticHandler, StaticServer
from stempress.runtime.pyodide import PIN, parse_pin
from tests.support.chromium import CHROMIUM_FLAGS
from tests.support.runtime_site import write_runtime_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from playwright.sync_api import Browser, Page

    type Job = Callable[[], float]
    """Does its work once; returns the seconds that it took."""

RUNS = 5


def clocked(work: Callable[[], object]) -> Job:
    """Return work as a job that takes its own time."""

    def job() -> float:
        started = perf_counter()
        work()
        return perf_counter() - started

    return job


def command(*words: str | Path) -> Job:
    """Return a command line as a job; what it says is thrown away."""
    return clocked(lambda: subprocess.run(words, check=True, capture_output=True))


def compare(title: str, jobs: Mapping[str, Job], against: Sequence[str]) -> None:
    """Warm every job up, run all of them ``RUNS`` times in turn, and print what came out.

    A ratio is the median over the turns: how many times as fast as the other in the same turn.
    """
    for job in jobs.values():
        job()
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(RUNS):
        for name, job in jobs.items():
            times[name].append(job())
    others = [name for name in against if name in jobs]
    print(f"\n{title}: median of {RUNS} runs" + "".join(f"; times {name}" for name in others))
    for name, taken in times.items():
        ratios = [
            median(theirs / ours for ours, theirs in zip(taken, times[other], strict=True))
            for other in others
        ]
        columns = "".join(f"{ratio:8.2f}x" for ratio in ratios)
        print(f"  {name:44}{median(taken) * 1000:9.0f} ms{columns}")


def tell_versions(*distributions: str, programs: Sequence[str] = ()) -> None:
    """Print what is measured, and on what."""
    pin = parse_pin(PIN.read_text("utf-8"))
    print(f"Python {platform.python_version()}, Pyodide {pin.version}, {os.cpu_count()} cores")
    print(", ".join(f"{name} {version(name)}" for name in distributions))
    for program in programs:
        option = "-version" if program == "ffmpeg" else "--version"
        said = subprocess.run([program, option], capture_output=True, text=True, check=True)
        print(said.stdout.partition("\n")[0].strip())


def installed(*programs: str) -> list[str]:
    """Return the programs that are here, and name those that are not."""
    for program in programs:
        if not shutil.which(program):
            print(f"{program}: not installed, left out")
    return [program for program in programs if shutil.which(program)]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Launch headless Chromium."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        sys.exit("no Chromium: `make test` installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@contextmanager
def runtime_page(folder: Path, *scripts: Path) -> Iterator[Page]:
    """Open a page in headless Chromium that has Python, and the folder's files beside it."""
    write_runtime_site(folder, *scripts)
    server = StaticServer(("127.0.0.1", 0), partial(StaticHandler, directory=str(folder)))
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(600_000)
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        print(f"Chromium {browser.version}")
        yield page
    server.shutdown()
    server.server_close()


@contextmanager
def scratch() -> Iterator[Path]:
    """Make a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
