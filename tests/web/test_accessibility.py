"""One page of every template under axe-core, and on the narrowest screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from stempress.collection.collection import read_collection
from stempress.collection.rarity import Rarity
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings
from stempress.site.page_plan import plan_pages
from tests.conftest import ROOT
from tests.support.looking import excess, unfold, violations
from tests.support.visiting import hold_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.conftest import Serve

    type Scheme = Literal["light", "dark"]

pytestmark = [pytest.mark.browser, pytest.mark.site]


def pages() -> dict[str, str]:
    """Return the output of one page of each template, and of a token of each tier and state."""
    findings = Findings()
    collection = read_collection(ROOT, read_settings(ROOT, findings), findings)
    plan = plan_pages(collection, Rarity(collection.songs, collection.tokens))
    found = {page.template.removesuffix(".html"): page.output for page in reversed(plan.pages)}
    for token in collection.tokens:
        found[f"{token.state} {token.tier} token"] = f"tokens/{token.id}/index.html"
    return found


PAGES = pages()
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@pytest.fixture
def base(pressed: Path, serve: Serve) -> str:
    return serve(pressed, "/a/b/")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def reader(chromium: Browser) -> Iterator[Page]:
    """Return a page that goes from one address to the next, and keeps nothing."""
    page = chromium.new_page(reduced_motion="reduce")
    yield page
    page.close()


def hold_some_tokens(page: Page, mine: str) -> None:
    """Open the visitor's own page, with some tokens in their wallet."""
    page.goto(mine)
    hold_tokens(page, '({ state, id }) => state === "revealed" && Number(id) < 100')
    page.reload()
    expect(page.locator("[data-songs]")).to_be_visible()
    expect(page.locator("[data-songs] h3").first).to_be_visible()
    unfold(page)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_and_axe_finds_nothing(
    reader: Page, base: str, axe: str, name: str
) -> None:
    reader.set_viewport_size({"width": 320, "height": 640})
    reader.goto(f"{base}{PAGES[name]}")
    unfold(reader)
    assert excess(reader) == []
    reader.set_viewport_size({"width": 1280, "height": 720})
    for scheme in SCHEMES:
        reader.emulate_media(color_scheme=scheme)
        assert violations(reader, axe) == []
    assert reader.evaluate("document.getAnimations().length") == 0, "motion was not wanted"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_where_tokens_are_held(
    page: Page, base: str, axe: str, scheme: Scheme
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    hold_some_tokens(page, f"{base}mine/")
    assert violations(page, axe) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert excess(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_the_player_bar(
    page: Page, base: str, axe: str, scheme: Scheme
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{base}{PAGES['album']}")
    page.get_by_role("button", name="Add to queue").click()
    page.locator("player-bar .key.queue").click()
    page.get_by_role("button", name="Keep as playlist").click()
    expect(page.locator("player-bar .playlists li")).to_have_count(2)
    expect(page.locator("player-bar .queued .go .detail").last).not_to_be_empty()
    assert violations(page, axe) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert excess(page) == []
    assert violations(page, axe) == []


@pytest.mark.parametrize("view", ["sheet", "cards", "list"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_what_the_gallery_found(
    page: Page, base: str, axe: str, view: str, scheme: Scheme
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{base}gallery/?tier=stem,song&sort=rarity&view={view}")
    expect(page.locator(".found")).to_be_visible()
    page.evaluate("for (const each of document.querySelectorAll('.facet')) each.open = true")
    expect(page.locator("[data-facet=owner] li").first).to_be_visible()
    assert violations(page, axe) == []
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_role("button", name="Filters").click()
    assert excess(page) == []
    assert violations(page, axe) == []
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert excess(page) == []


def test_axe_finds_nothing_in_the_sheet_of_keys(page: Page, base: str, axe: str) -> None:
    page.goto(f"{base}{PAGES['mixer']}")
    unfold(page)
    page.get_by_role("button", name="Keyboard").click()
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    assert violations(page, axe) == []
