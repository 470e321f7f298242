"""Block mixing: stems in, stereo blocks out, addressed by absolute frame.

``Mixer.render`` is a function of the frame asked for and of what was set, so blocks of any size
give the same samples, and a block may be rendered again after a control has changed. Only
operations that give the same bits on every machine are on the sample path: ``+ - * /``, ``sqrt``,
``abs``, ``minimum``/``maximum``, casts and integer sums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.master import Limiter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]
    """float32 samples of shape (channels, frames), full scale at 1.0."""
    type Raw = NDArray[np.int16] | Planar
    """Samples as a stem holds them, to be multiplied by its scale."""

FLOOR_DB = -60.0
"""A volume at or below this is silence."""
CEILING_DB = 6.0
"""The highest volume of a row."""

_STEP = 1.0011519555381682  # 10 ** (0.01 / 20): one hundredth of a decibel
_INT16 = np.float32(1 / 32768)
_UNEVEN = np.float32(1) / np.float32(32767)
_ZERO = np.float32(0)
_ONE = np.float32(1)
_SILENT = np.zeros((1, 0), dtype=np.float32)


def gain(volume_db: float) -> np.float32:
    """Turn decibels into a factor, in steps of 0.01 dB; 0 at or below ``FLOOR_DB``.

    Repeated squaring of one constant, because ``pow`` differs in the last bit between machines.
    """
    if not volume_db > FLOOR_DB:
        return np.float32(0)
    steps = round(min(volume_db, CEILING_DB) * 100)
    factor, square, left = 1.0, _STEP, abs(steps)
    while left:
        if left & 1:
            factor *= square
        square *= square
        left >>= 1
    return np.float32(factor if steps >= 0 else 1.0 / factor)


def pan_gains(pan: float) -> tuple[np.float32, np.float32]:
    """Return left and right factors for a pan of -1 (left) to 1 (right).

    Equal power: the squares sum to 2 at every position, and the centre is exactly 1.
    """
    side = max(-1.0, min(1.0, pan))
    return np.float32(sqrt(1.0 - side)), np.float32(sqrt(1.0 + side))


@dataclass(frozen=True, slots=True, eq=False)
class StemAudio:
    """A decoded stem. 16-bit material is held as int16: 5.5 MiB a minute at 48 kHz a channel."""

    samples: Raw

    @classmethod
    def from_float(cls, planar: Planar, *, above: Sequence[np.float32] = (_INT16,)) -> StemAudio:
        """Take float32 of shape (1 or 2, frames), held as int16 where that is what it was made of.

        ``above`` lists the scales that may have been applied to words above 0.
        """
        if planar.ndim != 2 or planar.shape[0] not in (1, 2):
            raise ValueError(f"a stem has 1 or 2 channels, not shape {planar.shape}")
        for scale in above:
            # A look at every 509th sample tells nearly always, and costs nothing.
            if _words(planar[:, ::509], scale) is not None:
                words = _words(planar, scale)
                if words is not None:
                    return cls(words)
        return cls(np.ascontiguousarray(planar, dtype=np.float32))

    @classmethod
    def from_browser(cls, planar: Planar) -> StemAudio:
        """Take what a browser has decoded: 16-bit words come out the same, however it scales them.

        Chromium multiplies words above 0 by 1/32767 and the others by 1/32768.
        """
        return cls.from_float(planar, above=(_INT16, _UNEVEN))

    @property
    def channels(self) -> int:
        """1 or 2."""
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        """Length in frames."""
        return int(self.samples.shape[1])

    @property
    def nbytes(self) -> int:
        """Memory that the samples hold."""
        return int(self.samples.nbytes)

    @property
    def scale(self) -> np.float32:
        """The power of two that brings the samples to full scale 1.0."""
        return _INT16 if self.samples.dtype == np.int16 else _ONE


@dataclass(frozen=True, slots=True)
class RowSettings:
    """One row of the mixer: volume in dB (-60 and below is silence, at most 6), pan -1 to 1."""

    volume_db: float = 0.0
    pan: float = 0.0
    mute: bool = False
    solo: bool = False


@dataclass(frozen=True, slots=True)
class _Ramp:
    """A value that moves in a straight line from ``first`` at frame ``at`` to ``last``."""

    last: np.float32
    first: np.float32 = _ZERO
    at: int = 0
    frames: int = 0

    def towards(self, value: np.float32, at: int, frames: int) -> _Ramp:
        """Leave for ``value`` from where this ramp is at frame ``at``; at 0 nothing has sounded."""
        if at <= 0:
            return _Ramp(value)
        now = self.over(at, 1)
        first = now if isinstance(now, np.float32) else np.float32(now[0])
        return self if first == self.last == value else _Ramp(value, first, at, frames)

    def arrived(self) -> _Ramp:
        """Return the ramp's end as a value that stays."""
        return _Ramp(self.last)

    def over(self, frame: int, count: int) -> np.float32 | NDArray[np.float32]:
        """Return the values at ``count`` frames, or one number where they are all the same."""
        if frame >= self.at + self.frames:
            return self.last
        if frame + count <= self.at:
            return self.first
        steps = np.arange(frame - self.at, frame - self.at + count)
        way = np.clip(steps, 0, self.frames).astype(np.float32) / np.float32(self.frames)
        return np.where(
            steps >= self.frames, self.last, self.first + (self.last - self.first) * way
        )


