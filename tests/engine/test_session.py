"""The session: what the worker asks of Python, without a browser."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyodide_app.engine import loudness
from pyodide_app.engine.levels import MASTER_READINGS
from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.pcm import pcm_bytes
from pyodide_app.engine.timeline import Bars
from pyodide_app.session import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyodide_app.engine.pcm import Bits

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


def session(frames: int = FRAMES) -> Session:
    made = Session(RATE, frames, 2, bars=4)
    for seed, key in enumerate(("a", "b", "c")):
        made.load(key, [Buffer(channel) for channel in noise(seed, frames=frames)])
    change(made, 0, ["place", 0, "a"], ["place", 1, "b"])
    return made


def change(of: Session, at: int, *commands: list[Any]) -> None:
    of.apply_commands(json.dumps(commands), at)


def block(of: Session, frame: int, count: int) -> NDArray[np.float32]:
    out = Buffer(np.zeros(2 * count, dtype=np.float32))
    of.render(frame, out)
    return out.samples.reshape(2, count)


def engine(*seeds: int, frames: int = FRAMES) -> Mixer:
    mixer = Mixer(rate=RATE, frames=frames, rows=2, bars=Bars(frames / 4))
    for row, seed in enumerate(seeds):
        mixer.place(row, StemAudio.from_float(noise(seed, frames=frames)))
    return mixer


def levels(of: Session, frame: int) -> tuple[dict[str, float], list[float]]:
    """Return the master's figures by name, and the rows' peaks."""
    out = Buffer(np.zeros(len(MASTER_READINGS) + 2, dtype=np.float32))
    of.levels(frame, out)
    told = out.samples.tolist()
    return dict(zip(MASTER_READINGS, told, strict=False)), told[len(MASTER_READINGS) :]


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
    late.reapply(1500)
    change(right, 1500, ["place", 0, "c"], ["master", -12])
    assert np.array_equal(block(late, 800, 3000), block(right, 800, 3000))


def test_settling_makes_the_place_reached_the_first_frame() -> None:
    this = session()
    change(this, 1000, ["locate", 3000], ["master", -6])
    this.rebase(1100)
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
    this.unload("c")
    with pytest.raises(KeyError):
        change(this, 0, ["place", 0, "c"])


@pytest.mark.parametrize("bits", [16, 24])
def test_a_bounce_is_the_whole_mix_as_it_is_set(bits: Bits) -> None:
    this = session(FRAMES * 5)
    change(this, 700, ["adjust", 1, -4.5, -0.25, False, False], ["locate", 900], ["loop", 10, 2000])
    bounce, digest = (
        this.bounce(bits, ["a", "c"], '{"title": "Ebb"}'),
        this.digest(bits, ["a", "c"]),
    )
    pieces = [bounce.header()]
    while bounce.progress < 1:
        pieces.append(bounce.step())
        digest.step()
    mixer = engine(0, 2, frames=FRAMES * 5)
    mixer.adjust(1, RowSettings(-4.5, -0.25))
    words = pcm_bytes(mixer.render(0, FRAMES * 5), bits)
    assert digest.hexdigest() == sha256(words).hexdigest()
    assert b"".join(pieces[1:]) == words
    assert b"Ebb" in pieces[0]
    assert this.song_frame(700) == 900, "the mix that plays goes on"


def test_a_swap_waits_for_the_next_bar() -> None:
    this, that = session(), engine(0, 1)
    change(this, 1000, ["place", 0, "c", "bar"])
    that.place(0, StemAudio.from_float(noise(2)), 4000)
    assert np.array_equal(block(this, 1000, 4000), that.render(1000, 4000))
    assert (this.pending_swaps(3999), this.pending_swaps(4000)) == ("[0]", "[]")


def test_levels_are_those_of_what_has_been_played() -> None:
    this = session()
    whole = [block(this, at, 500) for at in range(0, 4000, 500)]
    change(this, 3200, ["master", 6])
    whole = [np.concatenate(whole, axis=1)[:, :3200]]
    whole += [block(this, at, 500) for at in range(3200, 9000, 500)]
    played = np.concatenate(whole, axis=1)[:, :8100]
    for at in (1300, 3500, 8100):
        told, rows = levels(this, at)
    assert told["left"] == pytest.approx(loudness.sample_peak(played[:1, 3500:]))
    assert told["right"] == pytest.approx(loudness.sample_peak(played[1:, 3500:]))
    assert told["true_peak"] == pytest.approx(loudness.true_peak(played[:, :-5]), rel=1e-3)
    meter = loudness.LoudnessMeter.measure(played, RATE)
    assert told["momentary"] == pytest.approx(meter.momentary, abs=1e-4)
    assert told["integrated"] == pytest.approx(meter.integrated, abs=1e-4)
    assert told["gain"] < 1
    assert rows == pytest.approx(
        [loudness.sample_peak(noise(seed)[:, 3500:8100]) for seed in (0, 1)]
    )


def test_levels_begin_anew() -> None:
    this = session()
    block(this, 0, 8000)
    told, rows = levels(this, 8000)
    assert told["integrated"] > -30
    assert min(told["left"], told["true_peak"], *rows) > 0.1
    assert levels(this, 8100) == (told, rows), "not more often than every 50 ms"
    again, rows = levels(this, 9000)
    assert (again["left"], again["gain"]) == (0, 1)
    assert again["integrated"] == told["integrated"]
    this.reset_levels()
    told, _ = levels(this, 8000)
    assert (told["true_peak"], told["integrated"]) == (0, -float("inf"))


def test_levels_go_on_over_a_pause() -> None:
    this, that = session(), session()
    block(this, 0, 4000)
    block(this, 4000, 4000)
    this.rebase(5000)
    block(this, 0, 4000)
    for at in range(0, 9000, 1000):
        block(that, at, 1000)
    assert levels(this, 4000)[0]["integrated"] == levels(that, 9000)[0]["integrated"]


def test_nobody_has_to_look_at_the_levels() -> None:
    this = session()
    for at in range(0, 400 * 64, 64):
        block(this, at, 64)
    told, _ = levels(this, 400 * 64)
    assert told["left"] == 0, "the song was over, and what was before is forgotten"


def test_a_survey_measures_the_whole_mix() -> None:
    this = session()
    measurement = this.measure(["a", "b"])
    while measurement.progress < 1:
        measurement.step()
    whole = engine(0, 1).render(0, FRAMES)
    assert measurement.integrated == loudness.integrated_loudness(whole, RATE)
    assert measurement.range == loudness.loudness_range(whole, RATE)
    assert measurement.true_peak == pytest.approx(loudness.true_peak(whole), rel=1e-2)


def test_a_plain_bounce_has_every_control_at_rest() -> None:
    this = session()
    change(this, 0, ["adjust", 1, -4.5, -0.25, False, True], ["master", -9])
    digest = this.digest(24, ["a", "b"], plain=True)
    while digest.progress < 1:
        digest.step()
    assert digest.hexdigest() == sha256(pcm_bytes(engine(0, 1).render(0, FRAMES), 24)).hexdigest()
