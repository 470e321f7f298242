"""Mixer session called by the audio worker: JavaScript buffers to numpy, and the current mix."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pyodide_app.engine.chunked_stem import ChunkedStem
from pyodide_app.engine.levels import Levels
from pyodide_app.engine.loudness import LoudnessMeter, TruePeakMeter
from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.pcm import pcm_bytes
from pyodide_app.engine.riff import wav_header
from pyodide_app.engine.stem_export import StemExport
from pyodide_app.engine.stem_package import mix_name
from pyodide_app.engine.tags import Tags
from pyodide_app.engine.timeline import Bars

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pyodide_app.engine.mix import Stem
    from pyodide_app.engine.pcm import Bits

    type Planar = NDArray[np.float32]
    type Fill = Callable[[int, Planar, bool], bool]
    """``fill(chunk, target, offline)`` writes a chunk; False if it has not arrived."""

BLOCK_FRAMES = 1 << 16
CHUNK_FRAMES = 9600
"""Frames of a chunk of a streamed stem."""


class Samples(Protocol):
    """A JavaScript Float32Array, as proxied by Pyodide."""

    def assign(self, source: NDArray[np.float32], /) -> None:
        """Copy samples into the array."""

    def assign_to(self, target: NDArray[np.float32], /) -> None:
        """Copy the array's samples to ``target``."""

    @property
    def length(self) -> int:
        """Number of samples."""


