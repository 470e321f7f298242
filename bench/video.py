"""Videos of ten seconds: drawn and encoded, in relation to the time that they play."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench._common import RUNS, print_versions, timed
from stempress.audio.bounce import open_mix
from stempress.core.processes import cores
from stempress.core.progress import Progress
from stempress.video.formats import FORMATS
from stempress.video.mix_video import Part, VideoJob, prepare, write_video
from stempress.video.shapes import SHAPES
from stempress.video.song_video import video_of
from tests.conftest import ROOT

SECONDS = 10
SONG, MIX = "dead-reckoning", "1-1-1-1-1-1-1-1-1"  # the one with the most rings
QUIET = Progress(quiet=True)


def part_of(job: VideoJob) -> VideoJob:
    """Return the first seconds of a video."""
    part = Part(0, SECONDS * job.mixer.rate)
    return VideoJob(job.view, job.mixer, job.rows, part, job.format, job.tags)


def draw(job: VideoJob) -> None:
    """Draw all frames, in this process, and encode none."""
    scene, _ = prepare(job)
    for number in range(scene.frames):
        scene.draw(number)


def report(name: str, work: list[float]) -> None:
    """Print how long some work took."""
    seconds = median(work)
    print(f"  {name:44}{seconds:7.2f} s   {SECONDS / seconds:5.2f} x real time")


def main() -> None:
    """Print the table."""
    print_versions("av", "numpy", "pillow")
    print(f"\n{SECONDS} s of {SONG}, {os.cpu_count()} cores: median of {RUNS} runs")
    mix = open_mix(ROOT, SONG, MIX, QUIET)
    with TemporaryDirectory() as folder:
        for name, shape in SHAPES.items():
            size = f"{name}, {shape.width} x {shape.height}"
            for suffix, file_format in FORMATS.items():
                job = part_of(video_of(mix, "", shape, file_format))
                path = Path(folder) / f"video{suffix}"
                whole = timed(lambda path=path, job=job: write_video(path, job, "", cores(), QUIET))  # type: ignore[misc]
                report(f"{size}, {suffix}", [whole() for _ in range(RUNS)])
            report(f"{size}, drawn only, in one process", [timed(lambda job=job: draw(job))()])  # type: ignore[misc]


if __name__ == "__main__":
    main()
