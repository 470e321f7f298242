"""Albums: content/albums/ has a folder for each, with its songs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
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
from stempress.collection.lyrics import find_lyrics, read_lyrics, warn_of_strays
from stempress.collection.people import artist_name
from stempress.collection.songs import parse_song
from stempress.core import identifiers as codes
from stempress.core.crash_log import working_on
from stempress.core.errors import Findings, closest, suggestion
from stempress.core.slugs import composed, is_word
from stempress.core.tables import Table
from stempress.core.text_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song
    from stempress.collection.settings import Settings


@dataclass(frozen=True, slots=True)
class Album:
    """An album: its songs in order, its story, and the artist's cover if there is one.

    ``tracks`` is the number of its songs, some of which an excerpt leaves out.
    """

    slug: str
    title: str
    songs: tuple[Song, ...]
    upc: str = ""
    released: date | None = None
    cover: Path | None = None
    story: str = ""
    label: str = ""
    artist: str = ""
    tracks: int = 0

    def released_of(self, song: Song) -> date | None:
        """Return when a song was released: by itself, or with the album."""
        return date.fromisoformat(song.released) if song.released else self.released


def read_albums(content: Path, findings: Findings, settings: Settings) -> Iterator[Album]:
    """Yield the albums. What they and their songs leave out is as in the settings."""
    folder = content / "albums"
    if not folder.is_dir():
        return
    for path in sorted(entry for entry in folder.iterdir() if entry.is_dir()):
        if path.name.startswith("."):
            continue
        with working_on(f"content/albums/{path.name}/index.md"):
            album = _read_album(path, findings, settings)
        yield album


def _read_album(path: Path, findings: Findings, settings: Settings) -> Album:
    where = f"content/albums/{path.name}"
    slug = checked_slug(path.name, where, findings)
    table, story = _read_index(path, f"{where}/index.md", findings)
    album = Album(
        slug=slug,
        title=table.text("title", required=True),
        artist=artist_name(
            table.text("artist"), settings.artist, f"{where}/index.md", settings, findings
        ),
        songs=tuple(_album_songs(path, slug, table, findings, pad=settings.audio.pad)),
        upc=codes.read_identifier(table, "upc"),
        released=read_date(table, "released"),
        cover=_cover(path, table),
        story=story,
        label=table.text("label", settings.label),
    )
    table.finish()
    songs = tuple(_with_artists(album, settings, findings))
    return replace(album, songs=songs, tracks=len(songs))


def _with_artists(album: Album, settings: Settings, findings: Findings) -> Iterator[Song]:
    """Yield an album's songs with the names of their artists, by default the album's."""
    for song in album.songs:
        where = f"content/albums/{album.slug}/{song.slug}.md"
        artist = artist_name(song.artist, album.artist, where, settings, findings)
        yield replace(song, artist=artist)


def _read_index(path: Path, where: str, findings: Findings) -> tuple[Table, str]:
    if not (path / "index.md").exists():
        findings.fault(where, "is missing", hint='it holds title, upc, songs = ["...", "..."]')
        return Table({}, where, findings, absent=True), ""
    return read_document(path / "index.md", where, findings)


def _album_songs(
    path: Path, album: str, table: Table, findings: Findings, *, pad: bool
) -> Iterator[Song]:
    where = f"content/albums/{path.name}"
    files = {slug: file for slug, file in markdown_files(path, where, findings) if slug != "index"}
    lyrics = find_lyrics(path)
    listed = _listed_songs(table, where, files)
    for track, slug in enumerate(dict.fromkeys((*listed, *files)), start=1):
        where_song = f"{where}/{files[slug].name}" if slug in files else where
        with working_on(where_song):
            text = read_text(files[slug], where_song, findings) if slug in files else None
            song, song_findings = _song(text, where_song, slug, album, pad=pad)
        findings.add(song_findings)
        if slug in lyrics:
            song = replace(song, lyrics=read_lyrics(lyrics[slug], where, findings))
        yield replace(song, track=track)
    warn_of_strays(path, where, lyrics, files, findings)


@lru_cache(maxsize=1024)
def _song(
    text: str | None, where: str, slug: str, album: str, *, pad: bool
) -> tuple[Song, Findings]:
    """Parse a song's file; cached, since a preview server builds again and again."""
    findings = Findings()
    if text is None:
        table, story = Table({}, where, findings, absent=True), ""
    else:
        table, story = split_front_matter(text, where, findings)
    return parse_song(slug, album, table, story, pad=pad), findings


def _listed_songs(table: Table, where: str, files: Mapping[str, Path]) -> tuple[str, ...]:
    """Return the songs an album lists; report those without a file and files it does not list."""
    order = f"the songs in order: {[*files]}"
    listed = tuple(filter(None, table.texts("songs", required=bool(files), hint=order)))
    if not listed and table.data.get("songs") != []:
        return ()
    for slug in [slug for slug, count in Counter(listed).items() if count > 1]:
        table.fault("songs", "lists a song twice", slug)
    unlisted = [slug for slug in files if slug not in listed]
    for slug in dict.fromkeys(listed):
        if slug not in files:
            valid = suggestion(slug, unlisted or files)
            table.fault(
                "songs", "lists a song that has no file", slug, f"{where}/<song>.md; {valid}"
            )
    mistyped = {closest(slug, unlisted) for slug in listed if slug not in files}
    for slug in unlisted:
        if slug not in mistyped:
            table.fault(
                "songs",
                "does not list a song that has a file",
                f"{slug}.md",
                "add it to the list or move the file away",
            )
    return listed


def _cover(path: Path, table: Table) -> Path | None:
    name = table.text("cover")
    if not name:
        return None
    is_plain = is_word(name[0]) and all(char in " ._-" or is_word(char) for char in name)
    if not is_plain or not name.lower().endswith((".png", ".jpg", ".jpeg", ".svg", ".webp")):
        table.fault("cover", "must be a picture beside index.md", name, "png, jpg, webp or svg")
        return None
    files = {
        composed(entry.name): entry
        for entry in path.iterdir()
        if entry.suffix != ".md" and entry.is_file()
    }
    if name not in files:
        table.fault("cover", "does not exist", name, suggestion(name, files))
        return None
    check_picture(files[name], f"content/albums/{path.name}/{name}", table.findings)
    return files[name]
