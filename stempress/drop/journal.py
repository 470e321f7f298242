"""Journal of the blocks read from a chain: one line per range, durable if killed at any moment."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stempress.core.files import write_text_atomically
from stempress.drop.events import MetadataUpdate, Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.drop.events import Event


@dataclass(frozen=True, slots=True)
class BlockRange:
    """Blocks ``first`` to ``last`` and their events; hash and time are the last block's."""

    first: int
    last: int
    hash: str
    time: int
    events: tuple[Event, ...] = ()

    def line(self) -> str:
        """Return the range as a line of the journal."""
        events = [[*event] for event in self.events]
        return json.dumps([self.first, self.last, self.hash, self.time, events]) + "\n"


@dataclass
class Journal:
    """Append-only file, rewritten only after a reorganisation of the chain.

    ``added`` are tokens that syncs have added to the ledger; ``start`` is the first block to read.
    """

    path: Path
    ranges: list[BlockRange] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    start: int = 0

    @property
    def next_block(self) -> int:
        """The first block that has not been read."""
        return self.ranges[-1].last + 1 if self.ranges else self.start

    def events(self) -> Iterator[Event]:
        """Yield all events in order."""
        return (event for blocks in self.ranges for event in blocks.events)

    def append(self, blocks: BlockRange) -> None:
        """Save a range; it counts once its line is complete."""
        self._write_line(blocks.line())
        self.ranges.append(blocks)

    def record_added(self, tokens: list[str]) -> None:
        """Record tokens that are about to be added to the ledger."""
        added = sorted({*self.added, *tokens}, key=int)
        if added != self.added:
            self._write_line(json.dumps({"made": added}) + "\n")
            self.added = added

    def drop_last(self) -> BlockRange:
        """Remove the last range."""
        dropped = self.ranges.pop()
        lines = [json.dumps({"made": self.added}) + "\n"]
        lines += [blocks.line() for blocks in self.ranges]
        write_text_atomically(self.path, "".join(lines))
        return dropped

    def _write_line(self, line: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="ascii") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


def open_journal(path: Path) -> Journal:
    """Read a journal, truncating an incomplete last line."""
    journal = Journal(path)
    if not path.exists():
        return journal
    data = path.read_bytes()
    complete = data[: data.rfind(b"\n") + 1]
    if len(complete) < len(data):
        with path.open("r+b") as file:
            file.truncate(len(complete))
    for line in complete.splitlines():
        content = json.loads(line)
        if isinstance(content, dict):
            journal.added = content["made"]
        else:
            first, last, block_hash, time, events = content
            journal.ranges.append(
                BlockRange(first, last, block_hash, time, tuple(map(_event, events)))
            )
    return journal


def _event(fields: list[object]) -> Event:
    kind = MetadataUpdate if len(fields) == len(MetadataUpdate._fields) else Transfer
    return kind(*fields)  # type: ignore[arg-type]
