"""The sound of a site: stems encoded, previews mixed, mixes digested.

What does the work is imported when there is some: most builds have all of it. Every result is kept
under a name made from its inputs, so that nothing is done twice.
"""

# ruff: noqa: PLC0415 - what encodes and mixes takes long to begin

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation, stem_keys
from stempress.audio.results import MixDigest, Sounds, StemSound, WebFile
from stempress.audio.song_sound import SongSound, preview_frames
from stempress.collection.audio_formats import FORMATS, PREVIEW_CODEC, web_rate
from stempress.core.cache import cache_root, digest, file_digest, load, save, store
from stempress.core.file_digests import common_folder
from stempress.core.paths import ENGINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.check import Checked
    from stempress.collection.audio_formats import Codec, Encoding
    from stempress.collection.collection import Collection
    from stempress.core.progress import Progress
    from stempress.core.work import Pending, Workers

VERSION = 3
"""Raise it when the same stem gives another file."""
PREVIEW_VERSION = 4
"""Raise it when the same mix gives another preview."""


@dataclass(frozen=True, slots=True)
class Studio:
    """What all of the work needs; ``shown`` are the variations that have pages, by song."""

    collection: Collection
    shown: Mapping[str, Sequence[Variation]]
    checked: Checked
    progress: Progress
    workers: Workers

    def inputs(self, key: StemKey) -> tuple[object, ...]:
        """Return what a stem's samples follow from."""
        song = self.checked.songs[key[0]]
        return self.checked.facts[key].digest, song.rate, song.frames

    def mix_inputs(self, variation: Variation) -> tuple[object, ...]:
        """Return what a variation's samples follow from."""
        song = self.collection.song(variation.song)
        keys = [(song.slug, *names) for names in variation.by_layer(song).items()]
        return (engine_digest(), *(self.inputs(key) for key in keys))


def press_audio(studio: Studio) -> Sounds:
    """Encode every stem, mix every preview, digest every mix, each at most once."""
    stream = studio.collection.settings.audio.stream
    songs = {slug: _as_decoded(sound, stream) for slug, sound in studio.checked.songs.items()}
    stems = _stem_sounds(studio, press_stems(studio))
    return Sounds(stems, songs, press_previews(studio), press_digests(studio))


def _as_decoded(song: SongSound, codec: Codec) -> SongSound:
    """Return rate and length of a song as its web stems have them."""
    rate = web_rate(codec, song.rate)
    return SongSound(rate, round(song.frames * rate / song.rate))


def press_stems(studio: Studio) -> dict[StemKey, dict[Codec, WebFile]]:
    """Return every stem's files: the mixer's and, where offered, the lossless one."""
    audio = studio.collection.settings.audio
    wanted: dict[Codec, int] = {audio.stream: 0 if audio.stream == "flac" else audio.bitrate}
    if audio.lossless:
        wanted["flac"] = 0
    keys = list(stem_keys(studio.collection.songs))
    files = {
        key: {
            codec: _kept(codec, VERSION, codec, rate, *studio.inputs(key))
            for codec, rate in wanted.items()
        }
        for key in keys
    }
    missing = {
        key: [(codec, wanted[codec]) for codec, file in each.items() if not file.is_file()]
        for key, each in files.items()
    }
    new = [key for key in keys if missing[key]]
    with studio.progress.track("Web stems", len(new), len(keys)) as step:
        pending = _start_stems(studio, {key: missing[key] for key in new})
        for key in new:
            for (codec, _), data in zip(missing[key], pending.pop(key).result(), strict=True):
                store(files[key][codec], data)
            step("/".join(key))
    return {
        key: {codec: _web_file(codec, file) for codec, file in each.items()}
        for key, each in files.items()
    }


def _start_stems(
    studio: Studio, missing: Mapping[StemKey, Sequence[Encoding]]
) -> dict[StemKey, Pending]:
    """Begin to encode stems."""
    if not missing:
        return {}
    from stempress.audio.encode import encode_stem

    files, songs = studio.collection.files.audio, studio.checked.songs
    return {
        key: studio.workers.submit(encode_stem, files[key], songs[key[0]], wanted)
        for key, wanted in missing.items()
    }


def _stem_sounds(
    studio: Studio, files: Mapping[StemKey, Mapping[Codec, WebFile]]
) -> dict[StemKey, StemSound]:
    checked, audio = studio.checked, studio.collection.settings.audio
    loudest: dict[str, float] = defaultdict(float)
    for key in files:
        loudest[key[0]] = max(loudest[key[0]], checked.facts[key].peak)
    return {
        key: StemSound(
            stream=made[audio.stream],
            lossless=made["flac"] if audio.lossless else None,
            facts=checked.facts[key],
            edge=loudest[key[0]],
            seconds=checked.songs[key[0]].seconds,
        )
        for key, made in files.items()
    }


def press_previews(studio: Studio) -> dict[Variation, WebFile]:
    """Return a preview of every variation that is to have one."""
    audio = studio.collection.settings.audio
    files: dict[Variation, Path] = {}
    for variation in _previewed(studio):
        frames = _preview_length(studio, variation.song)
        inputs = PREVIEW_VERSION, frames, audio.bitrate, studio.mix_inputs(variation)
        files[variation] = _kept(PREVIEW_CODEC, *inputs)
    new = [variation for variation, file in files.items() if not file.is_file()]
    with studio.progress.track("Previews", len(new), len(files)) as step:
        for slug, variations in _by_song(new).items():
            pending = _start_previews(studio, studio.collection.song(slug), variations)
            for variation, each in zip(variations, pending, strict=True):
                store(files[variation], each.result())
                step(f"{slug} {variation.mix_number}")
    return {variation: _web_file(PREVIEW_CODEC, file) for variation, file in files.items()}


