"""The command line."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.errors import SiteError
from stempress.progress import Progress
from stempress.report import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stempress.report import Built

    type Build = Callable[["Options", Progress], Built]


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. ``site`` is the artist's folder, ``out`` where the site goes."""

    command: str
    site: Path
    out: Path
    runtime_from: Path | None
    without_runtime: bool
    port: int


def run(arguments: Sequence[str], build: Build, home: Path) -> int:
    """Do what the command line says; return the exit status."""
    options = parse(arguments, home)
    progress = Progress()
    if options.command == "serve":
        return _serve(options, build, progress)
    return 0 if _press(options, build, progress) else 1


def parse(arguments: Sequence[str], home: Path) -> Options:
    """Read the command line; ``home`` is the folder that holds the bundled site."""
    parser = argparse.ArgumentParser(
        prog="build.py", description="Press a music collection into a static site."
    )
    parser.add_argument(
        "command",
        nargs="?",
        choices=("build", "serve"),
        default="build",
        help="build (the default), or serve: build, show it, and build again on every change",
    )
    parser.add_argument(
        "--site",
        type=Path,
        default=home,
        metavar="DIR",
        help="the artist's folder: site.toml, content/, stems/ (default: here)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where the site goes (default: dist/ in the artist's folder)",
    )
    parser.add_argument(
        "--runtime-from",
        type=Path,
        metavar="DIR",
        help="take the Pyodide files from this folder first",
    )
    parser.add_argument(
        "--without-runtime", action="store_true", help="press a site whose mixer is off"
    )
    parser.add_argument("--port", type=int, default=8000, help="for serve (default: 8000)")
    found = parser.parse_args(arguments)
    site = found.site.resolve()
    return Options(
        command=found.command,
        site=site,
        out=(found.out or site / "dist").resolve(),
        runtime_from=found.runtime_from and found.runtime_from.resolve(),
        without_runtime=found.without_runtime,
        port=found.port,
    )


def _press(options: Options, build: Build, progress: Progress) -> bool:
    """Build once and tell how it went."""
    started = time.monotonic()
    try:
        built = build(options, progress)
    except SiteError as error:
        for fault in error.faults:
            progress.say(f"error: {fault}")
        count = len(error.faults)
        progress.say(f"{count} {'fault' if count == 1 else 'faults'}; nothing was written")
        return False
    tell(built, time.monotonic() - started, _short(options.out), progress)
    return True


def _serve(options: Options, build: Build, progress: Progress) -> int:
    from stempress.serve import serve  # noqa: PLC0415 - a build needs no server

    if not _press(options, build, progress) and not options.out.is_dir():
        return 1
    serve(
        options.site,
        options.out,
        port=options.port,
        rebuild=lambda: _press(options, build, progress),
        report=progress.say,
    )
    return 0


def _short(path: Path) -> str:
    """Return a path as seen from here, where it is below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
