"""content/ + stems/ + tokens.json -> Collection."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from stempress import codes
from stempress.errors import nearest
from stempress.fields import Table, is_slug, slugify
from stempress.ledger import Ledger, read_ledger
from stempress.songs import parse_song
from stempress.stems import StemFiles, find_stem_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song, Stem, StemKey, Token
    from stempress.errors import Findings
    from stempress.settings import Settings


@dataclass(frozen=True, slots=True)
class Document:
    """A page of words: Markdown and what its front matter says."""

    slug: str
    title: str
    body: str
    where: str
    date: date | None = None
    songs: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Collection:
    """Everything the artist wrote, checked."""

    settings: Settings
    home: Document
    pages: tuple[Document, ...]
    notes: tuple[Document, ...]
    albums: tuple[Album, ...]
    ledger: Ledger
    files: StemFiles
    _songs: Mapping[str, Song] = field(default_factory=dict)

    @property
    def songs(self) -> tuple[Song, ...]:
        """Every song, in the order of albums."""
        return tuple(self._songs.values())

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Every token of the ledger."""
        return self.ledger.tokens

    def song(self, slug: str) -> Song:
        """Return a song by slug; KeyError if there is none such."""
        return self._songs[slug]

    def album(self, slug: str) -> Album:
        """Return an album by slug; KeyError if there is none such."""
        return next((album for album in self.albums if album.slug == slug), None) or _missing(slug)

    def stem(self, key: StemKey) -> Stem:
        """Return a stem by its full name; KeyError if there is none such."""
        layer = self.song(key[0]).layer(key[1])
        return layer.stems[layer.index(key[2])]


def _missing(slug: str) -> Album:
    raise KeyError(slug)


def read_collection(site: Path, settings: Settings, findings: Findings) -> Collection:
    """Read the content of a site's folder; what is wrong is noted and read around."""
    content = site / "content"
    if not content.is_dir():
        findings.fault("content/", "is missing", hint="it holds index.md, albums/ and tokens.json")
    albums = tuple(_albums(content, settings, findings))
    songs: dict[str, Song] = {}
    for album in albums:
        for song in album.songs:
            if song.slug in songs:
                findings.fault(
                    f"content/albums/{album.slug}/{song.slug}.md",
                    "two songs have one slug",
                    value=song.slug,
                    hint=f"another is in {songs[song.slug].album}: rename one file",
                )
            songs.setdefault(song.slug, song)
    if content.is_dir() and not songs and not findings.faults:
        findings.fault("content/albums/", "has no song", hint="content/albums/<album>/<song>.md")
    files = find_stem_files(site, tuple(songs.values()), findings)
    home = _home(content, settings, findings)
    notes = tuple(_documents(content / "notes", findings, songs, dated=True))
    return Collection(
        settings=settings,
        home=home,
        pages=tuple(_documents(content / "pages", findings, songs)),
        notes=tuple(sorted(notes, key=lambda note: (note.date or date.min, note.slug))[::-1]),
        albums=albums,
        ledger=read_ledger(content / "tokens.json", songs, {a.slug: a for a in albums}, findings),
        files=files,
        _songs=songs,
    )


def split_front_matter(text: str, where: str, findings: Findings) -> tuple[Table, str]:
    """Split a Markdown file into its TOML front matter and its body."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if not lines or lines[0].strip() != "+++":
        findings.fault(where, "has no front matter", hint="begin with +++, TOML lines, then +++")
        return Table({}, where, findings), text
    marks = [at for at, line in enumerate(lines) if at and line.strip() == "+++"]
    if not marks:
        findings.fault(where, "front matter is not closed", hint="end it with a line +++")
        return Table({}, where, findings), ""
    try:
        data = tomllib.loads("\n".join(lines[1 : marks[0]]))
    except tomllib.TOMLDecodeError as error:
        findings.fault(where, f"front matter is not valid TOML: {error}")
        data = {}
    return Table(data, where, findings), "\n".join(lines[marks[0] + 1 :]).strip()


def _read(path: Path, where: str, findings: Findings) -> tuple[Table, str] | None:
    """Read a Markdown file, or note why that cannot be done."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        findings.fault(where, f"cannot be read: {error}", hint="save it as UTF-8")
        return None
    before = len(findings.faults)
    table, body = split_front_matter(text, where, findings)
    return None if len(findings.faults) > before else (table, body)


