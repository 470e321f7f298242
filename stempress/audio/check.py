"""Checks of a site's stems: rates, lengths and levels."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.audio.song_sound import SongSound
from stempress.audio.stem_facts import measure_stems
from stempress.audio.stem_lint import (
    lint_layers,
    lint_lyrics,
    lint_memory,
    lint_mix,
    lint_sections,
    lint_stem,
)
from stempress.audio.take_lint import check_takes
from stempress.core.cache import cache_root, digest, store
from stempress.core.crash_log import working_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.decoded_copies import DecodedCopies
    from stempress.audio.facts import Facts
    from stempress.audio.loudest_mix import LoudestMix
    from stempress.audio.stem_facts import KnownFacts
    from stempress.collection.collection import Collection
    from stempress.core.errors import Findings
    from stempress.core.progress import Progress
    from stempress.core.work import Pending, Workers

LOUDEST_VERSION = 2
"""Increment when the same stems give another loudest mix."""
LENGTH_TOLERANCE = 1  # frames of rounding when resampling


@dataclass(frozen=True, slots=True)
class CheckedAudio:
    """The facts of every stem, what to decode it from, and the rate and length of every song."""

    facts: Mapping[StemKey, Facts]
    files: Mapping[StemKey, Path]
    songs: Mapping[str, SongSound]


def check_audio(  # noqa: PLR0913 - the last is named at the call
    collection: Collection,
    findings: Findings,
    progress: Progress,
    workers: Workers,
    copies: DecodedCopies,
    *,
    known: KnownFacts | None = None,
) -> CheckedAudio:
    """Measure every stem; report problems of single stems and between stems.

    ``known`` are the facts that an earlier call has left there.
    """
    files = collection.files.audio
    facts = measure_stems(files, findings, progress, workers, copies, known=known)
    for key, stem in facts.items():
        lint_stem(f"stems/{'/'.join(key[:2])}/{files[key].name}", stem, findings)
    songs = {}
    for song in collection.songs:
        songs[song.slug] = check_song(song, facts, files, findings)
        lint_layers(song, facts, files, findings)
    checked = CheckedAudio(facts, copies.instead_of(files), songs)
    if not findings.faults:
        check_takes(collection, songs, findings)
        codec = collection.settings.audio.stream
        for song in collection.songs:
            lint_memory(song, facts, songs[song.slug], codec, findings)
            lint_sections(song, songs[song.slug], findings)
            lint_lyrics(song, songs[song.slug], findings)
        _check_mixes(collection, checked, findings, progress, workers)
    return checked


def check_song(
    song: Song, facts: Mapping[StemKey, Facts], files: Mapping[StemKey, Path], findings: Findings
) -> SongSound:
    """Return the most common rate and length of a song's stems; report those that differ."""
    usable = {key: facts[key] for key in stem_keys([song]) if key in facts}
    if not usable:
        return SongSound(48000, 0)
    rate = _most_common([stem.rate for stem in usable.values()])
    lengths = {key: round(stem.frames * rate / stem.rate) for key, stem in usable.items()}
    length = max(lengths.values()) if song.pad else _most_common(list(lengths.values()))
    for key, stem in usable.items():
        where = f"stems/{'/'.join(key[:2])}/{files[key].name}"
        if stem.rate != rate:
            findings.warn(
                where,
                f"has {stem.rate} Hz while its song has {rate} Hz, so it is resampled",
                hint="export all stems of a song at the same sample rate",
            )
        if abs(lengths[key] - length) > LENGTH_TOLERANCE and not song.pad:
            findings.fault(
                where,
                f"differs in length from the song's other stems: {lengths[key] / rate:.3f} s "
                f"instead of {length / rate:.3f} s",
                value=stem.frames,
                hint=f"{length} frames at {rate} Hz, or pad = true in [audio] of site.toml",
            )
    return SongSound(rate, length)


def _most_common(values: Sequence[int]) -> int:
    """Return the most common value, the largest of several."""
    return max(set(values), key=lambda value: (values.count(value), value))


def _check_mixes(
    collection: Collection,
    checked: CheckedAudio,
    findings: Findings,
    progress: Progress,
    workers: Workers,
) -> None:
    """Find the loudest mix of each song whose stems' true peaks could clip; warn if it does."""
    songs = [song for song in collection.songs if _peak_bound(song, checked) > 1.0]
    cached = {song.slug: _cache_path(song, checked) for song in songs}
    new = [song for song in songs if not cached[song.slug].is_file()]
    with progress.track("Loudest mixes", len(new), len(songs)) as step:
        for slug, task in _start_searches(new, checked, workers).items():
            with working_on(f"stems/{slug}/"):
                result: LoudestMix | None = task.result()
            store(cached[slug], json.dumps(result and asdict(result)).encode())
            step(slug)
    for song in songs:
        loudest = json.loads(cached[song.slug].read_bytes())
        if loudest:
            lint_mix(f"stems/{song.slug}/", loudest["mix_number"], loudest["true_peak"], findings)


def _start_searches(
    songs: Sequence[Song], checked: CheckedAudio, workers: Workers
) -> dict[str, Pending]:
    """Start searching for the loudest mix of each song."""
    if not songs:
        return {}
    from stempress.audio.loudest_mix import loudest_mix  # noqa: PLC0415 - slow, and few builds need it

    return {
        song.slug: workers.submit(
            loudest_mix, song, _paths(checked, song), checked.songs[song.slug]
        )
        for song in songs
    }


def _peak_bound(song: Song, checked: CheckedAudio) -> float:
    """Return an upper bound of the true peak of any variation."""
    return sum(
        max(checked.facts[song.slug, layer.slug, stem.slug].true_peak for stem in layer.stems)
        for layer in song.layers
    )


def _cache_path(song: Song, checked: CheckedAudio) -> Path:
    digests = [checked.facts[key].digest for key in stem_keys([song])]
    sound = checked.songs[song.slug]
    sizes = [len(layer.options) for layer in song.layers]
    cache_key = digest(LOUDEST_VERSION, sound.rate, sound.frames, sizes, song.rules, *digests)
    return cache_root() / "loudest" / f"{cache_key[:24]}.json"


def _paths(checked: CheckedAudio, song: Song) -> list[list[Path]]:
    return [
        [checked.files[song.slug, layer.slug, stem.slug] for stem in layer.stems]
        for layer in song.layers
    ]
