"""The mixer: what goes in comes out, whatever the blocks."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyodide_app.engine.mix import FLOOR_DB, Mixer, RowSettings, StemAudio, gain, pan_gains

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

RATE = 8000
FRAMES = 4000


def stem(seed: int, channels: int = 2, level: int = 6000) -> StemAudio:
    words = np.random.default_rng(seed).integers(-level, level, (channels, FRAMES))
    return StemAudio(words.astype(np.int16))


def as_float(audio: StemAudio) -> Planar:
    both = audio.samples.astype(np.float32) * audio.scale
    return np.broadcast_to(both, (2, audio.frames))


def mixer(*stems: StemAudio) -> Mixer:
    made = Mixer(rate=RATE, frames=FRAMES, rows=len(stems))
    for row, each in enumerate(stems):
        made.place(row, each)
    return made


def busy() -> Mixer:
    """Return a mixer whose controls have all been moved while it played."""
    made = mixer(stem(1), stem(2, 1), stem(3, level=30000))
    made.adjust(0, RowSettings(-3.2, 0.4))
    made.set_loop((500, 3000))
    made.adjust(1, RowSettings(-9, -1), at=700)
    made.adjust(1, RowSettings(2, 0, mute=True), at=730)
    made.place(2, stem(4), at=900)
    made.locate(200, at=1300)
    made.set_master(-2.5, at=1500)
    made.adjust(0, RowSettings(solo=True), at=2000)
    return made


def test_unity_gain_returns_the_stem() -> None:
    quiet = stem(1)
    assert np.array_equal(as_float(quiet), mixer(quiet).render(0, FRAMES))


def test_silence_in_is_silence_out() -> None:
    nothing = StemAudio(np.zeros((2, FRAMES), dtype=np.int16))
    assert not mixer(nothing, nothing).render(0, FRAMES).any()


def test_an_empty_row_is_silent() -> None:
    assert not Mixer(rate=RATE, frames=FRAMES, rows=2).render(0, 100).any()


def test_an_inverted_twin_cancels() -> None:
    one = stem(1)
    assert not mixer(one, StemAudio(-one.samples)).render(0, FRAMES).any()


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 1500), min_size=1, max_size=12))
def test_block_size_never_matters(sizes: list[int]) -> None:
    whole = busy().render(0, sum(sizes))
    made, blocks, frame = busy(), [], 0
    for size in sizes:
        blocks.append(made.render(frame, size))
        frame += size
    assert np.array_equal(whole, np.concatenate(blocks, axis=1))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 6000), st.integers(1, 900)), min_size=1, max_size=6))
def test_any_block_can_be_rendered_at_any_time(asked: list[tuple[int, int]]) -> None:
    whole, made = busy().render(0, 7000), busy()
    for frame, size in asked:
        assert np.array_equal(whole[:, frame : frame + size], made.render(frame, size))


def test_a_muted_row_is_gone_once_its_ramp_is_over() -> None:
    made = mixer(stem(1), stem(2))
    made.adjust(1, RowSettings(mute=True), at=1000)
    out = made.render(0, FRAMES)
    both, alone = mixer(stem(1), stem(2)).render(0, FRAMES), as_float(stem(1))
    assert np.array_equal(both[:, :1000], out[:, :1000])
    assert np.array_equal(alone[:, 1000 + made.ramp :], out[:, 1000 + made.ramp :])


def test_solo_silences_the_others() -> None:
    made = mixer(stem(1), stem(2), stem(3))
    made.adjust(1, RowSettings(solo=True))
    assert np.array_equal(as_float(stem(2)), made.render(0, FRAMES))


def test_mute_wins_over_solo() -> None:
    made = mixer(stem(1))
    made.adjust(0, RowSettings(mute=True, solo=True))
    assert not made.render(0, FRAMES).any()


@pytest.mark.parametrize("change", ["volume", "pan", "mute", "swap", "seek", "master", "solo"])
def test_no_change_makes_a_click(change: str) -> None:
    """A constant signal moves by no more than a full-scale ramp's step between two frames."""
    level = StemAudio(np.full((2, FRAMES), 12000, dtype=np.int16))
    other = StemAudio(np.full((2, FRAMES), -12000, dtype=np.int16))
    made = mixer(level, level)
    if change == "volume":
        made.adjust(0, RowSettings(-40), at=500)
    elif change == "pan":
        made.adjust(0, RowSettings(pan=-1), at=500)
    elif change == "mute":
        made.adjust(0, RowSettings(mute=True), at=500)
    elif change == "solo":
        made.adjust(0, RowSettings(solo=True), at=500)
    elif change == "swap":
        made.place(0, other, at=500)
    elif change == "seek":
        made.locate(2000, at=500)
    else:
        made.set_master(-60, at=500)
    steps = np.abs(np.diff(made.render(0, 1500), axis=1)).max()
    # sqrt fades are steepest at their ends: sqrt(1 / ramp) of the level.
    assert steps < 12000 / 32768 * 2 * np.sqrt(1 / made.ramp) + 1e-3


