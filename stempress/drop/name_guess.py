"""Which stem a file is, guessed from the names of folders and files. Pure."""

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
    """What a file probably is: names, as people write them."""

    song: str
    layer: str
    stem: str


def guess(paths: Sequence[PurePath], folder: str) -> dict[PurePath, Guess]:
    """Return what every file of a folder is; ``folder`` is its name.

    ``song/layer/stem.wav`` says it by itself. ``layer/stem.wav`` is one song, unless the files of
    every subfolder name their layer themselves: ``song/Drums - Amen.wav``. In one folder,
    ``Drums - Amen.wav``, ``drums_amen.wav`` and ``Drums 2.wav`` name their layer first.
    """
    found: dict[PurePath, Guess] = {}
    shallow: dict[str, list[PurePath]] = defaultdict(list)
    for path in paths:
        if len(path.parts) >= 3:
            song, layer = path.parts[-3:-1]
            found[path] = Guess(_words(song), _words(layer), _words(path.stem))
        else:
            shallow[path.parts[0] if len(path.parts) == 2 else ""].append(path)
    flat = shallow.pop("", [])
    names_layers = {name: _names_layers(files) for name, files in shallow.items()}
    for name, files in shallow.items():
        if names_layers[name] and all(names_layers.values()):
            found |= _flat(files, _words(name))
        else:
            found |= {
                path: Guess(_words(folder), _words(name), _words(path.stem)) for path in files
            }
    return found | _flat(flat, _words(folder))


def tempo_of(names: Sequence[str]) -> float | None:
    """Return the tempo that names speak of, if they agree: ``120bpm``."""
    told = {match[1].replace(",", ".") for name in names for match in TEMPO.finditer(name)}
    return float(told.pop()) if len(told) == 1 else None


def _names_layers(files: Sequence[PurePath]) -> bool:
    """Say whether the files of a folder begin with different layers' names."""
    parts = _parts(files)
    first = {each[0].casefold() for each in parts.values()}
    return len(first) > 1 and all(len(each) > 1 for each in parts.values())


def _flat(files: Sequence[PurePath], song: str) -> dict[PurePath, Guess]:
    found = {}
    for path, parts in _parts(files).items():
        layer, *rest = parts
        stem = " ".join(rest)
        numbered = NUMBERED.fullmatch(layer) if not rest else None
        if numbered:
            layer, stem = numbered[1].strip(" -_"), f"{numbered[1].strip(' -_')} {numbered[2]}"
        found[path] = Guess(song, _words(layer), _words(stem) or _words(layer))
    return found


def _parts(files: Sequence[PurePath]) -> dict[PurePath, list[str]]:
    """Return the parts of every file's name, without the ones that all of them begin with."""
    parts = {
        path: [part for part in SEPARATOR.split(LEADING.sub("", _bare(path.stem))) if part]
        or [path.stem]
        for path in files
    }
    while len(parts) > 1:
        first = Counter(each[0].casefold() for each in parts.values())
        if len(first) > 1 or any(len(each) < 2 for each in parts.values()):
            break
        parts = {path: each[1:] for path, each in parts.items()}
    return parts


def _bare(name: str) -> str:
    """Return a name without its tempo."""
    return re.sub(r"[\s_-]{2,}$|^[\s_-]+", "", TEMPO.sub("", name)).strip(" _-") or name


def _words(name: str) -> str:
    """Return a name as people write it: spaces between words, capitals at their beginning."""
    words = re.sub(r"[\s_-]+", " ", LEADING.sub("", _bare(name))).strip() or name
    return words.title() if words == words.lower() else words
