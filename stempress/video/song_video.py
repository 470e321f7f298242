"""``stempress video``: the video of a mix, or of some of its bars."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyodide_app.engine.timeline import Bars
from stempress.audio.bounce import fill_mixer
from stempress.core.errors import Fault, SiteError
from stempress.video.mix_video import Part, VideoJob
from stempress.video.view import VideoViews

if TYPE_CHECKING:
    from stempress.audio.bounce import OpenMix
    from stempress.video.formats import VideoFormat
    from stempress.video.shapes import Shape


def video_of(mix: OpenMix, bars: str, shape: Shape, file_format: VideoFormat) -> VideoJob:
    """Return the video of a mix; ``bars`` such as 1-8, or empty for the whole song."""
    variation = mix.settings.variation
    part = parse_bars(mix, bars) if bars else Part(0, mix.sound.frames)
    view = VideoViews(mix.collection, mix.facts).view(mix.song, variation, shape)
    rows = [row for row, _ in variation.chosen()]
    return VideoJob(view, fill_mixer(mix), rows, part, file_format, mix.tags)


def parse_bars(mix: OpenMix, text: str) -> Part:
    """Return the part of a song that bars such as ``5-8``, or ``5``, take; SiteError if none."""
    sound, song = mix.sound, mix.song
    lines = Bars.from_song(
        frames=sound.frames, rate=sound.rate, bars=song.bars or 0, bpm=song.bpm or 0
    )
    if lines is None:
        hint = f"give {song.slug}.md bars = 16 or bpm = 92"
        raise SiteError([Fault("--bars", "the song has no bars", value=text, hint=hint)])
    last = max(1, round(sound.frames / lines.length))
    found = re.fullmatch(r"([1-9]\d{0,5})(?:-([1-9]\d{0,5}))?", text, re.ASCII)
    first, final = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= first <= final <= last:
        hint = f"1-{last}, or part of it, such as 1-{min(4, last)}"
        raise SiteError([Fault("--bars", "must be bars of the song", value=text, hint=hint)])
    start, end = lines.start(first - 1), min(lines.start(final), sound.frames)
    return Part(start, end - start)
