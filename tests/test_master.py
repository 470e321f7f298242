"""The master: nothing above the ceiling, nothing changed below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyodide_app.engine.loudness import true_peaks
from pyodide_app.engine.master import CEILING, Limiter, tpdf_dither

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

RATE = 8000


def limited(signal: Planar, *sizes: int) -> Planar:
    """Return a signal through the limiter, in blocks of these sizes, the last one repeated."""

    def source(frame: int, count: int) -> Planar:
        out = np.zeros((2, count), dtype=np.float32)
        piece = signal[:, frame : frame + count]
        out[:, : piece.shape[1]] = piece
        return out

    limiter, blocks, frame = Limiter(RATE), [], 0
    wanted = list(sizes)
    while frame < signal.shape[1]:
        size = min(wanted.pop(0) if len(wanted) > 1 else wanted[0], signal.shape[1] - frame)
        blocks.append(limiter.render(source, frame, size))
        frame += size
    return np.concatenate(blocks, axis=1)


def noise(seed: int, level: float, frames: int = 3000) -> Planar:
    drawn = np.random.default_rng(seed).uniform(-level, level, (2, frames))
    return drawn.astype(np.float32)


def test_quiet_material_passes_bit_for_bit() -> None:
    quiet = noise(1, 0.4)
    assert np.array_equal(quiet, limited(quiet, 512))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 99), st.floats(0.5, 8))
def test_no_sample_exceeds_the_ceiling(seed: int, level: float) -> None:
    assert np.abs(limited(noise(seed, level), 3000)).max() <= CEILING


@settings(deadline=None, max_examples=20)
@given(st.floats(20, 1500), st.floats(0.8, 6), st.floats(0, 6.3))
def test_the_true_peak_of_a_tone_stays_at_the_ceiling(
    pitch: float, level: float, phase: float
) -> None:
    """Full bandwidth noise has no true peak to speak of; tones are what clips in converters."""
    wave = level * np.sin(2 * np.pi * pitch / RATE * np.arange(4000) + phase)
    out = limited(np.stack((wave, wave)).astype(np.float32), 4000)
    assert true_peaks(out)[:, 500:3500].max() <= CEILING * 1.012  # 0.1 dB


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(1, 1200), min_size=1, max_size=8))
def test_block_size_never_matters(sizes: list[int]) -> None:
    loud = noise(2, 2.0)
    assert np.array_equal(limited(loud, 3000), limited(loud, *sizes))


def test_one_peak_is_turned_down_from_before_until_after() -> None:
    signal = np.full((2, 4000), 0.1, dtype=np.float32)
    signal[:, 2000] = 1.8
    out = limited(signal, 4000)
    gains = out[0] / signal[0]
    assert gains[2000] <= CEILING / 1.8
    assert (gains[:1600] == 1).all()
    assert (gains[2400:] == 1).all()
    assert np.abs(np.diff(gains)).max() < 0.01


def test_the_channels_share_one_gain() -> None:
    loud = noise(3, 3.0)
    loud[1] *= np.float32(0.25)
    out = limited(loud, 3000)
    heard = np.abs(loud[1]) > 1e-3
    np.testing.assert_allclose((out[0] / loud[0])[heard], (out[1] / loud[1])[heard], rtol=1e-5)


@pytest.mark.parametrize("bits", [16, 24])
def test_dither_is_triangular_and_seeded(bits: int) -> None:
    silence = np.zeros((1, 200_000), dtype=np.float32)
    noise_ = tpdf_dither(silence, bits, seed=5) * (1 << (bits - 1))
    assert np.array_equal(noise_, tpdf_dither(silence, bits, seed=5) * (1 << (bits - 1)))
    assert not np.array_equal(noise_, tpdf_dither(silence, bits, seed=6) * (1 << (bits - 1)))
    assert np.abs(noise_).max() <= 1
    assert noise_.var() == pytest.approx(1 / 6, rel=0.02)
    assert noise_.mean() == pytest.approx(0, abs=0.005)
