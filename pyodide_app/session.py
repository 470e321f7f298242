"""Mixer session called by the audio worker: JavaScript buffers to numpy, and the current mix."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pyodide_app.engine.chunked_stem import ChunkedStem
from pyodide_app.engine.levels import Levels
from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.offline import Bounce, Measurement, MixDigest
from pyodide_app.engine.performance import Performance, perform
from pyodide_app.engine.stem_export import StemExport
from pyodide_app.engine.tags import Tags
from pyodide_app.engine.take_format import parse_take
from pyodide_app.engine.timeline import Bars

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from pyodide_app.engine.mix import Stem
    from pyodide_app.engine.pcm import Bits
    from pyodide_app.engine.performance import FindStem
    from pyodide_app.engine.take import Take

    type Planar = NDArray[np.float32]
    type Fill = Callable[[int, Planar, bool], bool]
    """``fill(chunk, target, offline)`` writes a chunk; False if it has not arrived."""

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
    ``["mark"]`` changes nothing. ``["take", text, keys]`` plays a take, whose stems have these keys
    (or none), by "layer/stem"; any other command ends that.
    """

    def __init__(self, rate: int, frames: int, rows: int, bars: float = 0, bpm: float = 0) -> None:
        """Take the sample rate in Hz, the song's length in frames and its number of layers.

        ``bars`` and ``bpm`` are 0 if unknown.
        """
        self._bars, self._bpm = bars, bpm
        division = Bars.from_song(frames=frames, rate=rate, bars=bars, bpm=bpm)
        mixer = Mixer(rate=rate, frames=frames, rows=rows, bars=division)
        self._performance = Performance(mixer)
        self._levels = Levels(rate)
        self._previous = mixer.fork()
        self._commands: list[list[Any]] = []
        self._stems: dict[str, Stem] = {}
        self._fills: dict[str, tuple[Fill, int, int]] = {}

    def at_rate(self, rate: int, frames: int) -> Session:
        """Return a session with the same controls, for stems of another rate and length."""
        session = Session(rate, frames, 0, self._bars, self._bpm)
        session._performance = Performance(self._mixer.at_rate(rate=rate, frames=frames))
        return session

    @property
    def _mixer(self) -> Mixer:
        return self._performance.mixer

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
        self._performance.interrupt(frame)
        self._previous = self._mixer.fork()
        self._commands = json.loads(commands)
        self._run_commands(frame)

    def reapply(self, frame: int) -> None:
        """Undo the last commands, which arrived too late, and apply them from a later frame on."""
        self._performance = Performance(self._previous.fork())
        self._run_commands(frame)

    def rebase(self, frame: int) -> None:
        """Make an absolute frame the new frame 0."""
        self._levels.rebase(frame)
        self._performance.rebase(frame)

    def song_frame(self, frame: int) -> int:
        """Return the song frame heard at an absolute frame; -1 after the end."""
        song_frame = self._performance.song_frame(frame)
        return -1 if song_frame is None else song_frame

    def render(self, frame: int, out: Samples) -> None:
        """Fill ``out`` from an absolute frame on: all left samples, then all right ones."""
        block = self._performance.render(frame, out.length // 2)
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
        mix = Performance(self._mixer_at_start(keys))
        return Bounce(mix, bits, Tags(**json.loads(tags)))

    def bounce_take(self, bits: Bits, text: str, keys: str, tags: str) -> Bounce:
        """Start a bounce of a take; ``keys`` as in the command, as JSON."""
        return Bounce(self._take(text, keys), bits, Tags(**json.loads(tags)).of_take())

    def digest_take(self, bits: Bits, text: str, keys: str) -> MixDigest:
        """Start computing the digest of a take."""
        return MixDigest(self._take(text, keys), bits)

    def export_stems(self, bits: Bits, keys: Sequence[str], mix: str) -> StemExport:
        """Start an export of stems as they are; ``mix`` is the JSON that ``StemExport`` takes."""
        stems = [self._offline_stem(key) for key in keys]
        return StemExport(mix, stems, rate=self._mixer.rate, frames=self._mixer.frames, bits=bits)

    def digest(self, bits: Bits, keys: Sequence[str | None], *, plain: bool = False) -> MixDigest:
        """Start computing the digest of that mix; ``plain`` resets every control."""
        return MixDigest(Performance(self._mixer_at_start(keys, plain=plain)), bits)

    def measure(self, keys: Sequence[str | None]) -> Measurement:
        """Start measuring that mix."""
        return Measurement(Performance(self._mixer_at_start(keys)))

    def _take(self, text: str, keys: str) -> Performance:
        rate, frames = self._mixer.rate, self._mixer.frames
        bars = Bars.from_song(frames=frames, rate=rate, bars=self._bars, bpm=self._bpm)
        take = parse_take(text).at_rate(rate, frames)
        mixer = Mixer(rate=rate, frames=frames, rows=len(take.layers), bars=bars)
        return perform(take, mixer, _finder(take, json.loads(keys), self._offline_stem))

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
                case ["loop", *loop] if len(loop) in (0, 2):
                    mixer.set_loop((loop[0], loop[1]) if loop else None, frame)
                case ["mark"]:
                    pass
                case ["take", text, keys]:
                    take = parse_take(text).at_rate(mixer.rate, mixer.frames)
                    find_stem = _finder(take, keys, self._stems.__getitem__)
                    self._performance = perform(take, mixer, find_stem, frame)
                case _:
                    raise ValueError(f"no such command: {command!r}")


def _finder(take: Take, keys: Mapping[str, str | None], stem_of: Callable[[str], Stem]) -> FindStem:
    """Return what finds the stems of a take, each opened once."""
    stems: dict[str, Stem] = {}

    def find_stem(row: int, slug: str) -> Stem | None:
        key = keys[f"{take.layers[row].slug}/{slug}"]
        if key is None:
            return None
        if key not in stems:
            stems[key] = stem_of(key)
        return stems[key]

    return find_stem
