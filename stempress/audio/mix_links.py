"""A mix as a link: what ``pyodide_app/web/mixer/mix-links.js`` writes after an address's ``#``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from pyodide_app.engine.mix import RowSettings
from pyodide_app.engine.model import Variation
from pyodide_app.engine.ramps import CEILING_DB, FLOOR_DB

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Mix:
    """A variation, and how its rows and the master are set."""

    variation: Variation
    rows: tuple[RowSettings, ...] = ()
    master_db: float = 0.0


@dataclass(frozen=True, slots=True)
class _Fields:
    """The words of a link, by name."""

    rows: int
    words: dict[str, list[str]] = field(default_factory=dict)

    def one(self, name: str, default: str = "") -> str:
        return self.words.get(name, [default])[0]

    def numbers(self, name: str, low: float, high: float) -> list[float]:
        words = self.one(name).split(",") if name in self.words else ["0"] * self.rows
        if len(words) != self.rows:
            raise ValueError(f"{name} is for {len(words)} rows, not {self.rows}")
        return [_number(word, low, high) for word in words]

    def flags(self, name: str) -> list[bool]:
        words = self.one(name).split(",") if name in self.words else []
        chosen = [int(_number(word, 1, self.rows)) for word in words]
        return [row + 1 in chosen for row in range(self.rows)]


def read_mix(song: Song, text: str) -> Mix:
    """Read a mix number such as ``3-1-4``, or a link to a mix; ValueError says what is wrong."""
    fragment = text.rpartition("#")[2]
    if "=" not in fragment:
        return Mix(Variation.parse(song, fragment), (RowSettings(),) * len(song.layers))
    fields = _Fields(len(song.layers), parse_qs(fragment, keep_blank_values=True))
    if fields.one("v") != VERSION:
        raise ValueError(f"a link of version {fields.one('v')!r} cannot be read, only {VERSION!r}")
    if fields.one("song") != song.slug:
        raise ValueError(f"the link is to a mix of {fields.one('song')!r}, not of {song.slug!r}")
    columns = (
        fields.numbers("gain", FLOOR_DB, CEILING_DB),
        fields.numbers("pan", -1, 1),
        fields.flags("mute"),
        fields.flags("solo"),
    )
    rows = tuple(RowSettings(*row) for row in zip(*columns, strict=True))
    master = _number(fields.one("master", "0"), FLOOR_DB, CEILING_DB)
    return Mix(Variation.parse(song, fields.one("mix")), rows, master)


def _number(word: str, low: float, high: float) -> float:
    value = float(word) if re.fullmatch(r"-?\d{1,3}(\.\d{1,6})?", word) else None
    if value is None or not low <= value <= high:
        raise ValueError(f"{word!r} is not between {low:g} and {high:g}")
    return value
