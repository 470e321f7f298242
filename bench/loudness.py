"""Loudness measurement of 180 s: the engine, pyloudnorm and ffmpeg's ebur128."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyloudnorm
import soundfile

from bench._common import available_programs, command, compare, print_versions, scratch, timed
from pyodide_app.engine.loudness import LoudnessMeter, integrated_loudness, true_peak
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SECONDS = 180


def bundled_stem() -> tuple[NDArray[np.float32], int]:
    """Return a stereo stem, shape (2, frames), repeated to ``SECONDS``, and its sample rate."""
    for path in sorted((ROOT / "stems").rglob("*.flac")):
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        if samples.shape[1] == 2:
            return np.resize(samples, (SECONDS * rate, 2)).T.copy(), rate
    raise SystemExit("no bundled stem is stereo")


def measure(planar: NDArray[np.float32], rate: int) -> tuple[float, ...]:
    """Return integrated loudness, loudness range and true peak, as ffmpeg does."""
    meter = LoudnessMeter.measure(planar, rate)
    return meter.integrated, meter.range, true_peak(planar)


def measure_file(path: Path) -> tuple[float, ...]:
    """Measure an audio file."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return measure(np.ascontiguousarray(samples.T), rate)


def main() -> None:
    """Print the tables."""
    programs = available_programs("ffmpeg")
    print_versions("numpy", "pyloudnorm", "soundfile", programs=programs)
    planar, rate = bundled_stem()
    interleaved = np.ascontiguousarray(planar.T)
    compare(
        f"integrated loudness of {SECONDS} s of stereo, in memory",
        {
            "engine": timed(lambda: integrated_loudness(planar, rate)),
            "pyloudnorm": timed(lambda: pyloudnorm.Meter(rate).integrated_loudness(interleaved)),
        },
        ("pyloudnorm",),
    )
    with scratch() as folder:
        wav = folder / "song.wav"
        soundfile.write(wav, interleaved, rate, "PCM_24")
        jobs = {"engine, from a file": timed(lambda: measure_file(wav))}
        if programs:
            meter = "ebur128=peak=true:framelog=verbose"
            jobs["ffmpeg ebur128"] = command(
                "ffmpeg", "-v", "error", "-i", wav, "-af", meter, "-f", "null", "-"
            )
        title = "integrated loudness, range and true peak of a file"
        compare(title, jobs, ("ffmpeg ebur128",))


if __name__ == "__main__":
    main()
