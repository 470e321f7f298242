"""content/albums/: a folder for each album, its songs in order."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from stempress.collection.documents import (
    checked_slug,
    markdown_files,
    read_date,
    read_document,
    split_front_matter,
)
from stempress.collection.image_check import check_picture
from stempress.collection.songs import parse_song
from stempress.core import identifiers as codes
from stempress.core.errors import Findings, closest, suggestion
from stempress.core.tables import Table
from stempress.core.text_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from pyodide_app.engine.model import Song


@dataclass(frozen=True, slots=True)
class Album:
    """An album: its songs in order, its story, the file of its cover if it has one."""

    slug: str
    title: str
    songs: tuple[Song, ...]
    upc: str = ""
    released: date | None = None
    cover: Path | None = None
    story: str = ""


def read_albums(content: Path, findings: Findings, *, pad: bool) -> Iterator[Album]:
    """Yield the albums; ``pad`` is what songs have that do not say it themselves."""
    folder = content / "albums"
    if not folder.is_dir():
        return
    for path in sorted(entry for entry in folder.iterdir() if entry.is_dir()):
        if path.name.startswith("."):
            continue
        where = f"content/albums/{path.name}"
        slug = checked_slug(path.name, where, findings)
        table, story = _read_index(path, f"{where}/index.md", findings)
        yield Album(
            slug=slug,
            title=table.text("title", required=True),
            songs=tuple(_album_songs(path, slug, table, findings, pad=pad)),
            upc=codes.read_identifier(table, "upc"),
            released=read_date(table, "released"),
            cover=_cover(path, table),
            story=story,
        )
        table.finish()


def _read_index(path: Path, where: str, findings: Findings) -> tuple[Table, str]:
    if not (path / "index.md").exists():
        findings.fault(where, "is missing", hint='it holds title, upc, songs = ["...", "..."]')
        return Table({}, where, findings, absent=True), ""
    return read_document(path / "index.md", where, findings)


def _album_songs(
    path: Path, album: str, table: Table, findings: Findings, *, pad: bool
) -> Iterator[Song]:
    where = f"content/albums/{path.name}"
    found = {slug: file for slug, file in markdown_files(path, where, findings) if slug != "index"}
    listed = _listed_songs(table, where, found)
    for slug in dict.fromkeys((*listed, *found)):
        file = f"{where}/{found[slug].name}" if slug in found else where
        text = read_text(found[slug], file, findings) if slug in found else None
        song, noted = _song(text, file, slug, album, pad=pad)
        findings.add(noted)
        yield song


@lru_cache(maxsize=1024)
def _song(
    text: str | None, where: str, slug: str, album: str, *, pad: bool
) -> tuple[Song, Findings]:
    """Read a song's file, or what cannot be read; previews need not read the same twice."""
    noted = Findings()
    if text is None:
        table, story = Table({}, where, noted, absent=True), ""
    else:
        table, story = split_front_matter(text, where, noted)
    return parse_song(slug, album, table, story, pad=pad), noted


def _listed_songs(table: Table, where: str, found: Mapping[str, Path]) -> tuple[str, ...]:
    """Return the songs that an album names; note those without a file, and files it leaves out."""
    order = f"the songs in order: {[*found]}"
    listed = tuple(filter(None, table.texts("songs", required=bool(found), hint=order)))
    if not listed and table.data.get("songs") != []:
        return ()
    for slug in [slug for slug, count in Counter(listed).items() if count > 1]:
        table.fault("songs", "names a song twice", slug)
    left_out = [slug for slug in found if slug not in listed]
    for slug in dict.fromkeys(listed):
        if slug not in found:
            valid = suggestion(slug, left_out or found)
            table.fault(
                "songs", "names a song that has no file", slug, f"{where}/<song>.md; {valid}"
            )
    mistyped = {closest(slug, left_out) for slug in listed if slug not in found}
    for slug in left_out:
        if slug not in mistyped:
            table.fault(
                "songs",
                "does not name a song that has a file",
                f"{slug}.md",
                "add it to the list or move the file away",
            )
    return listed


def _cover(path: Path, table: Table) -> Path | None:
    name = table.text("cover")
    if not name:
        return None
    if not re.fullmatch(r"[\w][\w .-]*\.(png|jpe?g|svg|webp)", name, re.IGNORECASE):
        table.fault("cover", "must be a picture beside index.md", name, "png, jpg, webp or svg")
        return None
    beside = [entry.name for entry in path.iterdir() if entry.suffix != ".md" and entry.is_file()]
    if name not in beside:
        table.fault("cover", "is not there", name, suggestion(name, beside))
        return None
    check_picture(path / name, f"content/albums/{path.name}/{name}", table.findings)
    return path / name
