"""Videos of song tokens, which marketplaces play where ``[metadata] animation`` is "video".

Like previews they play the beginning of the mix, and are kept in the cache by what they are made
from.
"""

# ruff: noqa: PLC0415 - encoders and the mixer are slow to import, and most builds need neither

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from stempress.audio.audio_job import minted_variations
from stempress.audio.mix_tags import mix_tags
from stempress.audio.results import WebFile
from stempress.core.cache import cache_root
from stempress.core.crash_log import working_on
from stempress.core.digests import digest_of
from stempress.core.progress import Progress
from stempress.core.units import PAGES_LIMIT, format_size
from stempress.video.formats import FORMATS, INSTALL, check_encoders, is_installed
from stempress.video.shapes import SHAPES
from stempress.video.view import VideoViews

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyodide_app.engine.model import Variation
    from stempress.audio.audio_job import AudioJob
    from stempress.audio.results import Sounds
    from stempress.core.errors import Findings
    from stempress.video.view import VideoView

VERSION = 1
"""Increment when the same input gives another video."""
SUFFIX = ".mp4"
SHAPE = SHAPES["square"].scaled(2, 3)
"""720 pixels a side: half the bytes and the time of 1080, and no marketplace shows more."""
WARNING_SHARE = 0.5
"""Of GitHub Pages' limit: more is warned of."""
_KEY = "metadata.animation"


def make_videos(job: AudioJob, sounds: Sounds, findings: Findings, jobs: int) -> Sounds:
    """Return the sounds with a video of every mix that is a song token, if the site wants them."""
    if job.collection.settings.animation != "video":
        return sounds
    if not is_installed():
        message = "needs PyAV, which is not installed: marketplaces play previews instead"
        findings.warn("site.toml", message, key=_KEY, value="video", hint=INSTALL)
        return sounds
    check_encoders(FORMATS[SUFFIX], "site.toml")
    views = VideoViews(job.collection, sounds.stems)
    paths = {}
    new: dict[Path, tuple[Variation, VideoView]] = {}
    for variation in minted_variations(job.collection):
        view = views.view(job.collection.song(variation.song), variation, SHAPE)
        paths[variation] = path = _path(job, variation, view)
        if not path.is_file():
            new[path] = variation, view
    with job.progress.track("Videos", len(new), len(paths)) as step:
        for path, (variation, view) in new.items():
            name = f"{variation.song} {variation.mix_number}"
            with working_on(f"stems/{variation.song}/, mix {variation.mix_number}"):
                _write(path, job, variation, view, jobs)
            step(name)
    videos = {variation: _web_file(path) for variation, path in paths.items()}
    _lint_sizes(videos.values(), findings)
    return replace(sounds, videos=videos)


def _path(job: AudioJob, variation: Variation, view: VideoView) -> Path:
    frames, tags = _frames(job, variation), mix_tags(job.collection, variation)
    key = digest_of(VERSION, version("av"), view, job.mix_inputs(variation), frames, tags)
    return cache_root() / "videos" / f"{key}{SUFFIX}"


def _frames(job: AudioJob, variation: Variation) -> int:
    """Return how much of a song is played, in frames of the sound: as much as of previews."""
    sound = job.checked.songs[variation.song]
    return min(round(job.collection.settings.audio.preview_seconds * sound.rate), sound.frames)


def _write(path: Path, job: AudioJob, variation: Variation, view: VideoView, jobs: int) -> None:
    from pyodide_app.engine.mix import Mixer
    from stempress.audio.previews import FADE_SECONDS, decode_start
    from stempress.video.mix_video import Part, VideoJob, write_video

    sound, frames = job.checked.songs[variation.song], _frames(job, variation)
    rows = [row for row, _ in variation.chosen()]
    mixer = Mixer(rate=sound.rate, frames=frames, rows=len(variation.choice))
    for row, stem in zip(rows, job.mix_paths(variation), strict=True):
        mixer.place(row, decode_start(stem, sound, frames))
    fade = int(FADE_SECONDS * sound.rate) if frames < sound.frames else 0
    tags = mix_tags(job.collection, variation)
    video = VideoJob(view, mixer, rows, Part(0, frames, fade), FORMATS[SUFFIX], tags)
    write_video(path, video, "", jobs, Progress(quiet=True))


def _web_file(path: Path) -> WebFile:
    return WebFile(f"audio/{path.name}", FORMATS[SUFFIX].type, path.stat().st_size, path)


def _lint_sizes(videos: Iterable[WebFile], findings: Findings) -> None:
    """Warn of videos that take most of what hosts of static sites allow."""
    size = sum(file.size for file in {file.address: file for file in videos}.values())
    if size > PAGES_LIMIT * WARNING_SHARE:
        message = f"videos of song tokens take {format_size(size)}"
        hint = "a smaller preview_seconds in [audio] makes them shorter"
        findings.warn("site.toml", message, key=_KEY, value="video", hint=hint)
