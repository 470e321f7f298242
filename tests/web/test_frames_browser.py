"""Embedded mixers in frames of other sites, whose sandbox leaves them no origin of their own.

Marketplaces show tokens in such frames. What is heard there is what the engine says, if the host
lets other sites read its files.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from build import build
from stempress.commands.cli import run
from stempress.commands.static_server import StaticHandler
from tests.conftest import ROOT, press_bundled
from tests.support.firefox import visit_in_firefox
from tests.support.gateway import Gateway, Store, address_of
from tests.support.hosts import serving
from tests.support.listening import is_part_of
from tests.support.visiting import Visit, wait_for
from tests.support.webkit import launch_webkit
from tests.web.test_embed_layouts import BOX, UNDERLINED
from tests.web.test_firefox import recording
from tests.web.test_mixer_browser import engine, first_stems, until_heard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page
    from selenium.webdriver.remote.webdriver import WebDriver

pytestmark = pytest.mark.browser

EMBED = "embed/undertow/"
PATIENCE_SECONDS = 90
PLAYING = "Playing, mixed by Python"
BLOCKED = """(address) => new Promise((done) => {
  addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
  fetch(address).catch(() => {});
})"""
"""Which directive of the page's policy forbids to fetch an address."""
KEPT_OUT = "the site's host sends no Access-Control-Allow-Origin"


class Pages(StaticHandler):
    """A host that lets every site read its files, as GitHub Pages does; it knows no preflights."""

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


@pytest.fixture(scope="module")
def store(host: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    to = tmp_path_factory.mktemp("published")
    assert run(["publish", "--out", str(host), "--to", str(to)], build, ROOT) == 0
    return Store(to / "site.car")


@pytest.fixture(params=["GitHub Pages", "a path gateway"])
def base(request: pytest.FixtureRequest, host: Path) -> Iterator[str]:
    """Return where a host that other sites may read shows the site."""
    if request.param == "GitHub Pages":
        with serving(host, Pages, prefix="/night-ferry/") as base:
            yield base
        return
    store = request.getfixturevalue("store")
    with serving(host, type("PathGateway", (Gateway,), {"store": store})) as base:
        yield urljoin(base, address_of(store))


@pytest.fixture
def song(host: Path) -> dict[str, Any]:
    song: dict[str, Any] = json.loads((host / "data/songs/undertow.json").read_text("utf-8"))
    return song


@pytest.fixture
def whole(song: dict[str, Any]) -> NDArray[Any]:
    """Return the song as the engine mixes it."""
    return engine(song, first_stems(song), {}).render(0, song["frames"])


@contextmanager
def framing(folder: Path, address: str, width: int = 800, height: int = 800) -> Iterator[str]:
    """Serve a marketplace's page, which shows an address in a sandboxed frame."""
    size = f'width="{width}" height="{height}"'
    frame = f'<iframe sandbox="allow-scripts" {size} src="{address}"></iframe>'
    text = f"<!doctype html><html lang=en><title>A token</title>{frame}</html>"
    (folder / "index.html").write_text(text, "utf-8")
    with serving(folder) as base:
        yield base


def open_frame(page: Page, address: str, song: dict[str, Any]) -> Visit:
    """Open a page with a frame; return a visit to what is in it."""
    page.goto(address)
    frame = page.frames[1]
    assert frame.evaluate("self.origin") == "null"
    return Visit(cast("Page", frame), song)  # of a page, a visit asks no more


@pytest.mark.sound
def test_a_sandboxed_frame_plays_what_the_engine_mixes(
    chromium: Browser, base: str, song: dict[str, Any], whole: NDArray[Any], tmp_path: Path
) -> None:
    page = chromium.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda answer: wrong.extend([answer.url] * (answer.status >= 400)))
    with framing(tmp_path, base + EMBED) as outside:
        visit = open_frame(page, outside, song)
        visit.play()
        until_heard(visit, whole, frames=song["rate"])
        assert visit.stats()["engine"] == "python"
        assert visit.page.locator(".export, .keep").count() == 0  # it can save nothing
        assert visit.page.evaluate(BLOCKED, outside) == "connect-src"
    page.close()
    assert wrong == []


