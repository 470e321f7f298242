"""Style sheets in a real Chromium: a site's own wins, and pages look the same however entered."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.edge_sites import samples
from tests.support.small_site import write, write_small_site
from tests.support.visiting import until, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from tests.conftest import Press, Serve

pytestmark = pytest.mark.browser

GALLERY, TOKEN = "gallery/", "tokens/99/"
QUEUE = """localStorage.setItem(
  `stempress:queue:${document.documentElement.dataset.collection}`,
  JSON.stringify({ v: 1, tracks: ["songs/one/1-1"] }))"""
SHEETS = """[...document.styleSheets]
  .map(({ href, media }) => `${href.split("/").at(-1)} ${media.mediaText}`)
  .filter((sheet) => !["bar.css ", "fader.css "].includes(sheet))"""
"""The sheets that apply, in their order, without those of the player bar."""
LOOK = """() => {
  document.activeElement?.blur(); // the router moves the focus to the page
  const look = [];
  for (const part of document.querySelectorAll(".spine, .masthead, main, .colophon")) {
    for (const element of [part, ...part.querySelectorAll(":not(canvas)")]) {
      for (const pseudo of [null, "::before", "::after"]) {
        const styles = getComputedStyle(element, pseudo);
        const name = `${element.localName}.${element.getAttribute("class")}${pseudo ?? ""}`;
        for (const property of styles) {
          if (property === "cursor" || property.startsWith("--")) continue;
          look.push(`${name} ${property}: ${styles[property]}`);
        }
      }
    }
  }
  return look;
}"""
"""The computed styles of everything but the player bar, and canvases, which are sized in view.

Custom properties are left out, and the cursor, which shows that a page is loading.
"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def base(tmp_path: Path, press_small: Press, serve: Serve) -> str:
    """Press and serve a small site."""
    write_small_site(tmp_path)
    assert press_small(tmp_path) == 0
    return serve(tmp_path / "dist", "/a/b/")


def with_player_bar(page: Page, base: str) -> None:
    """Open the home page with something queued, so that links are followed in one document."""
    page.goto(base)
    page.evaluate(QUEUE)
    page.reload()
    expect(page.get_by_role("region", name="Player", exact=True)).to_be_visible()
    page.evaluate("window.isFirst = true")


def follow(page: Page, address: str) -> None:
    """Follow a link to a page; it comes in the same document."""
    click(page, address)
    settle(page, address)


def click(page: Page, address: str) -> None:
    mark_page(page)
    page.evaluate(
        """(href) => {
          const link = Object.assign(document.createElement("a"), { href });
          document.body.append(link);
          link.click();
        }""",
        address,
    )


def mark_page(page: Page) -> None:
    """Mark the page that is shown: the address changes before the page does."""
    page.evaluate("document.querySelector('main').dataset.old = ''")


def settle(page: Page, address: str) -> None:
    """Wait until a page is shown in place of the marked one, in the same document."""
    is_shown = "!document.querySelector('[data-leaving], main[data-old]')"
    until(page, f"location.href === {address!r} && {is_shown}")
    assert page.evaluate("window.isFirst")


def look(page: Page) -> list[str]:
    """Return the computed styles of a page, once its modules have filled it."""
    until(page, "!document.querySelector('[data-later][hidden]')")
    until(
        page,
        "[...document.querySelectorAll('.facet[open]')].every((it) => it.querySelector('input'))",
    )
    seen: list[list[str]] = [[], page.evaluate(LOOK)]

    def is_settled() -> bool:
        seen[:] = [seen[-1], page.evaluate(LOOK)]
        return seen[0] == seen[1]

    wait_for(page, is_settled, "the page stays as it is")
    return seen[-1]


def test_a_token_looks_the_same_from_the_gallery_and_the_gallery_on_the_way_back(
    page: Page, base: str
) -> None:
    with_player_bar(page, base)
    directly = {}
    for address in (TOKEN, GALLERY):
        page.goto(base + address)
        expect(page.get_by_role("region", name="Player", exact=True)).to_be_visible()
        directly[address] = look(page)
    page.evaluate("window.isFirst = true")
    follow(page, base + TOKEN)
    assert look(page) == directly[TOKEN]
    mark_page(page)
    page.go_back()
    settle(page, base + GALLERY)
    assert look(page) == directly[GALLERY]
    mark_page(page)
    page.go_forward()
    settle(page, base + TOKEN)
    assert look(page) == directly[TOKEN]


def test_every_kind_of_page_has_its_own_sheets_in_order_from_every_other(
    page: Page, base: str, tmp_path: Path
) -> None:
    kinds: dict[tuple[str, ...], str] = {}
    for kind, output in samples(tmp_path).items():
        if kind not in {"404", "embed"}:
            page.goto(base + output.removesuffix("index.html"))
            kinds.setdefault(tuple(page.evaluate(SHEETS)), page.url)
    assert len(kinds) > 3
    with_player_bar(page, base)
    for (_, start), (sheets, end) in permutations(kinds.items(), 2):
        follow(page, start)
        follow(page, end)
        assert tuple(page.evaluate(SHEETS)) == sheets, (start, end)


def test_a_page_is_shown_with_its_sheets_which_do_not_apply_before(page: Page, base: str) -> None:
    page.goto(base + TOKEN)
    directly = page.evaluate(LOOK)
    with_player_bar(page, base)
    before = page.evaluate(LOOK)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/records.css", hold)
    click(page, base + TOKEN)
    until(page, "document.querySelector('link[href$=\"records.css\"]') !== null")
    page.wait_for_timeout(300)
    assert page.evaluate(LOOK) == before
    held[0].continue_()
    settle(page, base + TOKEN)
    assert page.evaluate(LOOK) == directly


def test_a_class_in_a_sites_own_sheet_beats_any_rule_of_ours_and_shows_nothing_hidden(
    tmp_path: Path, page: Page, press_small: Press, serve: Serve
) -> None:
    write_small_site(tmp_path)
    write(
        tmp_path / "templates/theme.css",
        ".lead { color: rgb(1, 2, 3); } .hidden { position: static; } .notice { display: grid; }",
    )
    assert press_small(tmp_path) == 0
    base = serve(tmp_path / "dist")
    page.goto(base)
    lead = page.locator(".cover-page .lead")  # our rule for its colour names both classes
    expect(lead).to_have_css("color", "rgb(1, 2, 3)")
    page.goto(base + GALLERY)
    expect(page.locator(".notice[hidden]").first).to_be_hidden()
    expect(page.locator(".hidden").first).to_have_css("position", "absolute")
