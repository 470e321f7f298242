"""``make bench-build``: builds the same site with every generator, in turns.

Each builds into an empty folder; then this project builds again with nothing changed, with a token
changed and with a song's text changed. Wall and CPU times are medians over the turns, ratios are
medians of the ratios within each turn, memory is the peak of a single process. Folders are removed
after all turns, because creating files is slow after many have been deleted.
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
COMPARE_EVERY = 7
"""One in so many pages is compared, text by text."""


class Run(NamedTuple):
    """Wall and CPU time in seconds, and peak memory in kB."""

    wall: float
    cpu: float
    memory: int


def run_command(command: list[str | Path], folder: Path, **environment: str | Path) -> Run:
    """Run a command, printing its output only if it fails."""
    variables = {name: os.fspath(value) for name, value in environment.items()}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **variables}, stdout=-1, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None  # noqa: S101 - it was asked for
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed:\n{output.decode()}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss)


class Bench:
    """A collection, its exported data, and a new output folder for every build."""

    def __init__(self, folder: Path, tokens: int) -> None:
        """Generate a collection and export its data."""
        self.folder, self.site, self.facts = folder, folder / "site", folder / "facts"
        self._count = 0
        os.environ["STEMPRESS_CACHE"] = str(folder / "cache")
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "bench.build.collection",
            self.site,
            str(tokens),
        ]
        subprocess.run(command, cwd=ROOT, check=True)
        # In another process, because children inherit the peak memory of this one.
        export: list[str | Path] = [
            sys.executable,
            "-m",
            "bench.build.export",
            self.site,
            self.facts,
        ]
        output = subprocess.run(export, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        self.pages = int(output.split()[0])
        self.hugo, self.pelican = folder / "hugo", folder / "pelican"
        shutil.copytree(HERE / "hugo", self.hugo)
        shutil.copytree(self.facts, self.hugo / "data")
        shutil.copytree(HERE / "templates", self.pelican / "theme/templates")
        for name in ("content", "theme/static"):
            (self.pelican / name).mkdir(parents=True, exist_ok=True)

    def out(self) -> Path:
        """Return a new output folder."""
        self._count += 1
        return self.folder / f"out{self._count}/site"

    def run_stempress(self, out: Path) -> Run:
        """Build with this project."""
        command: list[str | Path] = [sys.executable, ROOT / "build.py", "--without-runtime"]
        return run_command([*command, "--site", self.site, "--out", out], ROOT)

    def run_hugo(self, out: Path, **environment: str) -> Run:
        """Build with Hugo."""
        command: list[str | Path] = [TOOLS / "bin/hugo", "--quiet", "--noBuildLock", "-d", out]
        return run_command(command, self.hugo, **environment)

    def run_eleventy(self, out: Path) -> Run:
        """Build with Eleventy."""
        command: list[str | Path] = ["node", "node_modules/@11ty/eleventy/cmd.cjs", "--quiet"]
        return run_command(command, HERE / "eleventy", FACTS=self.facts, OUT=out)

    def run_pelican(self, out: Path) -> Run:
        """Build with Pelican."""
        out.mkdir(parents=True)
        command: list[str | Path] = [TOOLS / "bin/pelican", "-s", HERE / "pelican/pelicanconf.py"]
        return run_command(
            [*command, "-o", out, "content"], self.pelican, FACTS=self.facts, OUT=out
        )

    def run_staticjinja(self, out: Path) -> Run:
        """Build with staticjinja."""
        out.mkdir(parents=True)
        command: list[str | Path] = [TOOLS / "bin/python", HERE / "with_staticjinja.py"]
        return run_command(command, HERE, FACTS=self.facts, OUT=out)

    def change_token(self) -> None:
        """Reveal the first unrevealed token."""
        path = self.site / "content/tokens.json"
        ledger = json.loads(path.read_text("utf-8"))
        token = next(entry for entry in ledger["tokens"] if entry["state"] == "unrevealed")
        fields = {"song": "song-3", "layer": "bass", "stem": "slow"}
        token |= {"state": "revealed"} | fields
        path.write_text(json.dumps(ledger, indent=1), "utf-8")

    def change_song(self) -> None:
        """Append a paragraph to the story of a song."""
        with (self.site / "content/albums/album-1/song-1.md").open("a", encoding="utf-8") as file:
            file.write("\n\nOne more take.\n")


def take_turns(bench: Bench, turns: int, others: list[str]) -> dict[str, list[Run]]:
    """Run everything once to warm up and compare the pages, then run all in turns."""
    full = {
        OURS: bench.run_stempress,
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
        if faults := differences(ours, out, COMPARE_EVERY) if out != ours else []:
            sys.exit(f"{name} has other pages:\n" + "\n".join(faults[:9]))
    bench.change_token()
    bench.run_stempress(ours)  # so that later builds have a previous one to start from
    for _ in range(turns):
        for name, job in full.items():
            runs.setdefault(name, []).append(job(bench.out()))
        runs.setdefault("nothing changed", []).append(bench.run_stempress(ours))
        bench.change_token()
        runs.setdefault("a token changed", []).append(bench.run_stempress(ours))
        bench.change_song()
        runs.setdefault("a song changed", []).append(bench.run_stempress(ours))
    return runs


def print_results(runs: dict[str, list[Run]]) -> None:
    """Print a line per generator, with ratios to this project's full build of the same turn."""
    print(f"{'':18}{'wall s':>9}{'CPU s':>9}{'MB':>8}{'wall of ours':>14}{'CPU of ours':>13}")
    for name, results in runs.items():
        pairs = list(zip(results, runs[OURS], strict=True))
        wall, cpu = (median(run[field] for run in results) for field in (0, 1))
        walls, cpus = (median(run[field] / ours[field] for run, ours in pairs) for field in (0, 1))
        memory = max(run.memory for run in results) / 1000
        print(f"{name:18}{wall:9.2f}{cpu:9.2f}{memory:8.0f}{walls:14.2f}{cpus:13.2f}")


