"""Parser for mix links, whose URL fragments ``pyodide_app/web/mixer/mix-links.js`` writes."""

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
class MixSettings:
    """A variation with the settings of its rows and the master."""

    variation: Variation
    rows: tuple[RowSettings, ...] = ()
    master_db: float = 0.0


@dataclass(frozen=True, slots=True)
class _Fields:
    """Values of a link's fragment, by name."""

    rows: int
    values: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, [default])[0]

    def numbers(self, name: str, low: float, high: float) -> list[float]:
        numbers = self.text(name).split(",") if name in self.values else ["0"] * self.rows
        if len(numbers) != self.rows:
            raise ValueError(f"{name} has {len(numbers)} values for {self.rows} rows")
        return [_number(number, low, high) for number in numbers]

    def flags(self, name: str) -> list[bool]:
        numbers = self.text(name).split(",") if name in self.values else []
        chosen = [int(_number(number, 1, self.rows)) for number in numbers]
        return [row + 1 in chosen for row in range(self.rows)]


def parse_mix(song: Song, text: str) -> MixSettings:
    """Parse a mix number such as ``3-1-4`` or a link to a mix; ValueError names the problem."""
    fragment = text.rpartition("#")[2]
    if "=" not in fragment:
        return MixSettings(Variation.parse(song, fragment), (RowSettings(),) * len(song.layers))
    fields = _Fields(len(song.layers), parse_qs(fragment, keep_blank_values=True))
    if fields.text("v") != VERSION:
        raise ValueError(
            f"the link has version {fields.text('v')!r}; only version {VERSION!r} is supported"
        )
    if fields.text("song") != song.slug:
        raise ValueError(f"the link is to a mix of {fields.text('song')!r}, not of {song.slug!r}")
    columns = (
        fields.numbers("gain", FLOOR_DB, CEILING_DB),
        fields.numbers("pan", -1, 1),
        fields.flags("mute"),
        fields.flags("solo"),
    )
    rows = tuple(RowSettings(*row) for row in zip(*columns, strict=True))
    master = _number(fields.text("master", "0"), FLOOR_DB, CEILING_DB)
    return MixSettings(Variation.parse(song, fields.text("mix")), rows, master)


def _number(text: str, low: float, high: float) -> float:
    value = float(text) if re.fullmatch(r"-?\d{1,3}(\.\d{1,6})?", text) else None
    if value is None or not low <= value <= high:
        raise ValueError(f"{text!r} is not a number between {low:g} and {high:g}")
    return value
