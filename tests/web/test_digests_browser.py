"""A visitor's browser computes the digests that the site publishes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from selenium.webdriver.support.ui import WebDriverWait

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT, made_once
from tests.support.firefox import visit_in_firefox
from tests.support.hosts import serving
from tests.support.music import notes, sound_file, write_music
from tests.support.small_site import write
from tests.support.webkit import launch_webkit
from tests.web.test_mixer_tools import open_tools

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Serve

pytestmark = pytest.mark.browser

PATIENCE_SECONDS = 120


def test_the_browser_proves_a_mix(chromium: Browser, serve: Serve, tmp_path: Path) -> None:
    """Mix stems in 16 bits, in floats, at another rate, and louder than the limiter lets pass."""
    write_music(tmp_path, "lossless = true")
    write(tmp_path / "stems/one/bass/b.wav", sound_file(3 * notes(3), subtype="FLOAT"))
    write(tmp_path / "stems/one/lead/c.wav", sound_file(notes(6, rate=44100), rate=44100))
    assert run(["--site", str(tmp_path)], build, ROOT) == 0
    published = json.loads((tmp_path / "dist/data/digests/one.json").read_bytes())["mixes"]
    base = serve(tmp_path / "dist", "/a/b/")
    for mix in ("1-1-1", "1-2-3", "2-1-2"):
        page = chromium.new_page()
        page.goto(f"{base}songs/one/{mix}/")
        assert page.evaluate("document.querySelector('stem-mixer').digest(24)") == published[mix]
        page.close()


@pytest.fixture(scope="session", params=["opus", "vorbis"])
def lossy_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site without lossless files."""

    def make(site: Path) -> None:
        write_music(site, f'stream = "{request.param}"')
        assert run(["--site", str(site)], build, ROOT) == 0

    return made_once(tmp_path_factory, "sites", f"lossy-{request.param}", make) / "dist"


def published_streams(dist: Path) -> dict[str, str]:
    digests = json.loads((dist / "data/digests/one.json").read_bytes())
    streams: dict[str, str] = digests["streams"]["mixes"]
    assert streams.keys() == {"1-1-1", "1-2-3"}, "the tokens, one of which is the first mix"
    assert streams != digests["mixes"], "lossy files do not decode to the artist's samples"
    return streams


def test_a_mix_of_lossy_stems_is_verified(
    chromium: Browser, serve: Serve, lossy_site: Path
) -> None:
    base = serve(lossy_site, "/a/b/")
    for mix, digest in published_streams(lossy_site).items():
        page = chromium.new_page()
        page.goto(f"{base}songs/one/{mix}/")
        open_tools(page)
        page.get_by_role("button", name="Verify this mix").click()
        expect(page.locator("stem-mixer").get_by_role("status")).to_have_text(
            f"This is the mix that was published: SHA-256 {digest}", timeout=60_000
        )
        page.close()


def test_firefox_verifies_a_mix_of_lossy_stems(lossy_site: Path, tmp_path: Path) -> None:
    with serving(lossy_site) as base:
        told = visit_in_firefox("verify", f"{base}songs/one/1-2-3/", str(tmp_path))
    assert told["wrong"] == []
    digest = published_streams(lossy_site)["1-2-3"]
    assert told["status"] == f"This is the mix that was published: SHA-256 {digest}"


def test_webkit_verifies_a_mix_of_lossy_stems(
    lossy_site: Path, loudspeakers: dict[str, str]
) -> None:
    with serving(lossy_site) as base, launch_webkit(loudspeakers) as webkit:

        def wait(expression: str) -> str:
            found = WebDriverWait(webkit, PATIENCE_SECONDS).until(
                lambda _: webkit.execute_script(f"return {expression}"), expression
            )
            return str(found)

        webkit.get(f"{base}songs/one/1-2-3/")
        wait("!document.querySelector('.verify')?.disabled")
        webkit.execute_script("document.querySelector('.verify').click()")
        status = wait(
            "document.querySelector('.status').textContent.match(/^This is.*SHA-256 .*/)?.[0]"
        )
    digest = published_streams(lossy_site)["1-2-3"]
    assert status == f"This is the mix that was published: SHA-256 {digest}"


def test_the_bundled_songs_are_proved(chromium: Browser, serve: Serve, pressed: Path) -> None:
    base = serve(pressed)
    for file in sorted((pressed / "data/digests").glob("*.json")):
        mix, digest = list(json.loads(file.read_bytes())["mixes"].items())[-1]
        page = chromium.new_page()
        page.goto(f"{base}songs/{file.stem}/{mix}/")
        assert page.evaluate("document.querySelector('stem-mixer').digest(24)") == digest
        page.close()
