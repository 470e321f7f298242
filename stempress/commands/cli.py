"""The command line of build.py."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from stempress.commands.build_command import BUILD, add_build_arguments
from stempress.commands.command import Context
from stempress.commands.drop_commands import IMPORT, MINT, NEW, REVEAL, SEAL, SYNC
from stempress.commands.mix_command import MIX
from stempress.commands.publish_commands import PUBLISH, PUBLISHED, VERIFY
from stempress.commands.serve_command import SERVE
from stempress.core.cache import check_cache_folder
from stempress.core.errors import SiteError, fault_from_os_error, report_faults
from stempress.core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stempress.commands.command import Build, Command

INTERRUPTED = 130
"""The exit status after Ctrl-C."""
COMMANDS: tuple[Command[Any], ...] = (
    BUILD,
    SERVE,
    MIX,
    PUBLISH,
    VERIFY,
    NEW,
    MINT,
    SEAL,
    REVEAL,
    SYNC,
    IMPORT,
    PUBLISHED,
)


def run(arguments: Sequence[str], build: Build, bundled: Path) -> int:
    """Run the command that the arguments name; return the exit status.

    ``bundled`` is the folder of the bundled site.
    """
    progress = Progress()
    try:
        command, options = parse(arguments, bundled)
        check_cache_folder()
        return 0 if command.run(options, Context(build, progress)) else 1
    except SiteError as error:
        report_faults(error, progress.log)
        return 1
    except OSError as error:
        report_faults(SiteError([fault_from_os_error(error)]), progress.log)
        return 1
    except KeyboardInterrupt:
        progress.log("stopped")
        return INTERRUPTED


def parse(arguments: Sequence[str], bundled: Path) -> tuple[Command[Any], Any]:
    """Return the command that the arguments name, and its options.

    Options of a build may stand before any command; commands without such an option ignore it.
    """
    values = vars(_parser().parse_args(arguments))
    name = values.pop("command") or BUILD.name
    command = next(command for command in COMMANDS if command.name == name)
    if "site" not in values:
        values["site"] = command.default_site(values, bundled).resolve()
    values.setdefault("out", values["site"] / "dist")
    names = {field.name for field in fields(command.options)}
    return command, command.options(**{name: values[name] for name in names & values.keys()})


def _parser() -> argparse.ArgumentParser:
    # Arguments have no defaults: a command's would overwrite what was given before it.
    parser = argparse.ArgumentParser(
        prog="build.py",
        description="Press a music collection into a static site.",
        argument_default=argparse.SUPPRESS,
    )
    add_build_arguments(parser)
    subparsers = parser.add_subparsers(dest="command", metavar="command")
    for command in COMMANDS:
        subparser = subparsers.add_parser(
            command.name,
            help=command.summary,
            description=command.summary,
            argument_default=argparse.SUPPRESS,
        )
        command.add_arguments(subparser)
    return parser
