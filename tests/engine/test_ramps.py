"""Gains in decibels, equal-power pan, ramps and crossfades."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.ramps import FLOOR_DB, Fade, Ramp, gain, pan_gains

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAMES = 80


def level(value: float) -> NDArray[np.float32]:
    return np.array([[value]], dtype=np.float32)


@given(st.floats(-59.99, 6))
def test_gain_converts_hundredths_of_a_decibel(volume_db: float) -> None:
    assert float(gain(volume_db)) == pytest.approx(10 ** (round(volume_db * 100) / 2000), rel=1e-6)


@pytest.mark.parametrize("volume_db", [FLOOR_DB, -100.0, -float("inf"), float("nan")])
def test_the_floor_and_below_is_silence(volume_db: float) -> None:
    assert gain(volume_db) == 0


def test_gain_grows_with_every_step_up_to_the_ceiling() -> None:
    gains = [gain(step / 100) for step in range(-5999, 601)]
    assert all(low < high for low, high in pairwise(gains))
    assert gain(0) == 1
    assert gain(99) == gain(6)


@given(st.floats(-1.5, 1.5))
def test_pan_keeps_the_power_constant(pan: float) -> None:
    left, right = pan_gains(pan)
    assert float(left) ** 2 + float(right) ** 2 == pytest.approx(2, rel=1e-6)


def test_the_centre_is_unity() -> None:
    assert [float(side) for side in pan_gains(0)] == [1, 1]
    assert pan_gains(-1)[1] == pan_gains(1)[0] == 0


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1)), min_size=1, max_size=8))
def test_a_ramp_is_the_same_in_blocks_of_any_size(moves: list[tuple[int, float]]) -> None:
    ramp, start = Ramp(level(1)), 0
    for wait, value in moves:
        start += wait
        ramp = ramp.ramp_to(level(value), start, FRAMES, horizon=0)
    frames = [ramp.gains(frame, 1)[0, 0] for frame in range(start + FRAMES + 10)]
    whole = np.broadcast_to(ramp.gains(0, len(frames)), (1, len(frames)))
    assert np.array_equal(whole[0], frames)
    assert np.abs(np.diff(frames)).max() <= 1 / FRAMES + 1e-6
    assert frames[-1] == np.float32(moves[-1][1])


def test_a_later_target_at_the_same_frame_replaces_the_earlier() -> None:
    ramp = Ramp(level(1)).ramp_to(level(0), 50, FRAMES, 0).ramp_to(level(1), 50, FRAMES, 0)
    assert ramp.gains(0, 500).tolist() == [[1]]
    fade = Fade("a").fade_to("b", 50, FRAMES, 0).fade_to("c", 50, FRAMES, 0)
    assert [value for value, _ in fade.voices(50, 1)] == ["c", "a"]


def test_history_does_not_grow() -> None:
    ramp, fade = Ramp(level(1)), Fade("a")
    for start in range(10, 100_000, 10):
        ramp = ramp.ramp_to(level(start % 7), start, FRAMES, start - 200)
        fade = fade.fade_to("b", start, FRAMES, start - 200)
    for history in (ramp, fade):
        depth, before = 0, history.previous
        while before is not None:
            depth, before = depth + 1, before.previous
        assert depth < 40


@given(st.integers(1, 200), st.integers(1, 200))
def test_a_crossfade_keeps_the_power_constant(first: int, second: int) -> None:
    fade = Fade("a").fade_to("b", first, FRAMES, 0).fade_to("c", first + second, FRAMES, 0)
    power = np.zeros(500)
    for frame in range(500):
        for _, share in fade.voices(frame, 1):
            power[frame] += 1 if share is None else float(share[0]) ** 2
    assert power == pytest.approx(1, abs=1e-5)
