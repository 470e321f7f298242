"""``make bench-build``: the same site by every generator, side by side, in turns.

Each builds into an empty folder; then this project builds again with nothing changed, with a token
changed and with a song's text changed. Wall and CPU seconds are medians of the turns, ratios the
medians of each turn's; memory is the most that any one process held. Folders are removed after all
turns: a disk that has just removed many files is slow to make new ones.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.build.same import differences

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TOOLS = ROOT / ".venv/bench"
OURS, HUGO, TUNED = "stempress", "Hugo", "Hugo, GOGC=400"
CHECKED = 7
"""Every so-manieth page is compared, word by word."""


class Run(NamedTuple):
    """What one run took."""

    wall: float
    cpu: float
    memory: int


def measured(command: list[str | Path], folder: Path, **environment: str | Path) -> Run:
    """Run a command to its end; what it says is shown only if it fails."""
    words = {name: os.fspath(value) for name, value in environment.items()}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **words}, stdout=-1, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None  # noqa: S101 - it was asked for
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed:\n{said.decode()}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss)


class Bench:
    """A collection, the same facts for everybody, and a new folder for every build."""

    def __init__(self, folder: Path, tokens: int) -> None:
        """Make the collection up and word its facts."""
        self.folder, self.site, self.facts = folder, folder / "site", folder / "facts"
        self._count = 0
        os.environ["STEMPRESS_CACHE"] = str(folder / "cache")
        made: list[str | Path] = [
            sys.executable,
            "-m",
            "bench.build.collection",
            self.site,
            str(tokens),
        ]
        subprocess.run(made, cwd=ROOT, check=True)
        # In another process: what this one holds would count as held by all that it begins.
        export: list[str | Path] = [
            sys.executable,
            "-m",
            "bench.build.export",
            self.site,
            self.facts,
        ]
        said = subprocess.run(export, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        self.pages = int(said.split()[0])
        self.hugo, self.pelican = folder / "hugo", folder / "pelican"
        shutil.copytree(HERE / "hugo", self.hugo)
        shutil.copytree(self.facts, self.hugo / "data")
        shutil.copytree(HERE / "templates", self.pelican / "theme/templates")
        for name in ("content", "theme/static"):
            (self.pelican / name).mkdir(parents=True, exist_ok=True)

    def out(self) -> Path:
        """Return a folder that nothing was ever built into."""
        self._count += 1
        return self.folder / f"out{self._count}/site"

    def press(self, out: Path) -> Run:
        """Build by this project."""
        words: list[str | Path] = [sys.executable, ROOT / "build.py", "--without-runtime"]
        return measured([*words, "--site", self.site, "--out", out], ROOT)

    def run_hugo(self, out: Path, **environment: str) -> Run:
        """Build by Hugo."""
        words: list[str | Path] = [TOOLS / "bin/hugo", "--quiet", "--noBuildLock", "-d", out]
        return measured(words, self.hugo, **environment)

    def run_eleventy(self, out: Path) -> Run:
        """Build by Eleventy."""
        words: list[str | Path] = ["node", "node_modules/@11ty/eleventy/cmd.cjs", "--quiet"]
        return measured(words, HERE / "eleventy", FACTS=self.facts, OUT=out)

    def run_pelican(self, out: Path) -> Run:
        """Build by Pelican."""
        out.mkdir(parents=True)
        words: list[str | Path] = [TOOLS / "bin/pelican", "-s", HERE / "pelican/pelicanconf.py"]
        return measured([*words, "-o", out, "content"], self.pelican, FACTS=self.facts, OUT=out)

    def run_staticjinja(self, out: Path) -> Run:
        """Build by staticjinja."""
        out.mkdir(parents=True)
        words: list[str | Path] = [TOOLS / "bin/python", HERE / "with_staticjinja.py"]
        return measured(words, HERE, FACTS=self.facts, OUT=out)

    def change_a_token(self) -> None:
        """Reveal the first unrevealed token."""
        path = self.site / "content/tokens.json"
        ledger = json.loads(path.read_text("utf-8"))
        token = next(each for each in ledger["tokens"] if each["state"] == "unrevealed")
        told = {"song": "song-3", "layer": "bass", "stem": "slow"}
        token |= {"state": "revealed"} | told
        path.write_text(json.dumps(ledger, indent=1), "utf-8")

    def change_a_song(self) -> None:
        """Go on with the story of a song."""
        with (self.site / "content/albums/album-1/song-1.md").open("a", encoding="utf-8") as file:
            file.write("\n\nOne more take.\n")


def take_turns(bench: Bench, turns: int, others: list[str]) -> dict[str, list[Run]]:
    """Run everything once to warm up, compare the pages, then take the turns."""
    full = {
        OURS: bench.press,
        HUGO: bench.run_hugo,
        TUNED: lambda out: bench.run_hugo(out, GOGC="400"),
        "Eleventy": bench.run_eleventy,
        "Pelican": bench.run_pelican,
        "staticjinja": bench.run_staticjinja,
    }
    full = {name: job for name, job in full.items() if name == OURS or name in others}
    runs: dict[str, list[Run]] = {}
    ours = bench.out()
    for name, job in full.items():
        out = ours if name == OURS else bench.out()
        job(out)
        if found := differences(ours, out, CHECKED) if out != ours else []:
            sys.exit(f"{name} has other pages:\n" + "\n".join(found[:9]))
    bench.change_a_token()
    bench.press(ours)  # from here on there is a last but one build to go on from
    for _ in range(turns):
        for name, job in full.items():
            runs.setdefault(name, []).append(job(bench.out()))
        runs.setdefault("nothing changed", []).append(bench.press(ours))
        bench.change_a_token()
        runs.setdefault("a token changed", []).append(bench.press(ours))
        bench.change_a_song()
        runs.setdefault("a song changed", []).append(bench.press(ours))
    return runs


def tell(runs: dict[str, list[Run]]) -> None:
    """Print a line for each, with ratios to this project's full build of the same turn."""
    print(f"{'':18}{'wall s':>9}{'CPU s':>9}{'MB':>8}{'wall of ours':>14}{'CPU of ours':>13}")
    for name, every in runs.items():
        pairs = list(zip(every, runs[OURS], strict=True))
        wall, cpu = (median(run[at] for run in every) for at in (0, 1))
        walls, cpus = (median(run[at] / ours[at] for run, ours in pairs) for at in (0, 1))
        memory = max(run.memory for run in every) / 1000
        print(f"{name:18}{wall:9.2f}{cpu:9.2f}{memory:8.0f}{walls:14.2f}{cpus:13.2f}")


