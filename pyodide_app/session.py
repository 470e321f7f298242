"""What the worker calls: JavaScript's buffers <-> numpy, and the current mix."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pyodide_app.engine.levels import Levels
from pyodide_app.engine.loudness import LoudnessMeter, PeakMeter
from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.riff import Tags, wav_head
from pyodide_app.engine.timeline import Bars
from pyodide_app.engine.wav import pcm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pyodide_app.engine.wav import Bits

    type Planar = NDArray[np.float32]

PIECE_FRAMES = 1 << 16


class Samples(Protocol):
    """A JavaScript Float32Array, as Pyodide hands it over."""

    def assign(self, source: NDArray[np.float32], /) -> None:
        """Copy samples into it."""

    def assign_to(self, target: NDArray[np.float32], /) -> None:
        """Copy its samples out."""

    @property
    def length(self) -> int:
        """How many samples it holds."""


class Session:
    """One song in the mixer: its decoded stems by key, and what the controls say.

    A change is a JSON list of commands that take effect at one absolute frame:
    ``["place", row, key]``, the same with ``"bar"`` at its end to wait for the next bar,
    ``["adjust", row, volume_db, pan, mute, solo]``, ``["master", volume_db]``,
    ``["locate", song_frame]``, ``["loop", start, end]`` and ``["loop"]`` for none.
    """

    def __init__(self, rate: int, frames: int, rows: int, bars: float = 0, bpm: float = 0) -> None:
        """Take the sample rate in Hz, the song's length in frames and its number of layers.

        Of ``bars`` and ``bpm`` those that are not known are 0.
        """
        division = Bars.of(frames=frames, rate=rate, bars=bars, bpm=bpm)
        self._mixer = Mixer(rate=rate, frames=frames, rows=rows, bars=division)
        self._levels = Levels(rate)
        self._before = self._mixer.fork()
        self._commands: list[list[Any]] = []
        self._stems: dict[str, StemAudio] = {}

    def load(self, key: str, channels: Sequence[Samples]) -> int:
        """Keep a decoded stem of one or two channels; return the bytes that it takes."""
        frames = min(self._mixer.frames, *(channel.length for channel in channels))
        planar = np.zeros((len(channels), frames), dtype=np.float32)
        for channel, into in zip(channels, planar, strict=True):
            whole = np.empty(channel.length, dtype=np.float32)
            channel.assign_to(whole)
            into[:] = whole[:frames]
        self._stems[key] = StemAudio.from_browser(planar)
        return self._stems[key].nbytes

    def forget(self, key: str) -> None:
        """Let go of a stem."""
        self._stems.pop(key, None)

    def change(self, commands: str, at: int) -> None:
        """Obey commands from absolute frame ``at`` on."""
        self._before = self._mixer.fork()
        self._commands = json.loads(commands)
        self._obey(at)

    def again(self, at: int) -> None:
        """Obey the last commands from a later frame on instead: they came too late."""
        self._mixer = self._before.fork()
        self._obey(at)

    def settle(self, at: int) -> None:
        """Make absolute frame ``at`` the new frame 0."""
        self._levels.settle(at)
        self._mixer.settle(at)

    def song_frame(self, frame: int) -> int:
        """Return the song frame that sounds at an absolute frame; -1 after the end."""
        here = self._mixer.song_frame(frame)
        return -1 if here is None else here

    def render(self, frame: int, out: Samples) -> None:
        """Fill ``out`` from absolute frame ``frame`` on: all of the left, then the right."""
        block = self._mixer.render(frame, out.length // 2)
        self._levels.keep(frame, block, self._mixer.lowest_gain)
        out.assign(np.ascontiguousarray(block).reshape(-1))

    def levels(self, frame: int, out: Samples) -> None:
        """Fill ``out`` with the levels of what has been played up to an absolute frame.

        ``levels.FIGURES`` of the master, then each row's peak, as ``Levels.tell`` says; true peak,
        integrated loudness and range go on until ``reset_levels``.
        """
        out.assign(np.array(self._levels.tell(frame, self._mixer), dtype=np.float32))

    def reset_levels(self) -> None:
        """Begin to measure anew."""
        self._levels.reset()

    def waiting(self, frame: int) -> str:
        """Return, as JSON, the rows whose swap is still to come at an absolute frame."""
        return json.dumps(self._mixer.waiting(frame))

    def bounce(self, bits: Bits, keys: Sequence[str | None], tags: str) -> Bounce:
        """Begin to bounce the mix as it is set, with the stem ``keys[row]``, or none, in each row.

        ``tags`` is a JSON object of what the file is of.
        """
        return Bounce(self._from_the_top(keys), bits, Tags(**json.loads(tags)))

    def proof(self, bits: Bits, keys: Sequence[str | None], *, plain: bool = False) -> Proof:
        """Begin to compute the digest of that mix; ``plain`` puts every control to rest."""
        return Proof(self._from_the_top(keys, plain=plain), bits)

    def survey(self, keys: Sequence[str | None]) -> Survey:
        """Begin to measure that mix."""
        return Survey(self._from_the_top(keys))

    def _from_the_top(self, keys: Sequence[str | None], *, plain: bool = False) -> Mixer:
        mixer = self._mixer.fork()
        mixer.settle(0)
        mixer.set_loop(None)
        mixer.locate(0)
        for row, key in enumerate(keys):
            mixer.place(row, None if key is None else self._stems[key])
            if plain:
                mixer.adjust(row, RowSettings())
        if plain:
            mixer.set_master(0)
        return mixer

    def _obey(self, at: int) -> None:
        mixer = self._mixer
        for command in self._commands:
            match command:
                case ["place", row, key, *bar] if bar in ([], ["bar"]):
                    stem = None if key is None else self._stems[key]
                    mixer.place(row, stem, at, on_bar=bool(bar))
                case ["adjust", row, volume_db, pan, mute, solo]:
                    mixer.adjust(row, RowSettings(volume_db, pan, mute, solo), at)
                case ["master", volume_db]:
                    mixer.set_master(volume_db, at)
                case ["locate", song_frame]:
                    mixer.locate(song_frame, at)
                case ["loop", start, end]:
                    mixer.set_loop((start, end), at)
                case ["loop"]:
                    mixer.set_loop(None, at)
                case _:
                    raise ValueError(f"no such command: {command!r}")


class Whole:
    """A whole mix, a piece at a time."""

    def __init__(self, mixer: Mixer) -> None:
        """Take a mixer that stands at the song's first frame."""
        self._mixer = mixer
        self._frame = 0

    @property
    def done(self) -> float:
        """How much of the whole has been mixed, from 0 to 1."""
        return self._frame / self._mixer.frames

    def _next(self) -> tuple[int, Planar]:
        """Return the next piece, and its first frame."""
        frame = self._frame
        count = min(PIECE_FRAMES, self._mixer.frames - frame)
        self._frame += count
        return frame, self._mixer.render(frame, count)


