"""Lyrics of a song: the file <song>.lrc (with times) or <song>.lyrics.txt beside <song>.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyodide_app.engine.model import LyricLine, Lyrics
from stempress.collection.lrc import clean_line, has_times, parse_lrc
from stempress.core.crash_log import working_on
from stempress.core.errors import suggestion
from stempress.core.slugs import composed
from stempress.core.text_files import check_control_characters, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from stempress.core.errors import Findings

TIMED, PLAIN = ".lrc", ".lyrics.txt"


def find_lyrics(folder: Path) -> dict[str, list[Path]]:
    """Return the lyrics files of an album's folder by the slug of their song."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        name = composed(path.name)
        suffix = next((each for each in (TIMED, PLAIN) if name.lower().endswith(each)), "")
        if suffix and not name.startswith(".") and path.is_file():
            found.setdefault(name[: -len(suffix)], []).append(path)
    return found


def warn_of_strays(
    folder: Path,
    where: str,
    found: Mapping[str, list[Path]],
    songs: Iterable[str],
    findings: Findings,
) -> None:
    """Warn of lyrics without a song, and of texts that may be meant as lyrics."""
    songs = tuple(songs)
    for slug, paths in found.items():
        if slug not in songs:
            for path in paths:
                message = "belongs to no song and is ignored"
                findings.warn(f"{where}/{path.name}", message, hint=suggestion(slug, songs))
    for path in sorted(folder.glob("*.txt")):
        if composed(path.stem) in songs:
            hint = f"if it has the lyrics: {path.stem}{PLAIN}"
            findings.warn(f"{where}/{path.name}", "is ignored", hint=hint)


def read_lyrics(paths: list[Path], where: str, findings: Findings) -> Lyrics | None:
    """Read a song's lyrics from its only lyrics file; ``where`` is the album's folder."""
    if len(paths) != 1:
        names = [path.name for path in paths]
        findings.fault(
            f"{where}/{names[0]}", "is not the song's only lyrics", value=names, hint="keep one"
        )
        return None
    path, place = paths[0], f"{where}/{paths[0].name}"
    with working_on(place):
        text = read_text(path, place, findings)
        if text is None or not _is_readable(text, place, findings):
            return None
        parse = parse_lrc if path.name.lower().endswith(TIMED) else parse_plain
        return parse(text, place, findings)


def parse_plain(text: str, where: str, findings: Findings) -> Lyrics:
    """Parse lyrics without times; stanzas are parted by empty lines."""
    if has_times(text):
        findings.warn(where, "has times, which are shown as text", hint=f"<song>{TIMED}")
    stanzas = re.split(r"\n\s*\n", text.strip())
    lines = "\n\n".join(stanzas).split("\n")
    return Lyrics(tuple(LyricLine(clean_line(line)) for line in lines))


def _is_readable(text: str, where: str, findings: Findings) -> bool:
    """Report a text that is empty or has control characters."""
    if not text.strip():
        findings.fault(where, "is empty", hint="write the lyrics into it, or remove it")
        return False
    check_control_characters(text, 1, where, findings)
    return not findings.has_fault(where)
