"""The session: what the worker asks of Python, without a browser."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.wav import pcm
from pyodide_app.session import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 8000
FRAMES = 2 * RATE


class Buffer:
    """What a Float32Array is to Python."""

    def __init__(self, samples: NDArray[np.float32]) -> None:
        self.samples = samples

    def assign(self, source: NDArray[np.float32], /) -> None:
        assert source.flags.c_contiguous
        self.samples[:] = source

    def assign_to(self, target: NDArray[np.float32], /) -> None:
        target[:] = self.samples

    @property
    def length(self) -> int:
        return self.samples.size


def noise(seed: int, channels: int = 2, frames: int = FRAMES) -> NDArray[np.float32]:
    words = np.random.default_rng(seed).integers(-9000, 9000, (channels, frames))
    return (words / 32768).astype(np.float32)


def session() -> Session:
    made = Session(RATE, FRAMES, 2)
    for seed, key in enumerate(("a", "b", "c")):
        made.load(key, [Buffer(channel) for channel in noise(seed)])
    change(made, 0, ["place", 0, "a"], ["place", 1, "b"])
    return made


def change(of: Session, at: int, *commands: list[Any]) -> None:
    of.change(json.dumps(commands), at)


def block(of: Session, frame: int, count: int) -> NDArray[np.float32]:
    out = Buffer(np.zeros(2 * count, dtype=np.float32))
    of.render(frame, out)
    return out.samples.reshape(2, count)


def engine(*seeds: int) -> Mixer:
    mixer = Mixer(rate=RATE, frames=FRAMES, rows=2)
    for row, seed in enumerate(seeds):
        mixer.place(row, StemAudio.from_float(noise(seed)))
    return mixer


def test_it_plays_what_the_engine_plays() -> None:
    assert np.array_equal(block(session(), 512, 2048), engine(0, 1).render(512, 2048))


def test_every_command_reaches_the_engine() -> None:
    ours, theirs = session(), engine(0, 1)
    change(
        ours,
        1024,
        ["adjust", 0, -6.0, 0.5, False, True],
        ["master", -3],
        ["place", 1, "c"],
        ["locate", 4000],
        ["loop", 1000, 9000],
    )
    theirs.adjust(0, RowSettings(-6.0, 0.5, mute=False, solo=True), 1024)
    theirs.set_master(-3, 1024)
    theirs.place(1, StemAudio.from_float(noise(2)), 1024)
    theirs.locate(4000, 1024)
    theirs.set_loop((1000, 9000), 1024)
    assert np.array_equal(block(ours, 512, 9000), theirs.render(512, 9000))
    assert ours.song_frame(1024 + 5500) == theirs.song_frame(1024 + 5500) == 1500
    change(ours, 2048, ["loop"])
    assert ours.song_frame(2048 + FRAMES) == -1


def test_a_command_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no such command"):
        change(session(), 0, ["louder", 3])


def test_a_change_that_came_too_late_can_come_again() -> None:
    late, right = session(), session()
    change(late, 1000, ["place", 0, "c"], ["master", -12])
    block(late, 1000, 512)
    late.again(1500)
    change(right, 1500, ["place", 0, "c"], ["master", -12])
    assert np.array_equal(block(late, 800, 3000), block(right, 800, 3000))


def test_settling_makes_the_place_reached_the_first_frame() -> None:
    this = session()
    change(this, 1000, ["locate", 3000], ["master", -6])
    this.settle(1100)
    that = session()
    change(that, 0, ["locate", 3100], ["master", -6])
    assert this.song_frame(0) == 3100
    assert np.array_equal(block(this, 0, 4096), block(that, 0, 4096))


def test_stems_longer_than_the_song_are_cut_and_shorter_ones_end_early() -> None:
    this = Session(RATE, FRAMES, 1)
    this.load("long", [Buffer(noise(1, 1, FRAMES + 100)[0])])
    held = this.load("short", [Buffer(noise(1, 1, 1000)[0])])
    assert held == 1000 * 2, "16-bit mono stays 16-bit mono"
    change(this, 0, ["place", 0, "short"])
    assert not block(this, 1000, 512).any()
    change(this, 0, ["place", 0, "long"])
    assert block(this, FRAMES - 10, 10).any()
    assert not block(this, FRAMES, 512).any()


def test_a_stem_let_go_cannot_be_placed() -> None:
    this = session()
    this.forget("c")
    with pytest.raises(KeyError):
        change(this, 0, ["place", 0, "c"])


@pytest.mark.parametrize("bits", [16, 24])
def test_a_bounce_is_the_whole_mix_as_it_is_set(bits: int) -> None:
    this = session()
    change(this, 700, ["adjust", 1, -4.5, -0.25, False, False], ["locate", 900], ["loop", 10, 2000])
    bounce = this.bounce(16 if bits == 16 else 24, ["a", "c"], '{"title": "Ebb"}')
    pieces = [bounce.head()]
    while bounce.done < 1:
        pieces.append(bounce.step())
    mixer = engine(0, 2)
    mixer.adjust(1, RowSettings(-4.5, -0.25))
    words = pcm(mixer.render(0, FRAMES), 16 if bits == 16 else 24)
    assert bounce.hexdigest() == sha256(words).hexdigest()
    assert b"".join(pieces[1:]) == words
    assert b"Ebb" in pieces[0]
    assert this.song_frame(700) == 900, "the mix that plays goes on"


def test_a_plain_bounce_has_every_control_at_rest() -> None:
    this = session()
    change(this, 0, ["adjust", 1, -4.5, -0.25, False, True], ["master", -9])
    bounce = this.bounce(24, ["a", "b"], "{}", plain=True)
    while bounce.done < 1:
        bounce.step()
    assert bounce.hexdigest() == sha256(pcm(engine(0, 1).render(0, FRAMES), 24)).hexdigest()
