"""The mixer session that the audio worker calls, without a browser."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyodide_app.engine import loudness
from pyodide_app.engine.levels import MASTER_READINGS
from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.pcm import pcm_bytes
from pyodide_app.engine.performance import perform
from pyodide_app.engine.take import Control, Move, Take, TakeLayer, TakeRow
from pyodide_app.engine.take_format import format_take
from pyodide_app.engine.timeline import Bars
from pyodide_app.session import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyodide_app.engine.pcm import Bits

RATE = 8000
FRAMES = 2 * RATE


class Buffer:
    """Stand-in for Pyodide's proxy of a Float32Array."""

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
    created = Session(RATE, frames, 2, bars=4)
    for seed, key in enumerate(("a", "b", "c")):
        created.load(key, [Buffer(channel) for channel in noise(seed, frames=frames)])
    apply(created, 0, ["place", 0, "a"], ["place", 1, "b"])
    return created


def apply(target: Session, frame: int, *commands: list[Any]) -> None:
    target.apply_commands(json.dumps(commands), frame)


def render(target: Session, frame: int, count: int) -> NDArray[np.float32]:
    out = Buffer(np.zeros(2 * count, dtype=np.float32))
    target.render(frame, out)
    return out.samples.reshape(2, count)


def mixer(*seeds: int, frames: int = FRAMES) -> Mixer:
    mixer = Mixer(rate=RATE, frames=frames, rows=2, bars=Bars(frames / 4))
    for row, seed in enumerate(seeds):
        mixer.place(row, StemAudio.from_float(noise(seed, frames=frames)))
    return mixer


def levels(target: Session, frame: int) -> tuple[dict[str, float], list[float]]:
    """Return the master's readings by name, and the rows' peaks."""
    out = Buffer(np.zeros(len(MASTER_READINGS) + 2, dtype=np.float32))
    target.levels(frame, out)
    readings = out.samples.tolist()
    return dict(zip(MASTER_READINGS, readings, strict=False)), readings[len(MASTER_READINGS) :]


def test_rendered_blocks_equal_the_mixers() -> None:
    assert np.array_equal(render(session(), 512, 2048), mixer(0, 1).render(512, 2048))


def test_every_command_reaches_the_mixer() -> None:
    played, expected = session(), mixer(0, 1)
    apply(
        played,
        1024,
        ["adjust", 0, -6.0, 0.5, False, True],
        ["master", -3],
        ["place", 1, "c"],
        ["locate", 4000],
        ["loop", 1000, 9000],
    )
    expected.adjust(0, RowSettings(-6.0, 0.5, mute=False, solo=True), 1024)
    expected.set_master(-3, 1024)
    expected.place(1, StemAudio.from_float(noise(2)), 1024)
    expected.locate(4000, 1024)
    expected.set_loop((1000, 9000), 1024)
    assert np.array_equal(render(played, 512, 9000), expected.render(512, 9000))
    assert played.song_frame(1024 + 5500) == expected.song_frame(1024 + 5500) == 1500
    apply(played, 2048, ["loop"])
    assert played.song_frame(2048 + FRAMES) == -1


LAYERS = (TakeLayer("drums", ("live", "tape")), TakeLayer("bass", ("synth",)))
TAKE = Take(
    "one",
    RATE,
    FRAMES,
    9000,
    LAYERS,
    (TakeRow(1), TakeRow(1)),
    loop=(0, 4000),
    position=500,
    moves=(Move(3000, Control.STEM, 0, 2), Move(7000, Control.MUTE, 1, 1)),
)
KEYS = {"drums/live": "a", "drums/tape": "c", "bass/synth": "b"}


def take_samples(take: Take) -> NDArray[np.float32]:
    """Return what a take sounds like."""
    seeds = {"live": 0, "tape": 2, "synth": 1}
    played = perform(take, mixer(), lambda _, slug: StemAudio.from_float(noise(seeds[slug])))
    return played.render(0, take.length)


def test_a_take_is_played_rendered_and_hashed_alike() -> None:
    played = session()
    apply(played, 0, ["take", format_take(TAKE), KEYS])
    whole = take_samples(TAKE)
    heard = [render(played, frame, 2048) for frame in range(0, 8192, 2048)]
    assert np.array_equal(np.concatenate(heard, axis=1), whole[:, :8192])
    assert played.song_frame(8999) >= 0
    assert played.song_frame(9000) == -1
    keys = json.dumps(KEYS)
    digest = played.digest_take(24, format_take(TAKE), keys)
    bounce = played.bounce_take(24, format_take(TAKE), keys, '{"title": "One", "artist": "Ada"}')
    assert bounce.name == "Ada - One (Take).wav"
    steps = []
    while bounce.progress < 1:
        assert 0 <= bounce.frame < FRAMES
        steps.append(bounce.step())
        digest.step()
    assert b"".join(steps) == pcm_bytes(whole, 24)
    assert digest.hexdigest() == sha256(pcm_bytes(whole, 24)).hexdigest()


