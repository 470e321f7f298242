"""Audio pipeline: encodes stems, renders previews and computes mix digests.

Every result is cached under a hash of its inputs. Codecs and the mixer are imported only when
something is missing, because most builds find everything in the cache.
"""

# ruff: noqa: PLC0415 - encoders and the mixer are slow to import

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation, stem_keys
from stempress.audio.openings import build_openings
from stempress.audio.results import MixDigest, Sounds, StemSound, WebFile
from stempress.audio.song_sound import SongSound, preview_frames
from stempress.audio.streaming import is_streamed
from stempress.collection.audio_formats import FORMATS, PREVIEW_CODEC, web_rate
from stempress.core.cache import cache_root, digest, file_digest, load, save, store
from stempress.core.crash_log import working_on
from stempress.core.file_digests import common_folder
from stempress.core.paths import ENGINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.check import CheckedAudio
    from stempress.collection.audio_formats import Codec, Encoding
    from stempress.collection.collection import Collection
    from stempress.core.progress import Progress
    from stempress.core.work import Pending, Workers

VERSION = 4
"""Increment when the same stem gives another file."""
PREVIEW_VERSION = 5
"""Increment when the same mix gives another preview."""


@dataclass(frozen=True, slots=True)
class AudioJob:
    """Inputs of the pipeline; ``shown`` maps song slugs to the variations that have pages."""

    collection: Collection
    shown: Mapping[str, Sequence[Variation]]
    checked: CheckedAudio
    progress: Progress
    workers: Workers

    def inputs(self, key: StemKey) -> tuple[object, ...]:
        """Return everything a stem's samples depend on."""
        song = self.checked.songs[key[0]]
        return self.checked.facts[key].digest, song.rate, song.frames

    def mix_inputs(self, variation: Variation) -> tuple[object, ...]:
        """Return everything a variation's samples depend on."""
        song = self.collection.song(variation.song)
        keys = [(song.slug, *names) for names in variation.by_layer(song).items()]
        return (engine_digest(), *(self.inputs(key) for key in keys))


def build_audio(job: AudioJob) -> Sounds:
    """Encode the stems, render the previews and compute the mix digests of a site."""
    audio = job.collection.settings.audio
    songs = {slug: _as_decoded(sound, audio.stream) for slug, sound in job.checked.songs.items()}
    media_type = FORMATS[audio.stream].type
    lossless = job.checked.songs if audio.lossless and audio.stream != "flac" else {}
    stems = _stem_sounds(job, encode_stems(job))
    openings = build_openings(job.collection.songs, stems)
    previews, digests = render_previews(job), compute_digests(job)
    streamed = frozenset(
        slug for slug, sound in songs.items() if is_streamed(media_type, sound.seconds)
    )
    return Sounds(stems, songs, previews, digests, openings, lossless, streamed)


def _as_decoded(song: SongSound, codec: Codec) -> SongSound:
    """Return the rate and length of a song's web stems once decoded."""
    rate = web_rate(codec, song.rate)
    return SongSound(rate, round(song.frames * rate / song.rate))


def encode_stems(job: AudioJob) -> dict[StemKey, dict[Codec, WebFile]]:
    """Return every stem's files: the one for the mixer and, if offered, the lossless one."""
    audio = job.collection.settings.audio
    bitrates: dict[Codec, int] = {audio.stream: 0 if audio.stream == "flac" else audio.bitrate}
    if audio.lossless:
        bitrates["flac"] = 0
    keys = list(stem_keys(job.collection.songs))
    files = {
        key: {
            codec: _cache_path(codec, VERSION, codec, bitrate, *job.inputs(key))
            for codec, bitrate in bitrates.items()
        }
        for key in keys
    }
    missing = {
        key: [(codec, bitrates[codec]) for codec, file in by_codec.items() if not file.is_file()]
        for key, by_codec in files.items()
    }
    new = [key for key in keys if missing[key]]
    with job.progress.track("Web stems", len(new), len(keys)) as step:
        pending = _start_stems(job, {key: missing[key] for key in new})
        for key in new:
            with working_on(job.collection.files.audio[key]):
                encoded = pending.pop(key).result()
            for (codec, _), data in zip(missing[key], encoded, strict=True):
                store(files[key][codec], data)
            step("/".join(key))
    return {
        key: {codec: _web_file(codec, file) for codec, file in by_codec.items()}
        for key, by_codec in files.items()
    }


