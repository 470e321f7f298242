"""Block mixing: stems in, stereo blocks out, addressed by absolute frame.

``Mixer.render`` is a function of the frame asked for and of what was set, so blocks of any size
give the same samples, and a block may be rendered again after a control has changed. Only
operations that give the same bits on every machine are on the sample path: ``+ - * /``, ``sqrt``,
``abs``, ``minimum``/``maximum``, casts and integer sums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.loudness import peak
from pyodide_app.engine.master import Limiter
from pyodide_app.engine.ramps import Fade, Ramp, gain, pan_gains
from pyodide_app.engine.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from pyodide_app.engine.ramps import Gains
    from pyodide_app.engine.timeline import Bars

    type Planar = NDArray[np.float32]
    """float32 samples of shape (channels, frames), full scale at 1.0."""
    type Raw = NDArray[np.int16] | Planar
    """Samples as a stem holds them, to be multiplied by its scale."""

_INT16 = np.float32(1 / 32768)
_UNEVEN = np.float32(1) / np.float32(32767)
_ONE = np.float32(1)
_UNITY = np.ones((1, 1), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class StemAudio:
    """A decoded stem; mono stays mono.

    A minute of a channel at 48 kHz takes 5.5 MiB where the source has 16 bits (held as int16), and
    11 MiB where it has more, or was decoded from a lossy file (held as float32).
    """

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
        return _INT16 if self.samples.itemsize == 2 else _ONE

    def read(self, frames: slice | NDArray[np.intp]) -> Raw:
        """Return the samples of some frames; silence, or none at all, after the last."""
        if isinstance(frames, slice):
            return self.samples[:, frames]
        taken = self.samples.take(frames, axis=1, mode="clip")
        taken[:, frames >= self.frames] = 0
        return taken


@dataclass(frozen=True, slots=True)
class RowSettings:
    """One row of the mixer: volume in dB (-60 and below is silence, at most 6), pan -1 to 1."""

    volume_db: float = 0.0
    pan: float = 0.0
    mute: bool = False
    solo: bool = False


@dataclass(slots=True)
class _Row:
    """What one layer plays, and its left and right gains. ``on_bar``: a swap waits for its bar."""

    settings: RowSettings
    gains: Ramp
    stem: Fade[StemAudio | None]
    on_bar: bool = False


class Mixer:
    """Layers the stems of one song, a row each.

    Controls take effect at an absolute frame ``at``; at 0 (nothing has sounded yet) at once,
    later over a ramp of 10 ms. Absolute frames count what has been played and never jump; where
    in the song that is, ``song_frame`` says. Controls come in the order of their frames.
    """

    def __init__(self, *, rate: int, frames: int, rows: int, bars: Bars | None = None) -> None:
        """Take the sample rate in Hz, the song's length in frames and the number of layers."""
        self.rate = rate
        self.frames = frames
        self.bars = bars
        self.ramp = max(1, rate // 100)
        self._rows = [_Row(RowSettings(), Ramp(_UNITY), Fade(None)) for _ in range(rows)]
        self._master = Ramp(_UNITY)
        self._timeline = Fade(Timeline())
        self._limiter = Limiter(rate)

    def place(self, row: int, stem: StemAudio | None, at: int = 0, *, on_bar: bool = False) -> None:
        """Put a stem in a row, crossfading from the one before with equal power.

        ``on_bar``: at the first bar line from ``at`` on, wherever loops and seeks put it by then.
        """
        self._turn(at)
        this = self._rows[row]
        if stem is not None and stem.frames > self.frames:
            stem = StemAudio(stem.samples[:, : self.frames])
        this.on_bar = on_bar and at > 0
        since = self.next_bar(at) if this.on_bar else at
        this.stem = this.stem.towards(stem, since, self.ramp, self._horizon(at))

    def adjust(self, row: int, settings: RowSettings, at: int = 0) -> None:
        """Set one row. Solo anywhere silences the rows without it."""
        self._turn(at)
        self._rows[row].settings = settings
        any_solo = any(other.settings.solo for other in self._rows)
        for this in self._rows:
            gains = _row_gains(this.settings, any_solo=any_solo)
            this.gains = this.gains.towards(gains, at, self.ramp, self._horizon(at))

    def set_master(self, volume_db: float, at: int = 0) -> None:
        """Set the volume of the sum, before the limiter."""
        self._turn(at)
        level = np.array([[gain(volume_db)]])
        self._master = self._master.towards(level, at, self.ramp, self._horizon(at))

    def locate(self, song_frame: int, at: int = 0) -> None:
        """Play on from ``song_frame`` at absolute frame ``at``, crossfading from where it was."""
        self._turn(at)
        there = Timeline(max(at, 0), song_frame, self._timeline.now.loop)
        self._timeline = self._timeline.towards(there, at, self.ramp, self._horizon(at))
        self._wait_for_bars(at)

    def set_loop(self, loop: tuple[int, int] | None, at: int = 0) -> None:
        """Repeat song frames [start, end) from now on, or play to the end and stop (None)."""
        if loop is not None and not 0 <= loop[0] < loop[1] <= self.frames:
            raise ValueError(f"a loop lies within 0 and {self.frames} frames, not {loop}")
        self._turn(at)
        now = self._timeline.now.repeating(loop, at, self._horizon(at))
        self._timeline = replace(self._timeline, now=now)
        self._wait_for_bars(at)

    def next_bar(self, frame: int) -> int:
        """Return the first absolute frame from ``frame`` on where a bar begins, or the song ends.

        Where the bars are not known, that is ``frame``.
        """
        if self.bars is None:
            return frame
        return self._timeline.now.next_bar(frame, self.bars, self.frames)

    def waiting(self, frame: int) -> list[int]:
        """Return the rows whose swap is still to come at an absolute frame."""
        return [row for row, this in enumerate(self._rows) if this.stem.since > frame]

    def fork(self) -> Mixer:
        """Return a mixer of the same stems and settings; neither hears of the other's changes."""
        twin = Mixer(rate=self.rate, frames=self.frames, rows=0, bars=self.bars)
        twin._rows = [replace(row) for row in self._rows]
        twin._master, twin._timeline = self._master, self._timeline
        twin._limiter = self._limiter.fork()
        return twin

    def settle(self, at: int) -> None:
        """Make absolute frame ``at`` the new frame 0; what was still on its way has arrived."""
        now = self._timeline.now
        self._timeline = Fade(Timeline(0, now.position(at), now.loop))
        self._master = Ramp(self._master.last)
        for row in self._rows:
            row.gains, row.stem, row.on_bar = Ramp(row.gains.last), Fade(row.stem.now), False
        self._turn(0)

    def song_frame(self, frame: int) -> int | None:
        """Return the song frame that sounds at an absolute frame; None after the end.

        Ahead of a place in the song that playing has been told to go on from, it is there already.
        """
        here = max(self._timeline.now.position(frame), 0)
        return here if here < self.frames else None

    def render(self, frame: int, count: int) -> Planar:
        """Return ``count`` frames from absolute frame ``frame`` on, shape (2, count)."""
        return self._limiter.render(self._mix, frame, count)

    @property
    def lowest_gain(self) -> float:
        """The limiter's lowest gain in the block that was rendered last; 1 if it left it alone."""
        return self._limiter.lowest

    def row_peaks(self, frame: int, count: int) -> list[float]:
        """Return the highest sample of every row in ``count`` frames, after its gain and pan."""
        peaks = [0.0] * len(self._rows)
        for timeline, share in self._timeline.over(frame, count):
            if share is None or timeline is self._timeline.now:
                for row, samples in self._sounding(timeline, frame, count):
                    peaks[row] = max(peaks[row], peak(samples))
        return peaks

    def _horizon(self, at: int) -> int:
        """Return the first frame that blocks from ``at`` on still depend on."""
        return at - self._limiter.context

    def _turn(self, at: int) -> None:
        """Tell the limiter that something changes at frame ``at``."""
        self._limiter.turn(self._mix, at)

    def _wait_for_bars(self, at: int) -> None:
        """Have swaps that wait for a bar line wait for the one that comes now."""
        for this in self._rows:
            if this.on_bar and this.stem.since > at:
                this.stem = replace(this.stem, since=self.next_bar(at))

    def _mix(self, frame: int, count: int) -> Planar:
        """Sum the rows, without the limiter."""
        mixed = np.zeros((2, count), dtype=np.float32)
        for timeline, share in self._timeline.over(frame, count):
            for _, samples in self._sounding(timeline, frame, count, share):
                mixed[:, : samples.shape[1]] += samples
        mixed *= self._master.over(frame, count)
        return mixed

    def _sounding(
        self, timeline: Timeline, frame: int, count: int, share: Gains | None = None
    ) -> Iterator[tuple[int, Planar]]:
        """Yield row by row what sounds along a timeline, up to the end of the stem.

        All are written to the same place: each is gone when the next one comes.
        """
        positions = timeline.positions(frame, count)
        place = np.empty((2, count), dtype=np.float32)
        for row, this in enumerate(self._rows):
            gains = this.gains.over(frame, count)
            if not np.count_nonzero(gains):
                continue
            if share is not None:
                gains = gains * share
            for stem, level in this.stem.over(frame, count):
                if stem is not None:
                    samples = stem.read(positions)
                    levels = gains * stem.scale
                    if level is not None:
                        levels = levels * level
                    here = place[:, : samples.shape[1]]
                    here[:] = samples
                    here *= levels[:, : samples.shape[1]]
                    yield row, here


def _words(planar: Planar, above: np.float32) -> NDArray[np.int16] | None:
    """Return the 16-bit words that were decoded with this scale above 0; None if there are none."""
    words = np.rint(planar / np.where(planar > 0, above, _INT16))
    if words.min(initial=0) < -32768 or words.max(initial=0) > 32767:
        return None
    short = words.astype(np.int16)
    same = np.array_equal(short * np.where(short > 0, above, _INT16), planar)
    return short if same else None


def _row_gains(settings: RowSettings, *, any_solo: bool) -> Gains:
    if settings.mute or (any_solo and not settings.solo):
        return np.zeros((2, 1), dtype=np.float32)
    level = gain(settings.volume_db)
    return np.array([[level * side] for side in pan_gains(settings.pan)])
