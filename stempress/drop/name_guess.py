"""Guesses song, layer and stem from the names of folders and files. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePath

SEPARATOR = re.compile(r"\s+[-\u2013\u2014]\s+|_+|--+")
TEMPO = re.compile(r"(?<!\d)(\d{2,3}(?:[.,]\d+)?)\s*bpm\b", re.IGNORECASE)
NUMBERED = re.compile(r"(.*[^\W\d_])[\s_-]*(?:v|take|var|alt)?[\s_-]*(\d+)", re.IGNORECASE)
LEADING = re.compile(r"^\d{1,3}[\s._-]+(?=\S)")


class Guess(NamedTuple):
    """Display names of the song, layer and stem that a file probably is."""

    song: str
    layer: str
    stem: str


def guess(paths: Sequence[PurePath], folder: str) -> dict[PurePath, Guess]:
    """Guess what every file of a folder is; ``folder`` is its name.

    ``song/layer/stem.wav`` is explicit. ``layer/stem.wav`` is a single song, unless the files of
    every subfolder start with layer names, as in ``song/Drums - Amen.wav``. In a single folder,
    ``Drums - Amen.wav``, ``drums_amen.wav`` and ``Drums 2.wav`` start with their layer.
    """
    guesses: dict[PurePath, Guess] = {}
    by_folder: dict[str, list[PurePath]] = defaultdict(list)
    for path in paths:
        if len(path.parts) >= 3:
            song, layer = path.parts[-3:-1]
            guesses[path] = Guess(_title(song), _title(layer), _title(path.stem))
        else:
            by_folder[path.parts[0] if len(path.parts) == 2 else ""].append(path)
    top_level = by_folder.pop("", [])
    are_songs = all(_start_with_layers(files) for files in by_folder.values())
    for name, files in by_folder.items():
        if are_songs:
            guesses |= _guess_from_names(files, _title(name))
        else:
            guesses |= {
                path: Guess(_title(folder), _title(name), _title(path.stem)) for path in files
            }
    return guesses | _guess_from_names(top_level, _title(folder))


def tempo_in_names(names: Sequence[str]) -> float | None:
    """Return the tempo stated in names, such as ``120bpm``; None unless they all agree."""
    tempos = {match[1].replace(",", ".") for name in names for match in TEMPO.finditer(name)}
    return float(tempos.pop()) if len(tempos) == 1 else None


def _start_with_layers(files: Sequence[PurePath]) -> bool:
    """Return whether the files of a folder start with the names of different layers."""
    parts = _split_names(files)
    first = {words[0].casefold() for words in parts.values()}
    return len(first) > 1 and all(len(words) > 1 for words in parts.values())


def _guess_from_names(files: Sequence[PurePath], song: str) -> dict[PurePath, Guess]:
    """Guess layer and stem from file names alone."""
    guesses = {}
    for path, parts in _split_names(files).items():
        layer, *rest = parts
        stem = " ".join(rest)
        numbered = NUMBERED.fullmatch(layer) if not rest else None
        if numbered:
            layer, stem = numbered[1].strip(" -_"), f"{numbered[1].strip(' -_')} {numbered[2]}"
        guesses[path] = Guess(song, _title(layer), _title(stem) or _title(layer))
    return guesses


def _split_names(files: Sequence[PurePath]) -> dict[PurePath, list[str]]:
    """Split every file name at separators, without the parts that all names start with."""
    parts = {
        path: [part for part in SEPARATOR.split(LEADING.sub("", _without_tempo(path.stem))) if part]
        or [path.stem]
        for path in files
    }
    while len(parts) > 1:
        first = Counter(words[0].casefold() for words in parts.values())
        if len(first) > 1 or any(len(words) < 2 for words in parts.values()):
            break
        parts = {path: words[1:] for path, words in parts.items()}
    return parts


def _without_tempo(name: str) -> str:
    return re.sub(r"[\s_-]{2,}$|^[\s_-]+", "", TEMPO.sub("", name)).strip(" _-") or name


def _title(name: str) -> str:
    """Return a display name: words separated by spaces, capitalised if all are lower case."""
    words = re.sub(r"[\s_-]+", " ", LEADING.sub("", _without_tempo(name))).strip() or name
    return words.title() if words == words.lower() else words
