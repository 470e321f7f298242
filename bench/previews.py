"""200 previews of one song: the build's code compared with a shell loop around ffmpeg.

Both read the same 16 FLAC stems (4 layers of 4, 48 kHz, stereo, 60 s), mix 30 s, fade out the last
second, normalise to -16 LUFS under -1 dBTP, and write MP3 at 128 kbit/s with LAME. The loop runs
one single-threaded ffmpeg per core; its loudnorm is the one-pass filter, as is usual in a loop.
"""

from __future__ import annotations

import itertools
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import soundfile

from stempress.audio.previews import decode_start, render_preview, stem_products
from stempress.audio.song_sound import SongSound
from stempress.core.workers import start_workers

if TYPE_CHECKING:
    from collections.abc import Callable

PREVIEWS, ROUNDS = 200, 3
LAYERS, STEMS = 4, 4
RATE, SECONDS, CUT = 48000, 60, 30
BITRATE = 128
FILTERS = (
    f"amix=inputs={LAYERS}:normalize=0:duration=longest,"
    f"loudnorm=I=-16:TP=-1:LRA=20,aresample={RATE},afade=t=out:st={CUT - 1}:d=1"
)


class Seconds(NamedTuple):
    """Wall time, and CPU time, which does not depend on the load of the machine."""

    wall: float
    cpu: float


def main() -> None:
    """Run both in turn, and print the times."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        print("ffmpeg is not installed: nothing to compare with")
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        layers = write_stems(root)
        mixes = list(itertools.islice(itertools.product(*layers), PREVIEWS))
        runs: dict[str, list[Seconds]] = {"build": [], "ffmpeg loop": []}
        for _ in range(ROUNDS):
            runs["build"].append(timed(lambda: build_previews(mixes, root / "build")))
            runs["ffmpeg loop"].append(timed(lambda: run_loop(ffmpeg, mixes, root / "loop")))
    version_text = subprocess.run(
        [ffmpeg, "-version"], capture_output=True, text=True, check=True
    ).stdout
    print(f"Python {platform.python_version()}, numpy {np.__version__}, "
          f"libsndfile {soundfile.__libsndfile_version__}, {' '.join(version_text.split()[:3])}, "
          f"{os.cpu_count()} cores, {ROUNDS} rounds")  # fmt: skip
    for name, spent in runs.items():
        wall, cpu = (statistics.median(values) for values in zip(*spent, strict=True))
        print(f"{name:12} median {wall:6.1f} s, processors busy {cpu:6.1f} s")
    for index, measure in enumerate(Seconds._fields):
        ratios = [loop[index] / ours[index] for ours, loop in zip(*runs.values(), strict=True)]
        print(f"the loop takes {statistics.median(ratios):.1f} times as long, {measure} "
              f"({min(ratios):.1f} to {max(ratios):.1f}); goal: 3")  # fmt: skip


def write_stems(folder: Path) -> list[list[Path]]:
    """Write the stems: plucked notes over a little noise, with different pitches and beats."""
    rng = np.random.default_rng(7)
    times = np.arange(RATE * SECONDS) / RATE
    layers = []
    for layer in range(LAYERS):
        layers.append([folder / f"{layer}-{stem}.flac" for stem in range(STEMS)])
        for path in layers[-1]:
            beat = rng.choice((0.25, 0.5, 1.0))
            wave = (
                0.15
                * np.exp(-5 * (times % beat))
                * np.sin(2 * np.pi * rng.uniform(60, 900) * times)
            )
            noise = rng.normal(0, 0.002, (times.size, 2))
            soundfile.write(path, wave[:, None] + noise, RATE, subtype="PCM_16")
    return layers


def build_previews(mixes: list[tuple[Path, ...]], out: Path) -> None:
    """Render the previews as a build does."""
    out.mkdir(exist_ok=True)
    sound = SongSound(RATE, RATE * SECONDS)
    paths = sorted(set(itertools.chain.from_iterable(mixes)))
    with start_workers() as workers:
        stems = [workers.submit(decode_start, path, sound, RATE * CUT) for path in paths]
        products = workers.submit(stem_products, stems, RATE)
        pending = [
            workers.submit(
                render_preview, [paths.index(path) for path in mix], stems, products, sound, BITRATE
            )
            for mix in mixes
        ]
        for index, task in enumerate(pending):
            (out / f"{index}.mp3").write_bytes(task.result())


def run_loop(ffmpeg: str, mixes: list[tuple[Path, ...]], out: Path) -> None:
    """Run ffmpeg once for every preview."""
    out.mkdir(exist_ok=True)
    running: list[subprocess.Popen[bytes]] = []
    for index, mix in enumerate(mixes):
        if len(running) == (os.cpu_count() or 1):
            finish(running.pop(0))
        inputs = itertools.chain.from_iterable(("-t", str(CUT), "-i", str(path)) for path in mix)
        command = [ffmpeg, "-v", "error", "-y", *inputs, "-filter_complex", FILTERS]
        command += ["-threads", "1", "-c:a", "libmp3lame", "-b:a", f"{BITRATE}k"]
        running.append(subprocess.Popen([*command, str(out / f"{index}.mp3")]))
    for process in running:
        finish(process)


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait for an ffmpeg process; exit if it failed."""
    if process.wait():
        sys.exit(f"ffmpeg: exit status {process.returncode}")


def timed(work: Callable[[], None]) -> Seconds:
    """Return the times that ``work`` takes, including its child processes."""
    started, cpu = time.perf_counter(), sum(os.times()[:4])
    work()
    return Seconds(time.perf_counter() - started, sum(os.times()[:4]) - cpu)


if __name__ == "__main__":
    main()
