"""The command ``stempress``: builds of unchanged inputs end before anything slow is imported."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, NoReturn

from stempress.commands.build_memory import BuildMemory
from stempress.commands.cli import run
from stempress.core.program import STEMPRESS, set_program
from stempress.output.input_hash import hash_inputs
from stempress.output.output_check import check_output_folder
from stempress.output.records import Records
from stempress.output.writer import find_current_build

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.options import BuildOptions
    from stempress.core.progress import Progress
    from stempress.output.result import BuildResult


def build(
    options: BuildOptions, progress: Progress, memory: BuildMemory | None = None
) -> BuildResult:
    """Build a site, unless the last build had the same inputs and its files are intact."""
    check_output_folder(options.out)
    memory = memory or BuildMemory(Records(options.out))
    with progress.stage("inputs"):
        inputs = hash_inputs(options, memory.digests)
        must_build = options.report or options.only
        current = None if must_build else find_current_build(memory.records, inputs.everything)
    if current:
        return current

    from stempress.commands.build import build_site  # noqa: PLC0415 - slow to import

    return build_site(options, inputs, progress, memory)


def main(program: str = STEMPRESS, bundled: Path | None = None) -> NoReturn:
    """Run the command line, and exit.

    ``program`` is the name that messages use; ``bundled`` is the site that commands take where
    there is no site in the current folder.
    """
    set_program(program)
    if isinstance(sys.stdout, TextIOWrapper):  # data is UTF-8; a console shows what it can
        encoding = None if sys.stdout.isatty() or "PYTHONIOENCODING" in os.environ else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    _exit_at_once(run(sys.argv[1:], build, bundled))


def _exit_at_once(status: int) -> NoReturn:
    """Exit without freeing the objects of a build one by one, which would take longer."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        status = status or 1
    os._exit(status)
