"""Measure the loudness of 180 s: the engine, pyloudnorm, and ffmpeg's ebur128."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyloudnorm
import soundfile

from bench._common import clocked, command, compare, installed, scratch, tell_versions
from pyodide_app.engine.loudness import LoudnessMeter, integrated_loudness, true_peak
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SECONDS = 180


def bundled_stem() -> tuple[NDArray[np.float32], int]:
    """Return a stereo stem, shape (2, frames), repeated to its length; and its rate."""
    for path in sorted((ROOT / "stems").rglob("*.flac")):
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        if samples.shape[1] == 2:
            return np.resize(samples, (SECONDS * rate, 2)).T.copy(), rate
    raise SystemExit("no bundled stem is stereo")


def everything(planar: NDArray[np.float32], rate: int) -> tuple[float, ...]:
    """Return what ffmpeg tells: integrated loudness, range, true peak."""
    meter = LoudnessMeter.measure(planar, rate)
    return meter.integrated, meter.range, true_peak(planar)


def from_file(path: Path) -> tuple[float, ...]:
    """Do what ffmpeg does."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return everything(np.ascontiguousarray(samples.T), rate)


def main() -> None:
    """Print the tables."""
    programs = installed("ffmpeg")
    tell_versions("numpy", "pyloudnorm", "soundfile", programs=programs)
    planar, rate = bundled_stem()
    interleaved = np.ascontiguousarray(planar.T)
    compare(
        f"integrated loudness of {SECONDS} s of stereo, in memory",
        {
            "engine": clocked(lambda: integrated_loudness(planar, rate)),
            "pyloudnorm": clocked(lambda: pyloudnorm.Meter(rate).integrated_loudness(interleaved)),
        },
        ("pyloudnorm",),
    )
    with scratch() as folder:
        wav = folder / "song.wav"
        soundfile.write(wav, interleaved, rate, "PCM_24")
        jobs = {"engine, from a file": clocked(lambda: from_file(wav))}
        if programs:
            meter = "ebur128=peak=true:framelog=verbose"
            jobs["ffmpeg ebur128"] = command(
                "ffmpeg", "-v", "error", "-i", wav, "-af", meter, "-f", "null", "-"
            )
        title = "integrated loudness, range and true peak of a file"
        compare(title, jobs, ("ffmpeg ebur128",))


if __name__ == "__main__":
    main()
