"""Documents: Markdown files with TOML front matter, for the home page, pages and notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from pyodide_app.engine.file_names import is_reserved
from stempress.core.crash_log import working_on
from stempress.core.errors import suggestion
from stempress.core.slugs import composed, is_slug, slugify
from stempress.core.tables import Table
from stempress.core.text_files import check_control_characters, parse_toml, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song
    from stempress.core.errors import Findings


@dataclass(frozen=True, slots=True)
class Document:
    """A page of text: front matter and Markdown. ``where`` is its path in messages."""

    slug: str
    title: str
    body: str
    where: str
    date: date | None = None
    songs: tuple[str, ...] = ()


def read_home(content: Path, title: str, findings: Findings) -> Document:
    """Read index.md; without one, the home page has only a title."""
    where = "content/index.md"
    if not (content / "index.md").exists():
        return Document("", title, "", where)
    with working_on(where):
        table, body = read_document(content / "index.md", where, findings)
        home = Document("", table.text("title", title), body, where)
        table.finish()
    return home


def read_documents(
    folder: Path, findings: Findings, songs: Mapping[str, Song], *, dated: bool = False
) -> Iterator[Document]:
    """Yield the documents of a folder; ``dated`` ones are notes, which may list songs."""
    where = f"content/{folder.name}"
    for slug, path in markdown_files(folder, where, findings):
        with working_on(f"{where}/{path.name}"):
            table, body = read_document(path, f"{where}/{path.name}", findings)
            document = Document(
                slug=slug,
                title=table.text("title", required=True),
                body=body,
                where=table.where,
                date=read_date(table, "date", required=True) if dated else None,
                songs=tuple(_known_songs(table, songs)) if dated else (),
            )
            table.finish()
        yield document


def _known_songs(table: Table, songs: Mapping[str, Song]) -> Iterator[str]:
    for slug in table.texts("songs"):
        if slug in songs:
            yield slug
        elif slug:
            table.fault("songs", "lists an unknown song", slug, suggestion(slug, songs))


def split_front_matter(text: str, where: str, findings: Findings) -> tuple[Table, str]:
    """Split a Markdown file into its TOML front matter and its body."""
    no_table = Table({}, where, findings, absent=True)
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].strip() != "+++":
        is_yaml = lines[first].strip() == "---"
        message = "has front matter in YAML" if is_yaml else "has no front matter"
        hint = "start with a line +++, TOML, and another line +++"
        findings.fault(where, message, hint=hint)
        return no_table, text
    end = next(
        (number for number, line in enumerate(lines) if number > first and line.strip() == "+++"),
        None,
    )
    if end is None:
        findings.fault(where, "has front matter that is not closed", hint="end it with a line +++")
        return no_table, ""
    body = "\n".join(lines[end + 1 :])
    check_control_characters(body, end + 2, where, findings)
    data = parse_toml("\n" * (first + 1) + "\n".join(lines[first + 1 : end]), where, findings)
    return no_table if data is None else Table(data, where, findings), body.strip()


def read_document(path: Path, where: str, findings: Findings) -> tuple[Table, str]:
    """Read a Markdown file; if that fails, report a fault and return an absent table."""
    text = read_text(path, where, findings)
    if text is None:
        return Table({}, where, findings, absent=True), ""
    return split_front_matter(text, where, findings)


def markdown_files(folder: Path, where: str, findings: Findings) -> Iterator[tuple[str, Path]]:
    """Yield slug and path of every Markdown file in a folder, sorted."""
    for path in sorted(folder.glob("*.md")):
        if not path.name.startswith("."):
            yield checked_slug(path.stem, f"{where}/{path.name}", findings), path


def checked_slug(name: str, where: str, findings: Findings) -> str:
    """Return a file name if it works in a URL; else report a fault and return the nearest slug."""
    name = composed(name)
    if is_reserved(name):
        message = "has a name that Windows reserves: the site could not be opened there"
        findings.warn(where, message, value=name, hint="rename it, if that matters")
    if is_slug(name):
        return name
    slug = slugify(name)[:60]
    findings.fault(
        where,
        "has a name that does not work in a URL",
        value=name,
        hint=f"rename it to {slug or 'letters and hyphens'}",
    )
    return slug


def read_date(table: Table, key: str, *, required: bool = False) -> date | None:
    """Read a date, as TOML or as text such as "2026-03-01"."""
    value = table.data.get(key)
    if value is None or isinstance(value, str):
        text = table.text(key, required=required, hint="such as 2026-03-01")
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            table.fault(key, "is not a date", value, 'such as "2026-03-01"')
            return None
    table.mark_known(key)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    table.fault(key, "is not a date", value, "such as 2026-03-01")
    return None
