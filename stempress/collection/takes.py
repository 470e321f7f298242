"""Takes that the artist publishes: content/takes/<slug>.md, each with the text of a take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pyodide_app.engine.take import TakeError
from pyodide_app.engine.take_format import parse_take, text_in
from stempress.collection.credits import read_credits
from stempress.collection.documents import markdown_files, read_date, read_document
from stempress.core.crash_log import working_on
from stempress.core.errors import suggestion
from stempress.core.text_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Credit, Song
    from pyodide_app.engine.take import Take
    from stempress.core.errors import Findings
    from stempress.core.tables import Table

SUFFIX = ".take"
"""Of a file beside the Markdown file, with the text of a take that is too long for a line."""
TAKES = "content/takes/"
_HOW = 'take = "<a link to the take>", or the file {} beside it'


@dataclass(frozen=True, slots=True)
class PublishedTake:
    """A take with a page of its own. ``text`` is the take's; ``where`` is its path in messages."""

    slug: str
    title: str
    song: str
    take: Take
    text: str
    body: str
    where: str
    date: date | None = None
    credits: tuple[Credit, ...] = ()


def read_takes(
    folder: Path, songs: Mapping[str, Song], findings: Findings
) -> tuple[PublishedTake, ...]:
    """Read content/takes/, the newest first."""
    takes = list(_takes(folder, songs, findings))
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if not path.with_suffix(".md").exists():
            hint = f"write {path.stem}.md beside it"
            findings.warn(f"{TAKES}{path.name}", "has no page and is ignored", hint=hint)
    return tuple(sorted(takes, key=lambda take: (take.date or date.min, take.slug))[::-1])


def _takes(folder: Path, songs: Mapping[str, Song], findings: Findings) -> Iterator[PublishedTake]:
    for slug, path in markdown_files(folder, "content/takes", findings):
        where = f"{TAKES}{path.name}"
        with working_on(where):
            table, body = read_document(path, where, findings)
            title = table.text("title", required=True)
            song = table.text("song", required=True)
            if song and song not in songs:
                table.fault("song", "there is no such song", song, suggestion(song, songs))
            text = _text(table, path.with_suffix(SUFFIX))
            take = _parse(table, text, songs.get(song))
            day, credited = read_date(table, "date"), read_credits(table)
            table.finish()
        if take:
            yield PublishedTake(slug, title, song, take, text_in(text), body, where, day, credited)


def _text(table: Table, file: Path) -> str:
    """Return the text of a take, from the front matter or from the file beside it."""
    text = table.text("take")
    if not file.exists():
        if not text and not table.absent:
            table.fault("take", "is missing", hint=_HOW.format(file.name))
        return text
    if text:
        table.fault("take", f"is there twice: {file.name} is beside it", hint="keep one")
    return read_text(file, f"{TAKES}{file.name}", table.findings) or ""


def _parse(table: Table, text: str, song: Song | None) -> Take | None:
    if not text:
        return None
    try:
        take = parse_take(text)
        return take.for_song(song) if song and song.layers else take
    except TakeError as error:
        table.fault("take", f"cannot be played: {error}", text, "record it in the mixer")
        return None
