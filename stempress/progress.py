"""Progress of long work: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    type Step = Callable[[str], None]


class Progress:
    """Says how far a build is."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Say nothing at all when ``quiet``."""
        self.console = Console(
            stderr=True, quiet=quiet, highlight=False, emoji=False, soft_wrap=True
        )

    def say(self, line: str) -> None:
        """Print one line; nothing in it is markup."""
        self.console.print(line, markup=False)

    @contextmanager
    def counted(self, what: str, new: int, total: int) -> Iterator[Step]:
        """Count ``new`` steps, for what is not there yet; yields what notes one, by name."""
        self.say(f"{what}: {new} of {total} new")
        if not self.console.is_terminal or not new:
            yield lambda _name: None
            return
        columns = (
            TextColumn("{task.description:12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[name]}", markup=False),
        )
        with RichProgress(*columns, console=self.console, transient=True) as bars:
            task = bars.add_task(what, total=new, name="")
            yield lambda name: bars.update(task, advance=1, name=name)
