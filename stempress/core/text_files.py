"""Reading and parsing of the artist's text files; faults name the line."""

from __future__ import annotations

import codecs
import json
import os
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.core.notation import show_value
from stempress.core.plain_text import CONTROL_CHARACTERS
from stempress.core.program import program
from stempress.core.toml_hints import toml_hint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stempress.core.errors import Findings

SITE_FILE = "site.toml"
SITE_FOLDERS = ("content", "stems", "templates")
SECRET_FILE = "secret.json"  # noqa: S105 - a file's name
"""The identities of unrevealed tokens: in the site's folder, never in dist/."""


def check_is_site(site: Path) -> None:
    """Raise SiteError for a folder without a site.toml."""
    if not (site / SITE_FILE).exists():
        start = f"or start one with {program('new')}"
        hint = f"{site} is not a site: pass its folder with --site, {start}"
        raise SiteError([Fault(SITE_FILE, "is missing", hint=hint)])


def read_text(path: Path, where: str, findings: Findings) -> str | None:
    """Return a file's text, which must be UTF-8; None, with a fault, if it cannot be read."""
    if is_refused_link(path, where, findings):
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        findings.fault(where, f"cannot be read: {error.strerror}")
        return None
    if encoding := _wide_encoding(data):
        findings.fault(where, f"is {encoding}, not UTF-8", hint="save it as UTF-8")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        findings.fault(
            where,
            "is not UTF-8",
            key=_line_key(data[: error.start].count(b"\n") + 1),
            value=data[error.start : error.start + 1],
            hint="save it as UTF-8",
        )
        return None


def _wide_encoding(data: bytes) -> str:
    """Return the name of an encoding of two or four bytes a character, "" for others.

    Without a byte order mark it is told by the zeros between the bytes of Latin letters.
    """
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    start = data[:512]
    zeros = max(start[0::2].count(0), start[1::2].count(0))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or zeros > len(start) / 4:
        return "UTF-16"
    return ""


def parse_toml(text: str, where: str, findings: Findings) -> dict[str, object] | None:
    """Return parsed TOML, which must not be modified; None, with a fault, if it is invalid."""
    try:
        return _parse_toml(text)
    except (ValueError, RecursionError) as error:
        message = str(error)
        _syntax_fault(text, where, "TOML", error, findings, lambda line: toml_hint(line, message))
        return None


@lru_cache(maxsize=1024)
def _parse_toml(text: str) -> dict[str, object]:
    """Parse TOML; cached for previews, which build again and again."""
    return tomllib.loads(text)


def parse_json(text: str, where: str, findings: Findings, example: str = "") -> object:
    """Return parsed JSON; None, with a fault, if it is invalid or has a duplicate key.

    ``example`` is shown with a syntax error.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique_keys)
    except (ValueError, RecursionError) as error:
        _syntax_fault(text, where, "JSON", error, findings, lambda _: example)
        return None


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table: dict[str, object] = {}
    for key, value in pairs:
        if key in table:
            raise ValueError(f"duplicate key {key!r} in {show_value(dict(pairs), as_json=True)}")
        table[key] = value
    return table


def _syntax_fault(  # noqa: PLR0913, PLR0917 - the parts of a fault
    text: str,
    where: str,
    language: str,
    error: Exception,
    findings: Findings,
    hint_of: Callable[[str], str],
) -> None:
    """Add a fault with the parser's message; the line is taken out of it and quoted."""
    position = re.search(r"\bline (\d+),? column (\d+)", str(error))
    at_end = "end of document" in str(error)
    number = int(position[1]) if position else len(text.rstrip().split("\n")) if at_end else 0
    line = text.split("\n")[number - 1] if number else None
    findings.fault(
        where,
        f"is not valid {language}: {re.sub(r' ?[(:][^(:]*(line \d|end of doc).*', '', str(error))}",
        key=_line_key(number) if number else "",
        value=line,
        hint=hint_of(line or ""),
    )


def check_control_characters(text: str, first_line: int, where: str, findings: Findings) -> None:
    """Add a fault for the first control character in a text that begins at ``first_line``."""
    match = CONTROL_CHARACTERS.search(text)
    if match:
        findings.fault(
            where,
            "must not contain control characters",
            key=_line_key(first_line + text.count("\n", 0, match.start())),
            value=match[0],
            hint="remove it",
        )


def _line_key(number: int) -> str:
    return f"line {number}"


def check_links(site: Path, findings: Findings) -> None:
    """Add a fault for every link in a site's folders whose target is outside of them.

    Such a link could publish any file of the disk. The folders themselves may be links.
    """
    roots = [_real_path(site), *(_real_path(site / folder) for folder in SITE_FOLDERS)]
    for folder in SITE_FOLDERS:
        for path in sorted(map(Path, _find_links(str(site / folder)))):
            if not any(_real_path(path).is_relative_to(root) for root in roots):
                findings.fault(
                    path.relative_to(site).as_posix(),
                    "is a link to something outside the site's folder",
                    value=str(path.readlink()),
                    hint="replace it with the file itself",
                )


def is_refused_link(path: Path, where: str, findings: Findings) -> bool:
    """Return whether a file is a link with a fault: nothing is read through it."""
    return path.is_symlink() and findings.has_fault(where)


def _find_links(folder: str) -> Iterator[str]:
    """Yield every link below a folder, without following any."""
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
    return Path(os.path.realpath(path))  # unlike resolve, never raises for circular links
