"""content/ + stems/ + tokens.json -> Collection."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from stempress import codes
from stempress.errors import closest, nearest
from stempress.fields import Table, is_slug, slugify
from stempress.ledger import Ledger, read_ledger
from stempress.pictures import check_picture
from stempress.songs import parse_song
from stempress.stems import StemFiles, find_stem_files
from stempress.texts import parse_toml, read_text, refuse_control, refuse_links

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
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
    refuse_links(site, findings)
    albums = tuple(_albums(content, settings, findings))
    songs = _by_slug(albums, findings)
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


def _by_slug(albums: Sequence[Album], findings: Findings) -> dict[str, Song]:
    """Return every song by its slug; what two songs of one slug hold is left open."""
    songs: dict[str, Song] = {}
    first: dict[str, Song] = {}
    for song in (song for album in albums for song in album.songs):
        other = first.setdefault(song.slug.casefold(), song)
        if other is not song:
            findings.fault(
                f"content/albums/{song.album}/{song.slug}.md",
                "two songs have one slug",
                value=song.slug,
                hint=f"the other is content/albums/{other.album}/{other.slug}.md: rename one file",
            )
            songs[other.slug] = replace(other, layers=())
        songs.setdefault(song.slug, song)
    return songs


def split_front_matter(text: str, where: str, findings: Findings) -> tuple[Table, str]:
    """Split a Markdown file into its TOML front matter and its body."""
    nothing = Table({}, where, findings, absent=True)
    lines = text.split("\n")
    if lines[0].strip() != "+++":
        findings.fault(where, "has no front matter", hint="begin with +++, TOML lines, then +++")
        return nothing, text
    end = next((at for at, line in enumerate(lines) if at and line.strip() == "+++"), None)
    if end is None:
        findings.fault(where, "front matter is not closed", hint="end it with a line +++")
        return nothing, ""
    body = "\n".join(lines[end + 1 :])
    refuse_control(body, end + 2, where, findings)
    data = parse_toml("\n".join(["", *lines[1:end]]), where, findings)
    return nothing if data is None else Table(data, where, findings), body.strip()


def _read(path: Path, where: str, findings: Findings) -> tuple[Table, str]:
    """Read a Markdown file; an absent table, and a fault noted, if that cannot be done."""
    text = read_text(path, where, findings)
    if text is None:
        return Table({}, where, findings, absent=True), ""
    return split_front_matter(text, where, findings)


def _markdown_files(folder: Path, where: str, findings: Findings) -> Iterator[tuple[str, Path]]:
    """Yield slug and path of every Markdown file in a folder, in order."""
    for path in sorted(folder.glob("*.md")):
        if not path.name.startswith("."):
            yield _checked_slug(path.stem, f"{where}/{path.name}", findings), path


def _checked_slug(name: str, where: str, findings: Findings) -> str:
    """Return a file's name if it can stand in an address; note a fault and mend it if not."""
    if is_slug(name):
        return name
    mended = slugify(name)[:60]
    findings.fault(
        where,
        "its name cannot stand in an address",
        value=name,
        hint=f"rename it to {mended or 'letters and hyphens'}",
    )
    return mended


def _home(content: Path, settings: Settings, findings: Findings) -> Document:
    where = "content/index.md"
    if not (content / "index.md").exists():
        return Document("", settings.title, "", where)
    table, body = _read(content / "index.md", where, findings)
    home = Document("", table.text("title", settings.title), body, where)
    table.done()
    return home


def _documents(
    folder: Path, findings: Findings, songs: Mapping[str, Song], *, dated: bool = False
) -> Iterator[Document]:
    where = f"content/{folder.name}"
    for slug, path in _markdown_files(folder, where, findings):
        table, body = _read(path, f"{where}/{path.name}", findings)
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
        elif slug:
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
        return value.date()
    if isinstance(value, date):
        return value
    table.fault(key, "is not a date", value, "such as 2026-03-01")
    return None


def _albums(content: Path, settings: Settings, findings: Findings) -> Iterator[Album]:
    folder = content / "albums"
    if not folder.is_dir():
        return
    for path in sorted(entry for entry in folder.iterdir() if entry.is_dir()):
        if path.name.startswith("."):
            continue
        where = f"content/albums/{path.name}"
        slug = _checked_slug(path.name, where, findings)
        table, story = _read(path / "index.md", f"{where}/index.md", findings)
        yield Album(
            slug=slug,
            title=table.text("title", required=True),
            songs=tuple(_album_songs(path, slug, table, settings, findings)),
            upc=codes.read(table, "upc"),
            released=_date(table, "released"),
            cover=_cover(path, table),
            story=story,
        )
        table.done()


def _album_songs(
    path: Path, album: str, table: Table, settings: Settings, findings: Findings
) -> Iterator[Song]:
    where = f"content/albums/{path.name}"
    found = {slug: file for slug, file in _markdown_files(path, where, findings) if slug != "index"}
    listed = _listed_songs(table, where, found)
    for slug in dict.fromkeys((*listed, *found)):
        nothing = Table({}, f"{where}/{slug}.md", findings, absent=True), ""
        read = (
            _read(found[slug], f"{where}/{found[slug].name}", findings)
            if slug in found
            else nothing
        )
        yield parse_song(slug, album, *read, pad=settings.audio.pad)


def _listed_songs(table: Table, where: str, found: Mapping[str, Path]) -> tuple[str, ...]:
    """Return the songs that an album names; note those without a file, and files it leaves out."""
    listed = tuple(filter(None, table.texts("songs")))
    if "songs" not in table.data:
        if found and not table.absent:
            table.fault("songs", "is required: the order of the songs", hint=f"songs = {[*found]}")
        return listed
    if len(set(listed)) < len(listed):
        table.fault("songs", "names a song twice", list(listed))
    left_out = [slug for slug in found if slug not in listed]
    for slug in dict.fromkeys(listed):
        if slug not in found:
            valid = nearest(slug, left_out or found)
            table.fault(
                "songs", "names a song that has no file", slug, f"{where}/<song>.md; {valid}"
            )
    mistyped = {closest(slug, left_out) for slug in listed if slug not in found}
    for slug in left_out:
        if slug not in mistyped and isinstance(table.data["songs"], list):
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
        table.fault("cover", "is not there", name, nearest(name, beside))
        return None
    check_picture(path / name, f"content/albums/{path.name}/{name}", table.findings)
    return path / name
