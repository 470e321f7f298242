"""Digests of a site's mixes: which mixes have one, and which are known from earlier builds."""

# ruff: noqa: PLC0415 - the mixer is slow to import, and most builds have all digests

from __future__ import annotations

import json
from operator import attrgetter
from typing import TYPE_CHECKING

from stempress.audio.audio_job import by_song, engine_digest, minted_variations
from stempress.audio.results import MixDigest
from stempress.audio.stream_decoder import EncodedStem
from stempress.core.cache import cache_root, digest, load, save, store
from stempress.core.crash_log import working_on
from stempress.core.file_digests import common_folder
from stempress.core.workers import start_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import StemKey, Variation
    from stempress.audio.audio_job import AudioJob
    from stempress.audio.results import StemSound
    from stempress.audio.song_sound import SongSound
    from stempress.collection.collection import Collection
    from stempress.core.work import Pending

    type Start = Callable[[Sequence[Variation]], Pending]
    """Starts computing the digests of mixes of one song."""


def compute_digests(job: AudioJob) -> dict[Variation, MixDigest]:
    """Return the digest of every mix that is minted or, with lossless stems, has a page."""
    songs = job.checked.songs
    is_verifiable = job.collection.settings.audio.has_lossless
    variations = _shown_variations(job) if is_verifiable else minted_variations(job.collection)

    def start(batch: Sequence[Variation]) -> Pending:
        from stempress.audio.mix_digests import mix_digests

        mixes = [job.mix_paths(variation) for variation in batch]
        return job.workers.submit(mix_digests, songs[batch[0].song], mixes)

    cache_keys = {variation: digest(job.mix_inputs(variation)) for variation in variations}
    return _with_forms(_compute(job, "Mix digests", cache_keys, start), songs)


def compute_stream_digests(
    job: AudioJob, stems: Mapping[StemKey, StemSound], songs: Mapping[str, SongSound]
) -> dict[Variation, MixDigest]:
    """Return the digest of every mix that is minted, and of each song's first one, as it is played.

    ``songs`` are the rates and lengths of decoded files.
    """
    decoder = job.decoder
    if decoder is None:
        return {}
    decoder_key = decoder.key  # of all its sources: read once, not for every mix

    def mix(variation: Variation) -> list[EncodedStem]:
        parts = [stems[key] for key in job.stem_keys(variation)]
        return [EncodedStem(part.stream.file, part.channels) for part in parts]

    def inputs(variation: Variation) -> tuple[object, ...]:
        names = [stem.path.name for stem in mix(variation)]  # which cover what is in the files
        return engine_digest(), decoder_key, songs[variation.song], names

    # The files are in this computer's cache, which a cluster's workers may not have.
    with start_workers() as workers:

        def start(batch: Sequence[Variation]) -> Pending:
            from stempress.audio.mix_digests import stream_digests

            mixes = list(map(mix, batch))
            return workers.submit(stream_digests, songs[batch[0].song], mixes, decoder)

        unsorted = {*minted_variations(job.collection), *_first_variations(job.collection)}
        variations = sorted(unsorted, key=attrgetter("sort_key"))
        cache_keys = {variation: digest(inputs(variation)) for variation in variations}
        return _with_forms(_compute(job, "Digests of streams", cache_keys, start), songs)


def _shown_variations(job: AudioJob) -> list[Variation]:
    """Return the mixes that are minted, or permitted and have a page."""
    variations = set(minted_variations(job.collection))
    for slug, shown in job.shown.items():
        variations.update(filter(job.collection.song(slug).permits, shown))
    return sorted(variations, key=attrgetter("sort_key"))


def _first_variations(collection: Collection) -> list[Variation]:
    """Return the mix that each song's page shows at first."""
    return [next(song.variations()) for song in collection.songs]


def _with_forms(
    digests: Mapping[Variation, str], songs: Mapping[str, SongSound]
) -> dict[Variation, MixDigest]:
    return {
        variation: MixDigest(sha256, songs[variation.song].rate, songs[variation.song].frames)
        for variation, sha256 in digests.items()
    }


def _compute(
    job: AudioJob, label: str, cache_keys: Mapping[Variation, str], start: Start
) -> dict[Variation, str]:
    """Return the digest of every mix, computing those that are not in the cache."""
    folder = common_folder(job.collection.files.audio.values())
    site_path = _digest_path(f"site-{digest(folder, label)}")
    previous = _site_digests(site_path)
    digests = {
        variation: previous.get(cache_key) or _cached_digest(cache_key)
        for variation, cache_key in cache_keys.items()
    }
    new = [variation for variation, sha256 in digests.items() if not sha256]
    with job.progress.track(label, len(new), len(cache_keys)) as step:
        for batch, task in _start_batches(new, start):
            with working_on(f"stems/{batch[0].song}/, mix {batch[0].mix_number} and others"):
                results = task.result()
            for variation, sha256 in zip(batch, results, strict=True):
                store(_digest_path(cache_keys[variation]), sha256.encode())
                digests[variation] = sha256
                step(f"{variation.song} {variation.mix_number}")
    current = {cache_key: digests[variation] for variation, cache_key in cache_keys.items()}
    if current != previous:
        save(site_path, json.dumps(current).encode())
    return digests


def _start_batches(
    new: Sequence[Variation], start: Start
) -> list[tuple[Sequence[Variation], Pending]]:
    """Start computing digests, in batches of mixes of the same song."""
    if not new:
        return []
    from stempress.audio.mix_digests import BATCH_SIZE

    batches = [
        variations[first : first + BATCH_SIZE]
        for variations in by_song(new).values()
        for first in range(0, len(variations), BATCH_SIZE)
    ]
    return [(batch, start(batch)) for batch in batches]


def _digest_path(name: str) -> Path:
    return cache_root() / "digests" / name


def _site_digests(path: Path) -> dict[str, str]:
    """Return cache key -> digest as of the site's last build: one file instead of hundreds."""
    try:
        digests = json.loads(load(path) or b"{}")
    except ValueError:
        return {}
    return digests if isinstance(digests, dict) else {}


def _cached_digest(cache_key: str) -> str:
    """Return the digest of a mix if it has been computed for any site, else an empty string."""
    try:
        return _digest_path(cache_key).read_text("ascii")
    except (OSError, ValueError):
        return ""
