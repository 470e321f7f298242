"""A command: its options, and the function that runs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.core.text_files import SITE_FILE

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Mapping

    from stempress.commands.build_memory import BuildMemory
    from stempress.core.options import BuildOptions
    from stempress.core.progress import Progress
    from stempress.output.result import BuildResult

    type Build = Callable[[BuildOptions, Progress, BuildMemory | None], BuildResult]


def current_site(_: Mapping[str, object], bundled: Path | None) -> Path:
    """Return the site of a command without ``--site``: the current folder, or the bundled one."""
    current = Path.cwd()
    return current if bundled is None or (current / SITE_FILE).is_file() else bundled


@dataclass(frozen=True, slots=True)
class Context:
    """How a site is built, where messages go, and what a preview remembers of earlier builds."""

    build: Build
    progress: Progress
    memory: BuildMemory | None = None


@dataclass(frozen=True, slots=True)
class Command[Options]:
    """A command. ``add_arguments`` adds an argument for every field of its options to a parser.

    ``run`` returns whether it succeeded, and raises SiteError for faults that are yet to be
    reported. ``default_site`` takes the arguments that were given, and the bundled site's
    folder if there is one.
    """

    options: type[Options]
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Options, Context], bool]
    default_site: Callable[[Mapping[str, object], Path | None], Path] = current_site
