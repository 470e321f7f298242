"""Whole mixes of song tokens, at unity gain and through the limiter, in the formats offered.

The FLAC has the samples that ``stempress mix`` writes, and whose digest is published.
"""

# ruff: noqa: PLC0415 - the mixer is slow to import, and most builds find all mixes in the cache

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.audio.audio_job import minted_variations
from stempress.audio.results import WebFile
from stempress.collection.audio_formats import FORMATS, PREVIEW_CODEC
from stempress.core.cache import cache_root, digest, store
from stempress.core.crash_log import working_on
from stempress.core.units import PAGES_LIMIT, format_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Variation
    from stempress.audio.audio_job import AudioJob
    from stempress.audio.results import Sounds
    from stempress.audio.song_sound import SongSound
    from stempress.collection.audio_formats import Codec, Encoding
    from stempress.collection.settings import Settings
    from stempress.core.errors import Findings
    from stempress.core.work import Pending

WARNING_SHARE = 0.5
"""Of GitHub Pages' limit: more is warned of."""
VERSION = 1
"""Increment when the same mix gives another file."""


def render_mixes(job: AudioJob) -> dict[Variation, tuple[WebFile, ...]]:
    """Return the files of every mix that is a song token, without tags."""
    settings = job.collection.settings
    variations = minted_variations(job.collection) if settings.audio.downloads == "tokens" else []
    encodings = mix_encodings(settings)
    files = {
        variation: {codec: _path(job, variation, (codec, rate)) for codec, rate in encodings}
        for variation in variations
    }
    missing = {
        variation: [pair for pair in encodings if not paths[pair[0]].is_file()]
        for variation, paths in files.items()
    }
    new = [variation for variation in variations if missing[variation]]
    with job.progress.track("Whole mixes", len(new), len(variations)) as step:
        pending = _start_mixes(job, {variation: missing[variation] for variation in new})
        for variation in new:
            with working_on(f"stems/{variation.song}/, mix {variation.mix_number}"):
                encoded = pending.pop(variation).result()
            for (codec, _), data in zip(missing[variation], encoded, strict=True):
                store(files[variation][codec], data)
            step(f"{variation.song} {variation.mix_number}")
    return {
        variation: tuple(_web_file(codec, path) for codec, path in paths.items())
        for variation, paths in files.items()
    }


def lint_sizes(sounds: Sounds, findings: Findings) -> None:
    """Warn of mixes that take most of what hosts of static sites allow."""
    size = sum(file.size for files in sounds.mixes.values() for file in files)
    if size > PAGES_LIMIT * WARNING_SHARE:
        findings.warn(
            "site.toml",
            f"offers whole mixes of song tokens, which take {format_size(size)}",
            key="audio.downloads",
            hint='downloads = "none" leaves them out; mixers export mixes all the same',
        )


def mix_encodings(settings: Settings) -> list[Encoding]:
    """Return the formats of whole mixes: that of the mixer's stems, and FLAC if it is offered.

    Marketplaces, if they are to play mixes, need a lossy one.
    """
    audio = settings.audio
    is_played = settings.animation == "song"
    codec = PREVIEW_CODEC if is_played and audio.stream == "flac" else audio.stream
    lossy: list[Encoding] = [] if codec == "flac" else [(codec, audio.bitrate)]
    return [*lossy, ("flac", 0)] if audio.has_lossless else lossy


def _start_mixes(
    job: AudioJob, missing: Mapping[Variation, Sequence[Encoding]]
) -> dict[Variation, Pending]:
    """Start rendering mixes."""
    if not missing:
        return {}
    songs, submit = job.checked.songs, job.workers.submit
    return {
        mix: submit(encode_mix, songs[mix.song], job.mix_paths(mix), encodings)
        for mix, encodings in missing.items()
    }


def encode_mix(sound: SongSound, mix: Sequence[Path], encodings: Sequence[Encoding]) -> list[bytes]:
    """Mix stems, given as files in layer order, and encode the mix in several encodings."""
    from stempress.audio.encode import Encoder
    from stempress.audio.mix_digests import mix_blocks

    encoders = [Encoder(codec, bitrate, sound.rate, 2, 24) for codec, bitrate in encodings]
    for block in mix_blocks(sound, mix):
        for encoder in encoders:
            encoder.write(block)
    return [encoder.finish() for encoder in encoders]


def _path(job: AudioJob, variation: Variation, encoding: Encoding) -> Path:
    key = digest("mix", VERSION, encoding, job.mix_inputs(variation))
    return cache_root() / "mixes" / f"{key[:24]}.{FORMATS[encoding[0]].suffix}"


def _web_file(codec: Codec, path: Path) -> WebFile:
    return WebFile(f"audio/{path.name}", FORMATS[codec].type, path.stat().st_size, path)
