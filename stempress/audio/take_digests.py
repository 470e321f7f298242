"""Digests of the takes that a site publishes, which a visitor's browser can recompute."""

# ruff: noqa: PLC0415 - the mixer is slow to import, and most builds have all digests

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.audio.audio_job import engine_digest
from stempress.core.cache import cache_root, digest, load, save
from stempress.core.crash_log import working_on

if TYPE_CHECKING:
    from stempress.audio.audio_job import AudioJob
    from stempress.collection.takes import PublishedTake


def compute_take_digests(job: AudioJob) -> dict[str, str]:
    """Return the SHA-256 of every take by slug, where visitors have lossless stems."""
    takes = job.collection.takes if job.collection.settings.audio.has_lossless else ()
    paths = {take.slug: cache_root() / "digests" / digest(_inputs(job, take)) for take in takes}
    digests = {slug: (load(path) or b"").decode("ascii", "replace") for slug, path in paths.items()}
    new = [take for take in takes if not digests[take.slug]]
    if not takes:
        return {}
    with job.progress.track("Takes", len(new), len(takes)) as step:
        for take in new:
            with working_on(take.where):
                digests[take.slug] = _digest(job, take)
            save(paths[take.slug], digests[take.slug].encode())
            step(take.slug)
    return digests


def _inputs(job: AudioJob, take: PublishedTake) -> tuple[object, ...]:
    """Return everything that a take's samples depend on."""
    song = job.collection.song(take.song)
    stems = [job.inputs(key) for key in _stems(take)]
    return engine_digest(), take.text, song.bars, song.bpm, stems


def _stems(take: PublishedTake) -> list[tuple[str, str, str]]:
    return [(take.song, layer.slug, stem) for layer in take.take.layers for stem in layer.stems]


def _digest(job: AudioJob, take: PublishedTake) -> str:
    from pyodide_app.engine.tags import Tags
    from stempress.audio.take_files import OpenTake, take_digest

    song, sound = job.collection.song(take.song), job.checked.songs[take.song]
    files = {key[1:]: job.checked.files[key] for key in _stems(take)}
    scaled = take.take.at_rate(sound.rate, sound.frames)
    return take_digest(OpenTake(scaled, song, sound, files, Tags()))
