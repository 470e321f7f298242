"""``stempress completion``: a script with which a shell completes commands and options."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.commands.command import Command
from stempress.core.program import STEMPRESS

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from stempress.commands.command import Context

SHELLS = ("bash", "fish", "tcsh", "zsh")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionOptions:
    """Options of ``completion``."""

    shell: str


def add_completion_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``completion``."""
    parser.add_argument("shell", choices=SHELLS)


def run_completion(options: CompletionOptions, _: Context) -> bool:
    """Write the script to standard output."""
    import shtab  # noqa: PLC0415 - run once

    from stempress.commands.cli import COMMANDS, make_parser  # noqa: PLC0415 - a circle

    parser = make_parser([*COMMANDS])
    parser.prog = STEMPRESS
    sys.stdout.write(shtab.complete(parser, options.shell) + "\n")
    return True


COMPLETION = Command(CompletionOptions, add_completion_arguments, run_completion)
