"""Songs: the front matter that defines layers, stems, rules and credits.

A faulty layer is read as one without stems, and faulty layers as none: whatever refers to them is
then not checked, so that one mistake gives one message.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Section, Song
from stempress.collection.credits import read_credits
from stempress.collection.documents import read_date
from stempress.collection.layers import read_layers
from stempress.collection.rules import check_rules, read_rules
from stempress.core import identifiers as codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stempress.core.tables import Table


def parse_song(slug: str, album: str, table: Table, story: str, *, pad: bool) -> Song:
    """Parse a song from its front matter and the story below it; ``artist`` is still a slug."""
    layers = read_layers(table)
    faults_before = len(table.findings.faults)
    rules = tuple(read_rules(table, layers))
    is_sound = all(layer.stems for layer in layers) and len(table.findings.faults) == faults_before
    released = read_date(table, "released")
    song = Song(
        slug=slug,
        title=table.text("title", required=True),
        layers=layers,
        rules=rules,
        album=album,
        isrc=_isrc(table),
        bpm=table.number("bpm", 0.0, 1, 999) or None,
        key=table.text("key"),
        bars=table.integer("bars", 0, 1, 100_000) or None,
        streaming=dict(_streaming(table)),
        credits=read_credits(table),
        sections=_sections(table),
        story=story,
        pad=table.flag("pad", default=pad),
        genre=table.text("genre"),
        artist=table.text("artist"),
        released=released.isoformat() if released else "",
        copyright=table.text("copyright"),
    )
    table.finish()
    if layers and rules and is_sound:
        check_rules(table, song)
    return song


def _isrc(table: Table) -> str:
    bare = codes.read_identifier(table, "isrc")
    if not bare:
        return ""
    letters = codes.ambiguous_letters(bare)
    if letters:
        table.warn("isrc", f"{' and '.join(letters)} may be a mistyped digit", bare, "O/0, I/1")
    year, now = int(bare[5:7]), datetime.now(UTC).year % 100
    if (year - now) % 100 in range(2, 50):
        table.warn("isrc", f"is from the future: the year {bare[5:7]}", codes.format_isrc(bare))
    return bare


def _streaming(table: Table) -> Iterator[tuple[str, str]]:
    links = table.table("streaming")
    for name in links.data:
        url = links.url(name)
        if links.is_plain(name) and url:
            yield name, url


def _sections(table: Table) -> tuple[Section, ...]:
    """Read where the song's parts begin, at bars that rise."""
    sections: list[Section] = []
    bars = table.data.get("bars")
    last = bars if isinstance(bars, int) and bars > 0 else 100_000
    for section in table.tables("sections"):
        name = section.text("name", required=True)
        bar = section.integer("bar", 0, 1, last, required=True)
        if sections and bar and bar <= sections[-1].bar:
            message = f"must be after bar {sections[-1].bar}, where {sections[-1].name!r} begins"
            section.fault("bar", message, bar)
        section.finish()
        sections.append(Section(name, bar))
    if sections and not {"bars", "bpm"} & table.data.keys():
        message = "need to know how long a bar is"
        table.fault("sections", message, hint="give the song bars = 16 or bpm = 92")
    return tuple(sections)
