"""Audio pipeline: encodes stems, and has previews, mixes and digests made.

Every result is cached under a hash of its inputs. Codecs and the mixer are imported only when
something is missing, because most builds find everything in the cache.
"""

# ruff: noqa: PLC0415 - encoders and the mixer are slow to import

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.audio.digests import compute_digests, compute_stream_digests
from stempress.audio.openings import build_openings
from stempress.audio.preview_files import render_previews, render_stem_previews
from stempress.audio.results import Sounds, StemSound, WebFile
from stempress.audio.song_sound import SongSound
from stempress.audio.stem_tags import tag_stems
from stempress.audio.streaming import is_streamed
from stempress.audio.take_digests import compute_take_digests
from stempress.audio.whole_mixes import render_mixes
from stempress.collection.audio_formats import FORMATS, web_rate
from stempress.core.cache import cache_root, digest, store
from stempress.core.crash_log import working_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import StemKey
    from stempress.audio.audio_job import AudioJob
    from stempress.collection.audio_formats import Codec, Encoding
    from stempress.core.work import Pending

VERSION = 4
"""Increment when the same stem gives another file."""


def build_audio(job: AudioJob) -> Sounds:
    """Encode the stems, render previews and mixes, and compute the mix digests of a site."""
    audio = job.collection.settings.audio
    songs = {slug: _as_decoded(sound, audio.stream) for slug, sound in job.checked.songs.items()}
    media_type = FORMATS[audio.stream].type
    lossless = job.checked.songs if audio.lossless and audio.stream != "flac" else {}
    stems = _stem_sounds(job, tag_stems(job, encode_stems(job)))
    streamed = frozenset(
        slug for slug, sound in songs.items() if is_streamed(media_type, sound.seconds)
    )
    return Sounds(
        stems=stems,
        songs=songs,
        previews=render_previews(job),
        stem_previews=render_stem_previews(job),
        digests=compute_digests(job),
        stream_digests=compute_stream_digests(job, stems, songs),
        openings=build_openings(job.collection.songs, stems),
        mixes=render_mixes(job),
        takes=compute_take_digests(job),
        lossless=lossless,
        streamed=streamed,
    )


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


def _cache_path(codec: Codec, *inputs: object) -> Path:
    """Return the cache path of the file made from these inputs."""
    return cache_root() / "audio" / f"{digest(*inputs)[:24]}.{FORMATS[codec].suffix}"


def _web_file(codec: Codec, file: Path) -> WebFile:
    return WebFile(f"audio/{file.name}", FORMATS[codec].type, file.stat().st_size, file)
