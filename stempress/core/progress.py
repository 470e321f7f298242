"""Messages and progress: bars on a terminal, lines elsewhere, and the time of each stage."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from stempress.core.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.progress import Progress as RichProgress

    class Step(Protocol):
        """Counts steps."""

        def __call__(self, name: str, count: int = 1, /) -> None:
            """Count ``count`` steps; ``name`` is that of the last one."""


class Stage(NamedTuple):
    """A stage of a build: seconds by the clock, and CPU seconds of all cores."""

    name: str
    wall: float
    cpu: float


class Progress:
    """Logs messages, shows progress and measures stages."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Show nothing if ``quiet``."""
        self.quiet = quiet
        self.on_step: Callable[[str, int, int], None] | None = None
        """Called with a title, the steps done and all of them, from whatever thread counts."""
        self.stages: list[Stage] = []

    @cached_property
    def console(self) -> Console:
        """The terminal, for tables, bars and questions."""
        from rich.console import Console  # noqa: PLC0415 - slow to import

        return Console(stderr=True, quiet=self.quiet)

    def log(self, line: str) -> None:
        """Print a line as it is, without markup."""
        if not self.quiet:
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - the one place that prints

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a stage of the build."""
        wall, cpu = time.perf_counter(), _cpu_seconds()
        try:
            yield
        finally:
            elapsed = time.perf_counter() - wall, _cpu_seconds() - cpu
            self.stages.append(Stage(name, *elapsed))

    @contextmanager
    def track(self, title: str, new: int, total: int | None = None) -> Iterator[Step]:
        """Log the number of steps, if any, and yield a function that counts them on a progress bar.

        ``new`` is the number of steps, out of ``total`` if the others are cached.
        """
        if new:
            self.log(f"{title}: {new}" if total is None else f"{title}: {new} of {total} new")
        with self._bar(title, new) as advance:
            yield self._counted(title, new, advance) if self.on_step else advance

    @contextmanager
    def _bar(self, title: str, new: int) -> Iterator[Step]:
        """Show a bar on a terminal; yield what advances it."""
        if self.quiet or not _is_terminal() or not new:
            yield lambda _name, _count=1: None
            return
        with _bars(self.console) as bars:
            task = bars.add_task(title, total=new, name="")
            yield lambda name, count=1: bars.update(task, advance=count, name=printable(name))

    def _counted(self, title: str, new: int, advance: Step) -> Step:
        """Return a step that also calls ``on_step``."""
        done = 0

        def step(name: str, count: int = 1) -> None:
            nonlocal done
            done += count
            if self.on_step:
                self.on_step(title, done, new)
            advance(name, count)

        return step

    def log_stages(self) -> None:
        """Print a table of the time that each stage took."""
        from rich.table import Table  # noqa: PLC0415 - slow to import

        table = Table("stage", "seconds", "CPU seconds", "share")
        wall = sum(stage.wall for stage in self.stages)
        cpu = sum(stage.cpu for stage in self.stages)
        for stage in (*self.stages, Stage("total", wall, cpu)):
            share = f"{100 * stage.wall / wall:.0f}%"
            table.add_row(stage.name, f"{stage.wall:.3f}", f"{stage.cpu:.3f}", share)
        self.console.print(table)


def can_show(text: str) -> bool:
    """Return whether the terminal's encoding has all characters of a text."""
    try:
        text.encode(sys.stderr.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _is_terminal() -> bool:
    """Return whether bars can be drawn; FORCE_COLOR is for terminals that are not detected."""
    return sys.stderr.isatty() or bool(os.environ.get("FORCE_COLOR"))


def _bars(console: Console) -> RichProgress:
    from rich import progress  # noqa: PLC0415 - only terminals need it

    columns = (
        progress.TextColumn("{task.description:12}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.fields[name]}", markup=False),
    )
    return progress.Progress(*columns, console=console, transient=True)


def _cpu_seconds() -> float:
    """Return the CPU seconds of this process and its finished children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
