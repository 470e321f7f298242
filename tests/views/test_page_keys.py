"""Keys of pages: a page with the same key is the same page, and most edits change few keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stempress.render.page_renderer import PageRenderer
from stempress.site.excerpts import Excerpts
from stempress.views.page_keys import PageKeys
from stempress.views.shared_leaves import Leaves
from tests.support.small_site import read, small_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    type Edit = Callable[[Path], object]
    type Pages = dict[str, tuple[str, bytes]]


def keyed_pages(site: Path) -> Pages:
    """Return every page of a site by address: its key, and what it is rendered to."""
    leaves = Leaves(read(site).facts())
    keys, renderer = PageKeys(leaves, Excerpts(leaves.facts, ""), ""), PageRenderer(leaves, site)
    pages = keys.pages_outside(set())
    return {each.page.address: (keys.page(each), renderer.page(each)) for each in pages}


def replaced(name: str, before: str, after: str) -> Edit:
    """Return an edit of a file."""

    def edit(site: Path) -> None:
        text = (site / name).read_text("utf-8")
        assert before in text
        (site / name).write_text(text.replace(before, after), "utf-8")

    return edit


def reveal(site: Path) -> None:
    """Reveal token 7."""
    path = site / "content/tokens.json"
    ledger = json.loads(path.read_text("utf-8"))
    token = next(each for each in ledger["tokens"] if each["id"] == "7")
    token |= {"state": "revealed", "song": "one", "layer": "bass", "stem": "live"}
    path.write_text(json.dumps(ledger), "utf-8")


EDITS: dict[str, Edit] = {
    "story": replaced("content/albums/tides/one.md", "Words.", "Other words."),
    "note": replaced("content/notes/first.md", "Words.", "Other words."),
    "title": replaced("content/albums/tides/one.md", 'title = "One"', 'title = "Won"'),
    "owner": replaced("content/tokens.json", '"5": "0xab', '"5": "0xcd'),
    "market": replaced("site.toml", "https://market.example", "https://other.example"),
    "token": reveal,
    "rule": replaced(
        "content/albums/tides/one.md",
        "[[layers]]",
        "[[rules]]\nif = { drums = 'live' }\nexclude = { bass = ['synth'] }\n[[layers]]",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_page_that_changes_has_another_key(name: str, tmp_path: Path) -> None:
    small_site(tmp_path)
    before = keyed_pages(tmp_path)
    EDITS[name](tmp_path)
    after = keyed_pages(tmp_path)
    assert before != after
    stale = [
        address
        for address in before.keys() & after.keys()
        if before[address][0] == after[address][0] and before[address][1] != after[address][1]
    ]
    assert stale == []


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("story", {"songs/one/"}),
        ("note", {"", "notes/", "notes/first/"}),
        ("owner", {"tokens/5/"}),
    ],
)
def test_pages_that_do_not_show_what_changed_keep_their_keys(
    name: str, changed: set[str], tmp_path: Path
) -> None:
    small_site(tmp_path)
    before = keyed_pages(tmp_path)
    EDITS[name](tmp_path)
    after = keyed_pages(tmp_path)
    assert {address for address in before if before[address][0] != after[address][0]} == changed


def test_a_revealed_token_leaves_pages_of_other_stems_as_they_are(tmp_path: Path) -> None:
    small_site(tmp_path)
    before = keyed_pages(tmp_path)
    reveal(tmp_path)
    after = keyed_pages(tmp_path)
    for address in ("stems/two/bass/live/", "songs/two/", "embed/one/", "note/first/", "mixer/"):
        assert before.get(address) == after.get(address)
