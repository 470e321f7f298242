"""Every template, of collections at the edges: small screens, large text, without this or that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from playwright.sync_api import expect

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.edge_sites import WRITERS, samples
from tests.support.looking import cut, excess, nameless, unfold, violations, waiting
from tests.support.markup import complaints

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.site]

SCREENS = {
    "320 pixels": (320, 640, "100%"),
    "twice as large": (640, 450, "100%"),  # what a screen of 1280 by 900 has left
    "text twice as large": (1280, 900, "200%"),
    "text twice as large on half the screen": (640, 900, "200%"),
}
"""Width, height, size of text."""
type Found = dict[tuple[str, str], list[str]]


class Pressed(NamedTuple):
    """A site, and one page of every template."""

    dist: Path
    outputs: dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("edge-sites")


@pytest.fixture(scope="module")
def sites(folder: Path, pressed: Path) -> dict[str, Pressed]:
    found = {"bundled": Pressed(pressed, samples(ROOT))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stempress.audio.stem_lint.MIN_RATE", 8000)  # their stems are small, too
        for name, write in WRITERS.items():
            site = folder / name
            write(site)
            assert run(["--site", str(site)], build, ROOT) == 0
            found[name] = Pressed(site / "dist", samples(site))
    return found


@pytest.fixture(params=["bundled", *WRITERS])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shown(sites: dict[str, Pressed], serve: Serve, name: str) -> dict[str, str]:
    """Return the full addresses of a site's pages."""
    base = serve(sites[name].dist, "/a/b/")
    return {kind: f"{base}{output}" for kind, output in sites[name].outputs.items()}


def outside(page: Page) -> list[str]:
    return excess(page) or cut(page)


def told(found: Found) -> str:
    """Return what was found, page by page; nothing where all is well."""
    return "\n".join(f"{place}: {each}" for place, all_ in found.items() for each in all_)


def test_every_page_fits_and_can_be_used(
    chromium: Browser, shown: dict[str, str], axe: str, name: str
) -> None:
    context = chromium.new_context(device_scale_factor=2, reduced_motion="reduce")
    page = context.new_page()
    found: Found = {}
    for kind, address in shown.items():
        page.goto(address)
        unfold(page)
        for screen, (width, height, size) in SCREENS.items():
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", size)
            found[kind, screen] = outside(page)
        if name != "bundled":  # test_accessibility.py has looked at that
            found[kind, "axe"] = violations(page, axe)
    context.close()
    assert told(found) == ""


def test_every_page_is_whole_without_javascript_and_pictures(
    chromium: Browser, shown: dict[str, str]
) -> None:
    context = chromium.new_context(java_script_enabled=False, reduced_motion="reduce")
    context.route(re.compile(r"\.(svg|png|jpe?g|webp)$"), lambda route: route.abort())
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    found: Found = {}
    for kind, address in shown.items():
        page.goto(address)
        found[kind, "without JavaScript"] = waiting(page)
        found[kind, "without pictures"] = [*nameless(page), *outside(page)]
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if page.locator("stem-mixer:not([data-off])").count():
            expect(page.locator("stem-mixer noscript p")).to_be_visible()
    context.close()
    assert told(found) == ""


def test_every_page_is_valid(folder: Path, sites: dict[str, Pressed]) -> None:
    checked = [f"{name}/dist/{each}" for name in WRITERS for each in sites[name].outputs.values()]
    assert complaints(folder, checked) == ""
