"""Mix nine stems of 180 s: the engine here and in Chromium, ffmpeg, sox, OfflineAudioContext."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soundfile

from bench._common import (
    clocked,
    command,
    compare,
    installed,
    runtime_page,
    scratch,
    tell_versions,
)
from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.pcm import pcm_bytes
from pyodide_app.engine.ramps import gain
from pyodide_app.engine.riff import Tags, wav_header
from tests.conftest import ROOT
from tests.support.runtime_site import run_python

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from bench._common import Job

SECONDS = 180
STEMS = 9
VOLUME_DB = 0.0  # what a visitor hears at first; the limiter has a little work
PIECE = 1 << 16
BLOCK = 2048
BROWSER = ROOT / "bench" / "browser"


def bundled_stems() -> tuple[list[NDArray[np.int16]], int]:
    """Return nine stems of one bundled song, in stereo, repeated to their length; and the rate."""
    stems = []
    for path in sorted((ROOT / "stems" / "undertow").rglob("*.flac"))[:STEMS]:
        words, rate = soundfile.read(path, dtype="int16", always_2d=True)
        stereo = np.broadcast_to(words.T, (2, len(words)))
        stems.append(np.resize(stereo.T, (SECONDS * rate, 2)).T.copy())
    return stems, rate


def write(folder: Path, stems: list[NDArray[np.int16]], rate: int) -> tuple[list[Path], list[Path]]:
    """Write stems as WAV files, and raw for the browser."""
    wavs, raws = [], []
    for nth, stem in enumerate(stems):
        wavs.append(folder / f"{nth}.wav")
        soundfile.write(wavs[-1], stem.T, rate, "PCM_16")
        raws.append(folder / f"{nth}.raw")
        raws[-1].write_bytes(stem.tobytes())
    return wavs, raws


def mixer(stems: list[StemAudio], rate: int) -> Mixer:
    """Return the engine with a stem in each row."""
    made = Mixer(rate=rate, frames=stems[0].frames, rows=len(stems))
    for row, stem in enumerate(stems):
        made.place(row, stem)
        made.adjust(row, RowSettings(VOLUME_DB))
    return made


def render(made: Mixer, block: int) -> None:
    """Mix the whole."""
    for frame in range(0, made.frames, block):
        made.render(frame, min(block, made.frames - frame))


def files_to_file(wavs: list[Path], out: Path) -> None:
    """Do what ffmpeg and sox do: read WAV files, write one, of 24 bits."""
    stems = []
    for path in wavs:
        words, rate = soundfile.read(path, dtype="int16", always_2d=True)
        stems.append(StemAudio(np.ascontiguousarray(words.T)))
    made = mixer(stems, rate)
    with out.open("wb") as file:
        file.write(wav_header(frames=made.frames, channels=2, rate=rate, bits=24, tags=Tags()))
        for frame in range(0, made.frames, PIECE):
            count = min(PIECE, made.frames - frame)
            file.write(pcm_bytes(made.render(frame, count), 24, frame))


def program_jobs(programs: list[str], wavs: list[Path], out: Path) -> dict[str, Job]:
    """Return what the programs do with the same files at the same gain, without a limiter."""
    level = float(gain(VOLUME_DB))
    jobs = {}
    if "ffmpeg" in programs:
        inputs = [word for wav in wavs for word in ("-i", wav)]
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
        inputs = [word for wav in wavs for word in ("-v", f"{level:.6f}", wav)]
        jobs["sox -m, files to file"] = command("sox", "-V1", "-m", *inputs, "-b", "24", out)
    return jobs


def browser_jobs(page: Page, raws: list[Path], rate: int) -> dict[str, Job]:
    """Return what the page does with stems that it has loaded."""
    files = [path.name for path in raws]
    run_python(page, "engine.py", {"files": files, "rate": rate, "volume_db": VOLUME_DB})
    page.evaluate(
        "async (given) => { window.offline = await import('./offline.js');"
        " window.buffers = await window.offline.load(given); }",
        {"files": files, "rate": rate},
    )
    level = float(gain(VOLUME_DB))
    return {
        "engine in Pyodide": lambda: float(run_python(page, "engine.py", {"block": PIECE})),
        f"engine in Pyodide, blocks of {BLOCK}": lambda: float(
            run_python(page, "engine.py", {"block": BLOCK})
        ),
        "OfflineAudioContext": lambda: float(
            page.evaluate("(gain) => window.offline.mix(window.buffers, gain)", level)
        ),
    }


def main() -> None:
    """Print the table."""
    programs = installed("ffmpeg", "sox")
    tell_versions("numpy", "soundfile", programs=programs)
    words, rate = bundled_stems()
    with scratch() as folder:
        wavs, raws = write(folder, words, rate)
        made = mixer([StemAudio(each) for each in words], rate)
        with runtime_page(folder, BROWSER / "engine.py", BROWSER / "offline.js") as page:
            jobs = {
                "engine in CPython": clocked(lambda: render(made, PIECE)),
                f"engine in CPython, blocks of {BLOCK}": clocked(lambda: render(made, BLOCK)),
                "engine in CPython, files to file": clocked(
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
