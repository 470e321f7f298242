"""Build a music collection's site: ``python build.py [--site DIR] [--out DIR]``."""

import os
import sys
from pathlib import Path
from typing import NoReturn

try:
    from stempress.commands.build_memory import BuildMemory
    from stempress.commands.cli import run
    from stempress.core.options import BuildOptions
    from stempress.core.progress import Progress
    from stempress.output.input_hash import hash_inputs
    from stempress.output.output_check import check_output_folder
    from stempress.output.records import Records
    from stempress.output.result import BuildResult
    from stempress.output.writer import find_current_build
except ImportError as error:
    hint = "run make first, then .venv/bin/python build.py"
    sys.exit(f"error: this Python cannot run Stempress: {error}\n    -> {hint}")


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


def exit_at_once(status: int) -> NoReturn:
    """Exit without freeing the objects of a build one by one, which would take longer."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        status = status or 1
    os._exit(status)


if __name__ == "__main__":
    exit_at_once(run(sys.argv[1:], build, Path(__file__).parent))