def _markdown_files(folder: Path, where: str, findings: Findings) -> Iterator[tuple[str, Path]]:
    """Yield slug and path of every Markdown file in a folder, in order."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.md")):
        if path.name.startswith("."):
            continue
        if is_slug(path.stem):
            yield path.stem, path
        else:
            findings.fault(
                f"{where}/{path.name}",
                "its name cannot stand in an address",
                value=path.stem,
                hint=f"rename it to {slugify(path.stem) or 'letters and hyphens'}.md",
            )


def _home(content: Path, settings: Settings, findings: Findings) -> Document:
    where = "content/index.md"
    read = _read(content / "index.md", where, findings) if (content / "index.md").exists() else None
    if read is None:
        return Document("", settings.title, "", where)
    table, body = read
    home = Document("", table.text("title", settings.title), body, where)
    table.done()
    return home


def _documents(
    folder: Path, findings: Findings, songs: Mapping[str, Song], *, dated: bool = False
) -> Iterator[Document]:
    where = f"content/{folder.name}"
    for slug, path in _markdown_files(folder, where, findings):
        read = _read(path, f"{where}/{path.name}", findings)
        if read is None:
            continue
        table, body = read
        yield Document(
            slug=slug,
            title=table.text("title", required=True),
            body=body,
            where=table.where,
            date=_date(table, "date", required=True) if dated else None,
            songs=tuple(_known_songs(table, songs)) if dated else (),
        )
        table.done()


def _known_songs(table: Table, songs: Mapping[str, Song]) -> Iterator[str]:
    for slug in table.texts("songs"):
        if slug in songs:
            yield slug
        else:
            table.fault("songs", "names a song that is not there", slug, nearest(slug, songs))


def _date(table: Table, key: str, *, required: bool = False) -> date | None:
    """Read a TOML date, or a text such as "2026-03-01"."""
    value = table.data.get(key)
    if value is None or isinstance(value, str):
        text = table.text(key, required=required)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            table.fault(key, "is not a date", value, 'such as "2026-03-01"')
            return None
    table.mark(key)
    if isinstance(value, datetime):
        return value.astimezone(UTC).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    table.fault(key, "is not a date", value, "such as 2026-03-01")
    return None


def _albums(content: Path, settings: Settings, findings: Findings) -> Iterator[Album]:
    folder = content / "albums"
    if not folder.is_dir():
        return
    for path in sorted(entry for entry in folder.iterdir() if entry.is_dir()):
        where = f"content/albums/{path.name}"
        if not is_slug(path.name):
            findings.fault(
                where,
                "its name cannot stand in an address",
                value=path.name,
                hint=f"rename it to {slugify(path.name)}",
            )
            continue
        if not (path / "index.md").exists():
            findings.fault(
                f"{where}/index.md", "is missing", hint="it holds title, upc, songs = []"
            )
            continue
        read = _read(path / "index.md", f"{where}/index.md", findings)
        if read is not None:
            yield _album(path, *read, settings, findings)


def _album(path: Path, table: Table, story: str, settings: Settings, findings: Findings) -> Album:
    where = f"content/albums/{path.name}"
    album = Album(
        slug=path.name,
        title=table.text("title", required=True),
        songs=tuple(_album_songs(path, where, table, settings, findings)),
        upc=codes.read(table, "upc"),
        released=_date(table, "released"),
        cover=_cover(path, table),
        story=story,
    )
    table.done()
    return album


def _album_songs(
    path: Path, where: str, table: Table, settings: Settings, findings: Findings
) -> Iterator[Song]:
    found = {slug: file for slug, file in _markdown_files(path, where, findings) if slug != "index"}
    listed = table.texts("songs")
    if not listed and found:
        table.fault("songs", "is required: the order of the songs", hint=f"songs = {list(found)}")
    for slug in dict.fromkeys(listed):
        if slug not in found:
            table.fault(
                "songs",
                "names a song that has no file",
                slug,
                f"{where}/<song>.md; {nearest(slug, found)}",
            )
            continue
        read = _read(found[slug], f"{where}/{slug}.md", findings)
        if read is not None:
            yield parse_song(slug, path.name, *read, pad=settings.audio.pad)
    if len(set(listed)) < len(listed):
        table.fault("songs", "names a song twice", list(listed))
    for slug in found:
        if listed and slug not in listed:
            table.fault(
                "songs",
                "does not name a song that has a file",
                f"{slug}.md",
                "add it to the list or move the file away",
            )


def _cover(path: Path, table: Table) -> Path | None:
    name = table.text("cover")
    if not name:
        return None
    if not re.fullmatch(r"[\w][\w .-]*\.(png|jpe?g|svg|webp)", name, re.IGNORECASE):
        table.fault("cover", "must be a picture beside index.md", name, "png, jpg, webp or svg")
        return None
    if not (path / name).is_file():
        beside = [entry.name for entry in path.iterdir() if entry.suffix != ".md"]
        table.fault("cover", "is not there", name, nearest(name, beside))
        return None
    return path / name
