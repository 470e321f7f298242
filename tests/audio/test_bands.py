"""Band levels: low, middle and high are separated, whatever the block size."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from stempress.audio.bands import BLOCK, STEPS, TOP, BandMeter

RATE, FRAMES = 48000, 48000
type Planar = NDArray[np.float32]


def sine(pitch: float) -> Planar:
    return np.sin(2 * np.pi * pitch * np.arange(FRAMES) / RATE, dtype=np.float32)[None]


def bands(sound: Planar, block_size: int = FRAMES) -> tuple[tuple[int, ...], ...]:
    meter = BandMeter(sound.shape[1])
    for start in range(0, sound.shape[1], block_size):
        meter.add(sound[:, start : start + block_size])
    return meter.bands


@pytest.mark.parametrize(("pitch", "band"), [(60.0, 0), (1000.0, 1), (9000.0, 2)])
def test_a_tone_is_loudest_in_its_own_band(pitch: float, band: int) -> None:
    sums = [sum(levels) for levels in bands(sine(pitch))]
    assert sums.index(max(sums)) == band
    assert [len(levels) for levels in bands(sine(pitch))] == [STEPS] * 3


def test_bands_are_levels_over_time() -> None:
    sound = sine(60)
    sound[:, FRAMES // 2 :] = 0
    low = bands(sound)[0]
    assert max(low) == TOP
    assert set(low[STEPS // 2 + 1 :]) == {0}


@pytest.mark.parametrize("block_size", [1000, BLOCK, 4801])
def test_blocks_of_any_size_give_the_same_bands(block_size: int) -> None:
    sound = sine(440) + sine(5000) * 0.3
    assert bands(sound, block_size) == bands(sound)


def test_silence_and_very_short_sounds_have_empty_bands() -> None:
    empty = ((0,) * STEPS,) * 3
    assert bands(np.zeros((2, FRAMES), dtype=np.float32)) == empty
    assert bands(np.ones((1, 5), dtype=np.float32)) == empty
