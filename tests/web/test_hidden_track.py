"""Hidden tracks in Chromium, Firefox and WebKit: verified, decrypted, played, or it says why."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import visibility_of
from selenium.webdriver.support.ui import WebDriverWait

from tests.conftest import ROOT
from tests.support.blind_site import blind_site, run_command, write_hidden_track
from tests.support.firefox import visit_in_firefox
from tests.support.music import notes, sound_file
from tests.support.visiting import until
from tests.support.webkit import launch_webkit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page

    from tests.conftest import Press, Serve

pytestmark = pytest.mark.browser

LISTENER = (ROOT / "tests/support/hidden_listener.js").read_text("utf-8")
VERIFIED = "the file is the one that was sealed."
SOUNDS = {"below": notes(1), "above": notes(2)}
"""In the site as FLAC, and as MP3."""
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory, press_small: Press) -> dict[str, Path]:
    """Return the site before and after the last reveal."""
    folder = tmp_path_factory.mktemp("hidden")
    site = blind_site(folder / "site", "a seed that nobody guesses")
    write_hidden_track(site, "below", sound=sound_file(SOUNDS["below"]))
    write_hidden_track(site, "above", "one", sound=sound_file(SOUNDS["above"])).unlink()
    mp3 = sound_file(SOUNDS["above"], form="MP3", subtype="MPEG_LAYER_III")
    (site / "content/hidden/above.mp3").write_bytes(mp3)
    assert run_command(site, "seal") == 0
    dists = {"closed": folder / "closed", "open": folder / "open"}
    for name, ranges in (("closed", "1-31"), ("open", "32")):
        assert run_command(site, "reveal", "--tokens", ranges) == 0
        assert press_small(site, "--out", str(dists[name])) == 0
    return dists


def check_heard(heard: dict[str, Any], slug: str) -> None:
    """Compare what the player was given with the artist's recording; it must have played on."""
    source: NDArray[Any] = np.rint(SOUNDS[slug][:, 0] * 32768)
    given = np.array(heard["samples"])
    if slug == "below":
        assert heard["rate"] == 48000
        assert given.shape == source.shape
        assert np.abs(given - source).max() <= 2  # browsers differ in how they scale words
    else:
        at = int(np.argmax(np.correlate(given[:9600], source[:4800], "valid")))
        both = min(len(given) - at, len(source))
        error = given[at : at + both] - source[:both]
        assert np.sqrt(np.mean(error**2)) < 0.1 * np.sqrt(np.mean(source**2))
    assert heard["position"] >= 1 or heard["position"] == heard["duration"]
    assert abs(heard["duration"] - 4) < 0.2


@pytest.fixture
def page(chromium: Browser) -> Page:
    return chromium.new_page()


@pytest.mark.parametrize("slug", SOUNDS)
def test_chromium_decrypts_and_plays(
    page: Page, serve: Serve, sites: dict[str, Path], slug: str
) -> None:
    page.goto(f"{serve(sites['open'], '/a/')}hidden/{slug}/")
    page.evaluate(LISTENER)
    page.get_by_role("button", name="Decrypt and play").click()
    expect(page.get_by_role("status")).to_have_text(f"Verified and decrypted: {VERIFIED}")
    assert page.locator("audio").get_attribute("aria-label") == "Below Deck"
    heard = page.evaluate("heard()")
    check_heard(heard, slug)
    assert heard["peak"] > 0.01
    page.close()


@pytest.mark.parametrize("slug", SOUNDS)
def test_firefox_decrypts_and_plays(
    serve: Serve, sites: dict[str, Path], slug: str, loudspeakers: dict[str, str]
) -> None:
    address = f"{serve(sites['open'])}hidden/{slug}/"
    told = visit_in_firefox("hidden", address, LISTENER, env=loudspeakers)
    assert told["wrong"] == []
    assert told["outcome"] == f"Verified and decrypted: {VERIFIED}"
    check_heard(told["heard"], slug)
    assert told["heard"]["peak"] > 0.01


