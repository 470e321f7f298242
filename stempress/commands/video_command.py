"""``stempress video``: write a video of a variation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.commands.arguments import add_site
from stempress.commands.command import Command
from stempress.core.files import check_suffix, check_writable
from stempress.core.system import cores
from stempress.core.units import format_size
from stempress.video.formats import FORMATS, check_encoders
from stempress.video.shapes import SHAPES

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from stempress.commands.command import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoOptions:
    """Options of a video: ``mix_number`` may also be a link copied from the mixer.

    ``bars`` is such as 1-8, or empty for the whole song.
    """

    site: Path
    song: str
    mix_number: str
    video: Path = Path("video.mp4")
    shape: str = "square"
    bars: str = ""


def add_video_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of a video."""
    add_site(parser)
    parser.add_argument("song", help="the song's slug")
    parser.add_argument("mix_number", help="such as 3-1-4, or a link copied from the mixer")
    parser.add_argument(
        "-o",
        dest="video",
        type=Path,
        metavar="FILE",
        help="an .mp4 (H.264, AAC) or a .webm (VP9, Opus); default: video.mp4",
    )
    parser.add_argument("--shape", choices=SHAPES, help="default: square")
    parser.add_argument("--bars", metavar="1-8", help="only these bars; default: the whole song")


def run_video(options: VideoOptions, context: Context) -> bool:
    """Draw, encode and write the file."""
    path, progress = options.video.absolute(), context.progress
    check_suffix(path, "-o", FORMATS)
    file_format = FORMATS[path.suffix.lower()]
    check_encoders(file_format, "video")
    check_writable(path, "-o")
    from stempress.audio.bounce import open_mix  # noqa: PLC0415 - slow, and builds do without
    from stempress.video.mix_video import write_video  # noqa: PLC0415
    from stempress.video.song_video import video_of  # noqa: PLC0415

    mix = open_mix(options.site, options.song, options.mix_number, progress)
    job = video_of(mix, options.bars, SHAPES[options.shape], file_format)
    write_video(path, job, "Video frames", cores(), progress)
    shape, seconds = job.view.shape, job.part.frames / job.mixer.rate
    size = format_size(path.stat().st_size)
    progress.log(f"{path}: {shape.width} x {shape.height} pixels, {seconds:.1f} s, {size}")
    return True


VIDEO = Command(VideoOptions, add_video_arguments, run_video)
