"""The gallery in a real Chromium, with the ledger as data.py writes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.conftest import Serve

    type Token = dict[str, Any]

pytestmark = [pytest.mark.browser, pytest.mark.site]


@pytest.fixture
def gallery(pressed: Path, serve: Serve, chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.goto(f"{serve(pressed, '/a/b/')}gallery/2/")
    yield page
    page.close()


@pytest.fixture(scope="module")
def tokens(pressed: Path) -> list[Token]:
    found: list[Token] = json.loads((pressed / "data/tokens.json").read_text("utf-8"))["tokens"]
    return found


def cards(page: Page) -> Locator:
    """Return the cards that a visitor sees."""
    return page.locator("main .card:visible")


def chooser(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name)


def says(page: Page, words: str) -> None:
    expect(page.get_by_role("status")).to_have_text(words)


def of_undertow(token: Token) -> bool:
    return token.get("song") == "undertow"


@pytest.mark.parametrize(
    ("chosen", "fits"),
    [
        ({"Tier": "song"}, lambda token: token["tier"] == "song"),
        ({"State": "unrevealed"}, lambda token: token["state"] == "unrevealed"),
        ({"Song": "Undertow"}, of_undertow),
        (
            {"Song": "Undertow", "State": "forged", "Tier": "stem"},
            lambda token: (
                of_undertow(token) and (token["state"], token["tier"]) == ("forged", "stem")
            ),
        ),
    ],
)
def test_filters_find_what_the_ledger_holds(
    gallery: Page, tokens: list[Token], chosen: dict[str, str], fits: Callable[[Token], bool]
) -> None:
    for label, value in chosen.items():
        chooser(gallery, label).select_option(value)
    wanted = [token for token in tokens if fits(token)]
    says(gallery, f"{len(wanted)} tokens")
    expect(cards(gallery)).to_have_count(min(len(wanted), 60))
    expect(cards(gallery).first.locator(".name")).to_have_text(wanted[0]["title"])


def test_words_are_sought_in_names_of_stems_layers_and_songs(
    gallery: Page, tokens: list[Token]
) -> None:
    gallery.get_by_label("Search").fill("  Undertow DUSTY ")
    wanted = {
        token["title"]
        for token in tokens
        if of_undertow(token)
        and (token.get("stem") == "dusty" or "dusty" in token.get("stems", {}).values())
    }
    says(gallery, f"{len(wanted)} tokens")
    assert {card.locator(".name").inner_text() for card in cards(gallery).all()} == wanted


def test_a_card_that_was_found_is_like_one_of_the_page(gallery: Page) -> None:
    """Same picture, same link, same words, whatever page it stands on."""
    expect(cards(gallery)).to_have_count(60)
    facts = """card => ({
        text: card.innerText, link: card.querySelector("a").href, card: card.className,
        image: card.querySelector("img").src, state: card.querySelector(".state").className,
    })"""
    printed = cards(gallery).first.evaluate(facts)
    gallery.get_by_label("Search").fill(printed["text"].split("\n")[0])
    says(gallery, "1 token")
    assert cards(gallery).first.evaluate(facts) == printed
    cards(gallery).first.get_by_role("link").click()
    expect(gallery.get_by_role("heading", level=1)).to_be_visible()


def test_nothing_found_is_said_and_emptying_the_search_brings_the_page_back(gallery: Page) -> None:
    search = gallery.get_by_label("Search")
    search.fill("no such stem")
    says(gallery, "No token is like that")
    expect(cards(gallery)).to_have_count(0)
    search.fill("")
    says(gallery, "")
    expect(cards(gallery)).to_have_count(60)


def test_more_than_a_page_is_shown_on_request_and_the_keyboard_follows(
    gallery: Page, tokens: list[Token]
) -> None:
    chooser(gallery, "Tier").select_option("stem")
    expect(cards(gallery)).to_have_count(60)
    more = gallery.get_by_role("button", name="Show more")
    more.focus()
    gallery.keyboard.press("Enter")
    expect(cards(gallery)).to_have_count(120)
    expect(cards(gallery).nth(60).get_by_role("link")).to_be_focused()
    while more.is_visible():
        more.click()
    expect(cards(gallery)).to_have_count(sum(token["tier"] == "stem" for token in tokens))


def test_the_filters_are_in_the_order_of_the_keyboard(gallery: Page) -> None:
    gallery.get_by_label("Search").focus()
    for label in ("Tier", "State", "Song"):
        gallery.keyboard.press("Tab")
        expect(chooser(gallery, label)).to_be_focused()
    gallery.keyboard.press("Tab")
    expect(cards(gallery).first.get_by_role("link")).to_be_focused()


def test_a_ledger_that_cannot_be_read_leaves_the_page_as_it_was(gallery: Page) -> None:
    gallery.route("**/data/tokens/1.json", lambda route: route.abort())
    gallery.get_by_label("Search").fill("dusty")
    expect(gallery.get_by_role("status")).to_contain_text("cannot be read")
    expect(cards(gallery)).to_have_count(60)
    gallery.unroute("**/data/tokens/1.json")
    gallery.get_by_label("Search").fill("dust")
    expect(gallery.get_by_role("status")).to_contain_text("tokens")
    expect(cards(gallery).first).to_contain_text("Dusty")


def test_without_javascript_the_pages_show_every_token_and_no_dead_controls(
    pressed: Path, serve: Serve, chromium: Browser, tokens: list[Token]
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{serve(pressed)}gallery/")
    expect(page.get_by_role("search")).to_be_hidden()
    names = []
    while True:
        names += page.locator(".card:visible .name").all_inner_texts()
        after = page.get_by_role("link", name="Next")
        if not after.count():
            break
        after.click()
    assert names == [token["title"] for token in tokens]
    context.close()
