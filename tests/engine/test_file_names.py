"""Readable names of files that visitors save."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.file_names import MAX_NAME_BYTES, is_reserved, readable_name


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Mara Voss", "Undertow (3-1-4)"), "Mara Voss - Undertow (3-1-4).flac"),
        (("Undertow", "Drums", "Amen"), "Undertow - Drums - Amen.flac"),
        (("AC/DC", 'Who made "who"?'), "AC-DC - Who made 'who'-.flac"),
        (("../../etc", "passwd\0"), "-..-etc - passwd.flac"),
        (("a\u202egpj.exe", "tab\there"), "a gpj.exe - tab here.flac"),
        (("Cafe\u0301", ""), "Caf\u00e9.flac"),
        (("Nul", " . "), "_Nul.flac"),
        (("COM1.take", "x"), "_COM1.take - x.flac"),
        (("", "..."), "untitled.flac"),
        (("क्\u200dष",), "क्\u200dष.flac"),
    ],
)
def test_names(parts: tuple[str, ...], name: str) -> None:
    assert readable_name(*parts, suffix=".flac") == name


@given(st.lists(st.text(max_size=300), max_size=3))
def test_every_system_takes_any_name(parts: list[str]) -> None:
    name = readable_name(*parts, suffix=".ogg")
    stem = name.removesuffix(".ogg")
    assert 0 < len(name.encode()) <= MAX_NAME_BYTES
    assert not set(name) & set('/\\:*?"<>|')
    assert name.isprintable() or "\u200c" in name or "\u200d" in name
    assert stem == stem.strip(". ")
    assert name == unicodedata.normalize("NFC", name)
    assert not is_reserved(name)


@pytest.mark.parametrize("name", ["con", "Aux", "nul.wav", "COM1", "lpt9.txt", "com²"])
def test_names_that_windows_reserves(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize("name", ["console", "auxiliary", "com", "com10", "a.con"])
def test_names_that_windows_allows(name: str) -> None:
    assert not is_reserved(name)
