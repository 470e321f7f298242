"""Block mixer: stems in, stereo blocks out, addressed by absolute frame.

``Mixer.render`` depends only on the requested frames and the current settings, so blocks of any
size give the same samples, and a block can be rendered again after a control has changed. The
sample path uses only operations with the same bits on every platform: ``+ - * /``, ``sqrt``,
``abs``, ``minimum``/``maximum``, casts and integer sums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from pyodide_app.engine.limiter import Limiter
from pyodide_app.engine.loudness import sample_peak
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
    """Stored samples, to be multiplied by the stem's scale."""
    type Due = Literal["bar"] | int
    """What a swap waits for: the next bar line, or a frame of the song."""

_INT16_SCALE = np.float32(1 / 32768)
_CHROMIUM_POSITIVE_SCALE = np.float32(1) / np.float32(32767)
_ONE = np.float32(1)
_UNITY = np.ones((1, 1), dtype=np.float32)


class Stem(Protocol):
    """Samples of a stem with one or two channels, scaled by ``scale`` to full scale 1.0."""

    @property
    def channels(self) -> int:
        """Number of channels, 1 or 2."""

    @property
    def frames(self) -> int:
        """Length in frames."""

    @property
    def scale(self) -> np.float32:
        """A power of two."""

    def read(self, frames: slice | NDArray[np.intp]) -> Raw:
        """Return samples by frame index, shape (channels, frames).

        Past the stem's end an index array reads silence, and a slice reads fewer frames.
        """


@dataclass(frozen=True, slots=True, eq=False)
class StemAudio:
    """A decoded stem with one or two channels.

    A minute of one channel at 48 kHz takes 5.5 MiB if the source has 16 bits (stored as int16), or
    11 MiB if it has more or was decoded from a lossy file (stored as float32).
    """

    samples: Raw

    @classmethod
    def from_float(
        cls, planar: Planar, *, positive_scales: Sequence[np.float32] = (_INT16_SCALE,)
    ) -> StemAudio:
        """Take float32 samples, shape (1 or 2, frames); stored as int16 if they are exact in it.

        ``positive_scales`` lists the scales a decoder may have applied to positive samples.
        """
        if planar.ndim != 2 or planar.shape[0] not in (1, 2):
            raise ValueError(f"a stem has 1 or 2 channels, not shape {planar.shape}")
        for scale in positive_scales:
            # Every 509th sample nearly always decides, at almost no cost.
            if _as_int16(planar[:, ::509], scale) is not None:
                samples = _as_int16(planar, scale)
                if samples is not None:
                    return cls(samples)
        return cls(np.ascontiguousarray(planar, dtype=np.float32))

    @classmethod
    def from_browser(cls, planar: Planar) -> StemAudio:
        """Take samples decoded by a browser; 16-bit sources are recovered exactly.

        Chromium multiplies positive samples by 1/32767 and the others by 1/32768.
        """
        return cls.from_float(planar, positive_scales=(_INT16_SCALE, _CHROMIUM_POSITIVE_SCALE))

    @property
    def channels(self) -> int:
        """Number of channels, 1 or 2."""
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        """Length in frames."""
        return int(self.samples.shape[1])

    @property
    def nbytes(self) -> int:
        """Size of the samples in memory."""
        return int(self.samples.nbytes)

    @property
    def scale(self) -> np.float32:
        """The power of two that scales the samples to full scale 1.0."""
        return _INT16_SCALE if self.samples.itemsize == 2 else _ONE

    def read(self, frames: slice | NDArray[np.intp]) -> Raw:
        """Return samples by frame index.

        Past the stem's end an index array reads silence, and a slice reads fewer frames.
        """
        if isinstance(frames, slice):
            return self.samples[:, frames]
        samples = self.samples.take(frames, axis=1, mode="clip")
        samples[:, frames >= self.frames] = 0
        return samples


@dataclass(frozen=True, slots=True)
class RowSettings:
    """Controls of a mixer row: volume in dB (silent at -60 and below, at most 6), pan -1 to 1."""

    volume_db: float = 0.0
    pan: float = 0.0
    mute: bool = False
    solo: bool = False


@dataclass(slots=True)
class _Row:
    """State of a row: its settings, gains and stem; ``due``: what its swap waits for."""

    settings: RowSettings
    gains: Ramp
    stem: Fade[Stem | None]
    due: Due | None = None


