"""The table of traits: what the traits of another tool's tokens stand for.

Each row maps one value of a trait to a song, layer or stem, or several of these. The stem ``none``
leaves the layer out. A row without any of them ignores the trait, and ``*`` matches every value
without a row of its own.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.core.errors import suggestion
from stempress.core.text_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song
    from stempress.core.errors import Findings
    from stempress.drop.external_metadata import Trait

COLUMNS = ("trait", "value", "song", "layer", "stem")
NONE = "none"
"""What the table calls the stem of a layer that is left out."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Slugs that a value of a trait stands for; empty if not specified."""

    song: str = ""
    layer: str = ""
    stem: str = ""


class Meanings:
    """Meanings of traits. Case and spaces around count only where they tell traits apart.

    Spreadsheets write ``TRUE`` for true.
    """

    def __init__(self, rows: Mapping[Trait, Meaning]) -> None:
        self._rows = rows
        self._folded: dict[Trait, Meaning] = {}
        for trait, meaning in rows.items():
            self._folded.setdefault(fold_trait(trait), meaning)
        self.layer_of = {
            fold_trait(trait)[0]: meaning.layer for trait, meaning in rows.items() if meaning.stem
        }
        """The layer of each trait that stands for stems of one."""

    def get(self, trait: Trait) -> Meaning | None:
        """Return a trait's meaning, that of all its values if it has no row of its own."""
        for key in (trait, (trait[0], "*")):
            meaning = self._rows.get(key) or self._folded.get(fold_trait(key))
            if meaning:
                return meaning
        return None


def fold_trait(trait: Trait) -> Trait:
    """Return a trait without what tells only few apart: case, and spaces around."""
    name, value = trait
    return name.strip().casefold(), value.strip().casefold()


def read_table(path: Path, songs: Mapping[str, Song], findings: Findings) -> Meanings:
    """Read the table of traits and check every slug in it."""
    text = read_text(path, path.name, findings) if path.exists() else None
    if text is None:
        if not path.exists():
            hint = "import DIR without --traits writes one"
            findings.fault(path.name, "does not exist", hint=hint)
        return Meanings({})
    rows = _rows(text)
    if [name.strip().casefold() for name in next(rows, (0, []))[1]] != [*COLUMNS]:
        hint = ",".join(COLUMNS)
        findings.fault(path.name, "must start with the column names", hint=hint)
        return Meanings({})
    meanings: dict[Trait, Meaning] = {}
    for number, row in rows:
        name, value, *slugs = [*row, *[""] * len(COLUMNS)][: len(COLUMNS)]
        trait, meaning = (name, value), Meaning(*map(str.strip, slugs))
        where = f"line {number}"
        for column, value, valid in _unknown(meaning, songs):
            hint = suggestion(value, valid)
            findings.fault(path.name, f"has an unknown {column}", key=where, value=value, hint=hint)
        if meanings.setdefault(trait, meaning) != meaning:
            findings.fault(path.name, "gives a trait two meanings", key=where, value=trait)
    return Meanings(meanings)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table and their lines, without empty ones, as spreadsheets write it.

    The delimiter is what their language has; Excel may state it in a line before: ``sep=;``.
    """
    first_line, _, rest = text.partition("\n")
    stated = re.fullmatch(r"sep=(.)", first_line.strip(), re.IGNORECASE)
    first_line = rest.partition("\n")[0] if stated else first_line
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first_line.count))
    for row in reader:
        while row and not row[-1].strip():
            row.pop()
        if row and not (stated and reader.line_num == 1):
            yield reader.line_num, row


def _unknown(meaning: Meaning, songs: Mapping[str, Song]) -> Iterator[tuple[str, str, set[str]]]:
    """Yield (column, value, valid values) of slugs that do not exist."""
    if meaning.song and meaning.song not in songs:
        yield "song", meaning.song, set(songs)
        return
    candidates = [songs[meaning.song]] if meaning.song else list(songs.values())
    layers = [layer for song in candidates for layer in song.layers]
    slugs = {layer.slug for layer in layers}
    if meaning.layer and meaning.layer not in slugs:
        yield "layer", meaning.layer, slugs
        return
    layers = [layer for layer in layers if meaning.layer in ("", layer.slug)]
    stems = {stem.slug for layer in layers for stem in layer.stems}
    if any(layer.empty for layer in layers):
        stems.add(NONE)
    if meaning.stem and meaning.stem not in stems:
        yield "stem", meaning.stem, stems
