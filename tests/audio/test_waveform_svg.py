"""Waveform bins, envelopes and SVG paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stempress.audio.envelope import BINS, ENVELOPE_BINS, WaveformMeter
from stempress.audio.waveform_svg import HEIGHT, WIDTH, waveform_path

if TYPE_CHECKING:
    from numpy.typing import NDArray


def measure(samples: NDArray[np.float32], block_size: int) -> WaveformMeter:
    """Measure audio in blocks."""
    meter = WaveformMeter(samples.shape[1])
    for start in range(0, samples.shape[1], block_size):
        meter.add(samples[:, start : start + block_size])
    return meter


def test_bins_are_the_extremes_of_their_interval() -> None:
    samples = np.zeros((2, BINS * 10), dtype=np.float32)
    samples[0, 15] = 0.5
    samples[1, 17] = -0.25
    bins = measure(samples, 10_000).bins
    assert len(bins) == BINS
    assert bins[1] == (-0.25, 0.5)
    assert bins[0] == bins[2] == (0, 0)


def test_a_sound_shorter_than_the_number_of_bins_has_all_bins() -> None:
    assert len(measure(np.ones((1, 3), dtype=np.float32), 3).bins) == BINS


def test_the_path_stays_in_its_box_and_closes() -> None:
    rng = np.random.default_rng(1)
    bins = tuple((-float(low), float(high)) for low, high in rng.uniform(0, 1, (BINS, 2)))
    path = waveform_path(bins, 0.9)
    x, y = 0, 0
    tops = []
    for command, arguments in re.findall(r"([MlhV])([\d\s-]+)", path):
        numbers = [int(argument) for argument in re.findall(r"-?\d+", arguments)]
        if command == "M":
            x, y = numbers
        elif command == "l":
            x, y = x + numbers[0], y + numbers[1]
        elif command == "h":
            x += numbers[0]
        else:
            y = numbers[0]
        assert 0 <= x <= WIDTH
        assert 0 < y < HEIGHT
        tops.append(y)
    assert x == 0
    assert path.endswith("z")
    assert min(tops) == 1


def test_silence_is_a_thin_line() -> None:
    path = waveform_path(((0.0, 0.0),) * BINS, 0.0)
    assert path == f"M0 31h{WIDTH - 2}h2V33h-{WIDTH - 2}h-2z"


def test_an_envelope_is_relative_to_its_maximum() -> None:
    samples = np.full((1, 9600), 0.1, dtype=np.float32)
    samples[:, :100] = 0.2
    envelope = measure(samples, 9600).envelope
    assert len(envelope) == ENVELOPE_BINS
    assert envelope[0] == 1
    assert envelope[1] == 0.5


@pytest.mark.parametrize("block_size", [1, 7, 50, 999])
def test_blocks_of_any_size_give_the_same_waveform(block_size: int) -> None:
    samples = np.random.default_rng(3).uniform(-1, 1, (2, 1237)).astype(np.float32)
    at_once, in_blocks = measure(samples, 1237), measure(samples, block_size)
    assert in_blocks.bins == at_once.bins
    assert in_blocks.envelope == pytest.approx(at_once.envelope, abs=0.001)
