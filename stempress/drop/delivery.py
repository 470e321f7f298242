"""A folder of stems as somebody delivers it: what can be used, and what is left out and why."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from stempress.audio.decode import UnreadableError, open_source
from stempress.collection.file_kinds import (
    AUDIO,
    COMMON_AUDIO,
    CONVERT,
    OTHER_SOUND,
    PICTURES,
    placeholder_of,
)
from stempress.core.errors import Fault, Findings, SiteError
from stempress.drop.instruments import VERSIONS, has_instrument, is_click, is_mixdown, words_of
from stempress.drop.name_guess import without_generic_folders
from stempress.drop.technical_words import song_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path, PurePath

_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", "icon\r"})
_LINK = "is a link to a folder, or to nothing: copy what is meant to its place"
_SIDE = re.compile(r"(.+?)(?:[\s._-]+|\s*\()(L|R|left|right)\)?", re.IGNORECASE)


class Delivery(NamedTuple):
    """Sound files below a folder, and the files that are left out, with the reasons.

    ``pictures`` are those of stems. ``of_systems`` are what operating systems leave in folders.
    """

    stems: tuple[PurePath, ...]
    left_out: dict[PurePath, str]
    pictures: dict[PurePath, PurePath]
    of_systems: tuple[PurePath, ...]


def read_delivery(folder: Path) -> Delivery:
    """Sort the files below a folder; SiteError if it has no stems, or some cannot be used."""
    if not folder.is_dir():
        raise SiteError([Fault(str(folder), "is not a folder")])
    paths = sorted(_walk(folder))
    found: list[PurePath] = [path.relative_to(folder) for path in paths if path.is_file()]
    of_systems = [path for path in found if _is_of_the_system(path)]
    files = [path for path in found if not _is_of_the_system(path)]
    findings = Findings()
    names: list[PurePath] = [folder.resolve(), *files]
    for path in names:
        if _is_not_utf8(str(path)):
            findings.fault(str(path), "has a name that is not UTF-8", hint="rename it")
    sounds = [path for path in files if path.suffix.lower() in AUDIO and not _is_hidden(path)]
    for path in _sides(sounds, folder):
        message = "is one side of a stereo recording"
        findings.fault(str(path), message, hint="export both as one stereo file, or rename them")
    findings.raise_faults()
    mixdowns = set(_mixdowns(sounds, folder.resolve().name))
    left_out = {path: reason for path in files if (reason := _reason(path))}
    left_out |= {path.relative_to(folder): _LINK for path in paths if _is_lost_link(path)}
    left_out |= dict.fromkeys(mixdowns, "is a mix of the whole song, not a stem")
    others = [path for path in sounds if path not in mixdowns]
    for path, other in _copies(others):
        left_out[path] = f"is {other}, too, in another format"
    clicks = {path for path in others if is_click(path.stem)}
    if len(clicks) < len(others):
        left_out |= dict.fromkeys(clicks, "is a click or a guide: rename it if it is to be heard")
    stems = tuple(path for path in others if path not in left_out)
    if not stems:
        hint = f"files that end in {', '.join(COMMON_AUDIO)}"
        hint += "".join(f"; {path} {reason}" for path, reason in [*left_out.items()][:3])
        raise SiteError([Fault(str(folder), "contains no audio files", hint=hint)])
    pictures = _pictures(stems, files)
    unused = {path for path in files if _is_picture(path)} - {*pictures.values()}
    left_out |= dict.fromkeys(unused, "is the picture of no stem, or its second one")
    return Delivery(stems, dict(sorted(left_out.items())), pictures, tuple(of_systems))


def _walk(folder: Path) -> Iterator[Path]:
    """Yield all paths below a folder; OSError for a folder that cannot be read."""
    for parent, folders, names in folder.walk(on_error=_raise):
        yield from (parent / name for name in (*folders, *names))


def _raise(error: OSError) -> NoReturn:
    raise error


def _is_of_the_system(path: PurePath) -> bool:
    """Return whether a file is one that systems leave in folders."""
    is_copy = any(part.startswith(("._", "__MACOSX")) for part in path.parts)
    is_hidden = any(part.startswith(".") for part in path.parts)
    is_sound = path.suffix.lower() in {*AUDIO, *OTHER_SOUND} or placeholder_of(path.name)
    return is_copy or (is_hidden and not is_sound) or path.name.lower() in _SYSTEM_FILES


def _is_hidden(path: PurePath) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _is_lost_link(path: Path) -> bool:
    """Return whether a path is a link that is not followed: to a folder, or to nothing."""
    return path.is_symlink() and not path.is_file()


def _is_picture(path: PurePath) -> bool:
    return path.suffix.lower() in PICTURES


def _pictures(stems: Iterable[PurePath], files: Sequence[PurePath]) -> dict[PurePath, PurePath]:
    """Return the pictures of stems: files beside them with their names."""
    by_name: dict[PurePath, list[PurePath]] = defaultdict(list)
    for path in files:
        if _is_picture(path):
            by_name[path.with_suffix("")].append(path)
    return {
        stem: min(pictures, key=lambda path: PICTURES.index(path.suffix.lower()))
        for stem in stems
        if (pictures := by_name[stem.with_suffix("")])
    }


def _is_not_utf8(name: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in name)


def _reason(path: PurePath) -> str:
    """Return why a file is left out, "" for sound files and pictures."""
    suffix = path.suffix.lower()
    if placeholder_of(path.name):
        return "is still in iCloud: download it in the Finder"
    if suffix in AUDIO:
        return "is hidden: rename it if it is a stem" if _is_hidden(path) else ""
    if suffix in OTHER_SOUND:
        return f"is {OTHER_SOUND[suffix]}, which stems cannot be: {CONVERT}"
    return "" if _is_picture(path) else "is not a sound file"


def _sides(sounds: Sequence[PurePath], folder: Path) -> Iterator[PurePath]:
    """Yield the files of pairs in mono such as ``Kick.L.wav`` and ``Kick.R.wav``."""
    sides: dict[tuple[PurePath, str], dict[str, PurePath]] = defaultdict(dict)
    for path in sounds:
        if match := _SIDE.fullmatch(path.stem):
            sides[path.parent, match[1]][match[2][0].upper()] = path
    for pair in sides.values():
        if len(pair) == 2 and not any(_is_stereo(folder / path) for path in pair.values()):
            yield from pair.values()


def _is_stereo(path: Path) -> bool:
    try:
        return open_source(path).channels == 2
    except UnreadableError:
        return False


def _mixdowns(sounds: Sequence[PurePath], folder: str) -> Iterator[PurePath]:
    """Yield the files that are mixes of the stems beside or below them."""

    def is_mix(path: PurePath) -> bool:
        title = path.parent.name or folder
        return is_mixdown(path.stem) or _is_titled(path, title) or _is_the_song(path, sounds)

    mixes = [path for path in sounds if is_mix(path)]
    for path in mixes:
        if any(other.is_relative_to(path.parent) for other in _others(sounds, mixes)):
            yield path


def _copies(sounds: Iterable[PurePath]) -> Iterator[tuple[PurePath, PurePath]]:
    """Yield files that are there in a better format, too, and those: ``Kick.mp3``, ``Kick.wav``."""
    best: dict[PurePath, PurePath] = {}
    by_format = sorted(sounds, key=lambda path: AUDIO.index(path.suffix.lower()))
    for path in by_format:
        other = best.setdefault(without_generic_folders(path).with_suffix(""), path)
        if other.suffix.lower() != path.suffix.lower():
            yield path, other


def _is_titled(path: PurePath, folder: str) -> bool:
    """Return whether a file is named like its folder, as a version of the song perhaps."""
    words, song = words_of(path.stem), words_of(song_title(folder))
    is_version = words[: len(song)] == song and VERSIONS.issuperset(words[len(song) :])
    return bool(song) and is_version and not has_instrument(path.stem)


def _is_the_song(path: PurePath, sounds: Sequence[PurePath]) -> bool:
    """Return whether the names of all files beside it begin with its own: ``Tide - Drums``."""
    beside = [other.stem for other in sounds if other.parent == path.parent and other != path]
    start = re.compile(rf"{re.escape(path.stem)}\s*[\s_-]\s*(.+)", re.IGNORECASE)
    rests = [match[1] for match in map(start.fullmatch, beside) if match]
    are_stems = 2 * sum(map(has_instrument, rests)) > len(beside)
    return 1 < len(rests) == len(beside) and are_stems and not has_instrument(path.stem)


def _others(sounds: Iterable[PurePath], mixes: Sequence[PurePath]) -> Iterator[PurePath]:
    return (path for path in sounds if path not in mixes)