def _start_stems(
    job: AudioJob, missing: Mapping[StemKey, Sequence[Encoding]]
) -> dict[StemKey, Pending]:
    """Start encoding stems."""
    if not missing:
        return {}
    from stempress.audio.encode import encode_stem

    files, songs = job.checked.files, job.checked.songs
    return {
        key: job.workers.submit(encode_stem, files[key], songs[key[0]], encodings)
        for key, encodings in missing.items()
    }


def _stem_sounds(
    job: AudioJob, files: Mapping[StemKey, Mapping[Codec, WebFile]]
) -> dict[StemKey, StemSound]:
    checked, audio = job.checked, job.collection.settings.audio
    song_peaks: dict[str, float] = defaultdict(float)
    for key in files:
        song_peaks[key[0]] = max(song_peaks[key[0]], checked.facts[key].peak)
    return {
        key: StemSound(
            stream=by_codec[audio.stream],
            lossless=by_codec["flac"] if audio.lossless else None,
            facts=checked.facts[key],
            song_peak=song_peaks[key[0]],
            seconds=checked.songs[key[0]].seconds,
        )
        for key, by_codec in files.items()
    }


def render_previews(job: AudioJob) -> dict[Variation, WebFile]:
    """Return the preview of every variation that gets one."""
    audio = job.collection.settings.audio
    files: dict[Variation, Path] = {}
    for variation in _variations_to_preview(job):
        frames = _preview_length(job, variation.song)
        inputs = PREVIEW_VERSION, frames, audio.bitrate, job.mix_inputs(variation)
        files[variation] = _cache_path(PREVIEW_CODEC, *inputs)
    new = [variation for variation, file in files.items() if not file.is_file()]
    with job.progress.track("Previews", len(new), len(files)) as step:
        for slug, variations in _by_song(new).items():
            pending = _start_previews(job, job.collection.song(slug), variations)
            for variation, task in zip(variations, pending, strict=True):
                with working_on(f"stems/{slug}/, mix {variation.mix_number}"):
                    store(files[variation], task.result())
                step(f"{slug} {variation.mix_number}")
    return {variation: _web_file(PREVIEW_CODEC, file) for variation, file in files.items()}


def _variations_to_preview(job: AudioJob) -> list[Variation]:
    previews = job.collection.settings.audio.previews
    if previews == "none":
        return []
    if previews == "all":
        return [variation for shown in job.shown.values() for variation in shown]
    return _minted_variations(job.collection)


def _minted_variations(collection: Collection) -> list[Variation]:
    """Return the variations of the song tokens whose stems are known."""
    minted = {
        Variation.from_stems(collection.song(token.song), token.stems)
        for token in collection.tokens
        if token.tier == "song" and token.stems
    }
    return sorted(minted)


def _preview_length(job: AudioJob, slug: str) -> int:
    song, sound = job.collection.song(slug), job.checked.songs[slug]
    return preview_frames(song, sound, job.collection.settings.audio.preview_seconds)


def _by_song(variations: Iterable[Variation]) -> dict[str, list[Variation]]:
    by_song: dict[str, list[Variation]] = defaultdict(list)
    for variation in variations:
        by_song[variation.song].append(variation)
    return by_song


