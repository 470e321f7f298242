"""Journal of the blocks read from a chain: one line per range, durable if killed at any moment."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyodide_app.engine.model import id_order
from stempress.core.cache import cache_root, digest
from stempress.core.files import write_text_atomically
from stempress.drop.events import MetadataUpdate, Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.collection.settings import Contract
    from stempress.drop.events import Event

VERSION = 3
"""Increment when the same logs give other events."""


@dataclass(frozen=True, slots=True)
class BlockRange:
    """Blocks ``first`` to ``last`` and their events; hash and time are the last block's.

    ``source`` is the host of the endpoint that gave them.
    """

    first: int
    last: int
    hash: str
    time: int
    events: tuple[Event, ...] = ()
    source: str = ""

    def line(self) -> str:
        """Return the range as a line of the journal."""
        events = [[*event] for event in self.events]
        return json.dumps([self.first, self.last, self.hash, self.time, events, self.source]) + "\n"


@dataclass
class Journal:
    """Append-only file, rewritten only after a reorganisation of the chain.

    ``added`` are tokens that syncs have added to the ledger; ``start`` is the first block to read.
    Events in blocks before ``missing_before`` are unknown: no endpoint keeps them.
    """

    path: Path
    ranges: list[BlockRange] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    start: int = 0
    missing_before: int = 0

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
        added = sorted({*self.added, *tokens}, key=id_order)
        if added != self.added:
            self._write_line(json.dumps({"made": added}) + "\n")
            self.added = added

    def record_missing(self, block: int) -> None:
        """Record that no endpoint has the events before a block, where reading begins."""
        self._write_line(json.dumps({"missing": block}) + "\n")
        self.missing_before = self.start = block

    def drop_last(self) -> BlockRange:
        """Remove the last range."""
        dropped = self.ranges.pop()
        self._rewrite()
        return dropped

    def clear(self) -> None:
        """Forget everything that was read, but not which tokens were added to the ledger."""
        self.ranges.clear()
        self.missing_before = 0
        self._rewrite()

    def replace_ranges(self, ranges: list[BlockRange]) -> None:
        """Replace everything that was read."""
        self.ranges = list(ranges)
        self._rewrite()

    def _rewrite(self) -> None:
        lines = [json.dumps({"made": self.added}) + "\n"]
        if self.missing_before:
            lines.append(json.dumps({"missing": self.missing_before}) + "\n")
        lines += [blocks.line() for blocks in self.ranges]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_text_atomically(self.path, "".join(lines))

    def _write_line(self, line: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="ascii") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


def journal_path(contract: Contract) -> Path:
    """Return the path of the journal that syncs keep of a contract."""
    return cache_root() / "chain" / f"{digest(VERSION, contract.key)[:24]}.jsonl"


def open_journal(path: Path) -> Journal:
    """Read a journal to write on, truncating what follows its last complete line."""
    journal, size = _read(path)
    if path.exists() and size < path.stat().st_size:
        with path.open("r+b") as file:
            file.truncate(size)
    return journal


def read_journal(path: Path) -> Journal:
    """Read a journal without changing the file, since a sync may be writing it."""
    return _read(path)[0]


def _read(path: Path) -> tuple[Journal, int]:
    """Return a journal and how many bytes its complete lines take."""
    journal, size = Journal(path), 0
    data = path.read_bytes() if path.exists() else b""
    for line in data.splitlines(keepends=True):
        if not line.endswith(b"\n") or not _read_line(journal, line):
            break
        size += len(line)
    return journal, size


def _read_line(journal: Journal, line: bytes) -> bool:
    """Add a line to a journal; return whether it is valid."""
    try:
        content = json.loads(line)
        if isinstance(content, dict):
            journal.added = content.get("made", journal.added)
            journal.missing_before = content.get("missing", journal.missing_before)
        else:
            first, last, block_hash, time, events, source = content
            read = tuple(map(_event, events))
            journal.ranges.append(BlockRange(first, last, block_hash, time, read, source))
    except (ValueError, TypeError):
        return False
    return True


def _event(fields: list[object]) -> Event:
    kind = MetadataUpdate if len(fields) == len(MetadataUpdate._fields) else Transfer
    return kind(*fields)  # type: ignore[arg-type]
