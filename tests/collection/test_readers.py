"""Fuzz tests: whatever a site's files contain is either read or reported."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stempress.collection.collection import read_collection
from stempress.collection.rarity import Rarity
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings, SiteError
from stempress.site.page_plan import plan_pages
from tests.support.sizes import sized
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    type Change = Callable[[str], str]

TEXTS = (
    "site.toml",
    "content/index.md",
    "content/notes/first.md",
    "content/albums/tides/index.md",
    "content/albums/tides/one.md",
    "content/tokens.json",
)
VALUES = (
    *("0", "-1", "5", "1e400", "nan", "-inf", f"0x{'f' * 5000}", "9" * 5000, "true", "null"),
    *('""', '"?"', r'"\u0000"', r'"\ud800"', r'"\u202e"', '"🎵"', f'"{"x" * 3000}"', '"́"'),
    *("[]", "{}", "[5]", "[[]]", "[{}]", '[""]', '["one", "one"]', '{ a = "b" }', '{"a": "b"}'),
    *("1979-05-27", "0001-01-01T00:00:00+14:00", "07:32:00", "[" * 3000, '"../../x"', '"a\\nb"'),
)
GARBAGE: list[str] = [*"\0\r\n\t\"'#=[]{},+:\\", "+++", "'''", "\ufeff", "\ud7ff", "\x85"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_small_site(folder)
    return folder


def read_whole(site: Path) -> None:
    """Read and plan a site, and format all findings."""
    findings = Findings()
    with suppress(SiteError):
        collection = read_collection(site, read_settings(site, findings), findings)
        findings.raise_faults()
        plan_pages(collection, Rarity(collection.songs, collection.tokens))
    assert all(map(str, [*findings.faults, *findings.warnings]))


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Draw a random change of a text."""
    index, other = draw(st.integers(0, 999)), draw(st.integers(0, 999))
    value, garbage = draw(st.sampled_from(VALUES)), draw(st.sampled_from(GARBAGE))

    def replace_value(text: str) -> str:
        values = list(re.finditer(r'(?<=[=:,\[] )[^\s,][^,\n]*|"[^"\n]*"', text))
        if not values:
            return text
        match = values[index % len(values)]
        return text[: match.start()] + value + text[match.end() :]

    def move_line(text: str) -> str:
        lines = text.split("\n")
        lines.insert(other % len(lines), lines.pop(index % len(lines)))
        return "\n".join(lines)

    def repeat_line(text: str) -> str:
        lines = text.split("\n")
        lines.insert(other % len(lines), lines[index % len(lines)])
        return "\n".join(lines)

    def drop_line(text: str) -> str:
        lines = text.split("\n")
        del lines[index % len(lines)]
        return "\n".join(lines)

    def insert(text: str) -> str:
        position = index * 1009 % (len(text) + 1)
        return text[:position] + garbage + text[position:]

    def cut(text: str) -> str:
        return text[: index * 1009 % (len(text) + 1)]

    kinds = (replace_value, replace_value, move_line, repeat_line, drop_line, insert, cut)
    return kinds[draw(st.integers(0, len(kinds) - 1))]


def value_paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """Yield the path of every value in parsed JSON."""
    yield path
    listed = enumerate(node) if isinstance(node, list) else ()
    for key, value in node.items() if isinstance(node, dict) else listed:
        yield from value_paths(value, (*path, key))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
) | st.sampled_from(("1", "91", "99", "stem", "song", "album", "forged", "one", "drums", "live"))


@given(name=st.sampled_from(TEXTS), changes_made=st.lists(changes(), min_size=1, max_size=3))
@settings(max_examples=sized(80, nightly=1000), deadline=None, database=None)
def test_changed_lines_and_values_never_crash_a_reader(
    site: Path, name: str, changes_made: list[Change]
) -> None:
    path = site / name
    before = path.read_bytes()
    text = before.decode()
    for change in changes_made:
        text = change(text)
    path.write_bytes(text.encode(errors="surrogatepass"))
    try:
        read_whole(site)
    finally:
        path.write_bytes(before)


@given(index=st.integers(0, 999), value=JSON_VALUES)
@settings(max_examples=sized(60, nightly=1000), deadline=None, database=None)
def test_other_values_in_the_ledger_never_crash_its_reader(
    site: Path, index: int, value: object
) -> None:
    path = site / "content/tokens.json"
    before = path.read_text(encoding="utf-8")
    ledger = json.loads(before)
    *parents, last = (paths := list(value_paths(ledger))[1:])[index % len(paths)]
    node = ledger
    for key in parents:
        node = node[key]
    node[last] = value
    path.write_text(json.dumps(ledger), encoding="utf-8")
    try:
        read_whole(site)
    finally:
        path.write_text(before, encoding="utf-8")


@given(name=st.sampled_from(TEXTS), data=st.binary(max_size=60))
@settings(max_examples=50, deadline=None, database=None)
def test_other_bytes_never_crash_a_reader(site: Path, name: str, data: bytes) -> None:
    path = site / name
    before = path.read_bytes()
    path.write_bytes(data)
    try:
        read_whole(site)
    finally:
        path.write_bytes(before)
