"""Takes: recorded performances on the mixer of a song.

A take is the state of the mixer at its first frame, and moves: changes of one control at a frame,
counted from the take's beginning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Song


class Control(IntEnum):
    """What a move changes, and what its value is."""

    STEM = 0
    """A row's stem."""
    STEM_ON_BAR = 1
    """A row's stem, from the next bar line on."""
    MUTE = 2
    """0 or 1."""
    SOLO = 3
    """0 or 1."""
    VOLUME = 4
    """Of a row, in hundredths of a decibel."""
    PAN = 5
    """Of a row, in millionths: -1,000,000 is left."""
    MASTER = 6
    """In hundredths of a decibel."""
    SEEK = 7
    """A frame of the song."""
    LOOP = 8
    """Frames of the song [value, end), or none if ``end`` is 0."""


OF_MIX = frozenset((Control.MASTER, Control.SEEK, Control.LOOP))
"""Controls of the whole mix, not of a row."""


class TakeError(ValueError):
    """A text that is not a take, or a take that does not fit its song."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of one control at a frame of the take; ``row`` is 0 if it is not of a row."""

    frame: int
    control: Control
    row: int = 0
    value: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class TakeLayer:
    """A layer by slug, and the slugs of those of its stems that the take uses."""

    slug: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakeRow:
    """A row's state at the beginning, in the units of ``Control``."""

    stem: int = 0
    volume: int = 0
    pan: int = 0
    mute: bool = False
    solo: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """A take of a song, whose rate in Hz and length in ``frames`` are those it was recorded with.

    ``length`` is the take's own, in frames. ``loop`` and ``position`` are frames of the song.
    """

    song: str
    rate: int
    frames: int
    length: int
    layers: tuple[TakeLayer, ...]
    rows: tuple[TakeRow, ...]
    master: int = 0
    loop: tuple[int, int] | None = None
    position: int = 0
    moves: tuple[Move, ...] = ()

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.length / self.rate

    def stem(self, row: int, index: int) -> str | None:
        """Return the slug of a row's stem by its index from 1; None for 0."""
        return self.layers[row].stems[index - 1] if index else None

    def at_rate(self, rate: int, frames: int) -> Take:
        """Return the take for the same song at another rate, with that length in frames.

        TakeError if the length differs by more than rounding.
        """

        def scaled(frame: int) -> int:
            return (2 * frame * rate + self.rate) // (2 * self.rate)

        if abs(scaled(self.frames) - frames) > 1:
            was, now = f"{self.frames / self.rate:.2f} s", f"{frames / rate:.2f} s"
            raise TakeError(f"the song was {was} long when the take was recorded; it is {now}")
        if rate == self.rate and frames == self.frames:
            return self

        def fitting(start: int, end: int) -> tuple[int, int]:
            start = min(scaled(start), frames - 1)
            return start, max(min(scaled(end), frames), start + 1)

        def moved(move: Move) -> Move:
            move = replace(move, frame=scaled(move.frame))
            if move.control is Control.SEEK:
                return replace(move, value=min(scaled(move.value), frames - 1))
            if move.control is Control.LOOP and move.end:
                start, end = fitting(move.value, move.end)
                return replace(move, value=start, end=end)
            return move

        return replace(
            self,
            rate=rate,
            frames=frames,
            length=scaled(self.length),
            loop=self.loop and fitting(*self.loop),
            position=min(scaled(self.position), frames - 1),
            moves=tuple(map(moved, self.moves)),
        )

    def for_song(self, song: Song) -> Take:
        """Return the take with its layers in the order of a song.

        TakeError unless the song has the layers and stems that the take uses.
        """
        if self.song != song.slug:
            raise TakeError(f"the take is of the song {self.song!r}, not of {song.slug!r}")
        layers = [layer.slug for layer in song.layers]
        recorded = [layer.slug for layer in self.layers]
        if sorted(recorded) != sorted(layers):
            were, now = ", ".join(recorded), ", ".join(layers)
            raise TakeError(f"the song's layers were {were}; they are {now}")
        take = self if recorded == layers else self._reordered([*map(recorded.index, layers)])
        for used, layer in zip(take.layers, song.layers, strict=True):
            known = {stem.slug for stem in layer.stems}
            for slug in used.stems:
                if slug not in known:
                    raise TakeError(f"the layer {layer.slug} has no stem {slug!r}")
        return take

    def _reordered(self, order: Sequence[int]) -> Take:
        """Return the take with the rows that ``order`` lists, in that order."""
        return replace(
            self,
            layers=tuple(self.layers[row] for row in order),
            rows=tuple(self.rows[row] for row in order),
            moves=tuple(
                move if move.control in OF_MIX else replace(move, row=order.index(move.row))
                for move in self.moves
            ),
        )
