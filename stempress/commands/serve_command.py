"""``stempress serve``: build a site, serve it, and build again on every change."""

from __future__ import annotations

import gc
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from stempress.commands.arguments import port
from stempress.commands.build_command import (
    add_build_arguments,
    build_and_report,
    check_runtime_folder,
)
from stempress.commands.build_memory import BuildMemory
from stempress.commands.command import Command
from stempress.commands.live_reload import ALL_ADDRESSES, LOOPBACK
from stempress.core.options import BuildOptions
from stempress.core.text_files import check_is_site
from stempress.output.records import Records
from stempress.output.staging import refresh_staging

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Collection

    from stempress.commands.command import Context
    from stempress.commands.live_reload import BuildEvents
    from stempress.core.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions(BuildOptions):
    """Options of a preview; port 0 is any that is free, ``host`` the address to listen on."""

    port: int = 8000
    host: str = LOOPBACK
    open: bool = False


def add_serve_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of a preview."""
    add_build_arguments(parser)
    add = parser.add_argument
    add("--port", type=port, help="default: 8000; 0 is any that is free")
    add("--open", action="store_true", help="open the site in the browser")
    add(
        "--host",
        nargs="?",
        const=ALL_ADDRESSES,
        metavar="ADDRESS",
        help="also serve phones in the same network, with a QR code; or one address only",
    )


def run_serve(options: ServeOptions, context: Context) -> NoReturn:
    """Serve until Ctrl-C; SiteError if there is no site to serve."""
    from stempress.commands.serve import serve  # noqa: PLC0415 - a build needs no server

    check_runtime_folder(options)
    check_is_site(options.site)
    progress = context.progress
    memory = BuildMemory(Records(options.out))
    context = replace(context, memory=memory)

    def build(builds: BuildEvents) -> Collection[str]:
        progress.on_step = builds.advance
        return build_and_report(options, context).written.changed

    serve(
        options.site,
        options.out,
        port=options.port,
        host=options.host,
        build=build,
        when_idle=lambda: _finish(memory.records, progress),
        log=progress.log,
        open_browser=partial(_open, progress) if options.open else lambda _: None,
    )


def _open(progress: Progress, address: str) -> None:
    import webbrowser  # noqa: PLC0415 - only --open needs it

    if not webbrowser.open(address):
        progress.log(f"warning: found no browser to open: open {address} yourself")


def _finish(records: Records, progress: Progress) -> None:
    """Do what can wait until open pages have reloaded; if it fails, the next build does it."""
    from stempress.output.lock import lock_output  # noqa: PLC0415 - slow, and only previews need it here

    gc.collect()
    with suppress(OSError), lock_output(records.out, progress):
        refresh_staging(records)


SERVE = Command(ServeOptions, add_serve_arguments, run_serve)
