"""The sound of a site: stems measured, checked, encoded, and mixed into previews.

Every result is kept under a name made from its inputs, so that nothing is done twice.
"""

from __future__ import annotations

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app import engine
from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.model import stem_keys
from stempress.cache import cache_root, digest, file_digest, store
from stempress.codecs import FORMATS, Sound, decode, encode, fit, resample, web_rate
from stempress.measure import Facts, measure_stems
from stempress.sounds import SongSound, Sounds, StemSound, WebFile
from stempress.waveform import waveform_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pyodide_app.engine.model import Song, StemKey, Token
    from stempress.catalog import Collection
    from stempress.errors import Findings
    from stempress.progress import Progress
    from stempress.settings import Audio, Codec

VERSION = 1
"""Raise it when the same input gives another file."""
FADE_SECONDS = 1.0
LENGTH_TOLERANCE = 1  # frames by which a resampler may round


@dataclass(frozen=True, slots=True)
class Checked:
    """Every stem's facts, and the rate and length that the stems of a song share."""

    facts: Mapping[StemKey, Facts]
    songs: Mapping[str, SongSound]


def check_audio(collection: Collection, findings: Findings, progress: Progress) -> Checked:
    """Measure every stem and note what is wrong with it, alone and beside the others."""
    facts = measure_stems(collection.files.audio, findings, progress)
    songs = {
        song.slug: check_song(song, facts, collection.files.audio, findings)
        for song in collection.songs
    }
    return Checked(facts, songs)


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


def press_audio(collection: Collection, checked: Checked, progress: Progress) -> Sounds:
    """Encode every stem and mix every preview, each at most once."""
    audio = collection.settings.audio
    keys = list(stem_keys(collection.songs))
    tokens = [token for token in collection.tokens if token.tier == "song" and token.stems]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        with progress.counted("Web stems", len(keys)) as step:
            files = pool.map(partial(_web_files, collection, checked, audio, step), keys)
            stems = _stem_sounds(keys, list(files), checked)
        groups: dict[str, list[Token]] = defaultdict(list)
        for token in tokens:
            groups[token.song].append(token)
        with progress.counted("Previews", len(tokens)) as step:
            job = partial(_song_previews, collection, checked, step)
            previews = pool.map(job, groups, groups.values())
            merged = {token_id: file for part in previews for token_id, file in part.items()}
    return Sounds(stems, _as_decoded(checked, audio.stream), merged)


def _as_decoded(checked: Checked, codec: Codec) -> dict[str, SongSound]:
    """Return rate and length of every song as its web stems have them."""
    return {
        slug: SongSound(
            web_rate(codec, song.rate),
            round(song.frames * web_rate(codec, song.rate) / song.rate),
        )
        for slug, song in checked.songs.items()
    }


def _web_files(
    collection: Collection,
    checked: Checked,
    audio: Audio,
    step: Callable[[str], None],
    key: StemKey,
) -> tuple[WebFile, WebFile | None]:
    """Return a stem's file for the mixer and, where offered, the lossless one."""
    path, facts, song = collection.files.audio[key], checked.facts[key], checked.songs[key[0]]
    load = _Once(partial(load_stem, path, song))
    inputs = (facts.digest, song.rate, song.frames)
    stream = _encoded(inputs, load, audio.stream, audio.bitrate)
    lossless = None
    if audio.lossless:
        lossless = stream if audio.stream == "flac" else _encoded(inputs, load, "flac", 0)
    step("/".join(key))
    return stream, lossless


class _Once:
    """A decoded stem, decoded when first asked for."""

    def __init__(self, load: Callable[[], Sound]) -> None:
        self._load, self._sound = load, None

    _sound: Sound | None

    def __call__(self) -> Sound:
        if self._sound is None:
            self._sound = self._load()
        return self._sound


def load_stem(path: Path, song: SongSound) -> Sound:
    """Decode a stem at its song's rate and length."""
    sound = resample(decode(path), song.rate)
    return Sound(fit(sound.samples, song.frames), sound.rate, sound.bits)


def _encoded(
    inputs: Sequence[object], load: Callable[[], Sound], codec: Codec, bitrate: int
) -> WebFile:
    """Return a file of the cache, made now if it is not there."""
    wanted = FORMATS[codec]
    name = f"{digest(VERSION, codec, bitrate, *inputs)[:24]}.{wanted.suffix}"
    file = cache_root() / "audio" / name
    if not file.is_file():
        store(file, encode(load(), codec, bitrate))
    return WebFile(f"audio/{name}", wanted.type, file.stat().st_size, file)


def _stem_sounds(
    keys: Sequence[StemKey], files: Sequence[tuple[WebFile, WebFile | None]], checked: Checked
) -> dict[StemKey, StemSound]:
    loudest: dict[str, float] = defaultdict(float)
    for key in keys:
        loudest[key[0]] = max(loudest[key[0]], checked.facts[key].peak)
    sounds = {}
    for key, (stream, lossless) in zip(keys, files, strict=True):
        facts = checked.facts[key]
        sounds[key] = StemSound(
            stream=stream,
            lossless=lossless,
            waveform=waveform_path(facts.bins, loudest[key[0]]),
            envelope=facts.envelope,
            seconds=checked.songs[key[0]].seconds,
            loudness=facts.loudness,
            peak=facts.peak,
            channels=facts.channels,
        )
    return sounds


def _song_previews(
    collection: Collection,
    checked: Checked,
    step: Callable[[str], None],
    slug: str,
    tokens: Sequence[Token],
) -> dict[str, WebFile]:
    """Return the previews of one song's tokens; a stem is decoded once for all of them."""
    song, sound = collection.song(slug), checked.songs[slug]
    audio = collection.settings.audio
    frames = preview_frames(song, sound, audio.preview_seconds)
    decoded: dict[StemKey, StemAudio] = {}
    previews = {}
    for token in tokens:
        keys = [(slug, layer.slug, token.stems[layer.slug]) for layer in song.layers]
        inputs = (
            "preview",
            _engine_digest(),
            frames,
            sound.rate,
            sound.frames,
            *(checked.facts[key].digest for key in keys),
        )

        def mixed(keys: Sequence[StemKey] = keys) -> Sound:
            for key in keys:
                if key not in decoded:
                    loaded = load_stem(collection.files.audio[key], sound)
                    decoded[key] = StemAudio.from_float(loaded.samples)
            return mix_preview([decoded[key] for key in keys], sound, frames)

        previews[token.id] = _encoded(inputs, mixed, "mp3", audio.bitrate)
        step(f"{slug} #{token.id}")
    return previews


def preview_frames(song: Song, sound: SongSound, seconds: float) -> int:
    """Return a preview's length: whole bars where the song says how many it has."""
    frames = min(sound.frames, int(seconds * sound.rate))
    if not song.bars:
        return frames
    whole = frames * song.bars // sound.frames
    return whole * sound.frames // song.bars or frames


def mix_preview(stems: Sequence[StemAudio], sound: SongSound, frames: int) -> Sound:
    """Mix stems through the engine, faded out where the song goes on."""
    mixer = Mixer(rate=sound.rate, frames=sound.frames, rows=len(stems))
    for row, stem in enumerate(stems):
        mixer.place(row, stem)
    samples = mixer.render(0, frames)
    if frames < sound.frames:
        fade = min(frames, int(FADE_SECONDS * sound.rate))
        samples[:, -fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return Sound(samples, sound.rate, 24)


def _engine_digest() -> str:
    """Return a name for the engine's source: another engine mixes other previews."""
    folder = Path(engine.__path__[0])
    return digest(*(file_digest(file) for file in sorted(folder.glob("*.py"))))
