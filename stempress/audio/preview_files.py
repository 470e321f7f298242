"""Previews of a site: what gets one, and which are known from earlier builds."""

# ruff: noqa: PLC0415 - the mixer is slow to import, and most builds have all previews

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from stempress.audio.audio_job import engine_digest, minted_variations
from stempress.audio.results import WebFile
from stempress.audio.song_sound import preview_frames
from stempress.collection.audio_formats import FORMATS, PREVIEW_CODEC
from stempress.core.cache import cache_root, digest, store
from stempress.core.crash_log import working_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import StemKey, Variation
    from stempress.audio.audio_job import AudioJob
    from stempress.core.work import Pending

    type Stems = Sequence[StemKey]
    """Stems of one song that sound together."""

VERSION = 5
"""Increment when the same stems give another preview."""


def render_previews(job: AudioJob) -> dict[Variation, WebFile]:
    """Return the preview of every variation that gets one."""
    stems = {variation: job.stem_keys(variation) for variation in _variations_to_preview(job)}
    return _render(job, "Previews", stems)


def render_stem_previews(job: AudioJob) -> dict[StemKey, WebFile]:
    """Return the previews of stems that are tokens, if previews are all that strangers hear."""
    audio = job.collection.settings.audio
    if audio.locked != "preview" or audio.previews == "none":
        return {}
    tokens = job.collection.tokens
    keys = {token.stem_key for token in tokens if token.tier == "stem" and token.stem_key}
    return _render(job, "Previews of stems", {key: [key] for key in sorted(keys)})


def _variations_to_preview(job: AudioJob) -> list[Variation]:
    previews = job.collection.settings.audio.previews
    if previews == "none":
        return []
    if previews == "all":
        return [variation for shown in job.shown.values() for variation in shown]
    return minted_variations(job.collection)


def _render[Subject](
    job: AudioJob, title: str, stems: Mapping[Subject, Stems]
) -> dict[Subject, WebFile]:
    """Return the preview of every subject, given its stems."""
    paths = {subject: _path(job, keys) for subject, keys in stems.items()}
    by_song: dict[str, list[Subject]] = defaultdict(list)
    for subject, keys in stems.items():
        if not paths[subject].is_file():
            by_song[keys[0][0]].append(subject)
    with job.progress.track(title, sum(map(len, by_song.values())), len(stems)) as step:
        for slug, subjects in by_song.items():
            pending = _start(job, slug, [stems[subject] for subject in subjects])
            for subject, task in zip(subjects, pending, strict=True):
                name = ", ".join("/".join(key[1:]) for key in stems[subject])
                with working_on(f"stems/{slug}/, {name}"):
                    store(paths[subject], task.result())
                step(f"{slug} {name}")
    return {subject: _web_file(path) for subject, path in paths.items()}


def _start(job: AudioJob, slug: str, mixes: Sequence[Stems]) -> list[Pending]:
    """Start rendering previews of one song; each stem in use is decoded once."""
    from stempress.audio.previews import decode_start, render_preview, stem_products

    sound, submit, frames = job.checked.songs[slug], job.workers.submit, _frames(job, slug)
    keys = sorted({key for mix in mixes for key in mix})
    stems = [submit(decode_start, job.checked.files[key], sound, frames) for key in keys]
    products = submit(stem_products, stems, sound.rate)
    bitrate = job.collection.settings.audio.bitrate
    return [
        submit(render_preview, [keys.index(key) for key in mix], stems, products, sound, bitrate)
        for mix in mixes
    ]


def _frames(job: AudioJob, slug: str) -> int:
    """Return the length of a song's previews."""
    song, sound = job.collection.song(slug), job.checked.songs[slug]
    return preview_frames(song, sound, job.collection.settings.audio.preview_seconds)


def _path(job: AudioJob, keys: Stems) -> Path:
    inputs = (engine_digest(), *map(job.inputs, keys))
    bitrate = job.collection.settings.audio.bitrate
    name = digest(VERSION, _frames(job, keys[0][0]), bitrate, inputs)[:24]
    return cache_root() / "audio" / f"{name}.{FORMATS[PREVIEW_CODEC].suffix}"


def _web_file(path: Path) -> WebFile:
    return WebFile(f"audio/{path.name}", FORMATS[PREVIEW_CODEC].type, path.stat().st_size, path)