class Mixer:
    """Mixes the stems of one song, one row per layer.

    Controls take effect at an absolute frame: immediately at frame 0, before playback, and over a
    ramp of 10 ms later. They must be called in the order of their frames. Absolute frames count
    what is played and never jump; ``song_frame`` maps them to positions in the song.
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

    def place(self, row: int, stem: Stem | None, frame: int = 0, *, due: Due | None = None) -> None:
        """Put a stem in a row, with an equal-power crossfade from the current one.

        ``due`` defers the swap to the first bar line at or after ``frame``, or to a frame of the
        song unless that has been passed; later loops and seeks move it. At frame 0, before
        playback, nothing waits.
        """
        self._prepare_change(frame)
        state = self._rows[row]
        if isinstance(stem, StemAudio) and stem.frames > self.frames:
            stem = StemAudio(stem.samples[:, : self.frames])
        state.due = due if frame > 0 else None
        start = self._start_of_swap(state.due, frame)
        state.stem = state.stem.fade_to(stem, start, self.ramp, self._horizon(frame))

    def adjust(self, row: int, settings: RowSettings, frame: int = 0) -> None:
        """Set the controls of a row. Solo on any row silences the rows without it."""
        self._prepare_change(frame)
        self._rows[row].settings = settings
        any_solo = any(state.settings.solo for state in self._rows)
        for state in self._rows:
            gains = _row_gains(state.settings, any_solo=any_solo)
            state.gains = state.gains.ramp_to(gains, frame, self.ramp, self._horizon(frame))

    def settings(self, row: int) -> RowSettings:
        """Return the controls of a row."""
        return self._rows[row].settings

    def set_master(self, volume_db: float, frame: int = 0) -> None:
        """Set the master volume, applied before the limiter."""
        self._prepare_change(frame)
        level = np.array([[gain(volume_db)]])
        self._master = self._master.ramp_to(level, frame, self.ramp, self._horizon(frame))

    def locate(self, song_frame: int, frame: int = 0) -> None:
        """Continue from ``song_frame`` at absolute frame ``frame``, with a crossfade."""
        self._prepare_change(frame)
        timeline = Timeline(max(frame, 0), song_frame, self._timeline.current.loop)
        self._timeline = self._timeline.fade_to(timeline, frame, self.ramp, self._horizon(frame))
        self._reschedule_swaps(frame)

    def set_loop(self, loop: tuple[int, int] | None, frame: int = 0) -> None:
        """Repeat song frames [start, end), or play to the end of the song and stop (None)."""
        if loop is not None and not 0 <= loop[0] < loop[1] <= self.frames:
            raise ValueError(f"a loop must lie within 0 and {self.frames} frames, not {loop}")
        self._prepare_change(frame)
        timeline = self._timeline.current.with_loop(loop, frame, self._horizon(frame))
        self._timeline = replace(self._timeline, current=timeline)
        self._reschedule_swaps(frame)

    def next_bar(self, frame: int) -> int:
        """Return the first absolute frame from ``frame`` on where a bar starts or the song ends.

        Returns ``frame`` itself if the song has no bars.
        """
        if self.bars is None:
            return frame
        return self._timeline.current.next_bar(frame, self.bars, self.frames)

    def pending_swaps(self, frame: int) -> list[int]:
        """Return the rows whose swap has not started at an absolute frame."""
        return [row for row, state in enumerate(self._rows) if state.stem.start > frame]

    def fork(self) -> Mixer:
        """Return an independent mixer with the same stems and settings."""
        copy = Mixer(rate=self.rate, frames=self.frames, rows=0, bars=self.bars)
        copy._rows = [replace(state) for state in self._rows]
        copy._master, copy._timeline = self._master, self._timeline
        copy._limiter = self._limiter.fork()
        return copy

    def at_rate(self, *, rate: int, frames: int) -> Mixer:
        """Return a mixer with the same controls for another rate and length, without stems."""
        copy = Mixer(rate=rate, frames=frames, rows=len(self._rows))
        for row, state in enumerate(self._rows):
            copy.adjust(row, state.settings)
        copy._master = Ramp(self._master.target)
        return copy

    def rebase(self, frame: int) -> None:
        """Make an absolute frame the new frame 0, completing all ramps, fades and swaps."""
        timeline = self._timeline.current
        self._timeline = Fade(Timeline(0, timeline.position(frame), timeline.loop))
        self._master = Ramp(self._master.target)
        for state in self._rows:
            state.gains, state.stem = Ramp(state.gains.target), Fade(state.stem.current)
            state.due = None
        self._prepare_change(0)

    def song_frame(self, frame: int) -> int | None:
        """Return the song frame heard at an absolute frame; None after the end.

        Frames before the latest seek are extrapolated back from its destination.
        """
        position = max(self._timeline.current.position(frame), 0)
        return position if position < self.frames else None

    def render(self, frame: int, count: int) -> Planar:
        """Return ``count`` frames starting at an absolute frame, shape (2, count)."""
        return self._limiter.render(self._mix, frame, count)

    @property
    def lowest_gain(self) -> float:
        """Lowest limiter gain in the last rendered block; 1 if nothing was limited."""
        return self._limiter.lowest_gain

    def row_peaks(self, frame: int, count: int) -> list[float]:
        """Return the sample peak of each row in ``count`` frames, after its gain and pan."""
        peaks = [0.0] * len(self._rows)
        for timeline, fade in self._timeline.voices(frame, count):
            if fade is None or timeline is self._timeline.current:
                for row, samples, gains in self._row_voices(timeline, frame, count):
                    peaks[row] = max(peaks[row], _peak(samples, gains))
        return peaks

    def _horizon(self, frame: int) -> int:
        """Return the earliest frame that blocks from ``frame`` on depend on."""
        return frame - self._limiter.context

    def _prepare_change(self, frame: int) -> None:
        """Prepare the limiter for a change of the mix from ``frame`` on."""
        self._limiter.prepare_change(self._mix, frame)

    def _reschedule_swaps(self, frame: int) -> None:
        """Move pending swaps to when what they wait for now comes."""
        for state in self._rows:
            if state.due is not None and state.stem.start > frame:
                start = self._start_of_swap(state.due, frame)
                state.stem = replace(state.stem, start=start)

    def _start_of_swap(self, due: Due | None, frame: int) -> int:
        """Return the absolute frame of a swap that is asked for at ``frame``."""
        if due is None:
            return frame
        if due == "bar":
            return self.next_bar(frame)
        return frame + max(due - self._timeline.current.position(frame), 0)

    def _mix(self, frame: int, count: int) -> Planar:
        """Return the sum of the rows with the master volume, before the limiter."""
        mixed, buffer = np.zeros((2, count), np.float32), np.empty((2, count), np.float32)
        for timeline, fade in self._timeline.voices(frame, count):
            for _, samples, gains in self._row_voices(timeline, frame, count, fade):
                voice = buffer[:, : samples.shape[1]]
                voice[:] = samples
                voice *= gains
                mixed[:, : samples.shape[1]] += voice
        mixed *= self._master.gains(frame, count)
        return mixed

    def _row_voices(
        self, timeline: Timeline, frame: int, count: int, timeline_fade: Gains | None = None
    ) -> Iterator[tuple[int, Raw, Gains]]:
        """Yield (row, samples, gains) of every audible stem along a timeline, up to its end."""
        positions = timeline.positions(frame, count)
        for row, state in enumerate(self._rows):
            row_gains = state.gains.gains(frame, count)
            if not np.count_nonzero(row_gains):
                continue
            if timeline_fade is not None:
                row_gains = row_gains * timeline_fade
            for stem, stem_fade in state.stem.voices(frame, count):
                if stem is not None:
                    samples = stem.read(positions)
                    gains: Gains = row_gains * stem.scale
                    if stem_fade is not None:
                        gains = gains * stem_fade
                    yield row, samples, gains[:, : samples.shape[1]]


def _peak(samples: Raw, gains: Gains) -> float:
    """Return the sample peak after gains, which are one for each channel or for each frame."""
    if gains.shape[1] != 1:
        return sample_peak(samples * gains)
    highest = samples.max(axis=1, initial=0).astype(np.float32)
    lowest = samples.min(axis=1, initial=0).astype(np.float32)
    return float((np.maximum(highest, -lowest) * gains[:, 0]).max())


def _as_int16(planar: Planar, positive_scale: np.float32) -> NDArray[np.int16] | None:
    """Return the 16-bit samples that decode to ``planar`` with this scale; None if not exact."""
    rounded = np.rint(planar / np.where(planar > 0, positive_scale, _INT16_SCALE))
    if rounded.min(initial=0) < -32768 or rounded.max(initial=0) > 32767:
        return None
    samples = rounded.astype(np.int16)
    decoded = samples * np.where(samples > 0, positive_scale, _INT16_SCALE)
    return samples if np.array_equal(decoded, planar) else None


def _row_gains(settings: RowSettings, *, any_solo: bool) -> Gains:
    if settings.mute or (any_solo and not settings.solo):
        return np.zeros((2, 1), dtype=np.float32)
    level = gain(settings.volume_db)
    return np.array([[level * side] for side in pan_gains(settings.pan)])
