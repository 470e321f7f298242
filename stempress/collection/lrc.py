"""LRC: lyrics with times.

LRC has no specification. Read is what programs write: several times before a line, times within a
line (which are left out), tags such as ``[ar:...]``, ``[offset:...]`` in ms, lines in any order.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from pyodide_app.engine.model import LyricLine, Lyrics

if TYPE_CHECKING:
    from stempress.core.errors import Findings

TIME = r"(?:(\d{1,2}):)??(\d{1,4}):(\d{1,2})(?:[.,:](\d{1,3}))?"
"""``mm:ss`` or ``h:mm:ss``, with tenths to thousandths after a point, a comma or a colon."""
STAMP = re.compile(rf"\s*\[\s*{TIME}\s*\]")
WORD_STAMP = re.compile(rf"<\s*{TIME}\s*>")
MISTYPED_STAMP = re.compile(r"\s*\[\s*[-+]?\d+\s*[:.,][^\]]*\]?")
TAG = re.compile(r"\s*\[\s*([^\W\d_]+|#)\s*:([^\]]*)\]?\s*")
TAGS = {
    *("al", "album", "ar", "artist", "au", "author", "by", "encoding", "hash", "id", "kana", "key"),
    *("la", "language", "length", "lr", "offset", "qq", "re", "sign", "ti", "title", "tool"),
    *("total", "ve", "version", "#"),
}
"""Tags that say something about the file or the song; all but ``offset`` and ``la`` are ignored."""
EXAMPLE = "such as [01:23.45]"


def parse_lrc(text: str, where: str, findings: Findings) -> Lyrics | None:
    """Parse LRC without control characters; faults name the line. None if nothing can be used."""
    reader = _LrcReader(where, findings)
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            reader.read(line, number)
    return reader.lyrics()


def has_times(text: str) -> bool:
    """Return whether a text begins with a time, as in LRC."""
    return bool(STAMP.match(text))


class _LrcReader:
    """Reads the lines of an LRC file."""

    def __init__(self, where: str, findings: Findings) -> None:
        self._where, self._findings = where, findings
        self._lines: list[LyricLine] = []
        self._untimed: list[tuple[int, str]] = []
        self._offset, self._language = 0.0, ""

    def read(self, line: str, number: int) -> None:
        """Read a line, counted from 1."""
        times, rest = _stamps(line)
        if not times and (tag := TAG.fullmatch(rest)):
            self._tag(tag[1].lower(), tag[2].strip(), number)
        elif bad := MISTYPED_STAMP.match(rest):
            self._fault(number, "is not a time", bad[0].strip(), EXAMPLE)
        elif not times:
            self._untimed.append((number, line.strip()))
        else:
            words = clean_line(WORD_STAMP.sub("", rest))
            self._lines += [LyricLine(words, time) for time in times]
            if any(time is None for time in times):
                self._fault(number, "has a time with 60 seconds or more", line.strip(), EXAMPLE)

    def _tag(self, name: str, value: str, number: int) -> None:
        if name == "offset":
            if re.fullmatch(r"[-+]?\d{1,9}", value, re.ASCII):
                self._offset = int(value) / 1000
            else:
                self._fault(
                    number, "has an offset that is not in milliseconds", value, "[offset:+250]"
                )
        elif name == "la" and re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value):
            self._language = value
        elif name == "la" and value:
            message = "is not a language tag, and is ignored"
            self._findings.warn(
                self._where, message, key=f"line {number}", value=value, hint="such as [la:en]"
            )
        elif name not in TAGS:
            message = "is not a tag that is known, and is ignored"
            self._findings.warn(
                self._where, message, key=f"line {number}", value=name, hint=EXAMPLE
            )

    def lyrics(self) -> Lyrics | None:
        """Return what was read, in the order of its times; the offset moves all of it forward."""
        if not any(line.text for line in self._lines):
            if not self._findings.has_fault(self._where):
                hint = f"{EXAMPLE}; lyrics without times: <song>.lyrics.txt"
                self._findings.fault(self._where, "has no line with a time", hint=hint)
            return None
        for number, line in self._untimed:
            self._fault(number, "has no time", line, EXAMPLE)
        lines = [
            LyricLine(line.text, max(0.0, round((line.time or 0.0) - self._offset, 3)))
            for line in self._lines
        ]
        return Lyrics(tuple(sorted(lines, key=lambda line: line.time or 0.0)), self._language)

    def _fault(self, number: int, message: str, value: str, hint: str) -> None:
        self._findings.fault(self._where, message, key=f"line {number}", value=value, hint=hint)


def _stamps(line: str) -> tuple[list[float | None], str]:
    """Return the times at the start of a line, in seconds, and the rest of it.

    None stands for a time that no clock shows.
    """
    times: list[float | None] = []
    while match := STAMP.match(line):
        times.append(_seconds(match))
        line = line[match.end() :]
    return times, line


def _seconds(match: re.Match[str]) -> float | None:
    hours, minutes, seconds, fraction = match.groups()
    if int(seconds) > 59:
        return None
    whole: float = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole + int(fraction) / 10 ** len(fraction) if fraction else whole


def clean_line(text: str) -> str:
    """Return words with single spaces, in NFC."""
    return unicodedata.normalize("NFC", " ".join(text.split()))
