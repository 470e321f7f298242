"""What has been read of a chain, a line for every stretch of blocks: killed at any moment, kept."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stempress.core.files import write_text_atomically
from stempress.drop.events import Announced, Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.drop.events import Event


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks from ``first`` to ``last``, whose hash is kept, and what happened in them."""

    first: int
    last: int
    hash: str
    time: int
    events: tuple[Event, ...] = ()

    def line(self) -> str:
        """Return the stretch as the journal has it."""
        events = [[*event] for event in self.events]
        return json.dumps([self.first, self.last, self.hash, self.time, events]) + "\n"


@dataclass
class Journal:
    """A file that only grows, unless the chain has been reorganised.

    ``made`` are the tokens that syncs have put into the ledger, ``begin`` the first block to read.
    """

    path: Path
    stretches: list[Stretch] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    begin: int = 0

    @property
    def next(self) -> int:
        """The first block that has not been read."""
        return self.stretches[-1].last + 1 if self.stretches else self.begin

    def events(self) -> Iterator[Event]:
        """Yield everything that happened, in order."""
        return (event for stretch in self.stretches for event in stretch.events)

    def append(self, stretch: Stretch) -> None:
        """Keep a stretch; it counts once its line has its end."""
        self._write_line(stretch.line())
        self.stretches.append(stretch)

    def note_made(self, made: list[str]) -> None:
        """Keep which tokens the ledger has from here: before it has them."""
        every = sorted({*self.made, *made}, key=int)
        if every != self.made:
            self._write_line(json.dumps({"made": every}) + "\n")
            self.made = every

    def drop_last(self) -> Stretch:
        """Forget the last stretch."""
        dropped = self.stretches.pop()
        lines = [json.dumps({"made": self.made}) + "\n", *(each.line() for each in self.stretches)]
        write_text_atomically(self.path, "".join(lines))
        return dropped

    def _write_line(self, line: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="ascii") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


def open_journal(path: Path) -> Journal:
    """Read a journal; a last line that was never finished is cut off."""
    journal = Journal(path)
    if not path.exists():
        return journal
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    for line in whole.splitlines():
        content = json.loads(line)
        if isinstance(content, dict):
            journal.made = content["made"]
        else:
            first, last, block_hash, time, events = content
            journal.stretches.append(
                Stretch(first, last, block_hash, time, tuple(map(_event, events)))
            )
    return journal


def _event(fields: list[object]) -> Event:
    kind = Announced if len(fields) == len(Announced._fields) else Transfer
    return kind(*fields)  # type: ignore[arg-type]
