"""``stempress build``: build a site once and report how it went."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.commands.arguments import add_site, folder, process_count
from stempress.commands.command import Command
from stempress.commands.json_output import print_json, report_errors
from stempress.commands.report import report_build
from stempress.core.errors import Fault, SiteError
from stempress.core.options import BuildOptions
from stempress.publish.upload_diff import diff_published

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from stempress.commands.command import Context
    from stempress.output.result import BuildResult


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOnceOptions(BuildOptions):
    """Options of ``build``: ``json`` is the result for a program."""

    json: bool = False


def add_build_once_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``build``."""
    add_build_arguments(parser)
    parser.add_argument("--json", action="store_true", help="the result as JSON")


def add_build_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of all that builds."""
    add_site(parser)
    add = parser.add_argument
    add(
        "--out",
        type=folder,
        metavar="DIR",
        help="where the site goes (default: dist/ in the artist's folder)",
    )
    add(
        "--runtime-from",
        type=folder,
        metavar="DIR",
        help="look for the Pyodide files here first",
    )
    add(
        "--dask",
        metavar="ADDRESS",
        help="work on a Dask cluster: its scheduler, tcp://host:8786",
    )
    add(
        "--base-uri",
        metavar="URI",
        help="where metadata finds pictures and sound: ipfs://<cid>/",
    )
    add(
        "--jobs",
        type=process_count,
        metavar="N",
        help="processes that make files (default: one per core)",
    )
    add(
        "--only",
        type=_address,
        metavar="ADDRESS",
        help="rebuild only what is below an address, such as songs/undertow",
    )
    add("--profile", action="store_true", help="report the time that each stage took")
    add("--report", action="store_true", help="report what takes up the site's bytes")
    add("--without-runtime", action="store_true", help="leave out Python: the mixer is off")


def _address(text: str) -> str:
    return text.strip("/")


def run_build(options: BuildOnceOptions, context: Context) -> bool:
    """Build once and report, faults too; return whether the site was built."""
    check_runtime_folder(options)
    try:
        built = build_and_report(options, context)
    except SiteError as error:
        report_errors(error, context.progress, as_json=options.json)
        context.progress.log("nothing was written")
        return False
    if options.json:
        print_json(_summary(built, options.out))
    return True


def _summary(built: BuildResult, out: Path) -> dict[str, object]:
    """Return a build's result for a program."""
    written = built.written
    return {
        "out": str(out),
        "pages": written.pages,
        "files": written.files,
        "bytes": written.size,
        "changed": list(written.changed),
        "pruned": written.pruned,
        "warnings": [*map(str, built.warnings)],
    }


def build_and_report(options: BuildOptions, context: Context) -> BuildResult:
    """Build once and report the result; faults are raised as SiteError."""
    progress = context.progress
    progress.stages.clear()
    started = time.monotonic()
    gc.disable()  # a build has millions of objects, and is over before garbage would matter
    try:
        built = context.build(options, progress, context.memory)
        seconds = time.monotonic() - started
        unpublished = diff_published(options.site, options.out, built.written.changed)
        out = _relative(options.out)
        report_build(built, seconds, out, progress, unpublished, report=options.report)
    finally:
        gc.enable()
    if options.profile:
        progress.log_stages()
    return built


def check_runtime_folder(options: BuildOptions) -> None:
    """Raise SiteError for a ``--runtime-from`` that does not exist."""
    if options.runtime_from and not options.runtime_from.is_dir():
        value, hint = str(options.runtime_from), "name a folder, or leave it out"
        raise SiteError([Fault("--runtime-from", "is not a folder", value=value, hint=hint)])


def _relative(path: Path) -> str:
    """Return a path relative to the current folder, if it is below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


BUILD = Command(BuildOnceOptions, add_build_once_arguments, run_build)
