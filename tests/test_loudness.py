"""Loudness: the figures of ITU-R BS.1770-4 and EBU Tech 3341 on signals made from their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyodide_app.engine import loudness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]


def tone(*parts: tuple[float, float], rate: int = 48000, pitch: float = 1000) -> Planar:
    """Return a stereo sine: (level in dBFS, seconds) one after the other."""
    levels = np.concatenate([np.full(round(rate * s), 10 ** (db / 20)) for db, s in parts])
    wave = levels * np.sin(2 * np.pi * pitch / rate * np.arange(levels.size))
    return np.stack((wave, wave)).astype(np.float32)


@pytest.mark.parametrize("rate", [32000, 44100, 48000, 96000])
def test_a_full_scale_tone_at_one_side_is_3_lufs_down(rate: int) -> None:
    one = tone((0, 5), rate=rate, pitch=997)[:1]
    assert loudness.integrated(one, rate) == pytest.approx(-3.01, abs=0.02)


@pytest.mark.parametrize(
    ("expected", "parts"),
    [
        (-23.0, [(-23, 20)]),  # Tech 3341 case 1
        (-33.0, [(-33, 20)]),  # case 2
        (-23.0, [(-36, 10), (-23, 60), (-36, 10)]),  # case 3: the relative gate
        (-23.0, [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)]),  # case 4: both gates
        (-23.0, [(-26, 20), (-20, 20.1), (-26, 20)]),  # case 5
    ],
)
def test_integrated_loudness_of_the_ebu_signals(
    expected: float, parts: list[tuple[float, float]]
) -> None:
    assert loudness.integrated(tone(*parts), 48000) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(
    ("expected", "parts"),
    [
        (10, [(-20, 20), (-30, 20)]),  # Tech 3342 case 1
        (5, [(-20, 20), (-15, 20)]),  # case 2
        (20, [(-40, 20), (-20, 20)]),  # case 3
        (15, [(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)]),  # case 4
    ],
)
def test_loudness_range_of_the_ebu_signals(
    expected: float, parts: list[tuple[float, float]]
) -> None:
    assert loudness.loudness_range(tone(*parts), 48000) == pytest.approx(expected, abs=1)


def test_momentary_and_short_term_of_a_steady_tone() -> None:
    steady = tone((-23, 6))
    assert loudness.momentary(steady, 48000) == pytest.approx(-23, abs=0.1)
    assert loudness.short_term(steady, 48000) == pytest.approx(-23, abs=0.1)


def test_silence_and_snippets_have_no_loudness() -> None:
    assert loudness.integrated(np.zeros((2, 48000), dtype=np.float32), 48000) == -float("inf")
    assert loudness.integrated(tone((0, 0.1)), 48000) == -float("inf")
    assert loudness.to_db(0) == -float("inf")


def test_true_peak_finds_what_lies_between_samples() -> None:
    """Tech 3341 case 15 to 17: a quarter of the rate, sampled 45 degrees off its peaks."""
    at = np.arange(48000)
    wave = 0.5 * np.sin(2 * np.pi * at / 4 + np.pi / 4)
    signal = wave[None].astype(np.float32)
    assert loudness.to_db(loudness.peak(signal)) == pytest.approx(-9.03, abs=0.01)
    assert loudness.to_db(loudness.true_peak(signal[:, :])) == pytest.approx(-6, abs=0.4)


def test_true_peak_does_not_depend_on_its_blocks() -> None:
    signal = np.random.default_rng(1).uniform(-1, 1, (2, 5000)).astype(np.float32)
    assert loudness.true_peak(signal, block=777) == loudness.true_peak(signal)


def test_the_block_scan_equals_the_plain_recursion() -> None:
    signal = np.random.default_rng(2).uniform(-1, 1, 3001)
    for section in loudness.k_filters(44100):
        plain = np.zeros(signal.size)
        x1 = x2 = y1 = y2 = 0.0
        for at, x in enumerate(signal):
            y = section.b0 * x + section.b1 * x1 + section.b2 * x2
            y -= section.a1 * y1 + section.a2 * y2
            plain[at] = y
            x1, x2, y1, y2 = float(x), x1, float(y), y1
        np.testing.assert_allclose(loudness.filtered(signal, section), plain, atol=1e-9)


def test_the_prototypes_are_the_tables_at_48_khz() -> None:
    shelf, high_pass = loudness.k_filters(48000)
    near_shelf, near_pass = loudness.k_filters(48001)
    for table, prototype in ((shelf, near_shelf), (high_pass, near_pass)):
        for name in ("b0", "b1", "b2", "a1", "a2"):
            assert getattr(prototype, name) == pytest.approx(getattr(table, name), abs=1e-4)
