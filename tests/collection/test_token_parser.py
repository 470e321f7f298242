"""Entries of the ledger are read key by key, whatever is in them."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from pyodide_app.engine.model import Layer, Rule, Song, Stem, Token
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
def test_usual_entries_have_no_faults(entry: dict[str, Any]) -> None:
    token, findings = read(entry)
    assert token is not None
    assert token.id == entry["id"]
    assert not findings.faults


def test_an_odd_value_of_any_key_is_reported() -> None:
    """Nothing raises an exception, and nothing is left out in silence."""
    keys = sorted({key for entry in USUAL for key in entry} | {"unknown"})
    for entry, key, value in product(USUAL, keys, (*ODD, *LISTS)):
        token, findings = read({**entry, key: value})
        assert token is not None or findings.faults, (entry, key, value)
    for entry, key in product(USUAL, keys):
        token, findings = read({name: value for name, value in entry.items() if name != key})
        assert token is not None or findings.faults, (entry, key)