@pytest.mark.sound
def test_firefox_plays_what_the_engine_mixes_in_a_sandboxed_frame(
    base: str,
    song: dict[str, Any],
    whole: NDArray[Any],
    tmp_path: Path,
    loudspeakers: dict[str, str],
) -> None:
    with framing(tmp_path, base + EMBED) as outside:
        told = visit_in_firefox("frame", outside, str(tmp_path), env=loudspeakers)
    assert told["wrong"] == []
    assert told["origin"] == "null"
    heard = recording(told)[:, -song["rate"] :]
    assert is_part_of(heard, whole)


@pytest.fixture
def webkit(loudspeakers: dict[str, str]) -> Iterator[WebDriver]:
    with launch_webkit(loudspeakers) as browser:
        yield browser


def until(webkit: WebDriver, expression: str) -> None:
    WebDriverWait(webkit, PATIENCE_SECONDS).until(
        lambda _: webkit.execute_script(f"return {expression}"), expression
    )


def play_in_webkit(webkit: WebDriver, address: str) -> dict[str, Any]:
    """Play what the frame of a page shows until it has moved on; return the mixer's statistics."""
    webkit.get(address)
    webkit.switch_to.frame(webkit.find_element(By.TAG_NAME, "iframe"))
    assert webkit.execute_script("return self.origin") == "null"
    until(webkit, "document.querySelector('.play')?.disabled === false")
    webkit.find_element(By.CSS_SELECTOR, ".play").click()
    until(webkit, f"document.querySelector('.status').textContent == '{PLAYING}'")
    until(webkit, "document.querySelector('stem-mixer').position > 1")
    stats: dict[str, Any] = webkit.execute_script(
        "return document.querySelector('stem-mixer').stats"
    )
    return stats


@pytest.mark.sound
def test_webkit_plays_with_python_in_a_sandboxed_frame(
    webkit: WebDriver, base: str, tmp_path: Path
) -> None:
    with framing(tmp_path, base + EMBED) as outside:
        assert play_in_webkit(webkit, outside)["engine"] == "python"


@pytest.fixture
def pages(host: Path) -> Iterator[str]:
    """Return where GitHub Pages shows the site."""
    with serving(host, Pages, prefix="/night-ferry/") as base:
        yield base


@pytest.mark.sound
def test_firefox_streams_a_long_song_in_a_sandboxed_frame(
    pages: str, tmp_path: Path, loudspeakers: dict[str, str]
) -> None:
    with framing(tmp_path, f"{pages}embed/dead-reckoning/") as outside:
        told = visit_in_firefox("frame", outside, str(tmp_path), env=loudspeakers)
    assert told["wrong"] == []
    assert told["stats"]["fetched"] > 0
    assert recording(told).any()


@pytest.mark.sound
def test_webkit_streams_a_long_song_in_a_sandboxed_frame(
    webkit: WebDriver, pages: str, tmp_path: Path
) -> None:
    with framing(tmp_path, f"{pages}embed/dead-reckoning/") as outside:
        assert play_in_webkit(webkit, outside)["fetched"] > 0


@pytest.fixture
def shut(host: Path, tmp_path: Path) -> Iterator[str]:
    """Return where a site frames a player of a host that lets no other site read its files."""
    with serving(host) as base, framing(tmp_path, base + EMBED) as outside:
        yield outside


SEEN = """
  const controls = [...document.querySelectorAll("button, input, select, summary")];
  return {
    reason: document.querySelector("[role=alert]")?.textContent ?? "",
    controls: controls.filter((it) => it.checkVisibility()).length,
    picture: document.querySelector("img.art").naturalWidth,
    layout: getComputedStyle(document.querySelector(".sleeve")).display,
    link: document.querySelector("h1 a").href,
  };
"""


