"""A site that is deployed anew under an open page: two versions never mix, and the page says so."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from build import build
from stempress.commands.cli import run
from stempress.core.paths import TEMPLATES, WEB
from stempress.runtime import web_files
from tests.conftest import ROOT
from tests.support.music import write_music
from tests.support.small_site import write
from tests.support.visiting import until
from tests.support.web_folder import web_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UPDATED = "this site has been updated; reload the page"
PLAY = "Play its mixes, rarest first"
PATIENCE = 60_000


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Press a site twice, the second time with another module."""
    folder = tmp_path_factory.mktemp("versions")
    write_music(folder / "site")
    web = folder / "web"
    shutil.copytree(WEB, web)
    queue = web / "bar/queue.js"
    queue.write_text(f"{queue.read_text('utf-8')}\n// of the second version\n", "utf-8")
    for name, source in (("first", WEB), ("second", web)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(web_files, "WEB", source)
            words = ["--site", str(folder / "site"), "--out", str(folder / name)]
            assert run(words, build, ROOT) == 0
    return folder / "first", folder / "second"


@pytest.fixture
def dist(versions: tuple[Path, Path], tmp_path: Path) -> Path:
    shutil.copytree(versions[0], tmp_path / "dist")
    return tmp_path / "dist"


@pytest.fixture
def deploy(versions: tuple[Path, Path], dist: Path) -> Callable[[], None]:
    """Return what puts the second version in the first one's place."""

    def act() -> None:
        shutil.rmtree(dist)
        shutil.copytree(versions[1], dist)

    return act


@pytest.fixture(params=["block", "allow"], ids=["no-service-worker", "service-worker"])
def context(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(service_workers=request.param, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def sounds(page: Page) -> None:
    bar = page.get_by_role("region", name="Player", exact=True)
    expect(bar).to_have_attribute("data-state", "playing", timeout=PATIENCE)


def test_play_says_that_the_site_has_been_updated_and_plays_after_a_reload(
    page: Page, serve: Serve, dist: Path, deploy: Callable[[], None]
) -> None:
    page.goto(f"{serve(dist, '/a/')}songs/one/")
    deploy()
    press(page, PLAY)
    expect(page.get_by_text(f"Can't play: {UPDATED}").first).to_be_visible()
    page.reload()
    press(page, PLAY)
    sounds(page)


def test_the_mixer_plays_on_without_a_python_of_another_version(
    page: Page, serve: Serve, dist: Path, deploy: Callable[[], None]
) -> None:
    page.goto(f"{serve(dist, '/a/')}songs/one/")
    mixer = page.get_by_role("region", name="Mixer")
    expect(mixer.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    deploy()
    mixer.get_by_role("button", name="Play", exact=True).click()
    expect(mixer.get_by_role("status")).to_have_text(
        f"Playing, mixed by the browser. Python cannot run here: {UPDATED}", timeout=PATIENCE
    )


def test_a_page_of_another_version_is_a_document_of_its_own(
    page: Page, serve: Serve, dist: Path, deploy: Callable[[], None]
) -> None:
    page.goto(f"{serve(dist, '/a/')}songs/one/")
    press(page, PLAY)
    sounds(page)
    page.evaluate("window.marked = true")
    masthead = page.get_by_role("navigation", name="Site")
    masthead.get_by_role("link", name="Rarity", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rarity", timeout=PATIENCE)
    assert page.evaluate("window.marked")
    deploy()
    masthead.get_by_role("link", name="Gallery", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gallery", timeout=PATIENCE)
    until(page, "!window.marked")
    until(page, "Boolean(document.querySelector('player-bar'))")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    version = f"/app/{web_folder(dist).name}/"
    modules = [name for name in loaded if name.endswith((".js", ".css")) and "/app/" in name]
    assert [name for name in modules if version not in name] == []


def test_music_goes_on_between_pages_whose_templates_name_the_doors(
    page: Page, serve: Serve, tmp_path: Path
) -> None:
    write_music(tmp_path)
    for name in ("base.html", "_bits.html"):
        text = (TEMPLATES / name).read_text("utf-8")
        assert "{{ site.app }}" in text
        write(tmp_path / "templates" / name, text.replace("{{ site.app }}", "app/web/"))
    assert run(["--site", str(tmp_path)], build, ROOT) == 0
    page.goto(f"{serve(tmp_path / 'dist', '/a/')}songs/one/")
    assert page.locator("script[src='../../app/web/site.js']").count() == 1
    press(page, PLAY)
    sounds(page)
    page.evaluate("window.marked = true")
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Rarity").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rarity", timeout=PATIENCE)
    assert page.evaluate("window.marked")
    sounds(page)


def test_a_service_worker_has_the_modules_of_a_page_that_was_visited(
    chromium: Browser, serve: Serve, dist: Path, deploy: Callable[[], None]
) -> None:
    context = chromium.new_context(service_workers="allow")
    page = context.new_page()
    page.goto(f"{serve(dist, '/a/')}songs/one/")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    until(page, "Boolean(navigator.serviceWorker.controller)")
    page.reload()
    expect(page.get_by_role("region", name="Mixer")).to_be_visible()
    module = page.evaluate("document.querySelector(\"script[src$='/site.js']\").src")
    deploy()
    status = "address => fetch(address).then(({ status }) => status)"
    assert page.evaluate(status, module) == 200
    assert page.evaluate(status, module.replace("site.js", "never/visited.js")) == 404
    context.close()
