"""Waveforms are drawn from what is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stempress.audio.envelope import BINS, ENVELOPE_BINS, WaveformMeter
from stempress.audio.waveform_svg import HEIGHT, WIDTH, waveform_path

if TYPE_CHECKING:
    from numpy.typing import NDArray


def outline(samples: NDArray[np.float32], piece: int) -> WaveformMeter:
    """Draw sound in pieces."""
    found = WaveformMeter(samples.shape[1])
    for start in range(0, samples.shape[1], piece):
        found.add(samples[:, start : start + piece])
    return found


def test_peaks_are_the_extremes_of_their_stretch() -> None:
    samples = np.zeros((2, BINS * 10), dtype=np.float32)
    samples[0, 15] = 0.5
    samples[1, 17] = -0.25
    found = outline(samples, 10_000).bins
    assert len(found) == BINS
    assert found[1] == (-0.25, 0.5)
    assert found[0] == found[2] == (0, 0)


def test_a_sound_shorter_than_the_bins_is_drawn() -> None:
    assert len(outline(np.ones((1, 3), dtype=np.float32), 3).bins) == BINS


def test_the_path_stays_in_its_box_and_closes() -> None:
    rng = np.random.default_rng(1)
    bins = [(-float(low), float(high)) for low, high in rng.uniform(0, 1, (BINS, 2))]
    path = waveform_path(bins, 0.9)
    x, y = 0, 0
    tops = []
    for command, words in re.findall(r"([MlhV])([\d\s-]+)", path):
        numbers = [int(word) for word in re.findall(r"-?\d+", words)]
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
    path = waveform_path([(0.0, 0.0)] * BINS, 0.0)
    assert path == f"M0 31h{WIDTH - 2}h2V33h-{WIDTH - 2}h-2z"


def test_an_envelope_is_relative_to_its_loudest_part() -> None:
    samples = np.full((1, 9600), 0.1, dtype=np.float32)
    samples[:, :100] = 0.2
    found = outline(samples, 9600).envelope
    assert len(found) == ENVELOPE_BINS
    assert found[0] == 1
    assert found[1] == 0.5


@pytest.mark.parametrize("piece", [1, 7, 50, 999])
def test_pieces_of_any_size_draw_the_same(piece: int) -> None:
    samples = np.random.default_rng(3).uniform(-1, 1, (2, 1237)).astype(np.float32)
    whole, parts = outline(samples, 1237), outline(samples, piece)
    assert parts.bins == whole.bins
    assert parts.envelope == pytest.approx(whole.envelope, abs=0.001)
