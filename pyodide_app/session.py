"""What the worker calls: JavaScript's buffers <-> numpy, and the current mix."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.riff import Tags, wav_head
from pyodide_app.engine.wav import pcm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pyodide_app.engine.wav import Bits

BOUNCE_FRAMES = 1 << 15


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
    ``["place", row, key]``, ``["adjust", row, volume_db, pan, mute, solo]``,
    ``["master", volume_db]``, ``["locate", song_frame]``, ``["loop", start, end]`` and
    ``["loop"]`` for none.
    """

    def __init__(self, rate: int, frames: int, rows: int) -> None:
        """Take the sample rate in Hz, the song's length in frames and its number of layers."""
        self._mixer = Mixer(rate=rate, frames=frames, rows=rows)
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
        self._mixer.settle(at)

    def song_frame(self, frame: int) -> int:
        """Return the song frame that sounds at an absolute frame; -1 after the end."""
        here = self._mixer.song_frame(frame)
        return -1 if here is None else here

    def render(self, frame: int, out: Samples) -> None:
        """Fill ``out`` from absolute frame ``frame`` on: all of the left, then the right."""
        block = self._mixer.render(frame, out.length // 2)
        out.assign(np.ascontiguousarray(block).reshape(-1))

    def bounce(self, bits: Bits, keys: Sequence[str], tags: str, *, plain: bool = False) -> Bounce:
        """Begin to bounce the mix as it is set, with the stem ``keys[row]`` in each row.

        ``tags`` is a JSON object of what the file is of; ``plain`` puts every control to rest.
        """
        mixer = self._mixer.fork()
        mixer.settle(0)
        mixer.set_loop(None)
        mixer.locate(0)
        for row, key in enumerate(keys):
            mixer.place(row, self._stems[key])
            if plain:
                mixer.adjust(row, RowSettings())
        if plain:
            mixer.set_master(0)
        return Bounce(mixer, bits, Tags(**json.loads(tags)))

    def _obey(self, at: int) -> None:
        mixer = self._mixer
        for command in self._commands:
            match command:
                case ["place", row, key]:
                    mixer.place(row, None if key is None else self._stems[key], at)
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


class Bounce:
    """A whole mix on its way to words of 16 or 24 bits and to a file, a piece at a time."""

    def __init__(self, mixer: Mixer, bits: Bits, tags: Tags) -> None:
        """Take a mixer that stands at the song's first frame."""
        self._mixer, self._bits, self._tags = mixer, bits, tags
        self._frame = 0
        self._digest = sha256()

    @property
    def done(self) -> float:
        """How much of the whole has been mixed, from 0 to 1."""
        return self._frame / self._mixer.frames

    def head(self) -> bytes:
        """Return the file's bytes before the words."""
        frames, rate = self._mixer.frames, self._mixer.rate
        return wav_head(frames=frames, channels=2, rate=rate, bits=self._bits, tags=self._tags)

    def step(self) -> bytes:
        """Mix the next piece, and return its words: little-endian, interleaved."""
        count = min(BOUNCE_FRAMES, self._mixer.frames - self._frame)
        words = pcm(self._mixer.render(self._frame, count), self._bits)
        self._digest.update(words)
        self._frame += count
        return words

    def hexdigest(self) -> str:
        """Return the SHA-256 of the words so far."""
        return self._digest.hexdigest()
