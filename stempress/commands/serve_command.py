"""``stempress serve``: build a site, serve it, and build again on every change."""

from __future__ import annotations

import gc
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stempress.commands.arguments import port
from stempress.commands.build_command import (
    add_build_arguments,
    build_and_report,
    build_once,
    check_runtime_folder,
)
from stempress.commands.build_memory import BuildMemory
from stempress.commands.command import Command
from stempress.core.options import BuildOptions
from stempress.output.records import Records
from stempress.output.staging import refresh_staging

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from stempress.commands.command import Context
    from stempress.core.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions(BuildOptions):
    """Options of a preview; port 0 is any that is free."""

    port: int = 8000


def add_serve_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of a preview."""
    add_build_arguments(parser)
    parser.add_argument("--port", type=port, help="default: 8000; 0 is any that is free")


def run_serve(options: ServeOptions, context: Context) -> bool:
    """Serve until Ctrl-C; return whether there was a site to serve."""
    from stempress.commands.serve import serve  # noqa: PLC0415 - a build needs no server

    check_runtime_folder(options)
    memory = BuildMemory(Records(options.out))
    context = replace(context, memory=memory)
    return serve(
        options.site,
        options.out,
        port=options.port,
        build=lambda: build_once(options, context),
        rebuild=lambda: build_and_report(options, context).written.changed,
        when_idle=lambda: _finish(memory.records, context.progress),
        log=context.progress.log,
    )


def _finish(records: Records, progress: Progress) -> None:
    """Do what can wait until open pages have reloaded; if it fails, the next build does it."""
    from stempress.output.lock import lock_output  # noqa: PLC0415 - slow, and only previews need it here

    gc.collect()
    with suppress(OSError), lock_output(records.out, progress):
        refresh_staging(records)


SERVE = Command(ServeOptions, add_serve_arguments, run_serve)
