"""The master: nothing above the ceiling, nothing changed below it."""

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


def in_band(seed: int, level: float, band: float, frames: int = 4096) -> Planar:
    """Return noise up to ``band`` of the sample rate, which begins and ends softly."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal((2, frames)), axis=1)
    spectrum[:, int(band * frames) :] = 0
    wave = np.fft.irfft(spectrum, frames, axis=1)
    fade = np.clip(np.minimum(np.arange(frames), np.arange(frames)[::-1]) / 400, 0, 1)
    noise_: Planar = (wave / np.abs(wave).max() * level * fade).astype(np.float32)
    return noise_


def between_samples(signal: Planar, factor: int = 16) -> float:
    """Return the highest magnitude of a signal that an ideal filter has oversampled."""
    frames = signal.shape[1]
    spectrum = np.zeros((2, frames * factor // 2 + 1), dtype=np.complex128)
    spectrum[:, : frames // 2 + 1] = np.fft.rfft(signal.astype(np.float64), axis=1)
    return float(np.abs(np.fft.irfft(spectrum, frames * factor, axis=1)).max() * factor)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 9999), st.floats(0.8, 8), st.floats(0.02, 0.4))
def test_no_true_peak_exceeds_the_ceiling(seed: int, level: float, band: float) -> None:
    """A quarter of a dB is how far four-fold oversampling misses what lies between."""
    out = limited(in_band(seed, level, band), 4096)
    assert true_peak(out) <= CEILING * 1.001
    assert between_samples(out) <= CEILING * 10 ** (0.25 / 20)


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


def test_a_gain_moves_over_where_the_material_changes() -> None:
    """From frame 2000 on it is four times as loud, which nobody knew when 1999 was played."""
    quiet = np.full((2, 4000), 0.5, dtype=np.float32)

    def before(frame: int, count: int) -> Planar:
        return quiet[:, frame : frame + count]

    def after(frame: int, count: int) -> Planar:
        way = np.clip((np.arange(frame, frame + count) - 2000) / 80, 0, 1)
        mixed: Planar = (0.5 + 1.5 * way).astype(np.float32)
        return np.broadcast_to(mixed, (2, count))

    limiter = Limiter(RATE)
    first = limiter.render(before, 1000, 1000)
    limiter.prepare_change(before, 2000)
    out = np.concatenate((first, limiter.render(after, 2000, 1000)), axis=1)
    assert np.abs(np.diff(out)).max() < 0.03
    assert out.max() <= CEILING
    assert np.array_equal(out[:, -500:], limiter.render(after, 2500, 500))