def test_a_command_ends_a_take_where_it_takes_effect() -> None:
    played = session()
    apply(played, 0, ["take", format_take(TAKE), KEYS])
    render(played, 0, 8000)  # ahead of what is heard
    apply(played, 5000, ["mark"])
    rest = take_samples(replace(TAKE, moves=TAKE.moves[:1]))
    assert np.array_equal(render(played, 5000, 4000), rest[:, 5000:])


def test_at_another_rate_a_take_has_its_moves_and_bars_there() -> None:
    other = Session(2 * RATE, 2 * FRAMES, 2, bars=4).at_rate(RATE, FRAMES)
    for seed, key in enumerate(("a", "b", "c")):
        other.load(key, [Buffer(channel) for channel in noise(seed)])
    take = replace(TAKE, loop=None, moves=(Move(100, Control.STEM_ON_BAR, 0, 2),))
    digest = other.digest_take(24, format_take(take), json.dumps(KEYS))
    while digest.progress < 1:
        digest.step()
    assert digest.hexdigest() == sha256(pcm_bytes(take_samples(take), 24)).hexdigest()


def test_an_unknown_command_is_rejected() -> None:
    with pytest.raises(ValueError, match="no such command"):
        apply(session(), 0, ["louder", 3])


def test_late_commands_can_be_reapplied_later() -> None:
    late, expected = session(), session()
    apply(late, 1000, ["place", 0, "c"], ["master", -12])
    render(late, 1000, 512)
    late.reapply(1500)
    apply(expected, 1500, ["place", 0, "c"], ["master", -12])
    assert np.array_equal(render(late, 800, 3000), render(expected, 800, 3000))


def test_rebasing_makes_a_frame_the_first() -> None:
    rebased = session()
    apply(rebased, 1000, ["locate", 3000], ["master", -6])
    rebased.rebase(1100)
    expected = session()
    apply(expected, 0, ["locate", 3100], ["master", -6])
    assert rebased.song_frame(0) == 3100
    assert np.array_equal(render(rebased, 0, 4096), render(expected, 0, 4096))


def test_stems_longer_than_the_song_are_cut_and_shorter_ones_end_early() -> None:
    short = Session(RATE, FRAMES, 1)
    short.load("long", [Buffer(noise(1, 1, FRAMES + 100)[0])])
    size = short.load("short", [Buffer(noise(1, 1, 1000)[0])])
    assert size == 1000 * 2, "16-bit mono is stored as such"
    apply(short, 0, ["place", 0, "short"])
    assert not render(short, 1000, 512).any()
    apply(short, 0, ["place", 0, "long"])
    assert render(short, FRAMES - 10, 10).any()
    assert not render(short, FRAMES, 512).any()


def test_an_unloaded_stem_cannot_be_placed() -> None:
    playing = session()
    playing.unload("c")
    with pytest.raises(KeyError):
        apply(playing, 0, ["place", 0, "c"])


@pytest.mark.parametrize("bits", [16, 24])
def test_a_bounce_is_the_whole_mix_with_the_current_settings(bits: Bits) -> None:
    playing = session(FRAMES * 5)
    apply(
        playing, 700, ["adjust", 1, -4.5, -0.25, False, False], ["locate", 900], ["loop", 10, 2000]
    )
    bounce, digest = (
        playing.bounce(bits, ["a", "c"], '{"title": "Ebb"}'),
        playing.digest(bits, ["a", "c"]),
    )
    parts = [bounce.header()]
    while bounce.progress < 1:
        parts.append(bounce.step())
        digest.step()
    expected_mixer = mixer(0, 2, frames=FRAMES * 5)
    expected_mixer.adjust(1, RowSettings(-4.5, -0.25))
    expected = pcm_bytes(expected_mixer.render(0, FRAMES * 5), bits)
    assert digest.hexdigest() == sha256(expected).hexdigest()
    assert b"".join(parts[1:]) == expected
    assert b"Ebb" in parts[0]
    assert playing.song_frame(700) == 900, "the mix being played is not affected"


def test_a_swap_waits_for_the_next_bar() -> None:
    playing, expected = session(), mixer(0, 1)
    apply(playing, 1000, ["place", 0, "c", "bar"])
    expected.place(0, StemAudio.from_float(noise(2)), 4000)
    assert np.array_equal(render(playing, 1000, 4000), expected.render(1000, 4000))
    assert (playing.pending_swaps(3999), playing.pending_swaps(4000)) == ("[0]", "[]")


