"""The command line."""

from __future__ import annotations

import argparse
import gc
import re
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.commands.drop_cli import COMMANDS as DROP
from stempress.commands.drop_cli import add_commands, home_of, run_drop
from stempress.commands.report import tell
from stempress.core.cache import check_cache_folder
from stempress.core.errors import Fault, SiteError, fault_from_os_error, report_faults
from stempress.core.files import attach_filename, check_writable
from stempress.core.forking import cores
from stempress.core.options import Options
from stempress.core.progress import Progress
from stempress.core.units import megabytes
from stempress.output.writer import look_back
from stempress.publish.upload_diff import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stempress.output.result import Built

    type Build = Callable[["Options", Progress], Built]

STOPPED = 130
"""The exit status of what Ctrl-C has ended."""
MOST_PORT = 65535
SITE_HELP = "the artist's folder: site.toml, content/, stems/ (default: the bundled one)"


def run(arguments: Sequence[str], build: Build, home: Path) -> int:
    """Do what the command line says; return the exit status."""
    progress = Progress()
    try:
        options = parse(arguments, home)
        check_cache_folder()
        _refuse_missing(options)
        return _run(options, build, progress)
    except SiteError as error:
        report_faults(error, progress.log)
        return 1
    except OSError as error:
        report_faults(SiteError([fault_from_os_error(error)]), progress.log)
        return 1
    except KeyboardInterrupt:
        progress.log("stopped")
        return STOPPED


def _refuse_missing(options: Options) -> None:
    """Refuse a folder that was named and is not there: it would be passed over silently."""
    if options.runtime_from and not options.runtime_from.is_dir():
        value, hint = str(options.runtime_from), "name a folder, or leave it out"
        raise SiteError([Fault("--runtime-from", "is no folder", value=value, hint=hint)])


def _run(options: Options, build: Build, progress: Progress) -> int:
    if options.command == "serve":
        return _serve(options, build, progress)
    if options.command == "mix":
        return _mix(options, progress)
    if options.command in ("publish", "verify"):
        from stempress.commands.publish import run_publishing  # noqa: PLC0415 - a build needs it not

        run_publishing(options, progress)
        return 0
    if options.command in DROP:
        run_drop(options.command, options.site, options.out, dict(options.drop), progress)
        return 0
    return 0 if _press(options, build, progress) else 1


def parse(arguments: Sequence[str], home: Path) -> Options:
    """Read the command line; ``home`` is the folder that holds the bundled site."""
    parser = argparse.ArgumentParser(
        prog="build.py", description="Press a music collection into a static site."
    )
    _add_build_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="command")
    # Without defaults of their own, or they would undo what stands before the command.
    command = partial(commands.add_parser, argument_default=argparse.SUPPRESS)
    _add_build_options(command("build", help="build the site (the default)"))
    serve = command("serve", help="build, show the site, and build again on every change")
    _add_build_options(serve)
    serve.add_argument("--port", type=_port, help="default: 8000; 0 is any that is free")
    mix = command("mix", help="write a variation as a WAV file")
    mix.add_argument("song", help="the song's slug")
    mix.add_argument("mix_number", help="such as 3-1-4, or a link that the mixer has copied")
    mix.add_argument("-o", dest="wav", type=Path, metavar="FILE", help="default: mix.wav")
    mix.add_argument("--bits", type=int, choices=(16, 24), help="default: 24")
    mix.add_argument("--site", type=Path, metavar="DIR", help=SITE_HELP)
    publish = command("publish", help="name the site as IPFS does, and write CAR files of it")
    publish.add_argument("--check", action="store_true", help="only tell what hosts would break")
    publish.add_argument(
        "--to", type=Path, metavar="DIR", help="where the CAR files go (default: published/)"
    )
    publish.add_argument(
        "--since", type=Path, metavar="FILE", help="the manifest of what was published last"
    )
    verify = command("verify", help="check that a CAR file or a host has what was built")
    verify.add_argument("target", metavar="URL|CAR")
    for each in (publish, verify):
        each.add_argument("--site", type=Path, metavar="DIR", help=SITE_HELP)
        each.add_argument("--out", type=Path, metavar="DIR", help="where the site was pressed to")

    def add(name: str, what: str) -> argparse.ArgumentParser:
        added = command(name, help=what, description=what)
        added.add_argument("--site", type=Path, metavar="DIR", help=SITE_HELP)
        return added

    add_commands(add)
    found = vars(parser.parse_args(arguments))
    name = found.pop("command") or "build"
    site = (found.pop("site", None) or home_of(name, found, home)).resolve()
    out = found.pop("out", None) or site / "dist"
    runtime_from = found.pop("runtime_from", None)
    dask = found.pop("dask", None) or ""
    base_uri = found.pop("base_uri", None) or ""
    only = (found.pop("only", None) or "").strip("/")
    jobs = found.pop("jobs", None) or cores()
    if name in DROP:  # what only builds are asked for may stand before the command
        found = {key: found[key] for key in found.keys() - {"report", "without_runtime", "profile"}}
    return Options(
        **({"drop": found} if name in DROP else found),
        command=name,
        site=site,
        out=out.resolve(),
        runtime_from=runtime_from and runtime_from.resolve(),
        dask=dask,
        base_uri=base_uri,
        jobs=jobs,
        only=only,
    )


