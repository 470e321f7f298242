"""The video of a mix, written to a file: its scene is set here, its frames by several processes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stempress.core.files import atomic_write
from stempress.core.processes import map_in_batches
from stempress.video.encoder import Sound, encode_segment, join_segments
from stempress.video.levels import frame_edges, ring_levels
from stempress.video.scene import set_scene

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pyodide_app.engine.mix import Mixer
    from pyodide_app.engine.tags import Tags
    from stempress.core.processes import StartMethod
    from stempress.core.progress import Progress
    from stempress.video.formats import VideoFormat
    from stempress.video.scene import Scene
    from stempress.video.view import VideoView

    type Planar = NDArray[np.float32]

MIN_FRAMES: Mapping[StartMethod, int] = {"fork": 16, "spawn": 90}
"""Fewer frames than this are drawn sooner than processes have started."""
MODE = 0o644
"""Permissions of the file: temporary ones are their owner's alone."""
CUT_SECONDS = 0.005
"""Length of the fades where a part is cut out of a song, which would click."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a song that a video plays, in frames of the sound; the last ``fade`` fade out."""

    start: int
    frames: int
    fade: int = 0


@dataclass(frozen=True, slots=True)
class VideoJob:
    """A video to be made: what is shown, and what is played.

    ``rows`` are those of the rings in the mixer, outermost first; ``tags`` what the file states.
    """

    view: VideoView
    mixer: Mixer
    rows: Sequence[int]
    part: Part
    format: VideoFormat
    tags: Tags


def prepare(job: VideoJob) -> tuple[Scene, Sound]:
    """Return the scene and the sound of a video."""
    rate = job.mixer.rate
    samples = _cut(job.mixer, job.part, int(CUT_SECONDS * rate))
    edges = frame_edges(job.part.start, job.part.frames, rate)
    levels = ring_levels(job.mixer, job.rows, edges)
    return set_scene(job.view, samples, levels), Sound(samples, rate)


def write_video(path: Path, job: VideoJob, title: str, jobs: int, progress: Progress) -> None:
    """Write a video with up to ``jobs`` processes; ``title`` is what progress calls its frames."""
    scene, sound = prepare(job)
    encode = partial(encode_segment, scene, job.format)
    with (
        progress.track(title, scene.frames) as step,
        map_in_batches(encode, range(scene.frames), jobs, MIN_FRAMES) as batches,
        atomic_write(path) as draft,
    ):
        draft.close()  # FFmpeg opens it by its name: for the index, it reads what it has written
        segments = chain.from_iterable(batches)
        for count in join_segments(draft.name, job.format, segments, sound, job.tags):
            step("", count)
        Path(draft.name).chmod(MODE)


def _cut(mixer: Mixer, part: Part, fade: int) -> Planar:
    """Return the sound of a part, shape (2, frames)."""
    samples = mixer.render(part.start, part.frames)
    if part.start > 0:
        rise = _ramp(min(fade, part.frames))
        samples[:, : rise.size] *= rise
    if part.fade or part.start + part.frames < mixer.frames:
        fall = _ramp(min(part.fade or fade, part.frames))[::-1]
        samples[:, part.frames - fall.size :] *= fall
    return samples


def _ramp(frames: int) -> NDArray[np.float32]:
    return np.linspace(0, 1, frames, dtype=np.float32)
