"""Embedded players in frames of every size: the whole mixer, compact, and square."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.conftest import Serve

pytestmark = pytest.mark.browser

SIZES = {"whole": (720, 1059), "compact": (600, 160), "square": (480, 480)}
NARROW = {"compact on a phone": (320, 180), "a small square": (300, 300)}
BOX = "((selector) => document.querySelector(selector).getBoundingClientRect())"
UNDERLINED = f"{BOX}('h1 a').bottom <= {BOX}('h1').bottom"
"""Whether the title, which clips what is too long, has room for its link's underline."""
MIX, STEM = "embed/undertow/1-1-1-1-1/", "embed/undertow/drums/brushes/"


@pytest.fixture
def base(host: Path, serve: Serve) -> str:
    return serve(host, "/a/b/")


@pytest.fixture(params=[*SIZES, *NARROW])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """Return a window of the size of a frame."""
    width, height = (SIZES | NARROW)[request.param]
    page = chromium.new_page(viewport={"width": width, "height": height})
    yield page
    page.close()


@pytest.mark.parametrize("address", ["embed/undertow/", MIX, STEM])
@pytest.mark.parametrize("size", SIZES)
def test_cover_title_and_play_are_there_before_any_script(
    chromium: Browser, base: str, address: str, size: str
) -> None:
    width, height = SIZES[size]
    page = chromium.new_page(viewport={"width": width, "height": height}, java_script_enabled=False)
    page.goto(base + address)
    for shown in (
        page.locator("img.art"),
        page.get_by_role("heading", level=1),
        page.get_by_role("button", name="Play", exact=True),
    ):
        expect(shown).to_be_in_viewport(ratio=1)
    page.close()


@pytest.mark.parametrize("address", ["embed/undertow/", MIX])
def test_title_play_position_and_status_fit_every_frame(
    page: Page, base: str, address: str
) -> None:
    page.goto(base + address)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    for shown in (
        page.get_by_role("heading", level=1),
        page.get_by_role("button", name="Play", exact=True),
        page.get_by_role("button", name="Pause", exact=True),
        page.get_by_role("slider", name="Position", exact=True),
    ):
        expect(shown).to_be_in_viewport(ratio=1)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    tall = page.evaluate("document.documentElement.scrollHeight - innerHeight")
    is_low = page.evaluate("innerHeight") < 192
    assert not (is_low and tall > 0)
    assert page.evaluate(UNDERLINED)


@pytest.mark.parametrize("size", [300, 400, 480, 500, 600])
def test_no_line_is_cut_by_the_lower_edge_of_a_square(
    chromium: Browser, base: str, size: int
) -> None:
    page = chromium.new_page(viewport={"width": size, "height": size})
    page.goto(f"{base}embed/undertow/")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    assert page.evaluate(f"{BOX}('.position').bottom") <= size
    assert page.evaluate(f"{BOX}('.readout').top") >= size
    page.close()


@pytest.mark.sound
def test_a_stem_plays_alone_and_in_the_mix(chromium: Browser, base: str) -> None:
    width, height = SIZES["compact"]
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(base + STEM)
    alone = page.get_by_role("button", name="Alone", exact=True)
    expect(alone).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Playing", timeout=60_000)
    alone.click()
    expect(alone).to_have_attribute("aria-pressed", "false")
    solo = page.locator("[data-layer=drums] .solo")
    expect(solo).to_have_attribute("aria-pressed", "false")
    alone.click()
    expect(solo).to_have_attribute("aria-pressed", "true")
    page.close()