def test_a_swap_is_complete_after_the_ramp() -> None:
    made = mixer(stem(1))
    made.place(0, stem(2), at=1000)
    after = made.render(1000 + made.ramp, 500)
    assert np.array_equal(as_float(stem(2))[:, 1000 + made.ramp :][:, :500], after)


def test_a_loop_repeats_to_the_sample() -> None:
    made = mixer(stem(1))
    made.set_loop((100, 1100))
    out, source = made.render(0, 3100), as_float(stem(1))
    assert np.array_equal(source[:, :1100], out[:, :1100])
    assert np.array_equal(source[:, 100:1100], out[:, 1100:2100])
    assert np.array_equal(source[:, 100:1100], out[:, 2100:3100])


def test_without_a_loop_the_song_ends_in_silence() -> None:
    made = mixer(stem(1))
    assert not made.render(FRAMES, 500).any()
    assert made.song_frame(FRAMES - 1) == FRAMES - 1
    assert made.song_frame(FRAMES) is None


def test_a_seek_goes_on_from_there() -> None:
    made = mixer(stem(1))
    made.locate(3000, at=1000)
    assert made.song_frame(1000) == 3000
    out = made.render(1000 + made.ramp, 500)
    start = 3000 + made.ramp
    assert np.array_equal(as_float(stem(1))[:, start : start + 500], out)


def test_a_loop_set_while_playing_keeps_the_place() -> None:
    made = mixer(stem(1))
    made.set_loop((0, 2000), at=1500)
    assert [made.song_frame(at) for at in (1499, 1500, 1999, 2000)] == [1499, 1500, 1999, 0]
    made.set_loop(None, at=2500)
    assert made.song_frame(3000) == 1000


@pytest.mark.parametrize("loop", [(-1, 10), (10, 10), (0, FRAMES + 1)])
def test_a_loop_outside_the_song_is_refused(loop: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="a loop lies within"):
        mixer(stem(1)).set_loop(loop)


def test_words_come_out_the_same_however_a_browser_scales_them() -> None:
    words = np.arange(-32768, 32768, dtype=np.int16)[None]
    even = words * np.float32(1 / 32768)
    uneven = np.where(words > 0, words * (np.float32(1) / np.float32(32767)), even)
    for planar in (even, uneven):
        assert np.array_equal(StemAudio.from_browser(planar).samples, words)
    assert np.array_equal(StemAudio.from_float(uneven).samples, uneven)


def test_16_bit_material_is_held_as_int16() -> None:
    words = np.random.default_rng(0).integers(-32768, 32768, (1, 1000))
    held = StemAudio.from_float((words / 32768).astype(np.float32))
    assert held.samples.dtype == np.int16
    assert np.array_equal(words, held.samples)
    assert held.nbytes == 2000


def test_finer_material_stays_float() -> None:
    fine = np.full((2, 10), 1 / 65536, dtype=np.float32)
    held = StemAudio.from_float(fine)
    assert np.array_equal(fine, held.samples)
    assert held.samples.dtype == np.float32


def test_full_scale_is_not_taken_for_16_bit() -> None:
    assert StemAudio.from_float(np.ones((1, 4), dtype=np.float32)).samples.dtype == np.float32


def test_a_stem_of_three_channels_is_refused() -> None:
    with pytest.raises(ValueError, match="1 or 2 channels"):
        StemAudio.from_float(np.zeros((3, 4), dtype=np.float32))


@given(st.floats(-59.99, 6))
def test_gain_is_decibels_to_a_hundredth(volume_db: float) -> None:
    assert float(gain(volume_db)) == pytest.approx(10 ** (round(volume_db * 100) / 2000), rel=1e-6)


@pytest.mark.parametrize("volume_db", [FLOOR_DB, -100.0, -float("inf"), float("nan")])
def test_the_floor_is_silence(volume_db: float) -> None:
    assert gain(volume_db) == 0


def test_gain_grows_with_every_step() -> None:
    gains = [gain(step / 100) for step in range(-5999, 601)]
    assert all(low < high for low, high in pairwise(gains))
    assert gain(0) == 1
    assert gain(99) == gain(6)


@given(st.floats(-1.5, 1.5))
def test_pan_keeps_the_power(pan: float) -> None:
    left, right = pan_gains(pan)
    assert float(left) ** 2 + float(right) ** 2 == pytest.approx(2, rel=1e-6)


def test_the_centre_is_unity() -> None:
    assert [float(side) for side in pan_gains(0)] == [1, 1]
    assert pan_gains(-1)[1] == pan_gains(1)[0] == 0
