"""Videos of ten seconds, drawn and encoded, beside the time that they play."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench._common import compare, print_versions, timed
from stempress.audio.bounce import open_mix
from stempress.core.progress import Progress
from stempress.core.system import cores
from stempress.video.formats import FORMATS
from stempress.video.mix_video import Part, VideoJob, prepare, write_video
from stempress.video.shapes import SHAPES
from stempress.video.song_video import video_of
from tests.conftest import ROOT

if TYPE_CHECKING:
    from bench._common import Job

SECONDS = 10
SONG, MIX = "dead-reckoning", "1-1-1-1-1-1-1-1-1"  # the one with the most rings
PLAYED = "playing it"
QUIET = Progress(quiet=True)


def first_seconds(job: VideoJob) -> VideoJob:
    """Return the beginning of a video."""
    part = Part(0, SECONDS * job.mixer.rate)
    return VideoJob(job.view, job.mixer, job.rows, part, job.format, job.tags)


def draw(job: VideoJob) -> None:
    """Draw all frames, in this process, and encode none."""
    scene, _ = prepare(job)
    for number in range(scene.frames):
        scene.draw(number)


def video_jobs(folder: Path) -> dict[str, Job]:
    """Return what is measured: every shape, every format of one, and drawing alone."""
    mix = open_mix(ROOT, SONG, MIX, QUIET)
    jobs = {}
    for name, suffix in [*((name, ".mp4") for name in SHAPES), ("square", ".webm")]:
        job = first_seconds(video_of(mix, "", SHAPES[name], FORMATS[suffix]))
        path, size = folder / f"video{suffix}", f"{job.view.shape.width} x {job.view.shape.height}"

        def write(path: Path = path, job: VideoJob = job) -> None:
            write_video(path, job, "", cores(), QUIET)

        jobs[f"{name}, {size}, {suffix}"] = timed(write)
    square = first_seconds(video_of(mix, "", SHAPES["square"], FORMATS[".mp4"]))
    jobs["square, drawn only, by one process"] = timed(lambda: draw(square))
    return jobs | {PLAYED: lambda: float(SECONDS)}


def main() -> None:
    """Print the table."""
    print_versions("av", "numpy", "pillow")
    with TemporaryDirectory() as folder:
        compare(
            f"{SECONDS} s of {SONG}, {os.cpu_count()} cores", video_jobs(Path(folder)), [PLAYED]
        )


if __name__ == "__main__":
    main()
