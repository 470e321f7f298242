"""stems/: which file is which stem."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pyodide_app.engine.model import stem_keys
from stempress.collection.image_check import check_picture
from stempress.core.errors import suggestion
from stempress.core.text_files import is_refused_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyodide_app.engine.model import Song, StemKey
    from stempress.core.errors import Findings

AUDIO = (".wav", ".flac", ".aiff", ".aif", ".ogg", ".opus", ".mp3")
PICTURES = (".png", ".jpg", ".jpeg", ".svg")


@dataclass(frozen=True, slots=True)
class StemFiles:
    """The sound of every stem, and the picture layers that some have."""

    audio: Mapping[StemKey, Path] = field(default_factory=dict)
    pictures: Mapping[StemKey, Path] = field(default_factory=dict)


def find_stem_files(site: Path, songs: Sequence[Song], findings: Findings) -> StemFiles:
    """Match the files below stems/ with the songs; every stem has one file, every file a stem."""
    found = _found(site)
    wanted = list(stem_keys(songs))
    orphans = sorted(found.keys() - wanted)
    there = {key[:2] for key in found}
    lacking = dict.fromkeys(key[:2] for key in wanted if key[:2] not in there)
    missing = _missing_folders(site, lacking, orphans, findings)
    audio: dict[StemKey, Path] = {}
    pictures: dict[StemKey, Path] = {}
    for key in wanted:
        files = found.pop(key, [])
        sound = _one(key, "sound", AUDIO, files, findings)
        picture = _one(key, "picture", PICTURES, files, findings)
        if sound and not _is_refused(site, sound, findings):
            audio[key] = sound
        if not sound and key[:2] not in missing:
            _no_sound(key, [name for *at, name in orphans if (*at,) == key[:2]], findings)
        if picture and not _is_refused(site, picture, findings):
            pictures[key] = picture
            check_picture(picture, _where(site, picture), findings)
        for file in files:
            if file.kind not in AUDIO + PICTURES:
                suffix = file.path.suffix
                findings.fault(
                    _where(site, file.path),
                    "is neither sound nor picture",
                    value=suffix,
                    hint=suggestion(suffix, AUDIO + PICTURES),
                )
    for file in (file for files in found.values() for file in files):
        findings.warn(
            _where(site, file.path),
            "belongs to no stem and is left out",
            hint="stems/<song>/<layer>/<stem>.<ext>",
        )
    return StemFiles(audio, pictures)


class _File(NamedTuple):
    """A file below stems/; ``kind`` is its ending in lower case."""

    path: Path
    kind: str


def _found(site: Path) -> dict[StemKey, list[_File]]:
    found: dict[StemKey, list[_File]] = {}
    for song in _entries(site / "stems"):
        for layer in _entries(song):
            for entry in _entries(layer):
                if entry.is_file() and not entry.name.startswith("."):
                    stem, kind = _split(entry.name)
                    file = _File(Path(entry), kind.lower())
                    found.setdefault((song.name, layer.name, stem), []).append(file)
    return found


def _split(name: str) -> tuple[str, str]:
    """Return a file's name without its ending, and the ending."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and ending else (name, "")


def _entries(folder: Path | os.DirEntry[str]) -> list[os.DirEntry[str]]:
    """Return what is in a folder, by name; nothing of what is none."""
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []


def _missing_folders(
    site: Path,
    lacking: Iterable[tuple[str, str]],
    orphans: Sequence[StemKey],
    findings: Findings,
) -> set[tuple[str, str]]:
    """Return song and layer of the folders that are not there; the outermost is noted, once.

    ``lacking`` are those in which nothing was found.
    """
    missing: dict[tuple[str, str], str] = {}
    for key in lacking:
        folders = ["/".join(("stems", *key[:depth])) for depth in range(3)]
        absent = next((folder for folder in folders if not (site / folder).is_dir()), None)
        if absent is None:
            continue
        if absent not in missing.values():
            depth = folders.index(absent)
            beside = sorted(
                {at[depth - 1] for at in orphans if at[: depth - 1] == key[: depth - 1]}
            )
            rename = f"; or rename {', '.join(beside)}" if beside else ""
            findings.fault(
                f"{absent}/", "is missing", hint=f"stems/<song>/<layer>/<stem>.wav{rename}"
            )
        missing[key] = absent
    return set(missing)


def _one(
    key: StemKey, kind: str, endings: Sequence[str], files: Sequence[_File], findings: Findings
) -> Path | None:
    """Return the file of a kind; a fault is noted where there are more."""
    fitting = [file.path for file in files if file.kind in endings]
    if len(fitting) > 1:
        findings.fault(
            f"stems/{'/'.join(key)}",
            f"the stem has more than one {kind} file",
            value=[path.name for path in fitting],
            hint="keep one",
        )
    return fitting[0] if fitting else None


def _no_sound(key: StemKey, beside: Sequence[str], findings: Findings) -> None:
    there = f"; there without a stem: {', '.join(sorted(set(beside)))}" if beside else ""
    findings.fault(
        f"stems/{'/'.join(key)}",
        "the stem has no sound file",
        hint=f"{key[2]}.wav, .flac, .aiff, .ogg, .opus or .mp3{there}",
    )


def _is_refused(site: Path, file: Path, findings: Findings) -> bool:
    return bool(findings.faults) and is_refused_link(file, _where(site, file), findings)


def _where(site: Path, file: Path) -> str:
    return file.relative_to(site).as_posix()
