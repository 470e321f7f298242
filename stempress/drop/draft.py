"""Drafts of songs: what a folder of stems is going to be, before anything is written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.audio.decode import UnreadableError, open_source
from stempress.core.crash_log import working_on
from stempress.core.errors import Findings
from stempress.core.slugs import distinct_slugs, fold_case

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path, PurePath

    from stempress.drop.name_guess import Guess

    type Files = dict[str, dict[str, dict[str, PurePath]]]
    """Song -> layer -> stem -> file, by names."""

SECONDS = 1e-4
"""Differences in length below this are rounding."""


@dataclass(frozen=True, slots=True)
class StemDraft:
    """A stem and its file; its length in seconds."""

    slug: str
    name: str
    file: Path
    seconds: float


@dataclass(frozen=True, slots=True)
class LayerDraft:
    """A layer and its stems."""

    slug: str
    name: str
    stems: tuple[StemDraft, ...]


@dataclass(frozen=True, slots=True)
class SongDraft:
    """A song and its layers."""

    slug: str
    title: str
    layers: tuple[LayerDraft, ...]

    @property
    def stems(self) -> list[tuple[LayerDraft, StemDraft]]:
        """All stems with their layers."""
        return [(layer, stem) for layer in self.layers for stem in layer.stems]

    @property
    def files(self) -> list[Path]:
        """The files of all stems."""
        return [stem.file for _, stem in self.stems]

    @property
    def seconds(self) -> float:
        """Length of the longest stem."""
        return max(stem.seconds for _, stem in self.stems)

    @property
    def short_stems(self) -> list[str]:
        """Descriptions of the stems that are shorter than the longest one."""
        return [
            f"{layer.name}, {stem.name} is {self.seconds - stem.seconds:.3f} s shorter"
            for layer, stem in self.stems
            if self.seconds - stem.seconds > SECONDS
        ]


def draft_songs(guesses: Mapping[PurePath, Guess], folder: Path) -> list[SongDraft]:
    """Return the songs that the guesses make; SiteError for names and files that cannot be used."""
    findings = Findings()
    lengths = {}
    for path in guesses:
        with working_on(path):
            lengths[path] = _measure(folder / path, path, findings)
    files = _group(guesses, findings)
    songs = [
        SongDraft(song_slug, song, tuple(_layers(layers, folder, lengths, findings)))
        for (song, layers), song_slug in _with_slugs(files, findings)
    ]
    findings.raise_faults()
    return songs


def _measure(file: Path, path: PurePath, findings: Findings) -> float:
    """Return a file's length in seconds: what is decoded counts, not what its header states."""
    try:
        source = open_source(file)
        return sum(block.shape[1] for block in source.blocks()) / source.rate
    except UnreadableError as error:
        findings.fault(str(path), str(error), hint="export or download it again")
        return 0.0


def _group(guesses: Mapping[PurePath, Guess], findings: Findings) -> Files:
    """Group files by song and layer: names that differ only in case are one, as first written."""
    files: Files = defaultdict(lambda: defaultdict(dict))
    for path, names in guesses.items():
        song = _spelling(names.song, files)
        layer = _spelling(names.layer, files[song])
        stem = _spelling(names.stem, files[song][layer])
        if stem in files[song][layer]:
            _fault_same(path, files[song][layer][stem], findings)
        files[song][layer].setdefault(stem, path)
    return files


def _spelling(name: str, known: Mapping[str, object]) -> str:
    return next((other for other in known if fold_case(other) == fold_case(name)), name)


def _layers(
    layers: Mapping[str, Mapping[str, PurePath]],
    folder: Path,
    lengths: Mapping[PurePath, float],
    findings: Findings,
) -> list[LayerDraft]:
    return [
        LayerDraft(
            layer_slug,
            layer,
            tuple(
                StemDraft(slug, stem, folder / path, lengths[path])
                for (stem, path), slug in _with_slugs(stems, findings)
            ),
        )
        for (layer, stems), layer_slug in _with_slugs(layers, findings)
    ]


def _with_slugs[T](items: Mapping[str, T], findings: Findings) -> list[tuple[tuple[str, T], str]]:
    """Return the items with their slugs; report names without one, and slugs of several names."""
    slugs = distinct_slugs([*items])
    named: dict[str, str] = {}
    for (name, item), slug in zip(items.items(), slugs, strict=True):
        path = _first_path(item)
        if not slug:
            message = "has no name that could be part of an address"
            findings.fault(str(path), message, value=name, hint="rename it")
        elif slug in named:
            _fault_same(path, _first_path(items[named[slug]]), findings)
        named.setdefault(slug, name)
    return [*zip(items.items(), slugs, strict=True)]


def _first_path(item: object) -> object:
    """Return the first file of a song, a layer or a stem."""
    while isinstance(item, dict):
        item = next(iter(item.values()))
    return item


def _fault_same(path: object, other: object, findings: Findings) -> None:
    message = f"would be the same stem as {other}"
    findings.fault(str(path), message, hint="rename one of them")
