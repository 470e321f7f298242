"""The fast path reads ledger entries as the parser does."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from pyodide_app.engine.model import Layer, Rule, Song, Stem, Token
from stempress.collection.token_fast_path import FastTokenReader
from stempress.collection.token_parser import read_token
from stempress.core.errors import Findings
from stempress.core.tables import Table
from tests.collection.test_ledger import ALBUMS, FORGED, SONGS, burned, song, stem

RULED = Song(
    "ruled",
    "Ruled",
    SONGS["ebb"].layers,
    rules=(Rule({"drums": ("amen",)}, exclude={"bass": ("sub",)}),),
)
SUMMER = Song("été", "Été", (Layer("drums", "Drums", (Stem("amen", "Amen"),)),))
KNOWN = {**SONGS, "ruled": RULED, "été": SUMMER}
HIDDEN = {"id": "1", "tier": "stem", "state": "unrevealed"}
USUAL: tuple[dict[str, Any], ...] = (
    HIDDEN,
    {**HIDDEN, "tier": "song", "supply": 3},
    stem(2, supply=4),
    burned(3, "drums", "amen", 9001),
    song(9001, [3, 4]),
    song(9002, [5], song="ruled", stems={"drums": "tape", "bass": "sub"}),
    FORGED[-1],
)
ODD = (
    "",
    "0",
    "01",
    "²",
    "amen\n",
    "été",
    "forged",
    "9" * 77,
    str(2**256),
    *(0, 1, True, 2.0),
    None,
)
LISTS: tuple[object, ...] = (
    [],
    ["3", "x"],
    "34",
    {},
    {"drums": "amen"},
    {"drums": ["amen"], "bass": 1},
    [["3"]],
)


def read(entry: dict[str, Any]) -> tuple[Token | None, Findings]:
    """Read an entry key by key."""
    findings = Findings()
    return read_token(Table(entry, "tokens.json", findings), KNOWN, ALBUMS), findings


@pytest.mark.parametrize("entry", USUAL)
def test_usual_entries_are_read_by_the_fast_path(entry: dict[str, Any]) -> None:
    assert FastTokenReader(KNOWN, ALBUMS).token(entry) == read(entry)[0]


def test_the_fast_path_agrees_with_the_parser() -> None:
    keys = sorted({key for entry in USUAL for key in entry} | {"unknown"})
    reader = FastTokenReader(KNOWN, ALBUMS)
    for entry, key, value in product(USUAL, keys, (*ODD, *LISTS)):
        token = reader.token({**entry, key: value})
        if token is not None:
            assert read({**entry, key: value}) == (token, Findings())
    for entry, key in product(USUAL, keys):
        entry_without_key = {name: value for name, value in entry.items() if name != key}
        token = reader.token(entry_without_key)
        if token is not None:
            assert read(entry_without_key) == (token, Findings())


@pytest.mark.parametrize(
    "entry",
    [
        [],
        "1",
        None,
        {},
        stem(1, "drums", "sub"),
        stem(1, "drums", "amen", song="été"),
        stem(1, stems={}),
        song(9001, [], song="ruled"),
        song(9001, [], stems={"drums": "amen"}),
        {**HIDDEN, "song": "undertow"},
        {**stem(1), "into": "9001"},
    ],
)
def test_unusual_entries_are_left_to_the_parser(entry: object) -> None:
    assert FastTokenReader(KNOWN, ALBUMS).token(entry) is None