def is_explained(seen: dict[str, Any]) -> bool:
    """Say whether a frame has the picture and the reason; it may have no control, but a link."""
    assert seen["controls"] == 0
    assert seen["link"].endswith("/songs/undertow/")
    assert seen["layout"] == "grid"
    return KEPT_OUT in seen["reason"] and seen["picture"] > 0


def test_without_cors_there_is_the_picture_the_reason_and_a_link(
    chromium: Browser, shut: str
) -> None:
    page = chromium.new_page()
    page.goto(shut)
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("alert")).to_contain_text(KEPT_OUT)
    frame = page.frames[1]
    wait_for(page, lambda: is_explained(frame.evaluate(f"() => {{ {SEEN} }}")), "the picture")
    inside.get_by_role("link", name="Undertow").click()
    expect(inside.get_by_role("heading", name="The stems")).to_be_visible()
    page.close()


@pytest.mark.parametrize(("width", "height"), [(400, 150), (300, 120), (420, 420), (300, 300)])
def test_the_reason_and_the_link_fit_a_frame_without_cors(
    chromium: Browser, host: Path, tmp_path: Path, width: int, height: int
) -> None:
    page = chromium.new_page()
    with serving(host) as base, framing(tmp_path, base + EMBED, width, height) as outside:
        page.goto(outside)
        expect(page.frame_locator("iframe").get_by_role("alert")).to_contain_text(KEPT_OUT)
        assert page.frames[1].evaluate(UNDERLINED)
        assert page.frames[1].evaluate(f"{BOX}('[role=alert]').bottom") <= height
    page.close()


def test_firefox_explains_a_frame_without_cors(shut: str) -> None:
    assert is_explained(visit_in_firefox("shut", shut, SEEN))


def test_webkit_explains_a_frame_without_cors(webkit: WebDriver, shut: str) -> None:
    webkit.get(shut)
    webkit.switch_to.frame(webkit.find_element(By.TAG_NAME, "iframe"))
    until(webkit, "document.querySelector('[role=alert]')")
    until(webkit, "document.querySelector('img.art').naturalWidth")
    assert is_explained(webkit.execute_script(SEEN))


@pytest.mark.sound
def test_the_player_that_metadata_names_plays_from_a_gateway(
    chromium: Browser, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    royalty = "royalty_bps = 500\n"
    pinned = f'{royalty}assets = "ipfs"\n\n[metadata]\nanimation = "mixer"\n'
    dist = press_bundled(site, royalty, pinned)
    assert run(["publish", "--out", str(dist), "--to", str(tmp_path / "to")], build, ROOT) == 0
    players = Store(tmp_path / "to/players.car")  # nothing else is pinned
    page = chromium.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda answer: wrong.extend([answer.url] * (answer.status >= 400)))
    stem = next(
        token["id"]
        for token in json.loads((dist / "data/tokens.json").read_text("utf-8"))["tokens"]
        if token["tier"] == "stem" and token["state"] == "revealed"
    )
    with serving(dist, type("PathGateway", (Gateway,), {"store": players})) as gateway:
        for token in ("9001", stem):
            metadata = json.loads((dist / f"metadata/{token}.json").read_text("utf-8"))
            address = metadata["animation_url"].replace("ipfs://", f"{gateway}ipfs/")
            with framing(tmp_path, address) as outside:
                page.goto(outside)
                inside = page.frame_locator("iframe")
                assert inside.locator("h1 a").count() == 0  # the site has no URL
                inside.get_by_role("button", name="Play", exact=True).click()
                status = inside.get_by_role("status")
                expect(status).to_have_text(PLAYING, timeout=PATIENCE_SECONDS * 1000)
    page.close()
    assert wrong == []
