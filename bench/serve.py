"""Time from saving a file to the reload of open pages, with 1,000 tokens."""

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
"""Pause between saves, so that one is finished before the next."""


def append_text(path: Path) -> None:
    """Append a paragraph."""
    with path.open("a", encoding="utf-8") as file:
        file.write("\n\nOne more take.\n")


def reveal(path: Path) -> None:
    """Reveal the first unrevealed token."""
    ledger = json.loads(path.read_text("utf-8"))
    token = next(token for token in ledger["tokens"] if token["state"] == "unrevealed")
    token |= {"state": "revealed", "song": "song-3", "layer": "bass", "stem": "slow"}
    path.write_text(json.dumps(ledger), "utf-8")


def next_reload(lines: Iterator[str]) -> str:
    """Wait for the next reload message to open pages, and return it."""
    return next(line for line in lines if line.startswith("data:"))


def measure(site: Path, lines: Iterator[str]) -> None:
    """Save files, wait for the reloads, and print the times."""
    saves: dict[str, tuple[Callable[[Path], None], str]] = {
        "a page": (append_text, "content/pages/about.md"),
        "the home page": (append_text, "content/index.md"),
        "a song's text": (append_text, "content/albums/album-1/song-1.md"),
        "a token": (reveal, "content/tokens.json"),
    }
    next_reload(lines)
    times: dict[str, list[float]] = {name: [] for name in saves}
    for _ in range(RUNS + 1):
        for name, (save, address) in saves.items():
            sleep(REST_SECONDS)
            save(site / address)
            started = perf_counter()
            next_reload(lines)
            times[name].append(perf_counter() - started)
    for name, seconds in times.items():  # the first was to warm up
        print(f"  {name:20}{median(seconds[1:]) * 1000:6.0f} ms of {GOAL_MS}")


def main() -> None:
    """Run the preview server on a collection, and save files in it."""
    with scratch() as folder:
        site = folder / "site"
        os.environ["STEMPRESS_CACHE"] = str(folder / "cache")
        write_collection(site, TOKENS)
        arguments: list[str | Path] = [
            sys.executable,
            "build.py",
            "serve",
            "--without-runtime",
            "--port",
            "0",
        ]
        command = [*arguments, "--site", site, "--out", folder / "out/site"]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None  # noqa: S101 - it was asked for
            matches = (re.search(r"http://[\d.:]+/", line) for line in process.stderr)
            address = next(match for match in matches if match).group()
            print(f"\nFrom save to reload, {TOKENS} tokens: median of {RUNS}")
            with requests.get(f"{address}.stempress/reload", stream=True, timeout=60) as stream:
                measure(site, stream.iter_lines(chunk_size=1, decode_unicode=True))
            process.send_signal(signal.SIGINT)
            process.communicate()


if __name__ == "__main__":
    main()
