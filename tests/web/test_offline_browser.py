"""Without a network there is what was visited and kept; no service worker ever blanks a page."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from stempress.commands.live_reload import BuildEvents, PreviewHandler, bind_server
from stempress.commands.live_reload import serve_in_thread as previewing
from stempress.commands.static_server import StaticHandler, StaticServer
from tests.support.chromium import CHROMIUM_FLAGS, chromium_program
from tests.support.hosts import start_server
from tests.support.visiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


pytestmark = [pytest.mark.browser, pytest.mark.site]

ACTIVE = """async () => {
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
  }
}"""
UPDATED = """async () => {
  const { serviceWorker } = navigator;
  const taken = new Promise((done) => serviceWorker.addEventListener("controllerchange", done));
  await (await serviceWorker.getRegistration()).update();
  await taken;
}"""
POISON = """async ([words, status]) => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const headers = { "Content-Type": "text/html" };
      await cache.put(request, new Response(words, { status, headers }));
    }
  }
}"""
ENGLISH = "There is no network", "has not been visited", "To the front page"
VERSIONS = "async () => (await caches.keys()).map((name) => name.split(' ').slice(0, 3).join(' '))"


@dataclass
class Host:
    """A host that can go away and come back at the same address."""

    folder: Path
    prefix: str = "/ferry/"
    port: int = 0
    server: StaticServer | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def start(self) -> None:
        # Of HTTP/1.0, so that no connection outlives the host.
        handler = type("Handler", (StaticHandler,), {"protocol_version": "HTTP/1.0"})
        self.server = start_server(self.folder, handler, prefix=self.prefix, port=self.port)
        self.port = self.server.server_port

    def stop(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


@contextmanager
def hosting(folder: Path) -> Iterator[Host]:
    host = Host(folder)
    host.start()
    yield host
    host.stop()


@pytest.fixture
def host(pressed: Path, tmp_path: Path) -> Iterator[Host]:
    """Serve a copy of the pressed site without its sound, for tests that change pages."""
    folder = tmp_path / "dist"
    shutil.copytree(pressed, folder, ignore=shutil.ignore_patterns("audio", "runtime"))
    with hosting(folder) as found:
        yield found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(service_workers="allow")
    yield context.new_page()
    context.close()


def visit(page: Page, host: Host, address: str = "") -> None:
    """Visit a page when the service worker is in charge, so that it is kept."""
    page.goto(f"{host.base}{address}")
    page.evaluate(ACTIVE)
    page.goto(f"{host.base}{address}", wait_until="networkidle")


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_what_was_visited_is_there_without_a_network(host: Host, page: Page) -> None:
    visit(page, host, "gallery/")
    host.stop()
    page.goto(f"{host.base}gallery/")
    assert heading(page) == "Gallery"
    assert page.evaluate("[...document.styleSheets].every((sheet) => sheet.cssRules.length > 0)")
    page.goto(f"{host.base}rarity/")
    assert heading(page) == "There is no network"
    page.get_by_role("link", name="To the front page").click()
    host.start()
    page.goto(f"{host.base}rarity/")
    assert heading(page) == "Rarity"


@pytest.mark.parametrize("seen", ["gallery/", "gallery/index.html", "gallery/?utm=mail"])
def test_a_visited_page_is_there_at_all_its_addresses(host: Host, page: Page, seen: str) -> None:
    visit(page, host, seen)
    host.stop()
    for address in ("gallery", "gallery/", "gallery/index.html", "gallery?utm=x", "gallery/?utm=x"):
        page.goto(f"{host.base}{address}")
        assert heading(page) == "Gallery", address
        links = page.get_by_role("link", name="Rarity").first
        assert links.evaluate("(it) => it.href") == f"{host.base}rarity/"


@pytest.mark.parametrize(
    ("language", "written", "words"),
    [
        ("en", ("en", "ltr"), ENGLISH),
        ("de-AT", ("de-AT", "ltr"), ("Kein Netz", "noch nicht besucht", "Zur Startseite")),
        ("he", ("he", "rtl"), ("אין רשת", "עדיין לא נפתח", "לעמוד הראשי")),
        ("tlh", ("en", "ltr"), ENGLISH),
    ],
)
def test_the_service_worker_speaks_the_language_of_the_site(
    small_site_in: Callable[[str], Path],
    page: Page,
    language: str,
    written: tuple[str, str],
    words: tuple[str, str, str],
) -> None:
    with hosting(small_site_in(language)) as host:
        visit(page, host)
        host.stop()
        page.goto(f"{host.base}gallery/")
        root = page.locator("html")
        assert (root.get_attribute("lang"), root.get_attribute("dir")) == written
        title, reason, link = words
        assert heading(page) == title
        expect(page.locator("p")).to_contain_text(reason)
        expect(page.get_by_role("link", name=link)).to_have_attribute("href", host.base)


def test_what_was_visited_outlives_a_worker_in_another_language(
    small_site_in: Callable[[str], Path], page: Page, tmp_path: Path
) -> None:
    folder = tmp_path / "dist"
    shutil.copytree(small_site_in("en"), folder)
    with hosting(folder) as host:
        visit(page, host, "gallery/")
        shutil.copyfile(small_site_in("he") / "sw.js", folder / "sw.js")
        page.evaluate(UPDATED)
        host.stop()
        page.goto(f"{host.base}gallery/")
        assert heading(page) == "Gallery"
        page.goto(f"{host.base}rarity/")
        assert heading(page) == "אין רשת"


def test_a_song_that_was_kept_plays_without_a_network(pressed: Path, page: Page) -> None:
    with hosting(pressed) as host:
        page.goto(f"{host.base}songs/undertow/")
        page.get_by_role("button", name="Keep on this device").click()
        says = page.locator(".keep-offline [role=status]")
        expect(says).to_have_text("Available offline", timeout=120_000)
        host.stop()
        page.goto(f"{host.base}songs/undertow/")
        expect(says).to_have_text("Available offline")
        mixer = page.get_by_role("region", name="Mixer")
        mixer.get_by_role("button", name="Play", exact=True).click()
        status = mixer.get_by_role("status")
        expect(status).to_have_text("Playing, mixed by Python", timeout=120_000)
        page.get_by_role("button", name="Remove from this device").click()
        expect(page.get_by_role("button", name="Keep on this device")).to_be_visible()


def test_a_new_version_shows_at_once_under_an_open_page(host: Host, page: Page) -> None:
    visit(page, host)
    about = host.folder / "gallery/index.html"
    about.write_text(about.read_text("utf-8").replace("Gallery</h1>", "Newer</h1>"), "utf-8")
    (host.folder / "sw.js").write_text((host.folder / "sw.js").read_text("utf-8") + "// newer\n")
    page.get_by_role("link", name="Gallery").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Newer")


def test_a_worker_that_is_killed_leaves_the_page_to_the_network(host: Host, page: Page) -> None:
    visit(page, host)
    tools = page.context.new_cdp_session(page)
    tools.send("ServiceWorker.enable")
    tools.send("ServiceWorker.stopAllWorkers")
    page.goto(f"{host.base}gallery/")
    assert heading(page) == "Gallery"


@pytest.mark.parametrize(("words", "status"), [("", 200), ("<h1>Broken</h1>", 200), ("", 500)])
def test_caches_with_rubbish_in_them_are_not_seen_while_there_is_a_network(
    host: Host, page: Page, words: str, status: int
) -> None:
    visit(page, host, "gallery/")
    page.evaluate(POISON, [words, status])
    page.goto(f"{host.base}gallery/")
    assert heading(page) == "Gallery"
    assert page.evaluate("[...document.styleSheets].every((sheet) => sheet.cssRules.length > 0)")


@pytest.mark.parametrize(
    "script",
    [
        "syntax error",
        "throw new Error('at once');",
        "addEventListener('fetch', () => { throw new Error('in the event'); });",
        "addEventListener('install', (event) => event.waitUntil(Promise.reject()));",
    ],
)
def test_a_worker_that_fails_blanks_nothing(host: Host, page: Page, script: str) -> None:
    visit(page, host)
    (host.folder / "sw.js").write_text(script)
    for address in ("gallery/", "rarity/", ""):
        page.goto(f"{host.base}{address}", wait_until="networkidle")
        assert heading(page)
    page.evaluate(
        "navigator.serviceWorker.getRegistration().then((it) => it.update()).catch(() => 0)"
    )
    page.goto(f"{host.base}gallery/")
    assert heading(page) == "Gallery"


def test_an_older_versions_caches_go(host: Host, page: Page) -> None:
    visit(page, host)
    page.evaluate(f"caches.open('stempress 0 kept {host.base}')")
    page.evaluate("caches.open('somebody else')")
    page.goto(f"{host.base}gallery/", wait_until="networkidle")
    found = set(page.evaluate(VERSIONS))
    assert {"stempress 1 visited", "somebody else"} <= found
    assert "stempress 0 kept" not in found


def test_sound_is_answered_in_parts(pressed: Path, page: Page) -> None:
    with hosting(pressed) as host:
        visit(page, host)
        name = next((pressed / "audio").iterdir()).name
        page.evaluate(
            "async ([name, url]) => (await caches.open(`stempress 1 kept ${name}`)).add(url)",
            [host.base, f"{host.base}audio/{name}"],
        )
        host.stop()
        size = (pressed / "audio" / name).stat().st_size
        found = page.evaluate(
            """async (url) => {
              const answer = await fetch(url, { headers: { Range: "bytes=10-19" } });
              const { byteLength } = await answer.arrayBuffer();
              return [answer.status, answer.headers.get("Content-Range"), byteLength];
            }""",
            f"{host.base}audio/{name}",
        )
        assert found == [206, f"bytes 10-19/{size}", 10]


def test_the_site_can_be_installed(host: Host, page: Page) -> None:
    visit(page, host)
    tools = page.context.new_cdp_session(page)
    manifest = tools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{host.base}manifest.json"
    errors = tools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []


def test_a_preview_lets_go_of_an_earlier_service_worker(host: Host, page: Page) -> None:
    host.stop()
    host.prefix = "/"
    host.start()
    visit(page, host)
    host.stop()
    builds = BuildEvents()
    handler = partial(PreviewHandler, directory=str(host.folder), builds=builds)
    with (
        bind_server("127.0.0.1", host.port, handler) as server,
        previewing(server, builds) as address,
    ):
        page.goto(address)
        until(
            page,
            "navigator.serviceWorker.getRegistrations().then((them) => them.length === 0)",
        )
        page.goto(f"{address}songs/undertow/", wait_until="load")
        expect(page.locator(".keep-offline")).to_be_hidden()


def damage(profile: Path) -> int:
    """Overwrite three quarters of every file in which a browser keeps caches."""
    damaged = 0
    for path in profile.rglob("*"):
        if path.is_file() and "CacheStorage" in path.parts and path.stat().st_size:
            size = path.stat().st_size
            path.write_bytes(path.read_bytes()[: size // 4] + b"\xff" * (size - size // 4))
            damaged += 1
    return damaged


def test_a_disk_that_lost_the_caches_blanks_nothing(
    host: Host, chromium: Browser, tmp_path: Path
) -> None:
    start = partial(
        chromium.browser_type.launch_persistent_context,
        tmp_path / "profile",
        executable_path=chromium_program(),
        args=CHROMIUM_FLAGS,
    )
    context = start()
    visit(context.pages[0], host, "gallery/")
    context.close()
    assert damage(tmp_path / "profile") > 0
    context = start()
    for address in ("gallery/", "rarity/", "gallery/"):
        context.pages[0].goto(f"{host.base}{address}", wait_until="networkidle")
        assert heading(context.pages[0]).lower() + "/" == address
    context.close()
