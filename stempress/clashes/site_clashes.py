"""Clashes of the songs of a site, read and measured from the artist's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.audio.check import check_song
from stempress.audio.stem_facts import measure_stems
from stempress.clashes.clash_cache import load_clashes, save_clashes
from stempress.collection.collection import read_collection
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Fault, Findings, SiteError, suggestion
from stempress.core.workers import start_workers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.facts import Facts
    from stempress.audio.song_sound import SongSound
    from stempress.clashes.clash import SongClashes
    from stempress.collection.collection import Collection
    from stempress.core.progress import Progress
    from stempress.core.work import Workers


def site_clashes(site: Path, slug: str, progress: Progress) -> list[SongClashes]:
    """Return the clashes of a site's song, or of all songs without a slug."""
    findings = Findings()
    collection = read_collection(site, read_settings(site, findings), findings)
    findings.raise_faults()
    return collection_clashes(collection, _chosen(collection, slug), progress)


def collection_clashes(
    collection: Collection, songs: Sequence[Song], progress: Progress
) -> list[SongClashes]:
    """Return the clashes of songs of a collection."""
    findings = Findings()
    slugs = {song.slug for song in songs}
    files = {key: path for key, path in collection.files.audio.items() if key[0] in slugs}
    with start_workers() as workers:
        facts = measure_stems(files, findings, progress, workers)
        sounds = {song.slug: check_song(song, facts, files, findings) for song in songs}
        findings.raise_faults()
        return _compare(songs, sounds, facts, files, progress, workers)


def _chosen(collection: Collection, slug: str) -> list[Song]:
    songs = {song.slug: song for song in collection.songs}
    if not slug:
        return list(songs.values())
    if slug not in songs:
        fault = Fault("song", "there is no such song", value=slug, hint=suggestion(slug, songs))
        raise SiteError([fault])
    return [songs[slug]]


def _compare(  # noqa: PLR0913, PLR0917 - all that has been gathered
    songs: Sequence[Song],
    sounds: Mapping[str, SongSound],
    facts: Mapping[StemKey, Facts],
    files: Mapping[StemKey, Path],
    progress: Progress,
    workers: Workers,
) -> list[SongClashes]:
    """Return clashes from the cache, or else compare the stems of each song."""
    known = {song.slug: load_clashes(song, sounds[song.slug], facts) for song in songs}
    new = [song for song in songs if known[song.slug] is None]
    if new:
        from stempress.clashes.profiles import stem_profiles  # noqa: PLC0415 - slow, and only new songs need it
        from stempress.clashes.song_clashes import find_clashes  # noqa: PLC0415 - as above

    for song in new:
        keys = [key for key in files if key[0] == song.slug]
        stems = {key: files[key] for key in keys}
        profiles = stem_profiles(stems, facts, sounds, progress, workers)
        clashes = find_clashes(
            song,
            sounds[song.slug],
            {key[1:]: profile for key, profile in profiles.items()},
            {key[1:]: facts[key].loudness for key in keys},
        )
        save_clashes(song, sounds[song.slug], facts, clashes)
        known[song.slug] = clashes
    return [clashes for song in songs if (clashes := known[song.slug])]
