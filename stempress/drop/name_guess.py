"""Guesses song, layer and stem from the names of folders and files. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from stempress.drop.instruments import has_instrument, is_generic_folder
from stempress.drop.name_parts import (
    SEPARATOR,
    named_variants,
    part_hyphens,
    shared_title,
    split_layer,
    title_of,
    without_common_part,
    without_prefix,
    without_track_numbers,
)
from stempress.drop.technical_words import TEMPO, song_title, without_technical_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Layout(StrEnum):
    """What folders stand for."""

    SONG_LAYER = "song/layer/stem"
    SONG = "song/layer"
    LAYER = "layer/stem"
    NAMES = "names"


class Guess(NamedTuple):
    """Display names of the song, layer and stem that a file probably is."""

    song: str
    layer: str
    stem: str


class Reading(NamedTuple):
    """What the files of a folder probably are; ``other`` is another layout that is possible."""

    guesses: dict[PurePath, Guess]
    layout: Layout
    other: Layout | None


def guess(paths: Sequence[PurePath], folder: str) -> dict[PurePath, Guess]:
    """Guess what every file of a folder is; ``folder`` is its name."""
    return read_names(paths, folder).guesses


def read_names(paths: Sequence[PurePath], folder: str, layout: Layout | None = None) -> Reading:
    """Guess what every file of a folder is, by its likeliest layout or by the one given."""
    inner, root = _below_common_folder({path: without_generic_folders(path) for path in paths})
    folder = root or folder
    if layout is Layout.NAMES:
        inner = {path: PurePath(short.name) for path, short in inner.items()}
    groups: dict[str, dict[PurePath, PurePath]] = defaultdict(dict)
    for path, short in inner.items():
        groups["/".join(short.parts[:-2][-1:] or short.parts[:-1])][path] = short
    if groups.keys() == {""}:
        folder = _title_in_names(groups[""]) or folder
    nested = {short.parts[-3] for short in inner.values() if len(short.parts) >= 3}
    flat = {
        name: files
        for name, files in groups.items()
        if name and name not in nested and layout is not Layout.SONG_LAYER
    }
    found, other = _layout_of_folders(flat) if flat else (Layout.NAMES, None)
    found = layout or (Layout.SONG_LAYER if nested and not flat else found)
    guesses: dict[PurePath, Guess] = {}
    for name, files in groups.items():
        if name in flat and found is Layout.LAYER:
            guesses |= _layer(files, title_of(folder), name)
        else:
            guesses |= _song(files, name, folder)
    return Reading(_distinct(guesses), found, None if layout else other)


def tempo_in_names(names: Sequence[str]) -> float | None:
    """Return the tempo stated in names, such as ``120bpm``; None unless they all agree."""
    tempos = {match[1].replace(",", ".") for name in names for match in TEMPO.finditer(name)}
    return float(tempos.pop()) if len(tempos) == 1 else None


def without_generic_folders(path: PurePath) -> PurePath:
    """Return a path without folders such as ``stems`` and ``24bit WAV``."""
    *folders, name = path.parts
    return PurePath(*(folder for folder in folders if not is_generic_folder(folder)), name)


def _below_common_folder(
    inner: Mapping[PurePath, PurePath],
) -> tuple[dict[PurePath, PurePath], str]:
    """Return the paths below the folder that holds all of them, and its name."""
    root = ""
    paths = dict(inner)
    while paths and all(len(short.parts) > 2 for short in paths.values()):
        tops = {short.parts[0] for short in paths.values()}
        if len(tops) > 1:
            break
        (root,) = tops
        paths = {path: PurePath(*short.parts[1:]) for path, short in paths.items()}
    return paths, root


def _layout_of_folders(
    folders: Mapping[str, Mapping[PurePath, PurePath]],
) -> tuple[Layout, Layout | None]:
    """Return whether folders are songs or layers, and the other if that is possible as well."""
    names = [_stems_of(files) for files in folders.values()]
    layers = sum(map(has_instrument, folders))
    parts = [[split_layer(name)[0].casefold() for name in group] for group in names]
    shared = [
        part for part, count in Counter(p for group in parts for p in {*group}).items() if count > 1
    ]
    instruments = sum(has_instrument(part) for group in parts for part in group)
    files = sum(map(len, names))
    if 2 * layers > len(folders):
        is_clear = not shared or all(map(has_instrument, folders))
        return Layout.LAYER, None if is_clear else Layout.SONG
    if 2 * instruments >= files or all(_start_with_layers(group) for group in names):
        return Layout.SONG, None if not layers else Layout.LAYER
    return (Layout.SONG, Layout.LAYER) if shared else (Layout.LAYER, Layout.SONG)


def _stems_of(files: Mapping[PurePath, PurePath]) -> list[str]:
    names = without_technical_words({path: short.stem for path, short in files.items()})
    return [*without_prefix(without_track_numbers(names), "").values()]


def _start_with_layers(names: Sequence[str]) -> bool:
    """Return whether the names in a folder start with the names of different layers."""
    parts = [[part for part in SEPARATOR.split(name) if part] for name in names]
    first = {words[0].casefold() for words in parts if words}
    return len(first) > 1 and all(len(words) > 1 for words in parts)


def _layer(files: Mapping[PurePath, PurePath], song: str, layer: str) -> dict[PurePath, Guess]:
    """Return the guesses for a folder that is a layer."""
    stems = without_technical_words({path: short.stem for path, short in files.items()})
    names = without_track_numbers(stems)
    (title,) = without_track_numbers({PurePath(): layer}).values()
    return {path: Guess(song, title_of(title), title_of(name)) for path, name in names.items()}


def _song(files: Mapping[PurePath, PurePath], name: str, folder: str) -> dict[PurePath, Guess]:
    """Return the guesses for a folder that is a song, with layers as folders or in names."""
    song = ""
    if name:
        song = title_of(song_title(*without_track_numbers({PurePath(): name}).values()))
    by_layer: dict[str, dict[PurePath, PurePath]] = defaultdict(dict)
    for path, short in files.items():
        by_layer[short.parts[-2] if len(short.parts) >= 3 else ""][path] = short
    loose = by_layer.pop("", {})
    guesses: dict[PurePath, Guess] = {}
    for layer, group in by_layer.items():
        guesses |= _layer(group, song, layer)
    stems = {path: short.stem for path, short in loose.items()}
    names = without_technical_words(without_common_part(stems, "."))
    songs = _songs_in_names(names) or _songs_in_names(without_common_part(names, " - "))
    songs = songs if not name else {}
    if songs:
        for title, named in songs.items():
            guesses |= _guess_from_names(named, title_of(title))
        return guesses
    return guesses | _guess_from_names(names, song or title_of(folder))


def _title_in_names(files: Mapping[PurePath, PurePath]) -> str:
    """Return the title of the one song that the names of files begin with, "" if they do not."""
    names = without_technical_words({path: short.stem for path, short in files.items()})
    return shared_title(without_track_numbers(names))


def _songs_in_names(names: Mapping[PurePath, str]) -> dict[str, dict[PurePath, str]]:
    """Return the names by song if they begin with the names of several songs, else nothing.

    ``Tide - Drums`` and ``Wave - Bass`` do; ``Amen - Drums`` and ``Dusty - Drums`` do as well.
    """
    songs: dict[str, dict[PurePath, str]] = defaultdict(dict)
    titles: dict[str, str] = {}
    for path, name in without_track_numbers(names).items():
        title, *rest = SEPARATOR.split(name, maxsplit=1)
        if not rest or has_instrument(title) or not has_instrument(SEPARATOR.split(rest[0])[0]):
            return {}
        songs[titles.setdefault(title.casefold(), title)][path] = rest[0]
    is_parted = all(" - " in name or " \u2013 " in name for name in names.values())
    are_songs = len(songs) > 1 and (is_parted or all(len(group) > 1 for group in songs.values()))
    return dict(songs) if are_songs else {}


def _guess_from_names(names: Mapping[PurePath, str], song: str) -> dict[PurePath, Guess]:
    """Guess layer and stem from file names alone."""
    if not names:
        return {}
    short = without_track_numbers(without_prefix(without_track_numbers(names), song))
    variants = named_variants(short)
    guesses = {}
    for path, name in part_hyphens(short).items():
        layer, stem = variants.get(path) or split_layer(name)
        guesses[path] = Guess(song, title_of(layer), title_of(stem))
    return guesses


def _distinct(guesses: Mapping[PurePath, Guess]) -> dict[PurePath, Guess]:
    """Return the guesses; where two would be the same, the stem is the whole name of its file."""
    counts = Counter(map(_folded, guesses.values()))
    return {
        path: guess_._replace(stem=title_of(path.stem)) if counts[_folded(guess_)] > 1 else guess_
        for path, guess_ in guesses.items()
    }


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(str.casefold, names))
