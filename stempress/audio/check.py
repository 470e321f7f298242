"""Whether a site's stems fit together, and what an engineer would say about them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.audio.song_sound import SongSound
from stempress.audio.stem_facts import measure_stems
from stempress.audio.stem_lint import lint_layers, lint_mix, lint_stem
from stempress.core.cache import cache_root, digest, store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.facts import Facts
    from stempress.audio.loudest_mix import Loudest
    from stempress.collection.collection import Collection
    from stempress.core.errors import Findings
    from stempress.core.progress import Progress
    from stempress.core.work import Pending, Workers

LOUDEST_VERSION = 1
"""Raise it when the same stems give another loudest mix."""
LENGTH_TOLERANCE = 1  # frames by which a resampler may round


@dataclass(frozen=True, slots=True)
class Checked:
    """Every stem's facts, and the rate and length that the stems of a song share."""

    facts: Mapping[StemKey, Facts]
    songs: Mapping[str, SongSound]


def check_audio(
    collection: Collection, findings: Findings, progress: Progress, workers: Workers
) -> Checked:
    """Measure every stem and note what is wrong with it, alone and beside the others."""
    files = collection.files.audio
    facts = measure_stems(files, findings, progress, workers)
    for key, each in facts.items():
        lint_stem(f"stems/{'/'.join(key[:2])}/{files[key].name}", each, findings)
    songs = {}
    for song in collection.songs:
        songs[song.slug] = check_song(song, facts, files, findings)
        lint_layers(song, facts, files, findings)
    checked = Checked(facts, songs)
    if not findings.faults:
        _check_mixes(collection, checked, findings, progress, workers)
    return checked


def check_song(
    song: Song, facts: Mapping[StemKey, Facts], files: Mapping[StemKey, Path], findings: Findings
) -> SongSound:
    """Return the rate and length that a song's stems share; note those that differ."""
    known = {key: facts[key] for key in stem_keys([song]) if key in facts}
    if not known:
        return SongSound(48000, 0)
    rates = [each.rate for each in known.values()]
    rate = max(set(rates), key=lambda each: (rates.count(each), each))
    lengths = {key: round(each.frames * rate / each.rate) for key, each in known.items()}
    every = list(lengths.values())
    length = max(every) if song.pad else max(set(every), key=lambda each: (every.count(each), each))
    for key, each in known.items():
        where = f"stems/{'/'.join(key[:2])}/{files[key].name}"
        if each.rate != rate:
            findings.warn(
                where,
                f"has {each.rate} Hz, the song {rate} Hz: it is resampled",
                hint="export all stems of a song at one rate",
            )
        if abs(lengths[key] - length) > LENGTH_TOLERANCE and not song.pad:
            findings.fault(
                where,
                f"has another length than the song's other stems: {lengths[key] / rate:.3f} s, "
                f"not {length / rate:.3f} s",
                value=each.frames,
                hint=f"{length} frames at {rate} Hz, or pad = true in [audio] of site.toml",
            )
    return SongSound(rate, length)


def _check_mixes(
    collection: Collection,
    checked: Checked,
    findings: Findings,
    progress: Progress,
    workers: Workers,
) -> None:
    """Note the loudest mix of every song that could clip, going by its stems' true peaks."""
    suspects = [song for song in collection.songs if _highest_sum(song, checked) > 1.0]
    kept = {song.slug: _kept_loudest(song, checked) for song in suspects}
    new = [song for song in suspects if not kept[song.slug].is_file()]
    with progress.track("Loudest mixes", len(new), len(suspects)) as step:
        for slug, each in _start_loudest(new, collection, checked, workers).items():
            found: Loudest | None = each.result()
            store(kept[slug], json.dumps(found and asdict(found)).encode())
            step(slug)
    for song in suspects:
        told = json.loads(kept[song.slug].read_bytes())
        if told:
            lint_mix(f"stems/{song.slug}/", told["mix_number"], told["true_peak"], findings)


def _start_loudest(
    songs: Sequence[Song], collection: Collection, checked: Checked, workers: Workers
) -> dict[str, Pending]:
    """Begin to look for the loudest mix of each song."""
    if not songs:
        return {}
    from stempress.audio.loudest_mix import loudest_mix  # noqa: PLC0415 - takes long, and few builds need it

    return {
        song.slug: workers.submit(
            loudest_mix, song, _paths(collection, song), checked.songs[song.slug]
        )
        for song in songs
    }


def _highest_sum(song: Song, checked: Checked) -> float:
    """Return what no variation of a song can exceed."""
    return sum(
        max(checked.facts[song.slug, layer.slug, stem.slug].true_peak for stem in layer.stems)
        for layer in song.layers
    )


def _kept_loudest(song: Song, checked: Checked) -> Path:
    digests = [checked.facts[key].digest for key in stem_keys([song])]
    sound = checked.songs[song.slug]
    shape = [len(layer.stems) for layer in song.layers]
    name = digest(LOUDEST_VERSION, sound.rate, sound.frames, shape, song.rules, *digests)
    return cache_root() / "loudest" / f"{name[:24]}.json"


def _paths(collection: Collection, song: Song) -> list[list[Path]]:
    return [
        [collection.files.audio[song.slug, layer.slug, stem.slug] for stem in layer.stems]
        for layer in song.layers
    ]
