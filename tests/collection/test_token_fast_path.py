"""Entries that are plainly right are read as any others."""

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
def test_what_is_usual_is_plain(entry: dict[str, Any]) -> None:
    assert FastTokenReader(KNOWN, ALBUMS).token(entry) == read(entry)[0]


def test_what_is_read_at_once_is_without_fault_and_the_same_read_key_by_key() -> None:
    keys = sorted({key for entry in USUAL for key in entry} | {"unknown"})
    plain = FastTokenReader(KNOWN, ALBUMS)
    for entry, key, value in product(USUAL, keys, (*ODD, *LISTS)):
        token = plain.token({**entry, key: value})
        if token is not None:
            assert read({**entry, key: value}) == (token, Findings())
    for entry, key in product(USUAL, keys):
        less = {name: value for name, value in entry.items() if name != key}
        token = plain.token(less)
        if token is not None:
            assert read(less) == (token, Findings())


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
def test_what_is_not_usual_is_left_to_a_closer_look(entry: object) -> None:
    assert FastTokenReader(KNOWN, ALBUMS).token(entry) is None
