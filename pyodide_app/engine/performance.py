"""Performance: a mixer whose controls are moved at given frames, such as those of a take."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.mix import RowSettings
from pyodide_app.engine.take import Control

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from pyodide_app.engine.mix import Due, Mixer, Stem
    from pyodide_app.engine.take import Move, Take

    type Planar = NDArray[np.float32]
    type FindStem = Callable[[int, str], Stem | None]
    """``find_stem(row, slug)`` returns a stem, or None if nothing is to be heard of it."""
    type Action = Callable[[Mixer, int], None]
    """Changes a mixer at an absolute frame."""

KEPT_SECONDS = 3
"""How far back rendering can start again: more than anything is rendered ahead."""


_RUN_FRAMES = 1 << 14


class Performance:
    """Renders a mixer, and takes actions at their absolute frames.

    A block that contains an action is rendered in parts, so that the samples before it are those
    that were heard when it was recorded. Blocks of any size give the same samples. ``frames`` is
    the length, after which there is silence; None if it is that of the song.
    """

    def __init__(
        self, mixer: Mixer, actions: Iterable[tuple[int, Action]] = (), frames: int | None = None
    ) -> None:
        """Take a mixer in its state at frame 0, and actions in the order of their frames."""
        self.mixer = mixer
        self._length = frames
        self._coming = deque(actions)
        self._done: deque[tuple[int, Action, Mixer]] = deque()  # with the mixer before

    @property
    def rate(self) -> int:
        """Sample rate in Hz."""
        return self.mixer.rate

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.mixer.frames if self._length is None else self._length

    def song_frame(self, frame: int) -> int | None:
        """Return the song frame heard at an absolute frame; None after the end."""
        song_frame = self.mixer.song_frame(frame)
        if self._length is None:
            return song_frame
        if frame >= self._length:
            return None
        return self.mixer.frames - 1 if song_frame is None else song_frame

    def run(self, frame: int, most: int) -> int:
        """Return how many frames to render at once from an absolute frame on, at most ``most``.

        Few enough for a stem that is decoded in chunks, wherever a take jumps to.
        """
        if self._length is None:
            return min(most, self.frames - frame)
        self._undo(frame)
        following = next((at for at, _ in self._coming if at > frame), self._length)
        return min(most, _RUN_FRAMES, following - frame, self._length - frame)

    def render(self, frame: int, count: int) -> Planar:
        """Return ``count`` frames starting at an absolute frame, shape (2, count)."""
        self._undo(frame)
        end = frame + count
        if self._length is not None and end > self._length:
            end = max(self._length, frame)
        parts = []
        start = frame
        while self._coming and self._coming[0][0] < end:
            if self._coming[0][0] > start:
                parts.append(self.mixer.render(start, self._coming[0][0] - start))
                start = self._coming[0][0]
            self._act(start)
        if not parts and end == frame + count:
            return self.mixer.render(start, end - start)
        parts.append(self.mixer.render(start, end - start))
        parts.append(np.zeros((2, frame + count - end), dtype=np.float32))
        return np.concatenate(parts, axis=1)

    def interrupt(self, frame: int) -> None:
        """Take no action from an absolute frame on."""
        self._undo(frame)
        self._coming.clear()
        self._length = None

    def rebase(self, frame: int) -> None:
        """Make an absolute frame the new frame 0."""
        self._undo(frame)
        self._done.clear()
        self._coming = deque((start - frame, action) for start, action in self._coming)
        if self._length is not None:
            self._length -= frame
        self.mixer.rebase(frame)

    def _act(self, frame: int) -> None:
        """Take the actions of a frame."""
        while self._coming and self._coming[0][0] <= frame:
            at, action = self._coming.popleft()
            self._done.append((at, action, self.mixer.fork()))
            action(self.mixer, frame)
        while self._done[0][0] < frame - KEPT_SECONDS * self.rate:
            self._done.popleft()

    def _undo(self, frame: int) -> None:
        """Undo the actions from an absolute frame on: they were taken ahead of time."""
        while self._done and self._done[-1][0] >= frame:
            at, action, self.mixer = self._done.pop()
            self._coming.appendleft((at, action))


def perform(take: Take, mixer: Mixer, find_stem: FindStem, frame: int = 0) -> Performance:
    """Return the performance of a take from an absolute frame of a mixer on.

    At frame 0 it starts with the take's state; later it is reached over a ramp. The take must have
    the mixer's rate and length.
    """

    def find(row: int, index: int) -> Stem | None:
        slug = take.stem(row, index)
        return None if slug is None else find_stem(row, slug)

    for row, start in enumerate(take.rows):
        mixer.place(row, find(row, start.stem), frame)
        settings = RowSettings(start.volume / 100, start.pan / 1e6, start.mute, start.solo)
        mixer.adjust(row, settings, frame)
    mixer.set_master(take.master / 100, frame)
    mixer.set_loop(take.loop, frame)
    mixer.locate(take.position, frame)
    actions = [(frame + move.frame, _action(move, find)) for move in take.moves]
    return Performance(mixer, actions, frame + take.length)


def _action(move: Move, find_stem: Callable[[int, int], Stem | None]) -> Action:
    """Return what a move does to a mixer."""

    def act(mixer: Mixer, frame: int) -> None:
        row, value = move.row, move.value
        match move.control:
            case Control.STEM | Control.STEM_ON_BAR:
                due: Due | None = "bar" if move.control is Control.STEM_ON_BAR else None
                mixer.place(row, find_stem(row, value), frame, due=due)
            case Control.MUTE:
                mixer.adjust(row, replace(mixer.settings(row), mute=bool(value)), frame)
            case Control.SOLO:
                mixer.adjust(row, replace(mixer.settings(row), solo=bool(value)), frame)
            case Control.VOLUME:
                mixer.adjust(row, replace(mixer.settings(row), volume_db=value / 100), frame)
            case Control.PAN:
                mixer.adjust(row, replace(mixer.settings(row), pan=value / 1e6), frame)
            case Control.MASTER:
                mixer.set_master(value / 100, frame)
            case Control.SEEK:
                mixer.locate(value, frame)
            case Control.LOOP:
                mixer.set_loop((value, move.end) if move.end else None, frame)

    return act
