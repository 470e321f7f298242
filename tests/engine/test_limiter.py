"""The limiter: nothing above the ceiling, nothing changed below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pyodide_app.engine.limiter import CEILING, Limiter
from pyodide_app.engine.loudness import true_peak

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

RATE = 8000


def limited(signal: Planar, *sizes: int) -> Planar:
    """Return a signal limited in blocks of these sizes, the last one repeated."""

    def source(frame: int, count: int) -> Planar:
        out = np.zeros((2, count), dtype=np.float32)
        piece = signal[:, frame : frame + count]
        out[:, : piece.shape[1]] = piece
        return out

    limiter, blocks, frame = Limiter(RATE), [], 0
    pending = list(sizes)
    while frame < signal.shape[1]:
        size = min(pending.pop(0) if len(pending) > 1 else pending[0], signal.shape[1] - frame)
        blocks.append(limiter.render(source, frame, size))
        frame += size
    return np.concatenate(blocks, axis=1)


def noise(seed: int, level: float, frames: int = 3000) -> Planar:
    drawn = np.random.default_rng(seed).uniform(-level, level, (2, frames))
    return drawn.astype(np.float32)


def test_quiet_material_passes_unchanged() -> None:
    quiet = noise(1, 0.4)
    assert np.array_equal(quiet, limited(quiet, 512))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 99), st.floats(0.5, 8))
def test_no_sample_exceeds_the_ceiling(seed: int, level: float) -> None:
    assert np.abs(limited(noise(seed, level), 3000)).max() <= CEILING


def in_band(seed: int, level: float, band: float, frames: int = 4096) -> Planar:
    """Return faded noise, band-limited to ``band`` times the sample rate."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal((2, frames)), axis=1)
    spectrum[:, int(band * frames) :] = 0
    wave = np.fft.irfft(spectrum, frames, axis=1)
    fade = np.clip(np.minimum(np.arange(frames), np.arange(frames)[::-1]) / 400, 0, 1)
    noise_: Planar = (wave / np.abs(wave).max() * level * fade).astype(np.float32)
    return noise_


def oversampled_peak(signal: Planar, factor: int = 16) -> float:
    """Return the peak of a signal oversampled with an ideal filter."""
    frames = signal.shape[1]
    spectrum = np.zeros((2, frames * factor // 2 + 1), dtype=np.complex128)
    spectrum[:, : frames // 2 + 1] = np.fft.rfft(signal.astype(np.float64), axis=1)
    return float(np.abs(np.fft.irfft(spectrum, frames * factor, axis=1)).max() * factor)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 9999), st.floats(0.8, 8), st.floats(0.02, 0.4))
def test_no_true_peak_exceeds_the_ceiling(seed: int, level: float, band: float) -> None:
    """4x oversampling underestimates peaks between samples by up to 0.25 dB."""
    out = limited(in_band(seed, level, band), 4096)
    assert true_peak(out) <= CEILING * 1.001
    assert oversampled_peak(out) <= CEILING * 10 ** (0.25 / 20)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(1, 1200), min_size=1, max_size=8))
def test_block_size_never_matters(sizes: list[int]) -> None:
    loud = noise(2, 2.0)
    assert np.array_equal(limited(loud, 3000), limited(loud, *sizes))


def test_a_peak_is_attenuated_from_before_until_after_it() -> None:
    signal = np.full((2, 4000), 0.1, dtype=np.float32)
    signal[:, 2000] = 1.8
    out = limited(signal, 4000)
    gains = out[0] / signal[0]
    assert gains[2000] <= CEILING / 1.8
    assert (gains[:1600] == 1).all()
    assert (gains[2400:] == 1).all()
    assert np.abs(np.diff(gains)).max() < 0.01


def test_both_channels_get_the_same_gain() -> None:
    loud = noise(3, 3.0)
    loud[1] *= np.float32(0.25)
    out = limited(loud, 3000)
    heard = np.abs(loud[1]) > 1e-3
    np.testing.assert_allclose((out[0] / loud[0])[heard], (out[1] / loud[1])[heard], rtol=1e-5)


def test_the_gain_moves_smoothly_when_the_source_changes() -> None:
    """From frame 2000 the source is four times as loud, unknown when frame 1999 was played."""
    quiet = np.full((2, 4000), 0.5, dtype=np.float32)

    def before(frame: int, count: int) -> Planar:
        return quiet[:, frame : frame + count]

    def after(frame: int, count: int) -> Planar:
        progress = np.clip((np.arange(frame, frame + count) - 2000) / 80, 0, 1)
        mixed: Planar = (0.5 + 1.5 * progress).astype(np.float32)
        return np.broadcast_to(mixed, (2, count))

    limiter = Limiter(RATE)
    first = limiter.render(before, 1000, 1000)
    limiter.prepare_change(before, 2000)
    out = np.concatenate((first, limiter.render(after, 2000, 1000)), axis=1)
    assert np.abs(np.diff(out)).max() < 0.03
    assert out.max() <= CEILING
    assert np.array_equal(out[:, -500:], limiter.render(after, 2500, 500))
