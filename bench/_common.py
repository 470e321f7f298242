"""Helpers of the benchmarks: timing, tables of medians and paired ratios, Python in Chromium."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from stempress.runtime.pin import PIN, parse_pin
from tests.support.chromium import CHROMIUM_FLAGS
from tests.support.hosts import serving
from tests.support.runtime_site import write_runtime_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from playwright.sync_api import Browser, Page

    type Job = Callable[[], float]
    """Does its work once; returns the time in seconds."""

RUNS = 5


def timed(work: Callable[[], object]) -> Job:
    """Return a job that times ``work``."""

    def job() -> float:
        started = perf_counter()
        work()
        return perf_counter() - started

    return job


def command(*arguments: str | Path) -> Job:
    """Return a job that runs a command line and discards its output."""
    return timed(lambda: subprocess.run(arguments, check=True, capture_output=True))


def compare(title: str, jobs: Mapping[str, Job], against: Sequence[str]) -> None:
    """Warm up every job, run them all ``RUNS`` times in turn, and print the results.

    A ratio is the median of speed-ups over a reference, each measured within the same turn.
    """
    for job in jobs.values():
        job()
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(RUNS):
        for name, job in jobs.items():
            times[name].append(job())
    references = [name for name in against if name in jobs]
    print(f"\n{title}: median of {RUNS} runs" + "".join(f"; times {name}" for name in references))
    for name, seconds in times.items():
        ratios = [
            median(
                their_time / our_time
                for our_time, their_time in zip(seconds, times[reference], strict=True)
            )
            for reference in references
        ]
        columns = "".join(f"{ratio:8.2f}x" for ratio in ratios)
        print(f"  {name:44}{median(seconds) * 1000:9.0f} ms{columns}")


def print_versions(*distributions: str, programs: Sequence[str] = ()) -> None:
    """Print versions of Python, Pyodide, distributions and programs, and the number of cores."""
    pin = parse_pin(PIN.read_text("utf-8"))
    print(f"Python {platform.python_version()}, Pyodide {pin.version}, {os.cpu_count()} cores")
    print(", ".join(f"{name} {version(name)}" for name in distributions))
    for program in programs:
        option = "-version" if program == "ffmpeg" else "--version"
        result = subprocess.run([program, option], capture_output=True, text=True, check=True)
        print(result.stdout.partition("\n")[0].strip())


def available_programs(*programs: str) -> list[str]:
    """Return the programs that are installed; print the names of the others."""
    for program in programs:
        if not shutil.which(program):
            print(f"{program}: not installed, left out")
    return [program for program in programs if shutil.which(program)]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Launch headless Chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        sys.exit("no Chromium: `make test` installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@contextmanager
def runtime_page(folder: Path, *scripts: Path) -> Iterator[Page]:
    """Open a page in headless Chromium with Python, served with the folder's files."""
    write_runtime_site(folder, *scripts)
    with serving(folder) as base, chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(600_000)
        page.goto(base)
        print(f"Chromium {browser.version}")
        yield page


@contextmanager
def scratch() -> Iterator[Path]:
    """Create a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
