"""Press a music collection into a static site: ``python build.py [--site DIR] [--out DIR]``."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from stempress.commands.cli import run
from stempress.core.options import BuildOptions
from stempress.core.progress import Progress
from stempress.output.input_hash import hash_inputs
from stempress.output.result import BuildResult
from stempress.output.writer import check_output_folder, find_current_build


def build(options: BuildOptions, progress: Progress) -> BuildResult:
    """Press one site, unless it stands already as it would be pressed."""
    check_output_folder(options.out)
    with progress.stage("look"):
        inputs = hash_inputs(options)
        asked = options.report or options.only
        built = None if asked else find_current_build(options.out, inputs.everything)
    if built:
        return built

    from stempress.commands.build import build_site  # noqa: PLC0415 - what presses takes long to begin

    return build_site(options, inputs, progress)


def leave(status: int) -> NoReturn:
    """End at once: to give all that a build has held back piece by piece would take longer."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        status = status or 1
    os._exit(status)


if __name__ == "__main__":
    leave(run(sys.argv[1:], build, Path(__file__).parent))
