"""The page plan: addresses, paginated lists, collisions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pyodide_app.engine.model import Layer, Rule, Song, Stem, Token
from stempress.collection.ledger import Ledger
from stempress.collection.rarity import Rarity
from stempress.core.errors import SiteError
from stempress.site.address_collisions import check_collisions
from stempress.site.list_pages import TOKENS_PER_PAGE
from stempress.site.page_plan import MAX_VARIATION_PAGES, plan_pages
from stempress.site.pages import Page, Plan, TokenList
from stempress.site.tokens_by_trait import group_by_trait
from tests.support.small_site import SmallSite, read, small_site, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    return small_site(tmp_path_factory.mktemp("small"))


def plan_with(small: SmallSite, *, tokens: list[Token]) -> Plan:
    collection = replace(small.collection, ledger=Ledger(tuple(tokens)))
    return plan_pages(collection, Rarity(collection.songs, collection.tokens))


def test_every_documented_address_has_a_page(small: SmallSite) -> None:
    addresses = {page.address for page in small.plan.pages}
    assert addresses >= {
        "",
        "gallery/",
        "tiers/stem/",
        "tiers/song/",
        "tiers/album/",
        "albums/tides/",
        "songs/one/",
        "songs/one/2-1/",
        "stems/one/drums/tape/",
        "tokens/7/",
        "tokens/99/",
        "traits/song/one/",
        "rarity/",
        "mixer/",
        "radio/",
        "mine/",
        "notes/",
        "notes/first/",
        "pages/about/",
        "404.html",
    }
    assert len(addresses) == len(small.plan.pages)


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (0, [0]),
        (1, [1]),
        (TOKENS_PER_PAGE, [TOKENS_PER_PAGE]),
        (2 * TOKENS_PER_PAGE + 1, [TOKENS_PER_PAGE] * 2 + [1]),
    ],
)
@pytest.mark.parametrize("base", ["gallery/", "tiers/stem/"])
def test_lists_of_tokens_are_paginated(
    small: SmallSite, base: str, count: int, sizes: list[int]
) -> None:
    tokens = [Token(str(number), "stem", "unrevealed") for number in range(count)]
    found = [
        page for page in plan_with(small, tokens=tokens).pages if page.address.startswith(base)
    ]
    numbers = ["", *(f"{number}/" for number in range(2, len(sizes) + 1))]
    assert [page.address for page in found] == [f"{base}{number}" for number in numbers]
    lists = [page.about for page in found if isinstance(page.about, TokenList)]
    assert [len(part.tokens) for part in lists] == sizes
    assert [token for part in lists for token in part.tokens] == tokens
    assert {part.total for part in lists} == {count}


def test_songs_of_too_many_variations_have_pages_for_the_rarest_and_commonest(
    small: SmallSite,
) -> None:
    layers = tuple(
        Layer(f"l{at}", f"L{at}", tuple(Stem(f"s{n}", f"S{n}", weight=2.0**n) for n in range(4)))
        for at in range(8)
    )
    song = Song("one", "One", layers, (Rule({"l0": ("s0",)}, exclude={"l1": ("s0",)}),), "tides")
    middle = Token("1", "song", "revealed", "one", stems={f"l{at}": "s2" for at in range(8)})
    songs = {"one": song, "two": small.collection.song("two")}
    album = replace(small.collection.albums[0], songs=tuple(songs.values()))
    collection = replace(small.collection, albums=(album,), ledger=Ledger((middle,)), _songs=songs)
    pages = plan_pages(collection, Rarity(collection.songs, collection.tokens)).variations["one"]
    assert pages.total == 4**8 - 4**6
    assert not pages.complete
    assert len(pages.shown) == 64 + 64 + 1 < MAX_VARIATION_PAGES
    shown = {variation.mix_number for variation in pages.shown}
    assert {"1-2-1-1-1-1-1-1", "4-4-4-4-4-4-4-4", "3-3-3-3-3-3-3-3"} <= shown
    assert all(song.permits(variation) for variation in pages.shown)


def test_traits_that_differ_only_in_case_share_a_page(tmp_path: Path) -> None:
    small = small_site(tmp_path)
    song = (tmp_path / "content/albums/tides/two.md").read_text("utf-8")
    write(tmp_path / "content/albums/tides/two.md", song.replace('name = "Live"', 'name = "LIVE"'))
    small = read(tmp_path)
    lists = [page for page in small.plan.pages if page.address == "traits/stem/live/"]
    assert len(lists) == 1
    shared = {
        trait: tokens
        for trait, tokens in group_by_trait(small.collection, small.collection.tokens).items()
        if trait.address == "traits/stem/live/"
    }
    assert [[token.id for token in tokens] for tokens in shared.values()] == [["1", "4", "5"]]


@pytest.mark.parametrize("other", ["songs/a/", "songs/A/", "songs/a/index.html"])
def test_pages_that_collide_are_reported_together(other: str) -> None:
    pages = [Page("songs/a/", "song.html", "First"), Page(other, "song.html", "Second")]
    with pytest.raises(SiteError, match="'Second' and 'First'"):
        check_collisions([*pages, Page("x/", "page.html", "Third")])


def test_titles_name_the_stem_once_a_token_is_revealed(small: SmallSite) -> None:
    titles = {page.address: page.title for page in small.plan.pages}
    assert titles["tokens/7/"] == "Unrevealed stem #7"
    assert titles["tokens/5/"] == "Two: Bass, Live #5"
    assert titles["tokens/91/"] == "One 1-2 #91"
    assert titles["tokens/99/"] == "Tides #99"