def _start_previews(job: AudioJob, song: Song, variations: Sequence[Variation]) -> list[Pending]:
    """Start rendering the previews of one song; each stem in use is decoded once."""
    from stempress.audio.previews import decode_start, render_preview, stem_products

    sound, submit = job.checked.songs[song.slug], job.workers.submit
    frames = _preview_length(job, song.slug)
    files = [_mix_paths(job, song, variation) for variation in variations]
    paths = sorted({path for mix in files for path in mix})
    stems = [submit(decode_start, path, sound, frames) for path in paths]
    products = submit(stem_products, stems, sound.rate)
    bitrate = job.collection.settings.audio.bitrate
    return [
        submit(render_preview, [paths.index(path) for path in mix], stems, products, sound, bitrate)
        for mix in files
    ]


def _mix_paths(job: AudioJob, song: Song, variation: Variation) -> list[Path]:
    names = variation.by_layer(song).items()
    return [job.checked.files[song.slug, layer, stem] for layer, stem in names]


def compute_digests(job: AudioJob) -> dict[Variation, MixDigest]:
    """Return the digest of every mix that is minted or, with lossless stems, has a page."""
    cache_keys = {
        variation: digest(job.mix_inputs(variation)) for variation in _variations_to_digest(job)
    }
    site_path = _digest_path(f"site-{digest(common_folder(job.collection.files.audio.values()))}")
    previous = _site_digests(site_path)
    digests = {
        variation: previous.get(cache_key) or _cached_digest(cache_key)
        for variation, cache_key in cache_keys.items()
    }
    new = [variation for variation, sha256 in digests.items() if not sha256]
    with job.progress.track("Mix digests", len(new), len(cache_keys)) as step:
        for batch, task in _start_digests(job, new):
            with working_on(f"stems/{batch[0].song}/, mix {batch[0].mix_number} and others"):
                results = task.result()
            for variation, sha256 in zip(batch, results, strict=True):
                store(_digest_path(cache_keys[variation]), sha256.encode())
                digests[variation] = sha256
                step(f"{variation.song} {variation.mix_number}")
    current = {cache_key: digests[variation] for variation, cache_key in cache_keys.items()}
    if current != previous:
        save(site_path, json.dumps(current).encode())
    sounds = job.checked.songs
    return {
        variation: MixDigest(sha256, sounds[variation.song].rate, sounds[variation.song].frames)
        for variation, sha256 in digests.items()
    }


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


def _start_digests(
    job: AudioJob, new: Sequence[Variation]
) -> list[tuple[list[Variation], Pending]]:
    """Start computing digests, in batches of mixes of the same song."""
    if not new:
        return []
    from stempress.audio.mix_digests import BATCH_SIZE, mix_digests

    pending = []
    for slug, variations in _by_song(new).items():
        song, sound = job.collection.song(slug), job.checked.songs[slug]
        for start in range(0, len(variations), BATCH_SIZE):
            batch = variations[start : start + BATCH_SIZE]
            mixes = [_mix_paths(job, song, variation) for variation in batch]
            pending.append((batch, job.workers.submit(mix_digests, sound, mixes)))
    return pending


def _variations_to_digest(job: AudioJob) -> list[Variation]:
    variations = set(_minted_variations(job.collection))
    audio = job.collection.settings.audio
    if audio.lossless or audio.stream == "flac":
        for slug, shown in job.shown.items():
            variations.update(filter(job.collection.song(slug).permits, shown))
    return sorted(variations)


def _cache_path(codec: Codec, *inputs: object) -> Path:
    """Return the cache path of the file made from these inputs."""
    return cache_root() / "audio" / f"{digest(*inputs)[:24]}.{FORMATS[codec].suffix}"


def _web_file(codec: Codec, file: Path) -> WebFile:
    return WebFile(f"audio/{file.name}", FORMATS[codec].type, file.stat().st_size, file)


@cache
def engine_digest() -> str:
    """Return a hash of the engine's source, on which all mixes depend."""
    return digest(*(file_digest(file) for file in sorted(ENGINE.glob("*.py"))))