@dataclass(frozen=True, slots=True)
class _Timeline:
    """Which song frame sounds when: ``song_frame`` at absolute frame ``at``, then onwards."""

    frames: int
    at: int = 0
    song_frame: int = 0
    loop: tuple[int, int] | None = None

    def position(self, frame: int) -> int:
        """Return the song frame at an absolute frame; ``frames`` and above is after the end."""
        here = self.song_frame + frame - self.at
        if self.loop is None or self.song_frame >= self.loop[1]:
            return here
        start, end = self.loop
        return here if here < end else start + (here - start) % (end - start)

    def read(self, stem: StemAudio, frame: int, count: int) -> Raw:
        """Return the stem's raw samples for ``count`` absolute frames, silence after the end."""
        pieces: list[Raw] = []
        while count > 0:
            here = self.position(frame)
            stop = here + count
            if self.loop and self.song_frame < self.loop[1]:
                stop = min(stop, self.loop[1])
            take = min(stop, self.frames) - here if here < self.frames else count
            piece = stem.samples[:, max(here, 0) : max(here + take, 0)]
            before = min(max(-here, 0), take)
            if before or piece.shape[1] < take:
                padded = np.zeros((stem.channels, take), dtype=stem.samples.dtype)
                padded[:, before : before + piece.shape[1]] = piece
                piece = padded
            pieces.append(piece)
            frame, count = frame + take, count - take
        if len(pieces) == 1:
            return pieces[0]
        frames = sum(piece.shape[1] for piece in pieces)
        joined = np.empty((stem.channels, frames), dtype=stem.samples.dtype)
        np.concatenate(pieces, axis=1, out=joined)
        return joined


@dataclass(slots=True)
class _Row:
    """What one layer plays: a stem, the stem it is crossfading from, and its two gains."""

    settings: RowSettings
    left: _Ramp
    right: _Ramp
    stem: StemAudio | None = None
    previous: StemAudio | None = None
    swapped: int = 0


