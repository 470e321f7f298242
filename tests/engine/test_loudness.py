"""Loudness by ITU-R BS.1770-4 on the test signals of EBU Tech 3341 and 3342.

The signals are generated from their definitions. Cases with five channels (Tech 3341 case 6) and
with recordings (Tech 3341 cases 7 and 8, Tech 3342 cases 5 and 6) are not covered.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyodide_app.engine import loudness, portable_math
from pyodide_app.engine.loudness import LoudnessMeter, TruePeakMeter
from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.riff import wav_file
from pyodide_app.engine.tags import Tags
from stempress.audio.sound import decode
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

SILENCE = -200.0
INTERVALS = {"momentary": 0.01, "short_term": 0.05}
"""Seconds between readings of a meter."""


def tone(*parts: tuple[float, float], rate: int = 48000, pitch: float = 1000) -> Planar:
    """Return a stereo sine with consecutive parts of (level in dBFS, seconds)."""
    levels = np.concatenate([np.full(round(rate * s), 10 ** (db / 20)) for db, s in parts])
    wave = levels * np.sin(2 * np.pi * pitch / rate * np.arange(levels.size))
    return np.stack((wave, wave)).astype(np.float32)


def meter_readings(signal: Planar, reading: str, *, rate: int = 48000) -> NDArray[np.float64]:
    """Return consecutive readings of a meter."""
    meter, readings, block = LoudnessMeter(rate), [], round(INTERVALS[reading] * rate)
    for start in range(0, signal.shape[1], block):
        meter.add(signal[:, start : start + block])
        readings.append(getattr(meter, reading))
    return np.array(readings)


@pytest.mark.parametrize("rate", [32000, 44100, 48000, 96000])
def test_a_full_scale_tone_in_one_channel_is_minus_3_lufs(rate: int) -> None:
    mono = tone((0, 5), rate=rate, pitch=997)[:1]
    assert loudness.integrated_loudness(mono, rate) == pytest.approx(-3.01, abs=0.02)


@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_tech_3341_cases_1_and_2(level: float) -> None:
    meter = LoudnessMeter.measure(tone((level, 20)), 48000)
    for reading in (meter.momentary, meter.short_term, meter.integrated):
        assert reading == pytest.approx(level, abs=0.1)


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize(
    "parts",
    [
        [(-36, 10), (-23, 60), (-36, 10)],  # case 3: the relative gate
        [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],  # case 4: both gates
        [(-26, 20), (-20, 20.1), (-26, 20)],  # case 5
    ],
)
def test_tech_3341_cases_3_to_5(rate: int, parts: list[tuple[float, float]]) -> None:
    assert loudness.integrated_loudness(tone(*parts, rate=rate), rate) == pytest.approx(
        -23, abs=0.1
    )


def test_tech_3341_case_9_short_term_is_constant() -> None:
    readings = meter_readings(tone(*[(-20, 1.34), (-30, 1.66)] * 5), "short_term")
    assert readings[60:] == pytest.approx(-23, abs=0.1)


def test_tech_3341_case_12_momentary_is_constant() -> None:
    readings = meter_readings(tone(*[(-20, 0.18), (-30, 0.22)] * 25), "momentary")
    assert readings[100:] == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("index", range(20))
@pytest.mark.parametrize(
    ("reading", "delay", "seconds"),
    [("max_short_term", 0.15, 3.0), ("max_momentary", 0.02, 0.4)],
)
def test_tech_3341_cases_10_and_13_the_maximum_wherever_it_begins(
    reading: str, delay: float, seconds: float, index: int
) -> None:
    signal = tone((SILENCE, index * delay), (-23, seconds), (SILENCE, 1))
    assert getattr(LoudnessMeter.measure(signal, 48000), reading) == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(
    ("reading", "delay", "seconds"), [("short_term", 0.15, 3.0), ("momentary", 0.02, 0.4)]
)
def test_tech_3341_cases_11_and_14_successive_maxima(
    reading: str, delay: float, seconds: float
) -> None:
    parts = [
        part
        for index in range(20)
        for part in (
            (SILENCE, index * delay),
            (-38.0 + index, seconds),
            (SILENCE, seconds - index * delay),
        )
    ]
    readings = meter_readings(tone(*parts), reading)
    length = round(2 * seconds / INTERVALS[reading])
    highest = [readings[index * length : (index + 1) * length].max() for index in range(20)]
    assert highest == pytest.approx(np.arange(-38, -18), abs=0.1)


@pytest.mark.parametrize(
    ("expected", "divisor", "degrees", "amplitude"),
    [
        (-6, 4, 0, 0.5),  # case 15
        (-6, 4, 45, 0.5),
        (-6, 6, 60, 0.5),
        (-6, 8, 67.5, 0.5),
        (3, 4, 45, 1.41),  # case 19
    ],
)
def test_tech_3341_cases_15_to_19_true_peak_between_samples(
    expected: float, divisor: int, degrees: float, amplitude: float
) -> None:
    angles = 2 * np.pi * np.arange(48000) / divisor + np.radians(degrees)
    fade = np.clip(np.minimum(np.arange(48000), np.arange(48000)[::-1]) / 4800, 0, 1)
    wave = (amplitude * fade * np.sin(angles)).astype(np.float32)
    assert -0.4 <= portable_math.to_db(loudness.true_peak(wave[None])) - expected <= 0.2


@pytest.mark.parametrize("offset", range(4))
def test_tech_3341_cases_20_to_23_true_peak_of_one_period(offset: int) -> None:
    """One period at fs/4 within a tone at fs/6, generated at 4 fs, filtered and decimated to fs."""
    samples = np.arange(4 * 9600)
    wave = 0.5 * np.sin(2 * np.pi * samples / 24)
    wave[19200:19216] = np.sin(2 * np.pi * np.arange(16) / 16)
    taps = np.arange(-256, 257)
    low_pass = np.sinc(taps * 0.225) * 0.225 * np.kaiser(513, 10)
    filtered = np.convolve(wave * np.clip(samples[::-1] / 1000, 0, 1), low_pass, "same")
    signal = filtered[offset::4].astype(np.float32)[None]
    assert -0.4 <= portable_math.to_db(loudness.true_peak(signal)) <= 0.2


@pytest.mark.parametrize(
    ("expected", "parts"),
    [
        (10, [(-20, 20), (-30, 20)]),  # case 1
        (5, [(-20, 20), (-15, 20)]),  # case 2
        (20, [(-40, 20), (-20, 20)]),  # case 3
        (15, [(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)]),  # case 4
    ],
)
def test_tech_3342_cases_1_to_4_loudness_range(
    expected: float, parts: list[tuple[float, float]]
) -> None:
    assert loudness.loudness_range(tone(*parts), 48000) == pytest.approx(expected, abs=1)


def test_silence_and_very_short_signals_have_no_loudness() -> None:
    for signal in (np.zeros((2, 0), dtype=np.float32), tone((SILENCE, 1)), tone((0, 0.1))):
        meter = LoudnessMeter.measure(signal, 48000)
        assert meter.integrated == -float("inf")
        assert meter.range == 0
    assert portable_math.to_db(0) == loudness.to_lufs(0) == -float("inf")


def song() -> Planar:
    """Return 40 s of noise with varying level."""
    rng = np.random.default_rng(3)
    level = np.repeat(rng.uniform(0.01, 0.5, 80), 4000)
    return (rng.uniform(-1, 1, (2, level.size)) * level).astype(np.float32)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 90_000), min_size=1, max_size=12))
def test_blocks_of_any_size_give_the_same_readings(sizes: list[int]) -> None:
    signal = song()
    whole, meter, peaks, start = (
        LoudnessMeter.measure(signal, 8000),
        LoudnessMeter(8000),
        TruePeakMeter(),
        0,
    )
    for size in [*sizes, signal.shape[1]]:
        meter.add(signal[:, start : start + size])
        peaks.add(signal[:, start : start + size])
        start += size
    peaks.add(np.zeros((2, loudness.CONTEXT_AFTER), dtype=np.float32))
    for reading in ("momentary", "short_term", "integrated", "range", "max_momentary"):
        assert getattr(meter, reading) == pytest.approx(getattr(whole, reading), abs=1e-6)
    assert peaks.true_peak == loudness.true_peak(signal)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 99), st.floats(0, 1.5), st.integers(1, 3000))
def test_skipped_spans_contain_no_peak_above_the_level(
    seed: int, level: float, frames: int
) -> None:
    rng = np.random.default_rng(seed)
    signal = rng.uniform(-1, 1, (2, frames + 11)) ** 9
    planar = signal.astype(np.float32)
    exact = loudness.true_peaks(planar).max(axis=0)
    peaks = loudness.true_peaks_above(planar, np.float32(level))
    assert np.array_equal(exact[exact > level], peaks[exact > level])
    assert peaks[exact <= level].max(initial=0) <= level


def render_mix(song: str) -> tuple[Planar, int]:
    """Mix the first stem of every layer of a bundled song; return it with its sample rate."""
    folders = sorted(path for path in (ROOT / "stems" / song).iterdir() if path.is_dir())
    stems = [decode(min(folder.glob("*.flac"))) for folder in folders]
    mixer = Mixer(rate=stems[0].rate, frames=stems[0].frames, rows=len(stems))
    for row, stem in enumerate(stems):
        mixer.place(row, StemAudio.from_float(stem.samples))
    return mixer.render(0, stems[0].frames), stems[0].rate


def measure_with_ffmpeg(path: Path) -> dict[str, float]:
    """Return the readings of ffmpeg's ebur128 filter by its own names."""
    ffmpeg = shutil.which("ffmpeg")
    assert ffmpeg, "no ffmpeg: `make test` installs one"
    command = [ffmpeg, "-hide_banner", "-nostats", "-i", str(path)]
    command += ["-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stderr  # noqa: S603
    return {
        name: float(re.findall(rf"{name}:\s+(-?[\d.]+)", output)[-1])
        for name in ("I", "LRA", "Peak")
    }


@pytest.mark.slow
@pytest.mark.parametrize("song", sorted(path.name for path in (ROOT / "stems").iterdir()))
def test_pyloudnorm_and_ffmpeg_agree_on_the_bundled_songs(song: str, tmp_path: Path) -> None:
    samples, rate = render_mix(song)
    meter = LoudnessMeter.measure(samples, rate)
    # pyloudnorm's filters differ from the tables of BS.1770-4 by up to 0.05 LU.
    expected = pyloudnorm.Meter(rate).integrated_loudness(samples.T.astype(np.float64))
    assert meter.integrated == pytest.approx(expected, abs=0.1)
    file = tmp_path / "mix.wav"
    file.write_bytes(wav_file(samples, rate, 24, Tags()))
    measured = measure_with_ffmpeg(file)
    assert meter.integrated == pytest.approx(measured["I"], abs=0.1)
    assert meter.range == pytest.approx(measured["LRA"], abs=0.1)
    assert portable_math.to_db(loudness.true_peak(samples)) == pytest.approx(
        measured["Peak"], abs=0.2
    )
