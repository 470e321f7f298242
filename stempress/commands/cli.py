"""The command line."""

from __future__ import annotations

import argparse
from dataclasses import fields
from importlib import import_module
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from stempress import __version__
from stempress.commands.build_command import add_build_arguments
from stempress.commands.command import Context
from stempress.commands.help_texts import HELP_COLUMNS, command_help, general_help
from stempress.commands.json_output import report_errors
from stempress.core.cache import check_cache_folder
from stempress.core.crash_log import CRASHED, crash_fault
from stempress.core.errors import SiteError, fault_from_os_error
from stempress.core.program import program
from stempress.core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stempress.commands.command import Build, Command

INTERRUPTED = 130
"""The exit status after Ctrl-C."""
COMMANDS = {
    "build": ("build_command", "build the site (the default)"),
    "serve": ("serve_command", "build, serve the site, and build again on every change"),
    "mix": ("mix_command", "write a variation or a take as a WAV file"),
    "clashes": ("clashes_command", "find stems that do not fit together"),
    "video": ("video_command", "write a variation as a video, with its record turning"),
    "publish": ("publish_commands", "compute the site's IPFS CIDs, and write CAR files of it"),
    "verify": ("publish_commands", "check that a CAR file or a host has what was built"),
    "new": ("new_command", "start a site from a folder of stems"),
    "mint": ("ledger_commands", "draw the tokens of a drop into the ledger"),
    "seal": ("seal_commands", "commit to what unrevealed tokens are, without disclosing it"),
    "reveal": ("seal_commands", "reveal sealed tokens, and prove what they are"),
    "forge": ("ledger_commands", "burn tokens of a ledger without a chain for another"),
    "sync": ("chain_commands", "read the chain's state into the ledger"),
    "holders": ("chain_commands", "list who holds what, as CSV"),
    "import": ("ledger_commands", "import a drop that was made with another tool"),
    "published": ("publish_commands", "record that the site as built is what the public has"),
    "doctor": ("doctor_command", "check this computer: what is installed, what would be slow"),
    "cache": ("cache_command", "report the size of the cache, or remove it"),
    "completion": ("completion_command", "write a script that completes commands in a shell"),
}
"""The module that defines each command, under its name in capitals, and a summary."""


def run(arguments: Sequence[str], build: Build, bundled: Path | None = None) -> int:
    """Run the command that the arguments name; return the exit status.

    ``bundled`` is the site of commands that are run outside of any site's folder, if there is one.
    """
    progress = Progress()
    as_json = False
    try:
        command, options = parse(arguments, bundled)
        as_json = getattr(options, "json", False)
        check_cache_folder()
        return 0 if command.run(options, Context(build, progress)) else 1
    except SiteError as error:
        report_errors(error, progress, as_json=as_json)
        return 1
    except OSError as error:
        report_errors(SiteError([fault_from_os_error(error)]), progress, as_json=as_json)
        return 1
    except KeyboardInterrupt:
        progress.log("stopped")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: no command ends in a traceback
        report_errors(SiteError([crash_fault(error, arguments)]), progress, as_json=as_json)
        return CRASHED


def parse(arguments: Sequence[str], bundled: Path | None) -> tuple[Command[Any], Any]:
    """Return the command that the arguments name, and its options.

    Options of a build may stand before any command; commands without such an option ignore it.
    """
    values = vars(make_parser(arguments).parse_args(arguments))
    command = _load(values.pop("command") or "build")
    if "site" not in values:
        values["site"] = command.default_site(values, bundled).resolve()
    values.setdefault("out", values["site"] / "dist")
    names = {field.name for field in fields(command.options)}
    return command, command.options(**{name: values[name] for name in names & values.keys()})


def make_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser, with the options of those commands that the arguments name."""
    # Arguments have no defaults: a command's would overwrite what was given before it.
    parser = argparse.ArgumentParser(
        prog=program(),
        usage="%(prog)s [command] [options]",
        description="Press a music collection into a static site.",
        argument_default=argparse.SUPPRESS,
        formatter_class=HelpFormatter,
    )
    add_build_arguments(parser)
    for action in parser._actions[1:]:  # noqa: SLF001 - `build --help` has them
        action.help = argparse.SUPPRESS
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="command", title="commands")
    is_help = not {"-h", "--help"}.isdisjoint(arguments)
    for name, (_, summary) in COMMANDS.items():
        subparser = subparsers.add_parser(
            name,
            prog=program(name),
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            argument_default=argparse.SUPPRESS,
            formatter_class=HelpFormatter,
        )
        if name in arguments:  # to load the others would slow down every build
            _load(name).add_arguments(subparser)
            subparser.epilog = command_help(name) if is_help else None
    parser.epilog = general_help() if is_help else None
    return parser


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Formats help in few lines, no wider than most terminals: an option's help is beside it."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - argparse's own
        width = min(get_terminal_size().columns, HELP_COLUMNS) - 2
        super().__init__(*args, **{"max_help_position": 27, "width": width, **options})


def _load(name: str) -> Command[Any]:
    module = import_module(f"stempress.commands.{COMMANDS[name][0]}")
    command: Command[Any] = getattr(module, name.upper())
    return command