def _port(word: str) -> int:
    """Read a port."""
    if not re.fullmatch(r"\d{1,5}", word, re.ASCII) or int(word) > MOST_PORT:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 0 to {MOST_PORT}")
    return int(word)


def _count(word: str) -> int:
    """Read a number of processes."""
    if not re.fullmatch(r"[1-9]\d{0,2}", word, re.ASCII):
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 1 to 999")
    return int(word)


def _add_build_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--site", type=Path, metavar="DIR", help=SITE_HELP)
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where the site goes (default: dist/ beside it)"
    )
    parser.add_argument(
        "--runtime-from", type=Path, metavar="DIR", help="look for the Pyodide files here first"
    )
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="work on a Dask cluster: its scheduler, tcp://host:8786"
    )
    parser.add_argument(
        "--base-uri", metavar="URI", help="where metadata finds pictures and sound: ipfs://<cid>/"
    )
    parser.add_argument(
        "--jobs", type=_count, metavar="N", help="processes that make files (default: every core)"
    )
    parser.add_argument(
        "--only",
        metavar="ADDRESS",
        help="make anew only what lies below an address, such as songs/undertow; the rest stays",
    )
    parser.add_argument(
        "--profile", action="store_true", help="tell where the time went, stage by stage"
    )
    parser.add_argument("--report", action="store_true", help="tell where the site's bytes are")
    parser.add_argument(
        "--without-runtime", action="store_true", help="press a site whose mixer is off"
    )


def _press(options: Options, build: Build, progress: Progress) -> bool:
    """Build once and tell how it went; say whether it went well."""
    try:
        _pressed(options, build, progress)
    except SiteError as error:
        report_faults(error, progress.log)
        progress.log("nothing was written")
        return False
    return True


def _pressed(options: Options, build: Build, progress: Progress) -> Built:
    """Build once and tell what came of it."""
    progress.stages.clear()
    started = time.monotonic()
    gc.disable()  # a build has millions of objects, and is over before garbage would matter
    try:
        built = build(options, progress)
        seconds = time.monotonic() - started
        differing = changes(options.site, options.out, built.written.changed)
        tell(built, seconds, _short(options.out), progress, differing, report=options.report)
    finally:
        gc.enable()
    if options.profile:
        progress.log_stages()
    return built


def _serve(options: Options, build: Build, progress: Progress) -> int:
    from stempress.commands.serve import serve  # noqa: PLC0415 - a build needs no server

    shown = serve(
        options.site,
        options.out,
        port=options.port,
        press=lambda: _press(options, build, progress),
        rebuild=lambda: _pressed(options, build, progress).written.changed,
        rest=lambda: _rest(options.out, progress),
        report=progress.log,
    )
    return 0 if shown else 1


def _rest(out: Path, progress: Progress) -> None:
    """Do what can wait until open pages have been told; the next build does what fails here."""
    from stempress.output.lock import alone  # noqa: PLC0415 - takes long, and a build that stands needs none

    gc.collect()
    with suppress(OSError), alone(out, progress):
        look_back(out)


def _mix(options: Options, progress: Progress) -> int:
    from stempress.audio.bounce import bounce  # noqa: PLC0415 - a build bounces nothing

    wav = options.wav.absolute()
    check_writable(wav, "-o")
    data = bounce(options.site, options.song, options.mix_number, options.bits, progress)
    with attach_filename(wav):
        wav.write_bytes(data)
    progress.log(f"{wav}: {options.bits} bits, {megabytes(len(data))}")
    return 0


def _short(path: Path) -> str:
    """Return a path as seen from here, where it is below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