def print_goal(title: str, value: float, limit: float) -> None:
    """Print whether a goal is met, or by how much it is missed."""
    verdict = "met" if value <= limit else f"missed by {value - limit:.2f}"
    print(f"{title:52}{value:6.2f} of {limit:.2f}: {verdict}")


def print_goals(runs: dict[str, list[Run]]) -> None:
    """Print the goals, which are medians of the ratios within each turn."""

    def ratio(name: str, other: str) -> float:
        pairs = zip(runs[name], runs[other], strict=True)
        return median(first.wall / second.wall for first, second in pairs)

    for other in (HUGO, TUNED):
        if other in runs:
            print_goal(f"full build, of {other}'s wall time", ratio(OURS, other), 0.75)
            print_goal(f"nothing changed, of {other}", ratio("nothing changed", other), 1.0)
            memory = max(run.memory for run in runs[OURS]) / max(run.memory for run in runs[other])
            print_goal(f"peak memory, of {other}", memory, 0.15)
    print_goal("nothing changed, of the full build", ratio("nothing changed", OURS), 0.1)
    print_goal("a token changed, of the full build", ratio("a token changed", OURS), 0.25)
    print_goal("a song's text changed, of the full build", ratio("a song changed", OURS), 0.25)


def print_versions() -> None:
    """Print the versions of Python and of the generators."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    commands: tuple[list[str | Path], ...] = (
        [TOOLS / "bin/hugo", "version"],
        ["node", HERE / "eleventy/node_modules/@11ty/eleventy/cmd.cjs", "--version"],
        [TOOLS / "bin/pelican", "--version"],
        [TOOLS / "bin/python", "-m", "pip", "show", "staticjinja"],
    )
    for command in commands:
        output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        name = Path(command[0]).name if command[0] != "node" else "eleventy"
        match = re.search(r"v?\d+\.\d+\.\d+\S*$|v\d+\.\S+", output, re.MULTILINE)
        print(f"{name}: {match[0] if match else 'missing'}")


def main() -> None:
    """Measure collections of one or several sizes."""
    parser = argparse.ArgumentParser(prog="bench.build", description=__doc__)
    parser.add_argument("--tokens", type=int, nargs="+", default=[10_000])
    parser.add_argument("--turns", type=int, default=5)
    generators = [HUGO, TUNED, "Eleventy", "Pelican", "staticjinja"]
    parser.add_argument("--against", nargs="*", default=generators, choices=generators)
    parser.add_argument("--scratch", type=Path, help="where to build (default: a new folder)")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # users' modules are compiled once
    print_versions()
    for tokens in options.tokens:
        with tempfile.TemporaryDirectory(dir=options.scratch, prefix="bench-") as folder:
            bench = Bench(Path(folder), tokens)
            print(f"\n{tokens} tokens, {bench.pages} pages compared, {options.turns} turns")
            runs = take_turns(bench, options.turns, options.against)
            print_results(runs)
            print_goals(runs)


if __name__ == "__main__":
    main()
