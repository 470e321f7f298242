"""Stem files: which file below stems/ belongs to which stem."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pyodide_app.engine.model import stem_keys
from stempress.collection.file_kinds import (
    AUDIO,
    CONVERT,
    ICLOUD,
    OTHER_SOUND,
    PICTURES,
    placeholder_of,
)
from stempress.collection.image_check import check_picture
from stempress.core.slugs import composed, slugify
from stempress.core.text_files import is_refused_link

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from pyodide_app.engine.model import Song, StemKey
    from stempress.core.errors import Findings


@dataclass(frozen=True, slots=True)
class StemFiles:
    """Audio files of all stems, and the picture layers that some of them have."""

    audio: Mapping[StemKey, Path] = field(default_factory=dict)
    pictures: Mapping[StemKey, Path] = field(default_factory=dict)


def find_stem_files(site: Path, songs: Sequence[Song], findings: Findings) -> StemFiles:
    """Match the files below stems/ with the songs' stems, one audio file for each."""
    files_of = _scan(site)
    keys = list(stem_keys(songs))
    orphans = sorted(files_of.keys() - keys)
    layers_with_files = {key[:2] for key in files_of}
    empty_layers = dict.fromkeys(key[:2] for key in keys if key[:2] not in layers_with_files)
    missing_layers = _missing_folders(site, empty_layers, orphans, findings)
    audio: dict[StemKey, Path] = {}
    pictures: dict[StemKey, Path] = {}
    for key in keys:
        files = files_of.pop(key, [])
        audio_file = _only_file(key, "audio", AUDIO, files, findings)
        picture = _only_file(key, "picture", PICTURES, files, findings)
        if audio_file and not _is_refused(site, audio_file, findings):
            audio[key] = audio_file
        unusable = [file for file in files if file.kind in (*OTHER_SOUND, ICLOUD)]
        if not audio_file and unusable:
            _fault_unusable(site, unusable[0], findings)
        elif not audio_file and key[:2] not in missing_layers:
            _fault_no_audio(
                key, [name for *folders, name in orphans if (*folders,) == key[:2]], findings
            )
        if picture and not _is_refused(site, picture, findings):
            pictures[key] = picture
            check_picture(picture, _where(site, picture), findings)
        for file in files:
            if file.kind not in AUDIO + PICTURES and (audio_file or file not in unusable):
                findings.warn(
                    _where(site, file.path),
                    "is neither an audio file nor a picture, and is ignored",
                )
    _warn_of_orphans(site, files_of, set(keys), findings)
    return StemFiles(audio, pictures)


class _File(NamedTuple):
    """A file below stems/; ``kind`` is its suffix in lower case, or that of a placeholder."""

    path: Path
    kind: str


def _scan(site: Path) -> dict[StemKey, list[_File]]:
    files: dict[StemKey, list[_File]] = {}
    for song in _sorted_entries(site / "stems"):
        for layer in _sorted_entries(song):
            for entry in _sorted_entries(layer):
                name = placeholder_of(entry.name) or entry.name
                if entry.is_file() and not name.startswith("."):
                    stem, suffix = _split(name)
                    kind = suffix.lower() if name == entry.name else ICLOUD
                    file = _File(Path(entry), kind)
                    key = composed(song.name), composed(layer.name), composed(stem)
                    files.setdefault(key, []).append(file)
    return files


def _split(name: str) -> tuple[str, str]:
    """Return a file name's stem and suffix."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and ending else (name, "")


def _sorted_entries(folder: Path | os.DirEntry[str]) -> list[os.DirEntry[str]]:
    """Return a folder's entries sorted by name; none if it is not a folder."""
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []


def _missing_folders(
    site: Path,
    empty_layers: Iterable[tuple[str, str]],
    orphans: Sequence[StemKey],
    findings: Findings,
) -> set[tuple[str, str]]:
    """Return the layers without a folder; of nested folders only the outermost is reported.

    ``empty_layers`` are the layers without any file, ``orphans`` the keys of files without a stem.
    """
    missing: dict[tuple[str, str], str] = {}
    for key in empty_layers:
        folders = ["/".join(("stems", *key[:depth])) for depth in range(3)]
        absent = next((folder for folder in folders if not (site / folder).is_dir()), None)
        if absent is None:
            continue
        if absent not in missing.values():
            depth = folders.index(absent)
            candidates = sorted(
                {orphan[depth - 1] for orphan in orphans if orphan[: depth - 1] == key[: depth - 1]}
            )
            rename = f"; or rename {', '.join(candidates)}" if candidates else ""
            findings.fault(
                f"{absent}/", "is missing", hint=f"stems/<song>/<layer>/<stem>.wav{rename}"
            )
        missing[key] = absent
    return set(missing)


def _only_file(
    key: StemKey, kind: str, suffixes: Sequence[str], files: Sequence[_File], findings: Findings
) -> Path | None:
    """Return the file of a kind; report a fault if there are several."""
    matching = [file.path for file in files if file.kind in suffixes]
    if len(matching) > 1:
        findings.fault(
            f"stems/{'/'.join(key)}",
            f"the stem has more than one {kind} file",
            value=[path.name for path in matching],
            hint="keep one",
        )
    return matching[0] if matching else None


def _fault_unusable(site: Path, file: _File, findings: Findings) -> None:
    """Report a stem's only sound file, which cannot be decoded."""
    where = _where(site, file.path)
    if file.kind == ICLOUD:
        findings.fault(where, "is still in iCloud", hint="download it in the Finder")
    else:
        message = f"is {OTHER_SOUND[file.kind]}, which stems cannot be"
        findings.fault(where, message, value=file.path.suffix, hint=CONVERT)


def _fault_no_audio(key: StemKey, stray: Sequence[str], findings: Findings) -> None:
    others = f"; files without a stem: {', '.join(sorted(set(stray)))}" if stray else ""
    findings.fault(
        f"stems/{'/'.join(key)}",
        "the stem has no audio file",
        hint=f"{key[2]}.wav, .flac, .aiff, .ogg, .opus or .mp3{others}",
    )


def _warn_of_orphans(
    site: Path,
    files_of: Mapping[StemKey, Sequence[_File]],
    stems: Collection[StemKey],
    findings: Findings,
) -> None:
    """Warn of files that belong to none of the stems."""
    layers = {stem[:2] for stem in stems}
    for key, files in files_of.items():
        for file in files:
            is_sound_of_layer = key[:2] in layers and file.kind in AUDIO
            findings.warn(
                _where(site, file.path),
                "belongs to no stem and is ignored",
                hint=_hint_of_sound(key, file, stems)
                if is_sound_of_layer
                else "stems/<song>/<layer>/<stem>.<ext>",
            )


def _hint_of_sound(key: StemKey, file: _File, stems: Collection[StemKey]) -> str:
    """Return what to do with a sound file of a layer that has no such stem."""
    song, layer, name = key
    slug = slugify(name)
    rename = f"rename it to {slug}{file.path.suffix}"
    if (song, layer, slug) in stems:
        return rename
    add = f'add name = "{name}" to the [[layers.stems]] of {layer} in {song}.md'
    return add if slug == name else f"{add}, and {rename}"


def _is_refused(site: Path, file: Path, findings: Findings) -> bool:
    return bool(findings.faults) and is_refused_link(file, _where(site, file), findings)


def _where(site: Path, file: Path) -> str:
    return file.relative_to(site).as_posix()
