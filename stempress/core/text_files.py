"""The artist's text files: read as UTF-8, parsed, and what is wrong shown with its line."""

from __future__ import annotations

import json
import os
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.core.errors import shorten
from stempress.core.tables import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stempress.core.errors import Findings

SITE_FOLDERS = ("content", "stems", "templates")
SECRET_FILE = "secret.json"  # noqa: S105 - a file's name
"""What unrevealed tokens are, in the site's folder and never in dist/."""


def read_text(path: Path, where: str, findings: Findings) -> str | None:
    """Return a file's text; None, and a fault noted, if it cannot be read."""
    if is_refused_link(path, where, findings):
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        findings.fault(where, f"cannot be read: {error.strerror}")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        findings.fault(
            where,
            "is not UTF-8",
            key=_line_key(data[: error.start].count(b"\n") + 1),
            value=data[error.start : error.start + 1],
            hint="save it as UTF-8",
        )
        return None


def parse_toml(text: str, where: str, findings: Findings) -> dict[str, object] | None:
    """Return parsed TOML, not to be changed; None, and a fault noted, if it is not valid."""
    try:
        return _parse_toml(text)
    except (ValueError, RecursionError) as error:
        hint = 'such as: title = "Undertow", bpm = 92, songs = ["one", "two"]'
        _syntax_fault(text, where, "TOML", error, findings, hint)
        return None


@lru_cache(maxsize=1024)
def _parse_toml(text: str) -> dict[str, object]:
    """Read TOML; previews build again and again, and need not read the same twice."""
    return tomllib.loads(text)


def parse_json(text: str, where: str, findings: Findings) -> object:
    """Return parsed JSON; None, and a fault noted, if it is not valid or a key stands twice."""
    try:
        return json.loads(text, object_pairs_hook=_unique_keys)
    except (ValueError, RecursionError) as error:
        hint = 'such as: { "tokens": [{ "id": "1", "tier": "stem", "state": "unrevealed" }] }'
        _syntax_fault(text, where, "JSON", error, findings, hint)
        return None


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in {shorten(dict(pairs))}")
        found[key] = value
    return found


def _syntax_fault(  # noqa: PLR0913, PLR0917 - what a fault says
    text: str, where: str, language: str, error: Exception, findings: Findings, hint: str
) -> None:
    """Note what is wrong, and the line that both parsers name in words."""
    named = re.search(r"\bline (\d+),? column (\d+)", str(error))
    at_end = "end of document" in str(error)
    number = int(named[1]) if named else len(text.rstrip().split("\n")) if at_end else 0
    findings.fault(
        where,
        f"is not valid {language}: {re.sub(r' ?[(:][^(:]*(line \d|end of doc).*', '', str(error))}",
        key=_line_key(number) if number else "",
        value=text.split("\n")[number - 1] if number else None,
        hint=hint,
    )


def check_control_characters(text: str, first: int, where: str, findings: Findings) -> None:
    """Note a fault for control characters in a text whose first line has a number."""
    found = CONTROL_CHARACTERS.search(text)
    if found:
        findings.fault(
            where,
            "must not hold control characters",
            key=_line_key(first + text.count("\n", 0, found.start())),
            value=found[0],
            hint="remove it",
        )


def _line_key(number: int) -> str:
    return f"line {number}"


def check_links(site: Path, findings: Findings) -> None:
    """Note a fault for every link in a site's folders that leads out of them.

    Nothing else of a disk gets published. The folders themselves may be links.
    """
    roots = [_real_path(site), *(_real_path(site / folder) for folder in SITE_FOLDERS)]
    for folder in SITE_FOLDERS:
        for path in sorted(map(Path, _find_links(str(site / folder)))):
            if not any(_real_path(path).is_relative_to(root) for root in roots):
                findings.fault(
                    path.relative_to(site).as_posix(),
                    "is a link that leads out of the site's folder",
                    value=str(path.readlink()),
                    hint="put the file itself there",
                )


def is_refused_link(path: Path, where: str, findings: Findings) -> bool:
    """Say whether a file is a link that has been refused: nothing is read through it."""
    return path.is_symlink() and findings.has_fault(where)


def _find_links(folder: str) -> Iterator[str]:
    """Yield every link below a folder; none is followed."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_symlink():
            yield entry.path
        elif entry.is_dir(follow_symlinks=False):
            yield from _find_links(entry.path)


def _real_path(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike resolve, it never raises where links go in circles