def goal(what: str, found: float, most: float) -> None:
    """Print whether a goal is met, and by how much it is missed."""
    told = "met" if found <= most else f"missed by {found - most:.2f}"
    print(f"{what:52}{found:6.2f} of {most:.2f}: {told}")


def tell_goals(runs: dict[str, list[Run]]) -> None:
    """Print the goals: medians of the ratios of each turn."""

    def ratio(name: str, other: str) -> float:
        pairs = zip(runs[name], runs[other], strict=True)
        return median(one.wall / two.wall for one, two in pairs)

    for other in (HUGO, TUNED):
        if other in runs:
            goal(f"full build, of {other}'s wall time", ratio(OURS, other), 0.8)
            goal(f"nothing changed, of {other}", ratio("nothing changed", other), 1.0)
            memory = max(run.memory for run in runs[OURS]) / max(run.memory for run in runs[other])
            goal(f"peak memory, of {other}", memory, 1.0)
    goal("nothing changed, of the full build", ratio("nothing changed", OURS), 0.1)
    goal("a token changed, of the full build", ratio("a token changed", OURS), 0.15)
    goal("a song's text changed, of the full build", ratio("a song changed", OURS), 0.15)


def versions() -> None:
    """Print who takes part."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    asked: tuple[list[str | Path], ...] = (
        [TOOLS / "bin/hugo", "version"],
        ["node", HERE / "eleventy/node_modules/@11ty/eleventy/cmd.cjs", "--version"],
        [TOOLS / "bin/pelican", "--version"],
        [TOOLS / "bin/python", "-m", "pip", "show", "staticjinja"],
    )
    for words in asked:
        said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
        name = Path(words[0]).name if words[0] != "node" else "eleventy"
        found = re.search(r"v?\d+\.\d+\.\d+\S*$|v\d+\.\S+", said, re.MULTILINE)
        print(f"{name}: {found[0] if found else 'missing'}")


def main() -> None:
    """Measure one size, or how time grows with several."""
    parser = argparse.ArgumentParser(prog="bench.build", description=__doc__)
    parser.add_argument("--tokens", type=int, nargs="+", default=[10_000])
    parser.add_argument("--turns", type=int, default=5)
    every = [HUGO, TUNED, "Eleventy", "Pelican", "staticjinja"]
    parser.add_argument("--against", nargs="*", default=every, choices=every)
    parser.add_argument("--scratch", type=Path, help="where to build (default: a new folder)")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # users' modules are compiled once
    versions()
    for tokens in options.tokens:
        with tempfile.TemporaryDirectory(dir=options.scratch, prefix="bench-") as folder:
            bench = Bench(Path(folder), tokens)
            print(f"\n{tokens} tokens, {bench.pages} pages compared, {options.turns} turns")
            runs = take_turns(bench, options.turns, options.against)
            tell(runs)
            tell_goals(runs)


if __name__ == "__main__":
    main()
