"""Mix of nine 180 s stems: the engine in CPython and Chromium, ffmpeg, sox, OfflineAudioContext."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soundfile

from bench._common import (
    available_programs,
    command,
    compare,
    print_versions,
    runtime_page,
    scratch,
    timed,
)
from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.pcm import pcm_bytes
from pyodide_app.engine.ramps import gain
from pyodide_app.engine.riff import wav_header
from pyodide_app.engine.tags import Tags
from tests.conftest import ROOT
from tests.support.runtime_site import run_python

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from bench._common import Job

SECONDS = 180
STEMS = 9
VOLUME_DB = 0.0  # the default of the mixer, at which the limiter acts a little
LARGE_BLOCK = 1 << 16
BLOCK = 2048
BROWSER = ROOT / "bench" / "browser"


def bundled_stems() -> tuple[list[NDArray[np.int16]], int]:
    """Return nine stereo stems of a bundled song, repeated to ``SECONDS``, and the sample rate."""
    stems = []
    for path in sorted((ROOT / "stems" / "undertow").rglob("*.flac"))[:STEMS]:
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
        stereo = np.broadcast_to(samples.T, (2, len(samples)))
        stems.append(np.resize(stereo.T, (SECONDS * rate, 2)).T.copy())
    return stems, rate


def write(folder: Path, stems: list[NDArray[np.int16]], rate: int) -> tuple[list[Path], list[Path]]:
    """Write the stems as WAV files, and as raw files for the browser."""
    wavs, raws = [], []
    for index, stem in enumerate(stems):
        wavs.append(folder / f"{index}.wav")
        soundfile.write(wavs[-1], stem.T, rate, "PCM_16")
        raws.append(folder / f"{index}.raw")
        raws[-1].write_bytes(stem.tobytes())
    return wavs, raws


def create_mixer(stems: list[StemAudio], rate: int) -> Mixer:
    """Return a mixer with a stem in each row."""
    created = Mixer(rate=rate, frames=stems[0].frames, rows=len(stems))
    for row, stem in enumerate(stems):
        created.place(row, stem)
        created.adjust(row, RowSettings(VOLUME_DB))
    return created


def render(mixer: Mixer, block: int) -> None:
    """Render the whole mix in blocks."""
    for frame in range(0, mixer.frames, block):
        mixer.render(frame, min(block, mixer.frames - frame))


def files_to_file(wavs: list[Path], out: Path) -> None:
    """Mix WAV files to a 24-bit WAV file, as ffmpeg and sox do."""
    stems = []
    for path in wavs:
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
        stems.append(StemAudio(np.ascontiguousarray(samples.T)))
    mixer = create_mixer(stems, rate)
    with out.open("wb") as file:
        file.write(wav_header(frames=mixer.frames, channels=2, rate=rate, bits=24, tags=Tags()))
        for frame in range(0, mixer.frames, LARGE_BLOCK):
            count = min(LARGE_BLOCK, mixer.frames - frame)
            file.write(pcm_bytes(mixer.render(frame, count), 24, frame))


def program_jobs(programs: list[str], wavs: list[Path], out: Path) -> dict[str, Job]:
    """Return jobs that mix the same files with other programs, without a limiter."""
    level = float(gain(VOLUME_DB))
    jobs = {}
    if "ffmpeg" in programs:
        inputs = [argument for wav in wavs for argument in ("-i", wav)]
        weights = " ".join([f"{level:.6f}"] * len(wavs))
        amix = f"amix=inputs={len(wavs)}:normalize=0:weights={weights}"
        jobs["ffmpeg amix, files to file"] = command(
            "ffmpeg",
            "-v",
            "error",
            "-y",
            *inputs,
            "-filter_complex",
            amix,
            "-c:a",
            "pcm_s24le",
            out,
        )
    if "sox" in programs:
        inputs = [argument for wav in wavs for argument in ("-v", f"{level:.6f}", wav)]
        jobs["sox -m, files to file"] = command("sox", "-V1", "-m", *inputs, "-b", "24", out)
    return jobs


def browser_jobs(page: Page, raws: list[Path], rate: int) -> dict[str, Job]:
    """Return jobs that mix in the browser, after loading the stems."""
    files = [path.name for path in raws]
    run_python(page, "engine.py", {"files": files, "rate": rate, "volume_db": VOLUME_DB})
    page.evaluate(
        "async (given) => { window.offline = await import('./offline.js');"
        " window.buffers = await window.offline.load(given); }",
        {"files": files, "rate": rate},
    )
    level = float(gain(VOLUME_DB))
    return {
        "engine in Pyodide": lambda: float(run_python(page, "engine.py", {"block": LARGE_BLOCK})),
        f"engine in Pyodide, blocks of {BLOCK}": lambda: float(
            run_python(page, "engine.py", {"block": BLOCK})
        ),
        "OfflineAudioContext": lambda: float(
            page.evaluate("(gain) => window.offline.mix(window.buffers, gain)", level)
        ),
    }


def main() -> None:
    """Print the table."""
    programs = available_programs("ffmpeg", "sox")
    print_versions("numpy", "soundfile", programs=programs)
    stems, rate = bundled_stems()
    with scratch() as folder:
        wavs, raws = write(folder, stems, rate)
        mixer = create_mixer([StemAudio(stem) for stem in stems], rate)
        with runtime_page(folder, BROWSER / "engine.py", BROWSER / "offline.js") as page:
            jobs = {
                "engine in CPython": timed(lambda: render(mixer, LARGE_BLOCK)),
                f"engine in CPython, blocks of {BLOCK}": timed(lambda: render(mixer, BLOCK)),
                "engine in CPython, files to file": timed(
                    lambda: files_to_file(wavs, folder / "engine.wav")
                ),
                **program_jobs(programs, wavs, folder / "program.wav"),
                **browser_jobs(page, raws, rate),
            }
            compare(
                f"{STEMS} stereo stems of {SECONDS} s",
                jobs,
                ("OfflineAudioContext", "ffmpeg amix, files to file"),
            )


if __name__ == "__main__":
    main()
