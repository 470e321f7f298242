"""Files to download: mixes and stems under readable names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.file_names import readable_name
from stempress.collection.audio_formats import CODECS_BY_TYPE, FORMATS

if TYPE_CHECKING:
    from pyodide_app.engine.model import StemKey, Variation
    from stempress.audio.results import WebFile
    from stempress.site.facts import SiteFacts


@dataclass(frozen=True, slots=True)
class Download:
    """A file to save as ``name``: its address, its format in words, its size in bytes."""

    address: str
    name: str
    format: str
    size: int


@dataclass(frozen=True, slots=True)
class MixDownloads:
    """A whole mix in every format that is offered, and its stems in layer order."""

    files: tuple[Download, ...]
    stems: tuple[Download, ...]


def mix_downloads(facts: SiteFacts, variation: Variation) -> MixDownloads | None:
    """Return what the page of a song token offers; None if that is nothing."""
    files = facts.sounds.mixes.get(variation)
    if not files:
        return None
    song = facts.collection.song(variation.song)
    title = f"{song.title} ({variation.mix_number})"
    return MixDownloads(
        tuple(_download(file, song.artist, title) for file in files),
        tuple(stem_download(facts, stem.key) for stem in facts.chosen(song, variation)),
    )


def stem_download(facts: SiteFacts, key: StemKey) -> Download:
    """Return a stem's best file."""
    stem = facts.stem(key)
    file = stem.sound.lossless or stem.sound.stream
    return _download(file, stem.song.title, stem.layer.name, stem.stem.name)


def _download(file: WebFile, *names: str) -> Download:
    form = FORMATS[CODECS_BY_TYPE[file.type]]
    name = readable_name(*names, suffix=f".{form.suffix}")
    return Download(file.address, name, form.name, file.size)
