"""The gallery's page in a real Chromium: facets, orders, views, the address, the keyboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT
from tests.support.visiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.conftest import Serve

    type Token = dict[str, Any]

pytestmark = [pytest.mark.browser, pytest.mark.site]

INDEX = "**/data/gallery.json"
LEDGER = json.loads((ROOT / "content/tokens.json").read_text("utf-8"))["tokens"]
TOTAL = len(LEDGER)
SONG_TOKENS = sum(token["tier"] == "song" for token in LEDGER)


@pytest.fixture
def base(pressed: Path, serve: Serve) -> str:
    return serve(pressed, "/a/b/")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a window; nothing may go wrong behind the visitor's back."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    page.close()
    # Chromium tells so of a page that is left before its transition has begun.
    assert not [each for each in wrong if not each.startswith("Transition was aborted")]


@pytest.fixture
def gallery(page: Page, base: str) -> Page:
    return visit(page, f"{base}gallery/")


@pytest.fixture(scope="module")
def tokens(pressed: Path) -> list[Token]:
    found: list[Token] = json.loads((pressed / "data/tokens.json").read_text("utf-8"))["tokens"]
    return found


def visit(page: Page, address: str) -> Page:
    """Go to a page of the gallery and wait for its facets."""
    page.goto(address)
    expect(box(page, "Tier", "Song")).to_be_attached()
    return page


def cards(page: Page) -> Locator:
    """Return the tokens that a visitor sees, in any view."""
    return page.locator("main :is(.card, tbody tr:has(a)):visible")


def names(page: Page) -> list[str]:
    shown: list[str] = page.locator("main :is(.card .name, tbody th a)").evaluate_all(
        "all => all.filter((each) => each.checkVisibility()).map((each) => each.textContent)"
    )
    return shown


def facet(page: Page, name: str) -> Locator:
    return page.locator("details.facet").filter(has=page.locator(f"legend:text-is('{name}')"))


def box(page: Page, name: str, value: str) -> Locator:
    label = facet(page, name).locator("li").filter(has_text=value)
    return label.get_by_role("checkbox", include_hidden=True).first


def unfold(page: Page, name: str) -> None:
    facet(page, name).evaluate("each => { each.open = true; }")


def address_ends(page: Page, end: str) -> None:
    """Wait for the address: what is typed is in it a moment later."""
    wait_for(page, lambda: page.url.endswith(end), end)


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-said]")).to_have_text(words)


def wanted(tokens: list[Token], fits: Callable[[Token], bool]) -> list[str]:
    return [token["title"] for token in tokens if fits(token)]


def of_undertow(token: Token) -> bool:
    return token.get("song") == "undertow"


def is_forged(token: Token) -> bool:
    return bool(token["state"] == "forged")


def is_song(token: Token) -> bool:
    return bool(token["tier"] == "song")


def test_values_of_a_facet_are_added_and_facets_narrow_each_other(
    gallery: Page, tokens: list[Token]
) -> None:
    box(gallery, "Tier", "Song").check()
    says(gallery, f"{len(wanted(tokens, is_song))} of {TOTAL} tokens")
    box(gallery, "Tier", "Album").check()
    both = wanted(tokens, lambda token: token["tier"] in {"song", "album"})
    says(gallery, f"{len(both)} of {TOTAL} tokens")
    box(gallery, "State", "Forged").check()
    found = wanted(tokens, lambda token: is_song(token) and is_forged(token))
    says(gallery, f"{len(found)} of {TOTAL} tokens")
    assert names(gallery) == found


def test_every_value_tells_how_many_it_would_find(gallery: Page, tokens: list[Token]) -> None:
    box(gallery, "State", "Forged").check()
    unfold(gallery, "Song")
    count = facet(gallery, "Song").locator("li", has_text="Undertow").locator(".count")
    found = wanted(tokens, lambda token: of_undertow(token) and is_forged(token))
    expect(count).to_have_text(str(len(found)))
    nothing = facet(gallery, "Tier").locator("li", has_text="Album")
    expect(nothing).to_have_class("none")
    box(gallery, "Tier", "Album").check()
    says(gallery, "No tokens match")


def test_what_is_chosen_stands_above_and_goes_with_a_click(gallery: Page) -> None:
    box(gallery, "Tier", "Song").check()
    box(gallery, "State", "Forged").check()
    chips = gallery.get_by_role("list", name="Chosen").get_by_role("button")
    expect(chips).to_have_text(["Song", "Forged"])
    gallery.get_by_role("button", name="Remove Tier: Song").click()
    expect(box(gallery, "Tier", "Song")).not_to_be_checked()
    expect(gallery.get_by_role("button", name="Remove State: Forged")).to_be_focused()
    gallery.get_by_role("button", name="Clear all").click()
    expect(chips).to_have_count(0)
    says(gallery, f"{TOTAL} tokens")
    expect(cards(gallery)).to_have_count(60)
    address_ends(gallery, "/gallery/")


def test_a_long_facet_is_looked_through(gallery: Page, tokens: list[Token]) -> None:
    unfold(gallery, "Stem")
    stems = facet(gallery, "Stem")
    expect(stems.locator("li")).to_have_count(40)
    stems.get_by_role("searchbox").fill("dústy")
    expect(stems.locator("li")).to_have_count(1)
    stems.get_by_role("searchbox").press("Enter")
    dusty = "undertow/drums/dusty"

    def has_dusty(token: Token) -> bool:
        return of_undertow(token) and "dusty" in [
            token.get("stem"),
            token.get("stems", {}).get("drums"),
        ]

    says(gallery, f"{len(wanted(tokens, has_dusty))} of {TOTAL} tokens")
    address_ends(gallery, f"?stem={dusty}")
    stems.get_by_role("searchbox").fill("nothing like it")
    expect(stems.get_by_text("No matches")).to_be_visible()


def test_a_collector_pastes_an_address(gallery: Page, tokens: list[Token]) -> None:
    token = next(token for token in tokens if token.get("owners"))
    address = next(iter(token["owners"]))
    unfold(gallery, "Owner")
    expect(facet(gallery, "Owner").locator("li")).to_have_count(8)
    facet(gallery, "Owner").get_by_role("searchbox").fill(address)
    facet(gallery, "Owner").get_by_role("searchbox").press("Enter")
    held = wanted(tokens, lambda token: address in token.get("owners", {}))
    says(gallery, f"{len(held)} of {TOTAL} tokens")
    gallery.get_by_role("button", name="Clear all").click()
    gallery.get_by_label("Search").fill(address)
    says(gallery, f"{len(held)} of {TOTAL} tokens")


def test_the_address_says_what_is_asked_and_the_way_back_leads_through_it(
    gallery: Page, tokens: list[Token]
) -> None:
    box(gallery, "Tier", "Song").check()
    address_ends(gallery, "gallery/?tier=song")
    box(gallery, "State", "Forged").check()
    gallery.get_by_label("Search").press_sequentially("under")
    address_ends(gallery, "gallery/?q=under&tier=song&state=forged")
    gallery.go_back()
    says(gallery, f"{len(wanted(tokens, is_song))} of {TOTAL} tokens")
    expect(gallery.get_by_label("Search")).to_have_value("")
    expect(box(gallery, "State", "Forged")).not_to_be_checked()
    gallery.go_back()
    says(gallery, f"{TOTAL} tokens")
    gallery.go_forward()
    gallery.go_forward()
    expect(gallery.get_by_label("Search")).to_have_value("under")
    expect(box(gallery, "State", "Forged")).to_be_checked()


def test_an_address_that_was_shared_shows_the_same(
    page: Page, base: str, tokens: list[Token]
) -> None:
    visit(page, f"{base}gallery/?song=undertow&tier=song&sort=-number&view=list")
    found = wanted(tokens, lambda token: of_undertow(token) and is_song(token))
    assert names(page) == found[::-1]
    expect(page.get_by_label("Sort by")).to_have_value("-number")
    expect(page.get_by_role("radio", name="List")).to_be_checked()
    visit(page, f"{base}gallery/?song=<b>&sort=alert(1)&view=x&tier=evil")
    says(page, f"{TOTAL} tokens")


def test_a_page_of_the_list_stays_and_filters_begin_from_all(
    page: Page, base: str, tokens: list[Token]
) -> None:
    visit(page, f"{base}gallery/3/")
    assert names(page) == [token["title"] for token in tokens[120:180]]
    box(page, "State", "Forged").check()
    found = wanted(tokens, is_forged)
    says(page, f"{len(found)} of {TOTAL} tokens")
    assert names(page)[0] == found[0]
    cards(page).first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(found[0])


def test_coming_back_from_a_token_leads_to_the_same_place(gallery: Page) -> None:
    gallery.get_by_role("radio", name="Cards").check()
    box(gallery, "Tier", "Stem").check()
    gallery.evaluate("scrollTo(0, 4000)")
    token = cards(gallery).get_by_role("link")
    seen = token.evaluate_all(
        "all => all.findIndex((each) => each.getBoundingClientRect().top > 50)"
    )
    name = token.nth(seen).inner_text()
    token.nth(seen).click()
    expect(gallery.get_by_role("heading", level=1)).to_have_text(name.strip())
    gallery.go_back()
    expect(gallery.get_by_role("link", name=name.strip(), exact=True)).to_be_in_viewport()


@pytest.mark.parametrize("view", ["Sheet", "Cards", "List"])
def test_every_token_comes_into_sight_in_every_view(
    gallery: Page, tokens: list[Token], view: str
) -> None:
    gallery.get_by_role("radio", name=view).check()
    gallery.get_by_label("Sort by").select_option("-number")
    seen: dict[str, None] = {}
    for _ in range(200):
        seen |= dict.fromkeys(names(gallery))
        gallery.mouse.wheel(0, 700)
        gallery.wait_for_timeout(40)
        if gallery.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2"):
            break
    gallery.wait_for_timeout(100)
    seen |= dict.fromkeys(names(gallery))
    assert set(seen) == {token["title"] for token in tokens}
    assert cards(gallery).count() < len(tokens), "far ones are taken away"


def test_a_window_of_another_width_shows_the_same_tokens(gallery: Page) -> None:
    gallery.get_by_role("radio", name="Sheet").check()
    gallery.evaluate("scrollTo(0, 1500)")
    gallery.wait_for_timeout(200)
    first = """() => [...document.querySelectorAll(".tokens .card")]
        .findIndex((each) => each.getBoundingClientRect().bottom > 0)"""
    name = cards(gallery).nth(gallery.evaluate(first)).locator(".name").text_content()
    gallery.set_viewport_size({"width": 700, "height": 900})
    expect(gallery.locator(".tokens .card", has_text=name).first).to_be_in_viewport()
    columns = "leaf => getComputedStyle(leaf).gridTemplateColumns.split(' ').length"
    leaf = gallery.locator(".leaf", has=gallery.locator(".card")).first
    assert leaf.locator(".card").count() % leaf.evaluate(columns) == 0


def test_what_holds_a_covers_place_has_its_size(page: Page, base: str) -> None:
    """So that nothing has to be laid out again when the cover comes."""
    page.set_viewport_size({"width": 400, "height": 900})
    visit(page, f"{base}gallery/?tier=song&view=cards")
    sizes = "img => img.decode().then(() => [img.naturalWidth, img.naturalHeight])"
    last = cards(page).last.locator("img")
    assert str(last.get_attribute("src")).startswith("data:")
    blank = last.evaluate(sizes)

    def is_shown() -> bool:
        last.scroll_into_view_if_needed()  # cards above may turn out higher than was expected
        return "/art/mixes/" in str(last.get_attribute("src"))

    wait_for(page, is_shown, "the last cover is shown")
    assert last.evaluate(sizes) == blank


def test_the_view_is_remembered(gallery: Page, base: str) -> None:
    gallery.get_by_role("radio", name="List").check()
    address_ends(gallery, "?view=list")
    visit(gallery, f"{base}gallery/")
    expect(gallery.get_by_role("table", name="Tokens found")).to_be_visible()
    visit(gallery, f"{base}gallery/?view=sheet")
    expect(gallery.get_by_role("list", name="Tokens found")).to_be_visible()
    expect(gallery.get_by_role("radio", name="Sheet")).to_be_checked()


def test_heads_of_the_list_sort_it(gallery: Page) -> None:
    gallery.get_by_role("radio", name="List").check()
    head = gallery.get_by_role("columnheader", name="Rarity")
    found = []
    for order in ("ascending", "descending"):
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", order)
        figures = gallery.locator("[data-bits]:visible").all_inner_texts()
        found.append([float(each.removesuffix(" bits")) for each in figures if "bits" in each])
    address_ends(gallery, "?sort=-rarity&view=list")
    rarest, commonest = found
    assert rarest == sorted(rarest, reverse=True)
    assert commonest == sorted(commonest)
    assert rarest[0] > commonest[-1]


def test_a_token_that_was_found_is_shown_as_on_a_page(gallery: Page) -> None:
    facts = """card => ({
        text: card.innerText.split(/\\s+/).join(" "), link: card.querySelector("a").href,
        image: card.querySelector("img").src, state: card.querySelector(".state").className,
        card: card.className,
    })"""
    printed = cards(gallery).first.evaluate(facts)
    gallery.get_by_label("Search").fill("#1")
    says(gallery, f"1 of {TOTAL} tokens")
    expect(cards(gallery).first.locator("img")).to_have_attribute("src", printed["image"])
    assert cards(gallery).first.evaluate(facts) == printed


def test_the_keyboard_finds_the_search_and_walks_over_what_is_found(gallery: Page) -> None:
    gallery.keyboard.press("/")
    search = gallery.get_by_label("Search")
    expect(search).to_be_focused()
    search.press_sequentially("stem")
    expect(search).to_have_value("stem")
    gallery.keyboard.press("ArrowDown")
    found = cards(gallery).get_by_role("link")
    expect(found.first).to_be_focused()
    gallery.keyboard.press("ArrowRight")
    expect(found.nth(1)).to_be_focused()
    columns = gallery.locator(".leaf").first.evaluate(
        "leaf => getComputedStyle(leaf).gridTemplateColumns.split(' ').length"
    )
    gallery.keyboard.press("ArrowDown")
    expect(found.nth(1 + columns)).to_be_focused()
    expect(gallery.locator(".found a[tabindex='0']")).to_have_count(1)
    gallery.keyboard.press("End")
    expect(found.last).to_be_focused()
    expect(found.last).to_be_in_viewport()
    gallery.keyboard.press("Home")
    expect(found.first).to_be_focused()
    gallery.keyboard.press("ArrowLeft")
    expect(found.first).to_be_focused()


def test_arrows_walk_over_a_plain_page_too(gallery: Page) -> None:
    links = gallery.locator(".card a")
    links.first.focus()
    gallery.keyboard.press("ArrowRight")
    expect(links.nth(1)).to_be_focused()
    gallery.keyboard.press("End")
    expect(links.nth(59)).to_be_focused()


@pytest.mark.parametrize("view", ["sheet", "cards", "list"])
def test_a_card_is_played_and_paused_by_the_player_bar(page: Page, base: str, view: str) -> None:
    visit(page, f"{base}gallery/?tier=song&state=revealed&view={view}")
    first = cards(page).first
    name = (first.locator(".name, th a").text_content() or "").strip()
    first.hover()
    first.get_by_role("button", name=f"Play {name}").click()
    bar = page.get_by_role("region", name="Player", exact=True)
    expect(bar).to_have_attribute("data-state", "playing", timeout=60_000)
    song, mix, _ = name.rsplit(" ", 2)
    expect(bar.locator(".title")).to_have_text(song)
    expect(bar.locator(".what .detail")).to_have_text(mix)
    first.get_by_role("button", name=f"Pause {name}").click()
    expect(bar).to_have_attribute("data-state", "paused")
    first.get_by_role("button", name=f"Play {name}").click()
    expect(bar).to_have_attribute("data-state", "playing")
    bar.get_by_role("button", name="Pause").click()
    expect(first.get_by_role("button", name=f"Play {name}")).to_be_visible()


def test_music_from_the_gallery_goes_on_back_and_forth(page: Page, base: str) -> None:
    visit(page, f"{base}gallery/?tier=song&state=revealed")
    cards(page).first.hover()
    cards(page).first.get_by_role("button").click()
    bar = page.get_by_role("region", name="Player", exact=True)
    expect(bar).to_have_attribute("data-state", "playing", timeout=60_000)
    page.evaluate("window.marked = true")
    for name in ("Rarity", "My tokens"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rarity")
    assert page.evaluate("window.marked")
    expect(bar).to_have_attribute("data-state", "playing")


def test_a_plain_page_has_play_keys_but_for_what_is_not_revealed(
    gallery: Page, tokens: list[Token]
) -> None:
    shown = tokens[:60]
    assert any(token["state"] == "unrevealed" for token in shown)
    for card, token in zip(cards(gallery).all(), shown, strict=True):
        expected = 0 if token["state"] == "unrevealed" else 1
        assert card.get_by_role("button").count() == expected, token["title"]


def test_an_album_token_plays_the_mixes_that_were_burned_for_it(
    page: Page, base: str, tokens: list[Token]
) -> None:
    album = next(token for token in tokens if token["tier"] == "album" and token.get("burned"))
    visit(page, f"{base}gallery/?q=%23{album['id']}")
    cards(page).first.get_by_role("button").click()
    queue = page.get_by_role("region", name="Player", exact=True).locator(".key.queue")
    expect(queue).to_have_text(str(len(album["burned"])))


def test_the_keyboard_walks_from_play_key_to_play_key(gallery: Page) -> None:
    box(gallery, "Tier", "Song").check()
    gallery.get_by_label("Search").focus()
    gallery.keyboard.press("ArrowDown")
    keys = cards(gallery).get_by_role("button")
    gallery.keyboard.press("Tab")
    expect(keys.first).to_be_focused()
    expect(keys.first).to_have_css("opacity", "1")
    gallery.keyboard.press("ArrowRight")
    expect(keys.nth(1)).to_be_focused()
    expect(gallery.locator(".found .play-key[tabindex='0']")).to_have_count(1)
    box(gallery, "Tier", "Song").uncheck()
    box(gallery, "State", "Unrevealed").check()
    expect(keys).to_have_count(0)


def test_what_cannot_be_played_is_told(page: Page, base: str) -> None:
    visit(page, f"{base}gallery/?tier=song")
    page.route("**/bar/player-bar.js", lambda route: route.abort())
    cards(page).first.hover()
    cards(page).first.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("Can't play:")


def test_the_number_found_is_read_out_once_it_stays(gallery: Page) -> None:
    gallery.evaluate(
        """() => {
          window.heard = [];
          const status = document.querySelector("main [role=status]");
          const hear = () => window.heard.push(status.textContent);
          new MutationObserver(hear).observe(status, { childList: true });
        }"""
    )
    gallery.get_by_label("Search").press_sequentially("dusty")
    says(gallery, f"10 of {TOTAL} tokens")
    expect(gallery.locator("main").get_by_role("status")).to_have_text(f"10 of {TOTAL} tokens")
    assert gallery.evaluate("window.heard")[-1:] == [f"10 of {TOTAL} tokens"]
    assert len(gallery.evaluate("window.heard")) <= 2, "each letter is not"


def test_focus_stays_where_somebody_chooses(gallery: Page) -> None:
    unfold(gallery, "Song")
    song = box(gallery, "Song", "Undertow")
    song.focus()
    gallery.keyboard.press("Space")
    expect(song).to_be_checked()
    expect(song).to_be_focused()
    gallery.keyboard.press("Space")
    expect(song).to_be_focused()


def test_an_index_that_cannot_be_read_leaves_the_page_as_it_was(page: Page, base: str) -> None:
    page.route(INDEX, lambda route: route.abort())
    page.goto(f"{base}gallery/2/?tier=song")
    expect(page.get_by_text("couldn't be loaded")).to_be_visible()
    expect(cards(page)).to_have_count(60)
    page.unroute(INDEX)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("couldn't be loaded")).to_be_hidden()
    says(page, f"{SONG_TOKENS} of {TOTAL} tokens")


def test_what_was_typed_before_the_index_came_is_sought(page: Page, base: str) -> None:
    held: list[Any] = []
    page.route(INDEX, lambda route: held.append(route))  # noqa: PLW0108 - it is given a mark
    page.goto(f"{base}gallery/")
    page.get_by_label("Search").fill("#12")
    says(page, "Reading the list of tokens…")
    held[0].continue_()
    says(page, f"1 of {TOTAL} tokens")
    address_ends(page, "?q=%2312")


def test_on_a_narrow_screen_the_facets_unfold(page: Page, base: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{base}gallery/")
    expect(facet(page, "Tier")).to_be_hidden()
    filters = page.get_by_role("button", name="Filters")
    filters.click()
    expect(filters).to_have_attribute("aria-expanded", "true")
    box(page, "Tier", "Song").check()
    expect(filters).to_have_text("Filters (1)")
    page.get_by_role("button", name=f"Show {SONG_TOKENS} tokens").click()
    expect(facet(page, "Tier")).to_be_hidden()
    expect(filters).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_without_javascript_the_pages_show_every_token_and_ways_to_browse(
    chromium: Browser, base: str, tokens: list[Token]
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}gallery/")
    expect(page.get_by_role("search")).to_be_hidden()
    expect(page.get_by_label("Sort by")).to_be_hidden()
    browse = page.get_by_role("navigation", name="Browse by")
    expect(browse.get_by_role("link", name="Undertow")).to_be_visible()
    seen = []
    while True:
        seen += page.locator(".card:visible .name").all_inner_texts()
        after = page.get_by_role("link", name="Next")
        if not after.count():
            break
        page.goto(urljoin(page.url, after.get_attribute("href")))
    assert seen == [token["title"] for token in tokens]
    context.close()
