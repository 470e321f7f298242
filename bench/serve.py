"""How long an artist waits after a save: until open pages are told to reload, at 1,000 tokens."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import TYPE_CHECKING

import requests

from bench._common import RUNS, scratch
from bench.build.collection import write_collection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
TOKENS = 1000
GOAL_MS = 300
REST_SECONDS = 1
"""Nobody saves again before the last save shows."""


def go_on(path: Path) -> None:
    """Go on with a text."""
    with path.open("a", encoding="utf-8") as file:
        file.write("\n\nOne more take.\n")


def reveal(path: Path) -> None:
    """Reveal the first unrevealed token."""
    ledger = json.loads(path.read_text("utf-8"))
    token = next(each for each in ledger["tokens"] if each["state"] == "unrevealed")
    token |= {"state": "revealed", "song": "song-3", "layer": "bass", "stem": "slow"}
    path.write_text(json.dumps(ledger), "utf-8")


def told(lines: Iterator[str]) -> str:
    """Return what open pages are told next."""
    return next(line for line in lines if line.startswith("data:"))


def measure(site: Path, lines: Iterator[str]) -> None:
    """Save, wait, and print how long that took."""
    saves: dict[str, tuple[Callable[[Path], None], str]] = {
        "a page": (go_on, "content/pages/about.md"),
        "the home page": (go_on, "content/index.md"),
        "a song's text": (go_on, "content/albums/album-1/song-1.md"),
        "a token": (reveal, "content/tokens.json"),
    }
    told(lines)
    taken: dict[str, list[float]] = {name: [] for name in saves}
    for _ in range(RUNS + 1):
        for name, (save, address) in saves.items():
            sleep(REST_SECONDS)
            save(site / address)
            started = perf_counter()
            told(lines)
            taken[name].append(perf_counter() - started)
    for name, seconds in taken.items():  # the first was to warm up
        print(f"  {name:20}{median(seconds[1:]) * 1000:6.0f} ms of {GOAL_MS}")


def main() -> None:
    """Run a preview of a collection, and save in it."""
    with scratch() as folder:
        site = folder / "site"
        os.environ["STEMPRESS_CACHE"] = str(folder / "cache")
        write_collection(site, TOKENS)
        words: list[str | Path] = [
            sys.executable,
            "build.py",
            "serve",
            "--without-runtime",
            "--port",
            "0",
        ]
        command = [*words, "--site", site, "--out", folder / "out/site"]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None  # noqa: S101 - it was asked for
            found = (re.search(r"http://[\d.:]+/", line) for line in process.stderr)
            address = next(each for each in found if each).group()
            print(f"\nFrom save to reload, {TOKENS} tokens: median of {RUNS}")
            with requests.get(f"{address}.stempress/reload", stream=True, timeout=60) as stream:
                measure(site, stream.iter_lines(chunk_size=1, decode_unicode=True))
            process.send_signal(signal.SIGINT)
            process.communicate()


if __name__ == "__main__":
    main()
