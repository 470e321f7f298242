"""Clashes of the songs of a site; only songs that have changed are compared again."""

# ruff: noqa: PLC0415 - comparing is slow to import, and most builds find everything in the cache

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.audio.check import CheckedAudio, check_song
from stempress.audio.stem_facts import measure_stems
from stempress.clashes.clash import SongClashes, counted
from stempress.clashes.clash_cache import load_clashes, save_clashes
from stempress.collection.song_faults import read_songs
from stempress.core.errors import Findings
from stempress.core.program import program
from stempress.core.workers import start_workers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.facts import Facts
    from stempress.audio.song_sound import SongSound
    from stempress.collection.collection import Collection
    from stempress.core.progress import Progress, Step
    from stempress.core.work import Workers


MIN_SECONDS = 4.0
"""Shorter songs are not compared: there is no evidence of a key or a beat in them."""


def site_clashes(site: Path, slug: str, progress: Progress) -> list[SongClashes]:
    """Return the clashes of a song of a site, or of all songs if ``slug`` is empty."""
    collection, songs = read_songs(site, slug)
    return collection_clashes(collection, songs, progress)


def collection_clashes(
    collection: Collection, songs: Sequence[Song], progress: Progress
) -> list[SongClashes]:
    """Return the clashes of songs of a collection; SiteError if stems cannot be used."""
    findings = Findings()
    slugs = {song.slug for song in songs}
    files = {key: path for key, path in collection.files.audio.items() if key[0] in slugs}
    with start_workers() as workers:
        facts = measure_stems(files, findings, progress, workers)
        sounds = {song.slug: check_song(song, facts, files, findings) for song in songs}
        findings.raise_faults()
        return compare_songs(songs, CheckedAudio(facts, files, sounds), progress, workers)


def compare_songs(
    songs: Sequence[Song], checked: CheckedAudio, progress: Progress, workers: Workers
) -> list[SongClashes]:
    """Return the clashes of songs, from the cache or by comparing their stems."""
    known = {
        song.slug: found
        for song in songs
        if (found := _known(song, checked.songs[song.slug], checked.facts))
    }
    new = [song for song in songs if song.slug not in known]
    if new:
        stems = sum(len(layer.stems) for song in new for layer in song.layers)
        with progress.track("Stems to compare", stems) as step:
            for song in new:
                known[song.slug] = _compare(song, checked, workers, step)
    return [known[song.slug] for song in songs]


def _known(song: Song, sound: SongSound, facts: Mapping[StemKey, Facts]) -> SongClashes | None:
    """Return what need not be compared."""
    if sound.seconds < MIN_SECONDS:
        note = (
            f"is too short: {sound.seconds:.2f} seconds, and at least {MIN_SECONDS:.0f} are needed"
        )
        return SongClashes(song.slug, 0, notes=(note,))
    return load_clashes(song, sound, facts)


def _compare(song: Song, checked: CheckedAudio, workers: Workers, step: Step) -> SongClashes:
    from stempress.clashes.profiles import stem_profiles
    from stempress.clashes.song_clashes import find_clashes

    sound = checked.songs[song.slug]
    files = {key: path for key, path in checked.files.items() if key[0] == song.slug}
    profiles = stem_profiles(files, checked.facts, sound, workers, step)
    loudness = {key[1:]: checked.facts[key].loudness for key in files}
    clashes = find_clashes(song, sound, profiles, loudness)
    save_clashes(song, sound, checked.facts, clashes)
    return clashes


def clash_summary(songs: Sequence[SongClashes]) -> str:
    """Return a line on the worst clash of a site and their number; "" if there are none."""
    worst = [(song.causes[0], song.song) for song in songs if song.causes]
    if not worst:
        return ""
    count = sum(len(song.causes) for song in songs)
    clash, slug = max(worst, key=lambda item: item[0].severity)
    number = counted(count, "clash", "clashes")
    return f"{number}, listed by {program('clashes')}; the worst in {slug}: {clash}"