def test_levels_measure_what_has_been_played() -> None:
    playing = session()
    blocks = [render(playing, frame, 500) for frame in range(0, 4000, 500)]
    apply(playing, 3200, ["master", 6])
    blocks = [np.concatenate(blocks, axis=1)[:, :3200]]
    blocks += [render(playing, frame, 500) for frame in range(3200, 9000, 500)]
    played = np.concatenate(blocks, axis=1)[:, :8100]
    for frame in (1300, 3500, 8100):
        readings, rows = levels(playing, frame)
    assert readings["left"] == pytest.approx(loudness.sample_peak(played[:1, 3500:]))
    assert readings["right"] == pytest.approx(loudness.sample_peak(played[1:, 3500:]))
    assert readings["true_peak"] == pytest.approx(loudness.true_peak(played[:, :-5]), rel=1e-3)
    meter = loudness.LoudnessMeter.measure(played, RATE)
    assert readings["momentary"] == pytest.approx(meter.momentary, abs=1e-4)
    assert readings["integrated"] == pytest.approx(meter.integrated, abs=1e-4)
    assert readings["gain"] < 1
    assert rows == pytest.approx(
        [loudness.sample_peak(noise(seed)[:, 3500:8100]) for seed in (0, 1)]
    )


def test_levels_can_be_reset() -> None:
    playing = session()
    render(playing, 0, 8000)
    readings, rows = levels(playing, 8000)
    assert readings["integrated"] > -30
    assert min(readings["left"], readings["true_peak"], *rows) > 0.1
    assert levels(playing, 8100) == (readings, rows), "readings change at most every 50 ms"
    later, rows = levels(playing, 9000)
    assert (later["left"], later["gain"]) == (0, 1)
    assert later["integrated"] == readings["integrated"]
    playing.reset_levels()
    readings, _ = levels(playing, 8000)
    assert (readings["true_peak"], readings["integrated"]) == (0, -float("inf"))


def test_levels_continue_across_a_pause() -> None:
    paused, continuous = session(), session()
    render(paused, 0, 4000)
    render(paused, 4000, 4000)
    paused.rebase(5000)
    render(paused, 0, 4000)
    for frame in range(0, 9000, 1000):
        render(continuous, frame, 1000)
    assert levels(paused, 4000)[0]["integrated"] == levels(continuous, 9000)[0]["integrated"]


def test_unread_levels_are_dropped() -> None:
    playing = session()
    for frame in range(0, 400 * 64, 64):
        render(playing, frame, 64)
    readings, _ = levels(playing, 400 * 64)
    assert readings["left"] == 0, "the song is over, and older blocks were dropped"


def test_a_measurement_covers_the_whole_mix() -> None:
    playing = session()
    measurement = playing.measure(["a", "b"])
    while measurement.progress < 1:
        measurement.step()
    mix = mixer(0, 1).render(0, FRAMES)
    assert measurement.integrated == loudness.integrated_loudness(mix, RATE)
    assert measurement.range == loudness.loudness_range(mix, RATE)
    assert measurement.true_peak == pytest.approx(loudness.true_peak(mix), rel=1e-2)


def test_a_plain_digest_ignores_all_controls() -> None:
    playing = session()
    apply(playing, 0, ["adjust", 1, -4.5, -0.25, False, True], ["master", -9])
    digest = playing.digest(24, ["a", "b"], plain=True)
    while digest.progress < 1:
        digest.step()
    assert digest.hexdigest() == sha256(pcm_bytes(mixer(0, 1).render(0, FRAMES), 24)).hexdigest()


def test_a_session_at_another_rate_has_the_same_controls() -> None:
    first = session()
    apply(first, 0, ["adjust", 0, -3, 0.4, False, False], ["adjust", 1, 2, 0, True, False])
    apply(first, 100, ["master", -6], ["place", 1, "c"], ["loop", 0, 100])
    other = first.at_rate(2 * RATE, 3 * RATE)
    whole = noise(7, frames=3 * RATE)
    other.load("a", [Buffer(channel) for channel in whole])
    mixer = Mixer(rate=2 * RATE, frames=3 * RATE, rows=2)
    mixer.place(0, StemAudio.from_float(whole))
    mixer.adjust(0, RowSettings(-3, 0.4))
    mixer.set_master(-6)
    digest = other.digest(24, ["a", None])
    while digest.progress < 1:
        digest.step()
    expected = pcm_bytes(mixer.render(0, 3 * RATE), 24)
    assert digest.hexdigest() == sha256(expected).hexdigest()
    assert first.song_frame(0) == 0
