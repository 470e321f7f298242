"""stems/: which file is which stem."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.errors import Findings

AUDIO = (".wav", ".flac", ".aiff", ".aif", ".ogg", ".opus", ".mp3")
PICTURES = (".png", ".jpg", ".jpeg", ".svg")


@dataclass(frozen=True, slots=True)
class StemFiles:
    """The sound of every stem, and the picture layers that some have."""

    audio: Mapping[StemKey, Path] = field(default_factory=dict)
    pictures: Mapping[StemKey, Path] = field(default_factory=dict)


def find_stem_files(site: Path, songs: Sequence[Song], findings: Findings) -> StemFiles:
    """Match the files below stems/ with the songs; every stem has one file, every file a stem."""
    found: dict[StemKey, list[Path]] = {}
    for path in sorted((site / "stems").glob("*/*/*")):
        if path.is_file() and not path.name.startswith("."):
            found.setdefault((path.parts[-3], path.parts[-2], path.stem), []).append(path)
    audio: dict[StemKey, Path] = {}
    pictures: dict[StemKey, Path] = {}
    for key in stem_keys(songs):
        files = found.pop(key, [])
        _one(key, [file for file in files if file.suffix.lower() in AUDIO], audio, findings)
        for file in files:
            if file.suffix.lower() in PICTURES:
                pictures[key] = file
            elif file.suffix.lower() not in AUDIO:
                findings.fault(
                    _where(site, file),
                    "is neither sound nor picture",
                    value=file.suffix,
                    hint=nearest(file.suffix, AUDIO + PICTURES),
                )
        if key not in audio:
            song, layer, stem = key
            beside = sorted({name for (s, la, name) in found if (s, la) == (song, layer)})
            findings.fault(
                f"stems/{song}/{layer}/{stem}",
                "the stem has no sound file",
                hint=f"{stem}.wav, .flac, .aiff, .ogg, .opus or .mp3"
                + (f"; there without a stem: {', '.join(beside)}" if beside else ""),
            )
    for files in found.values():
        for file in files:
            findings.warn(
                _where(site, file),
                "belongs to no stem and is left out",
                hint="stems/<song>/<layer>/<stem>.<ext>",
            )
    return StemFiles(audio, pictures)


def _one(key: StemKey, files: list[Path], audio: dict[StemKey, Path], findings: Findings) -> None:
    if len(files) > 1:
        findings.fault(
            f"stems/{'/'.join(key)}",
            "the stem has more than one sound file",
            value=[file.name for file in files],
            hint="keep one",
        )
    if files:
        audio[key] = files[0]


def _where(site: Path, file: Path) -> str:
    return file.relative_to(site).as_posix()