class Bounce(Whole):
    """A mix on its way to a file of 16 or 24 bits."""

    def __init__(self, mixer: Mixer, bits: Bits, tags: Tags) -> None:
        """Take a mixer that stands at the song's first frame."""
        super().__init__(mixer)
        self._bits, self._tags = bits, tags

    def head(self) -> bytes:
        """Return the file's bytes before the words."""
        frames, rate = self._mixer.frames, self._mixer.rate
        return wav_head(frames=frames, channels=2, rate=rate, bits=self._bits, tags=self._tags)

    def step(self) -> bytes:
        """Mix the next piece, and return its words: little-endian, interleaved."""
        frame, samples = self._next()
        return pcm(samples, self._bits, frame)


class Proof(Whole):
    """A mix on its way to the SHA-256 of its words."""

    def __init__(self, mixer: Mixer, bits: Bits) -> None:
        """Take a mixer that stands at the song's first frame."""
        super().__init__(mixer)
        self._bits = bits
        self._digest = sha256()

    def step(self) -> None:
        """Mix the next piece."""
        frame, samples = self._next()
        self._digest.update(pcm(samples, self._bits, frame))

    def hexdigest(self) -> str:
        """Return the SHA-256 of the words so far."""
        return self._digest.hexdigest()


class Survey(Whole):
    """A mix on its way through the meters; the figures are those of what has been mixed."""

    def __init__(self, mixer: Mixer) -> None:
        """Take a mixer that stands at the song's first frame."""
        super().__init__(mixer)
        self._loudness, self._true_peak = LoudnessMeter(mixer.rate), PeakMeter()

    def step(self) -> None:
        """Measure the next piece."""
        _, samples = self._next()
        self._loudness.add(samples)
        self._true_peak.add(samples)

    @property
    def integrated(self) -> float:
        """Loudness in LUFS; -inf for silence."""
        return self._loudness.integrated

    @property
    def range(self) -> float:
        """Loudness range in LU."""
        return self._loudness.range

    @property
    def true_peak(self) -> float:
        """The largest 4x oversampled magnitude, as a factor of full scale."""
        return self._true_peak.true_peak
