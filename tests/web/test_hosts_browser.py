"""The site in Chromium through the hosts there are: gateways of IPFS, GitHub Pages, a disk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from build import build
from stempress.commands.cli import run
from stempress.commands.static_server import StaticHandler
from stempress.publish.cid import format_cid
from tests.conftest import ROOT
from tests.support.gateway import Gateway, Store, address_of
from tests.support.hosts import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.site]

VISITED = {
    "": "Night Ferry",
    "gallery/": "Gallery",
    "songs/undertow/": "Undertow",
    "tokens/9001/": "Harbour Lights",
}
FIRST_PAGE = 70_000
"""Bytes that the first page may take where nothing is compressed."""
SLOW_PHONE = {
    "offline": False,
    "latency": 300,
    "downloadThroughput": 90_000,
    "uploadThroughput": 40_000,
}


@pytest.fixture(scope="module")
def store(pressed: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return the blocks that `build.py publish` has written."""
    to = tmp_path_factory.mktemp("published")
    assert run(["publish", "--out", str(pressed), "--to", str(to)], build, ROOT) == 0
    return Store(to / "site.car")


@pytest.fixture(params=["a path gateway", "a subdomain gateway", "GitHub Pages"])
def base(request: pytest.FixtureRequest, pressed: Path, store: Store) -> Iterator[str]:
    """Return where a host shows the site."""
    gateway = type("PathGateway", (Gateway,), {"store": store})
    if request.param == "GitHub Pages":
        with serving(pressed, prefix="/night-ferry/") as base:
            yield base
        return
    with serving(pressed, gateway) as base:
        yield {
            "a path gateway": urljoin(base, address_of(store)),
            "a subdomain gateway": base.replace(
                "127.0.0.1", f"{format_cid(store.root)}.ipfs.localhost"
            ),
        }[request.param]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Return a tab in which nothing goes wrong behind the visitor's back."""
    context = chromium.new_context(service_workers="allow")
    tab = context.new_page()
    wrong: list[str] = []

    def note(error: object) -> None:
        # Chromium's own, where one page follows another before its transition is over.
        if "Transition was aborted" not in str(error):
            wrong.append(str(error))

    tab.on("pageerror", note)
    tab.on("response", lambda answer: wrong.extend([answer.url] * (answer.status >= 400)))
    yield tab
    context.close()
    # A path gateway holds other sites as well, and lets no service worker in charge of all.
    assert [each for each in wrong if not each.endswith("/sw.js")] == []


def play(page: Page) -> None:
    mixer = page.get_by_role("region", name="Mixer")
    mixer.get_by_role("button", name="Play", exact=True).click()
    status = mixer.get_by_role("status")
    expect(status).to_have_text("Playing, mixed by Python", timeout=120_000)


def test_every_kind_of_page_is_shown_and_mixes(page: Page, base: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address, words in VISITED.items():
        page.goto(f"{base}{address}", wait_until="networkidle")
        expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    page.goto(base)
    page.get_by_role("link", name="Gallery").first.click()
    page.get_by_role("searchbox", name="Search").fill("9001")
    page.locator("[data-found] a").first.click()
    assert page.url == f"{base}tokens/9001/"
    play(page)
    assert {url for url in asked if not url.startswith((base, "blob:", "data:"))} == set()


def test_an_address_that_leads_nowhere_leads_back(chromium: Browser, base: str) -> None:
    page = chromium.new_page()
    answer = page.goto(f"{base}tokens/0/")
    assert answer
    assert answer.status == 404
    expect(page.get_by_role("link", name="To the front page")).to_have_attribute("href", base)
    page.close()


def test_the_first_page_is_small_where_nothing_is_compressed(page: Page, base: str) -> None:
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    page.goto(base, wait_until="networkidle")
    assert len(sizes) > 3
    assert sum(sizes.values()) < FIRST_PAGE, sizes


class WithoutRanges(StaticHandler):
    """A host that knows no ranges."""

    def wanted_span(self, size: int) -> None:
        """Take every question for one about the whole."""

    def send_header(self, keyword: str, value: str) -> None:
        """Promise no ranges either."""
        if keyword != "Accept-Ranges":
            super().send_header(keyword, value)


def test_previews_and_the_mixer_play_without_ranges(page: Page, pressed: Path) -> None:
    with serving(pressed, WithoutRanges) as base:
        page.goto(f"{base}tokens/9001/")
        seconds = page.locator("audio").evaluate(
            """(it) => new Promise((done, fail) => {
              it.onerror = () => fail(new Error(it.error.message));
              it.onplaying = () => done(it.duration);
              it.play();
            })"""
        )
        assert seconds > 1
        play(page)


def test_a_slow_phone_reads_while_the_mixer_is_still_on_its_way(page: Page, base: str) -> None:
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", SLOW_PHONE)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(f"{base}songs/undertow/", wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Undertow", timeout=60_000)
    expect(page.get_by_role("heading", name="The stems")).to_be_visible(timeout=60_000)
    play_button = page.get_by_role("region", name="Mixer").get_by_role("button", name="Play")
    expect(play_button.first).to_be_enabled(timeout=60_000)


def test_pages_are_read_from_a_disk(chromium: Browser, pressed: Path) -> None:
    page = chromium.new_page()
    page.goto((pressed / "index.html").as_uri())
    page.get_by_role("link", name="Gallery").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gallery")
    assert page.evaluate("getComputedStyle(document.querySelector('.gallery')).display") == "block"
    page.locator(".cards a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.startswith((pressed / "tokens").as_uri())
    styled = "getComputedStyle(document.querySelector('.object')).display"
    assert page.evaluate(styled) == "grid"
    page.close()


class ScriptsAsText(StaticHandler):
    """A host that does not know what scripts are."""

    extensions_map = StaticHandler.extensions_map | {".js": "text/plain", ".mjs": "text/plain"}


class ModulesAsText(StaticHandler):
    """A host that knows scripts with the suffix .js only."""

    extensions_map = StaticHandler.extensions_map | {".mjs": "text/plain"}


AS_TEXT = "this host sends scripts as text/plain, and not as text/javascript"


def test_where_no_module_runs_the_page_says_why_and_has_no_dead_controls(
    chromium: Browser, pressed: Path
) -> None:
    page = chromium.new_page()
    with serving(pressed, ScriptsAsText) as base:
        for address in ("songs/undertow/", "tokens/9001/", "embed/undertow/", "gallery/", "mine/"):
            page.goto(f"{base}{address}")
            expect(page.get_by_role("alert")).to_contain_text(AS_TEXT)
            assert page.get_by_role("button").locator("visible=true").count() == 0, address
    page.close()


def test_where_python_is_sent_as_text_the_browser_mixes_and_says_why(
    chromium: Browser, pressed: Path
) -> None:
    page = chromium.new_page()
    with serving(pressed, ModulesAsText) as base:
        page.goto(f"{base}songs/undertow/")
        mixer = page.get_by_role("region", name="Mixer")
        mixer.get_by_role("button", name="Play", exact=True).click()
        expect(mixer.get_by_role("status")).to_have_text(
            f"Playing, mixed by the browser. Python cannot run here: {AS_TEXT}", timeout=60_000
        )
    page.close()
