"""Bands over time: low, middle and high are told apart, and pieces change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from stempress.audio.bands import BLOCK, STEPS, TOP, BandMeter

RATE, FRAMES = 48000, 48000
type Planar = NDArray[np.float32]


def sine(pitch: float) -> Planar:
    return np.sin(2 * np.pi * pitch * np.arange(FRAMES) / RATE, dtype=np.float32)[None]


def bands(sound: Planar, piece: int = FRAMES) -> tuple[tuple[int, ...], ...]:
    found = BandMeter(sound.shape[1])
    for at in range(0, sound.shape[1], piece):
        found.add(sound[:, at : at + piece])
    return found.bands


@pytest.mark.parametrize(("pitch", "band"), [(60.0, 0), (1000.0, 1), (9000.0, 2)])
def test_a_tone_is_loudest_in_its_own_band(pitch: float, band: int) -> None:
    sums = [sum(each) for each in bands(sine(pitch))]
    assert sums.index(max(sums)) == band
    assert [len(each) for each in bands(sine(pitch))] == [STEPS] * 3


def test_bands_follow_time() -> None:
    sound = sine(60)
    sound[:, FRAMES // 2 :] = 0
    low = bands(sound)[0]
    assert max(low) == TOP
    assert set(low[STEPS // 2 + 1 :]) == {0}


@pytest.mark.parametrize("piece", [1000, BLOCK, 4801])
def test_pieces_of_any_size_give_the_same(piece: int) -> None:
    sound = sine(440) + sine(5000) * 0.3
    assert bands(sound, piece) == bands(sound)


def test_silence_and_very_short_sounds_have_bands_of_nothing() -> None:
    nothing = ((0,) * STEPS,) * 3
    assert bands(np.zeros((2, FRAMES), dtype=np.float32)) == nothing
    assert bands(np.ones((1, 5), dtype=np.float32)) == nothing
