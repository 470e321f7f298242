"""Progress of long work: bars on a terminal, plain lines elsewhere, and where the time went."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from stempress.core.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import Progress as RichProgress

    class Step(Protocol):
        """Notes steps that are done."""

        def __call__(self, name: str, count: int = 1, /) -> None:
            """Note ``count`` steps, the last by its name."""


class Stage(NamedTuple):
    """One part of a build, and the seconds it took by the clock and of all cores together."""

    name: str
    wall: float
    cpu: float


class Progress:
    """Says how far a build is."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Say nothing at all when ``quiet``."""
        self.quiet = quiet
        self.stages: list[Stage] = []

    @cached_property
    def console(self) -> Console:
        """Where tables, bars and questions go."""
        from rich.console import Console  # noqa: PLC0415 - takes long, and few ask

        return Console(stderr=True, quiet=self.quiet)

    def log(self, line: str) -> None:
        """Print one line; nothing in it is markup."""
        if not self.quiet:
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is where all is told

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note how long a part of the build takes."""
        wall, cpu = time.perf_counter(), _cpu_seconds()
        try:
            yield
        finally:
            passed = time.perf_counter() - wall, _cpu_seconds() - cpu
            self.stages.append(Stage(name, *passed))

    @contextmanager
    def track(self, what: str, new: int, total: int | None = None) -> Iterator[Step]:
        """Count ``new`` steps, for what is not there yet; yields what notes one, by name.

        Without a total nothing is ever there already.
        """
        self.log(f"{what}: {new}" if total is None else f"{what}: {new} of {total} new")
        if self.quiet or not _is_terminal() or not new:
            yield lambda _name, _count=1: None
            return
        with _bars(self.console) as bars:
            task = bars.add_task(what, total=new, name="")
            yield lambda name, count=1: bars.update(task, advance=count, name=printable(name))

    def log_stages(self) -> None:
        """Print where the time went, stage by stage."""
        from rich.table import Table  # noqa: PLC0415 - takes long, and few ask

        table = Table("stage", "seconds", "CPU seconds", "share")
        whole = sum(stage.wall for stage in self.stages)
        for stage in (*self.stages, Stage("all", whole, sum(each.cpu for each in self.stages))):
            share = f"{100 * stage.wall / whole:.0f} %"
            table.add_row(stage.name, f"{stage.wall:.3f}", f"{stage.cpu:.3f}", share)
        self.console.print(table)


def _is_terminal() -> bool:
    """Say whether bars can be drawn; FORCE_COLOR says so of terminals that do not tell."""
    return sys.stderr.isatty() or bool(os.environ.get("FORCE_COLOR"))


def _bars(console: Console) -> RichProgress:
    from rich import progress  # noqa: PLC0415 - only terminals want it

    columns = (
        progress.TextColumn("{task.description:12}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.fields[name]}", markup=False),
    )
    return progress.Progress(*columns, console=console, transient=True)


def _cpu_seconds() -> float:
    """Return the seconds of CPU that this process and its finished children have had."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