class Session:
    """One song in the mixer: its decoded stems by key, and the state of the controls.

    Commands are a JSON list and all take effect at the same absolute frame:
    ``["place", row, key]``, the same with a trailing ``"bar"`` to wait for the next bar, or with a
    frame of the song to wait for that,
    ``["adjust", row, volume_db, pan, mute, solo]``, ``["master", volume_db]``,
    ``["locate", song_frame]``, ``["loop", start, end]``, and ``["loop"]`` to stop looping.
    """

    def __init__(self, rate: int, frames: int, rows: int, bars: float = 0, bpm: float = 0) -> None:
        """Take the sample rate in Hz, the song's length in frames and its number of layers.

        ``bars`` and ``bpm`` are 0 if unknown.
        """
        division = Bars.from_song(frames=frames, rate=rate, bars=bars, bpm=bpm)
        self._mixer = Mixer(rate=rate, frames=frames, rows=rows, bars=division)
        self._levels = Levels(rate)
        self._previous = self._mixer.fork()
        self._commands: list[list[Any]] = []
        self._stems: dict[str, Stem] = {}
        self._fills: dict[str, tuple[Fill, int, int]] = {}

    def at_rate(self, rate: int, frames: int) -> Session:
        """Return a session with the same controls, for stems of another rate and length."""
        session = Session(rate, frames, 0)
        session._mixer = self._mixer.at_rate(rate=rate, frames=frames)
        return session

    def load(self, key: str, channels: Sequence[Samples]) -> int:
        """Store a decoded stem of one or two channels; return its size in bytes."""
        frames = min(self._mixer.frames, *(channel.length for channel in channels))
        planar = np.zeros((len(channels), frames), dtype=np.float32)
        for channel, target in zip(channels, planar, strict=True):
            samples = np.empty(channel.length, dtype=np.float32)
            channel.assign_to(samples)
            target[:] = samples[:frames]
        stem = self._stems[key] = StemAudio.from_browser(planar)
        return stem.nbytes

    def stream(self, key: str, fill: Fill, channels: int, frames: int) -> int:
        """Take a stem that is decoded in chunks of ``CHUNK_FRAMES`` while it is read.

        Returns the size of its decoded chunks in bytes.
        """
        self._fills[key] = fill, channels, min(frames, self._mixer.frames)
        stem = self._stems[key] = self._open_stream(key, offline=False)
        return stem.nbytes

    def _open_stream(self, key: str, *, offline: bool) -> ChunkedStem:
        fill, channels, frames = self._fills[key]

        def decode(chunk: int, target: Planar) -> bool:
            return fill(chunk, target, offline)

        return ChunkedStem(decode, channels=channels, frames=frames, chunk_frames=CHUNK_FRAMES)

    def unload(self, key: str) -> None:
        """Drop a stem."""
        self._stems.pop(key, None)
        self._fills.pop(key, None)

    def apply_commands(self, commands: str, frame: int) -> None:
        """Apply commands from an absolute frame on."""
        self._previous = self._mixer.fork()
        self._commands = json.loads(commands)
        self._run_commands(frame)

    def reapply(self, frame: int) -> None:
        """Undo the last commands, which arrived too late, and apply them from a later frame on."""
        self._mixer = self._previous.fork()
        self._run_commands(frame)

    def rebase(self, frame: int) -> None:
        """Make an absolute frame the new frame 0."""
        self._levels.rebase(frame)
        self._mixer.rebase(frame)

    def song_frame(self, frame: int) -> int:
        """Return the song frame heard at an absolute frame; -1 after the end."""
        song_frame = self._mixer.song_frame(frame)
        return -1 if song_frame is None else song_frame

    def render(self, frame: int, out: Samples) -> None:
        """Fill ``out`` from an absolute frame on: all left samples, then all right ones."""
        block = self._mixer.render(frame, out.length // 2)
        self._levels.add_block(frame, block, self._mixer.lowest_gain)
        out.assign(np.ascontiguousarray(block).reshape(-1))

    def levels(self, frame: int, out: Samples) -> None:
        """Fill ``out`` with ``Levels.readings`` of the audio played up to an absolute frame.

        True peak, integrated loudness and range accumulate until ``reset_levels``.
        """
        out.assign(np.array(self._levels.readings(frame, self._mixer), dtype=np.float32))

    def reset_levels(self) -> None:
        """Restart all meters."""
        self._levels.reset()

    def pending_swaps(self, frame: int) -> str:
        """Return, as JSON, the rows whose swap has not started at an absolute frame."""
        return json.dumps(self._mixer.pending_swaps(frame))

    def bounce(self, bits: Bits, keys: Sequence[str | None], tags: str) -> Bounce:
        """Start a bounce of the current mix, with stem ``keys[row]`` (or none) in each row.

        ``tags`` is a JSON object with the fields of ``Tags``.
        """
        return Bounce(self._mixer_at_start(keys), bits, Tags(**json.loads(tags)))

    def export_stems(self, bits: Bits, keys: Sequence[str], mix: str) -> StemExport:
        """Start an export of stems as they are; ``mix`` is the JSON that ``StemExport`` takes."""
        stems = [self._offline_stem(key) for key in keys]
        return StemExport(mix, stems, rate=self._mixer.rate, frames=self._mixer.frames, bits=bits)

    def digest(self, bits: Bits, keys: Sequence[str | None], *, plain: bool = False) -> MixDigest:
        """Start computing the digest of that mix; ``plain`` resets every control."""
        return MixDigest(self._mixer_at_start(keys, plain=plain), bits)

    def measure(self, keys: Sequence[str | None]) -> Measurement:
        """Start measuring that mix."""
        return Measurement(self._mixer_at_start(keys))

    def _mixer_at_start(self, keys: Sequence[str | None], *, plain: bool = False) -> Mixer:
        mixer = self._mixer.fork()
        mixer.rebase(0)
        mixer.set_loop(None)
        mixer.locate(0)
        for row, key in enumerate(keys):
            mixer.place(row, None if key is None else self._offline_stem(key))
            if plain:
                mixer.adjust(row, RowSettings())
        if plain:
            mixer.set_master(0)
        return mixer

    def _offline_stem(self, key: str) -> Stem:
        """Return a stem that may be read far from where it plays."""
        if key in self._fills:
            return self._open_stream(key, offline=True)
        return self._stems[key]

    def _stem(self, key: str | None) -> Stem | None:
        return None if key is None else self._stems[key]

    def _run_commands(self, frame: int) -> None:
        mixer = self._mixer
        for command in self._commands:
            match command:
                case ["place", row, key]:
                    mixer.place(row, self._stem(key), frame)
                case ["place", row, key, "bar" | int() as due]:
                    mixer.place(row, self._stem(key), frame, due=due)
                case ["adjust", row, volume_db, pan, mute, solo]:
                    mixer.adjust(row, RowSettings(volume_db, pan, mute, solo), frame)
                case ["master", volume_db]:
                    mixer.set_master(volume_db, frame)
                case ["locate", song_frame]:
                    mixer.locate(song_frame, frame)
                case ["loop", start, end]:
                    mixer.set_loop((start, end), frame)
                case ["loop"]:
                    mixer.set_loop(None, frame)
                case _:
                    raise ValueError(f"no such command: {command!r}")


class OfflineRender:
    """Renders a whole mix block by block, faster than real time."""

    def __init__(self, mixer: Mixer) -> None:
        """Take a mixer positioned at the song's first frame."""
        self._mixer = mixer
        self._frame = 0

    @property
    def frame(self) -> int:
        """First frame of the next block."""
        return self._frame

    @property
    def progress(self) -> float:
        """Fraction of the mix rendered so far, from 0 to 1."""
        return self._frame / self._mixer.frames

    def _next_block(self) -> tuple[int, Planar]:
        """Render the next block; return its first frame and its samples."""
        frame = self._frame
        count = min(BLOCK_FRAMES, self._mixer.frames - frame)
        block = self._mixer.render(frame, count)  # NotArrivedError: the same block again, later
        self._frame += count
        return frame, block


class Bounce(OfflineRender):
    """Renders a mix to a WAV file of 16 or 24 bits."""

    def __init__(self, mixer: Mixer, bits: Bits, tags: Tags) -> None:
        """Take a mixer positioned at the song's first frame."""
        super().__init__(mixer)
        self._bits, self._tags = bits, tags

    @property
    def name(self) -> str:
        """The file's name."""
        return mix_name(self._tags, ".wav")

    def header(self) -> bytes:
        """Return the bytes of the file before its samples."""
        frames, rate = self._mixer.frames, self._mixer.rate
        return wav_header(frames=frames, channels=2, rate=rate, bits=self._bits, tags=self._tags)

    def step(self) -> bytes:
        """Render the next block; return its samples, little-endian and interleaved."""
        frame, samples = self._next_block()
        return pcm_bytes(samples, self._bits, frame)


class MixDigest(OfflineRender):
    """SHA-256 of a mix's PCM samples."""

    def __init__(self, mixer: Mixer, bits: Bits) -> None:
        """Take a mixer positioned at the song's first frame."""
        super().__init__(mixer)
        self._bits = bits
        self._digest = sha256()

    def step(self) -> None:
        """Hash the next block."""
        frame, samples = self._next_block()
        self._digest.update(pcm_bytes(samples, self._bits, frame))

    def hexdigest(self) -> str:
        """Return the SHA-256 of the samples so far."""
        return self._digest.hexdigest()


class Measurement(OfflineRender):
    """Loudness and true peak of a mix, covering the part rendered so far."""

    def __init__(self, mixer: Mixer) -> None:
        """Take a mixer positioned at the song's first frame."""
        super().__init__(mixer)
        self._loudness, self._true_peak = LoudnessMeter(mixer.rate), TruePeakMeter()

    def step(self) -> None:
        """Measure the next block."""
        _, samples = self._next_block()
        self._loudness.add(samples)
        self._true_peak.add(samples)

    @property
    def integrated(self) -> float:
        """Integrated loudness in LUFS; -inf for silence."""
        return self._loudness.integrated

    @property
    def range(self) -> float:
        """Loudness range in LU."""
        return self._loudness.range

    @property
    def true_peak(self) -> float:
        """Largest 4x oversampled magnitude; full scale is 1."""
        return self._true_peak.true_peak