def _previewed(studio: Studio) -> list[Variation]:
    which = studio.collection.settings.audio.previews
    if which == "none":
        return []
    if which == "all":
        return [variation for shown in studio.shown.values() for variation in shown]
    return _minted(studio.collection)


def _minted(collection: Collection) -> list[Variation]:
    """Return the variations that song tokens are, of those that tell."""
    found = {
        Variation.from_stems(collection.song(token.song), token.stems)
        for token in collection.tokens
        if token.tier == "song" and token.stems
    }
    return sorted(found)


def _preview_length(studio: Studio, slug: str) -> int:
    song, sound = studio.collection.song(slug), studio.checked.songs[slug]
    return preview_frames(song, sound, studio.collection.settings.audio.preview_seconds)


def _by_song(variations: Iterable[Variation]) -> dict[str, list[Variation]]:
    found: dict[str, list[Variation]] = defaultdict(list)
    for variation in variations:
        found[variation.song].append(variation)
    return found


def _start_previews(studio: Studio, song: Song, variations: Sequence[Variation]) -> list[Pending]:
    """Begin the previews of one song; each stem that they use is decoded once."""
    from stempress.audio.previews import decode_cut, preview, stem_products

    sound, start = studio.checked.songs[song.slug], studio.workers.submit
    frames = _preview_length(studio, song.slug)
    files = [_mix_paths(studio, song, variation) for variation in variations]
    paths = sorted({path for mix in files for path in mix})
    stems = [start(decode_cut, path, sound, frames) for path in paths]
    products = start(stem_products, stems, sound.rate)
    bitrate = studio.collection.settings.audio.bitrate
    return [
        start(preview, [paths.index(path) for path in mix], stems, products, sound, bitrate)
        for mix in files
    ]


def _mix_paths(studio: Studio, song: Song, variation: Variation) -> list[Path]:
    names = variation.by_layer(song).items()
    return [studio.collection.files.audio[song.slug, layer, stem] for layer, stem in names]


def press_digests(studio: Studio) -> dict[Variation, MixDigest]:
    """Return the digest of every mix that is a token or, with lossless stems, has a page."""
    names = {variation: digest(studio.mix_inputs(variation)) for variation in _digested(studio)}
    site = _digest_place(f"site-{digest(common_folder(studio.collection.files.audio.values()))}")
    known = _known_digests(site)
    found = {each: known.get(name) or _known_digest(name) for each, name in names.items()}
    new = [variation for variation, digested in found.items() if not digested]
    with studio.progress.track("Mix digests", len(new), len(names)) as step:
        for batch, each in _start_digests(studio, new):
            for variation, digested in zip(batch, each.result(), strict=True):
                store(_digest_place(names[variation]), digested.encode())
                found[variation] = digested
                step(f"{variation.song} {variation.mix_number}")
    now = {name: found[variation] for variation, name in names.items()}
    if now != known:
        save(site, json.dumps(now).encode())
    sounds = studio.checked.songs
    return {
        variation: MixDigest(digested, sounds[variation.song].rate, sounds[variation.song].frames)
        for variation, digested in found.items()
    }


def _digest_place(name: str) -> Path:
    return cache_root() / "digests" / name


def _known_digests(place: Path) -> dict[str, str]:
    """Return what the last build of a site knew: one file is read sooner than hundreds."""
    try:
        found = json.loads(load(place) or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _known_digest(name: str) -> str:
    """Return a mix's digest, if any site has had it; else nothing."""
    try:
        return _digest_place(name).read_text("ascii")
    except (OSError, ValueError):
        return ""


def _start_digests(
    studio: Studio, new: Sequence[Variation]
) -> list[tuple[list[Variation], Pending]]:
    """Begin to digest mixes, some of a song at a time."""
    if not new:
        return []
    from stempress.audio.mix_digests import BATCH, mix_digests

    pending = []
    for slug, variations in _by_song(new).items():
        song, sound = studio.collection.song(slug), studio.checked.songs[slug]
        for at in range(0, len(variations), BATCH):
            batch = variations[at : at + BATCH]
            mixes = [_mix_paths(studio, song, variation) for variation in batch]
            pending.append((batch, studio.workers.submit(mix_digests, sound, mixes)))
    return pending


def _digested(studio: Studio) -> list[Variation]:
    wanted = set(_minted(studio.collection))
    if studio.collection.settings.audio.lossless:
        for slug, shown in studio.shown.items():
            wanted.update(filter(studio.collection.song(slug).permits, shown))
    return sorted(wanted)


def _kept(codec: Codec, *inputs: object) -> Path:
    """Return where the cache has, or will have, what is made from these inputs."""
    return cache_root() / "audio" / f"{digest(*inputs)[:24]}.{FORMATS[codec].suffix}"


def _web_file(codec: Codec, file: Path) -> WebFile:
    return WebFile(f"audio/{file.name}", FORMATS[codec].type, file.stat().st_size, file)


@cache
def engine_digest() -> str:
    """Return a name for the engine's source: another engine mixes other sound."""
    folder = ENGINE
    return digest(*(file_digest(file) for file in sorted(folder.glob("*.py"))))