class Mixer:
    """Layers the stems of one song, a row each.

    Controls take effect at an absolute frame ``at``; at 0 (nothing has sounded yet) at once,
    later over a ramp of 10 ms. Absolute frames count what has been played and never jump; where
    in the song that is, ``song_frame`` says.
    """

    def __init__(self, *, rate: int, frames: int, rows: int) -> None:
        """Take the sample rate in Hz, the song's length in frames and the number of layers."""
        self.rate = rate
        self.frames = frames
        self.ramp = max(1, rate // 100)
        self._rows = [_Row(RowSettings(), _Ramp(_ONE), _Ramp(_ONE)) for _ in range(rows)]
        self._master = _Ramp(_ONE)
        self._timeline = _Timeline(frames)
        self._left_behind: _Timeline | None = None
        self._limiter = Limiter(rate)

    def place(self, row: int, stem: StemAudio | None, at: int = 0) -> None:
        """Put a stem in a row, crossfading from the one before with equal power."""
        this = self._rows[row]
        this.previous = this.stem if at > 0 else None
        this.stem, this.swapped = stem, max(at, 0)
        self._limiter.forget()

    def adjust(self, row: int, settings: RowSettings, at: int = 0) -> None:
        """Set one row. Solo anywhere silences the rows without it."""
        self._rows[row].settings = settings
        any_solo = any(other.settings.solo for other in self._rows)
        for this in self._rows:
            left, right = _row_gains(this.settings, any_solo=any_solo)
            this.left = this.left.towards(left, at, self.ramp)
            this.right = this.right.towards(right, at, self.ramp)
        self._limiter.forget()

    def set_master(self, volume_db: float, at: int = 0) -> None:
        """Set the volume of the sum, before the limiter."""
        self._master = self._master.towards(gain(volume_db), at, self.ramp)
        self._limiter.forget()

    def locate(self, song_frame: int, at: int = 0) -> None:
        """Play on from ``song_frame`` at absolute frame ``at``, crossfading from where it was."""
        self._left_behind = self._timeline if at > 0 else None
        self._timeline = _Timeline(self.frames, max(at, 0), song_frame, self._timeline.loop)
        self._limiter.forget()

    def set_loop(self, loop: tuple[int, int] | None, at: int = 0) -> None:
        """Repeat song frames [start, end) from now on, or play to the end and stop (None)."""
        if loop is not None and not 0 <= loop[0] < loop[1] <= self.frames:
            raise ValueError(f"a loop lies within 0 and {self.frames} frames, not {loop}")
        here = self._timeline.position(max(at, 0))
        self._timeline = _Timeline(self.frames, max(at, 0), here, loop)
        self._limiter.forget()

    def fork(self) -> Mixer:
        """Return a mixer of the same stems and settings; neither hears of the other's changes."""
        twin = Mixer(rate=self.rate, frames=self.frames, rows=0)
        twin._rows = [replace(row) for row in self._rows]
        twin._master, twin._timeline = self._master, self._timeline
        twin._left_behind = self._left_behind
        return twin

    def settle(self, at: int) -> None:
        """Make absolute frame ``at`` the new frame 0; what was still on its way has arrived."""
        here = self._timeline.position(at)
        self._timeline = replace(self._timeline, at=0, song_frame=here)
        self._left_behind = None
        self._master = self._master.arrived()
        for row in self._rows:
            row.left, row.right = row.left.arrived(), row.right.arrived()
            row.previous, row.swapped = None, 0
        self._limiter.forget()

    def song_frame(self, frame: int) -> int | None:
        """Return the song frame that sounds at an absolute frame; None after the end."""
        here = self._timeline.position(frame)
        return here if here < self.frames else None

    def render(self, frame: int, count: int) -> Planar:
        """Return ``count`` frames from absolute frame ``frame`` on, shape (2, count)."""
        return self._limiter.render(self._mix, frame, count)

    def _mix(self, frame: int, count: int) -> Planar:
        """Sum the rows, without the limiter."""
        mixed = self._sum(self._timeline, frame, count)
        old, at = self._left_behind, self._timeline.at
        if old is not None and frame < at + self.ramp:
            arriving, leaving = _crossfade(at, self.ramp, frame, count)
            mixed = mixed * arriving + self._sum(old, frame, count) * leaving
        return mixed * self._master.over(frame, count)

    def _sum(self, timeline: _Timeline, frame: int, count: int) -> Planar:
        """Sum the rows along one timeline."""
        total = np.zeros((2, count), dtype=np.float32)
        for row in self._rows:
            left, right = row.left.over(frame, count), row.right.over(frame, count)
            if not (np.any(left) or np.any(right)):
                continue
            samples, scale = self._row(row, timeline, frame, count)
            if samples.shape[1]:
                total[0] += samples[0] * (left * scale)
                total[1] += samples[-1] * (right * scale)
        return total

    def _row(
        self, row: _Row, timeline: _Timeline, frame: int, count: int
    ) -> tuple[Raw, np.float32]:
        """Return a row's samples and their scale; none at all for an empty row."""
        fading = row.previous is not None and frame < row.swapped + self.ramp
        if row.stem is None and not fading:
            return _SILENT, _ONE
        if not fading and frame >= row.swapped and row.stem is not None:
            return timeline.read(row.stem, frame, count), row.stem.scale
        arriving, leaving = _crossfade(row.swapped, self.ramp, frame, count)
        total = np.zeros((2, count), dtype=np.float32)
        for stem, level in ((row.stem, arriving), (row.previous, leaving)):
            if stem is not None:
                total += timeline.read(stem, frame, count) * (level * stem.scale)
        return total, _ONE


def _words(planar: Planar, above: np.float32) -> NDArray[np.int16] | None:
    """Return the 16-bit words that were decoded with this scale above 0; None if there are none."""
    words = np.rint(planar / np.where(planar > 0, above, _INT16))
    if words.min(initial=0) < -32768 or words.max(initial=0) > 32767:
        return None
    short = words.astype(np.int16)
    same = np.array_equal(short * np.where(short > 0, above, _INT16), planar)
    return short if same else None


def _row_gains(settings: RowSettings, *, any_solo: bool) -> tuple[np.float32, np.float32]:
    if settings.mute or (any_solo and not settings.solo):
        return np.float32(0), np.float32(0)
    level = gain(settings.volume_db)
    left, right = pan_gains(settings.pan)
    return level * left, level * right


def _crossfade(
    at: int, frames: int, frame: int, count: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the equal-power fade-in that begins at frame ``at``, and the fade-out beside it."""
    steps = np.arange(frame - at, frame - at + count)
    way = np.clip(steps, 0, frames).astype(np.float32) / np.float32(frames)
    return np.sqrt(way), np.sqrt(_ONE - way)