def test_webkit_decrypts_and_plays(
    serve: Serve, sites: dict[str, Path], loudspeakers: dict[str, str]
) -> None:
    """How loud it is is not measured: GNOME's WebKit hands Web Audio nothing of such players."""
    with launch_webkit(loudspeakers) as webkit:
        webkit.set_script_timeout(PATIENCE_SECONDS)
        for slug in SOUNDS:
            webkit.get(f"{serve(sites['open'])}hidden/{slug}/")
            webkit.execute_script(LISTENER)
            patience = WebDriverWait(webkit, PATIENCE_SECONDS)
            button = webkit.find_element(By.CSS_SELECTOR, "[data-open]")
            patience.until(visibility_of(button))
            webkit.execute_script("arguments[0].scrollIntoView({ block: 'center' })", button)
            button.click()
            outcome = patience.until(lambda browser: browser.execute_script("return outcome()"))
            assert outcome == f"Verified and decrypted: {VERIFIED}"
            heard = "const done = arguments[0]; heard().then(done, (e) => done(String(e)));"
            check_heard(webkit.execute_async_script(heard), slug)


def test_before_the_last_reveal_the_file_is_verified_and_stays_closed(
    page: Page, serve: Serve, sites: dict[str, Path]
) -> None:
    page.goto(f"{serve(sites['closed'])}hidden/below/")
    expect(
        page.get_by_text("Nobody can hear it yet: 1 more token has to be revealed.")
    ).to_be_visible()
    page.get_by_role("button", name="Verify the file").click()
    status = page.get_by_role("status")
    expect(status).to_have_text(f"Verified: {VERIFIED} It is still closed.")
    assert page.locator("audio").is_hidden()
    page.close()


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("hidden/below/track.bin", b"", b"", "the file is not the one that was sealed"),
        ("data/provenance.json", b'"tokens":32', b'"tokens":31', "the final hash is not that of"),
        (
            "data/provenance.json",
            b"one/drums/live",
            b"one/drums/tape",
            "a token was opened as some",
        ),
        ("hidden/below/track.bin", None, None, "hidden/below/track.bin couldn't be loaded"),
    ],
)
def test_whatever_was_changed_is_told(  # noqa: PLR0917 - what is changed into what
    page: Page,
    serve: Serve,
    sites: dict[str, Path],
    tmp_path: Path,
    file: str,
    old: bytes | None,
    new: bytes | None,
    words: str,
) -> None:
    dist = shutil.copytree(sites["open"], tmp_path / "dist")
    path = dist / file
    content = bytearray(path.read_bytes())
    if old is None or new is None:
        path.unlink()
    elif old:
        assert old in content
        path.write_bytes(content.replace(old, new, 1))
    else:
        content[-1] ^= 1
        path.write_bytes(content)
    page.goto(f"{serve(dist)}hidden/below/")
    page.get_by_role("button", name="Decrypt and play").click()
    expect(page.get_by_role("status")).to_contain_text(f"It can't be opened: {words}")
    assert page.get_by_role("button", name="Decrypt and play").is_enabled()
    assert page.locator("audio").is_hidden()
    page.close()


def test_without_a_secure_page_it_says_what_is_needed(
    page: Page, serve: Serve, sites: dict[str, Path]
) -> None:
    page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })")
    page.goto(f"{serve(sites['open'])}hidden/below/")
    expect(page.get_by_role("status")).to_contain_text("open this page with https")
    assert page.get_by_role("button", name="Decrypt").is_hidden()
    page.close()


LEAVE = """async () => {
  const { src } = document.querySelector("script[type=module]");
  const { leavePage } = await import(new URL("pages/page-life.js", src));
  leavePage();
}"""


def test_leaving_the_page_ends_the_music(page: Page, serve: Serve, sites: dict[str, Path]) -> None:
    """As the router leaves it, within the document."""
    page.goto(f"{serve(sites['open'])}hidden/below/")
    page.get_by_role("button", name="Decrypt and play").click()
    expect(page.locator("audio")).to_be_visible()
    until(page, "document.querySelector('audio').currentTime > 0")
    page.evaluate(LEAVE)
    assert page.evaluate("document.querySelector('audio').paused")
    page.close()


def test_of_all_windows_one_plays(chromium: Browser, serve: Serve, sites: dict[str, Path]) -> None:
    context = chromium.new_context()
    windows = [context.new_page() for _ in SOUNDS]
    base = serve(sites["open"], "/a/")
    for window, slug in zip(windows, SOUNDS, strict=True):
        window.goto(f"{base}hidden/{slug}/")
        window.evaluate("document.querySelector('audio').loop = true")
        window.get_by_role("button", name="Decrypt and play").click()
        until(window, "document.querySelector('audio').currentTime > 0")
    first, second = windows
    until(first, "document.querySelector('audio').paused")
    assert not second.evaluate("document.querySelector('audio').paused")
    first.evaluate("document.querySelector('audio').play()")
    until(second, "document.querySelector('audio').paused")
    assert not first.evaluate("document.querySelector('audio').paused")
    context.close()
