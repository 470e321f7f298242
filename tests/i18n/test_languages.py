"""Sites in other languages: what changes with the language, what never does, and right to left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT, press_bundled
from tests.support.markup import complaints
from tests.support.web_folder import web_folder, without_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.conftest import Serve

FIRST_IS_RIGHTMOST = """element => {
  const text = element.firstChild;
  const letters = [...text.data.matchAll(/[\\dא-ת]/g)].map(({ index }) => index);
  const left = (at) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect().left;
  };
  return left(letters[0]) > left(letters.at(-1));
}"""
STOP_AT_THE_END = """(it) => {
  it.textContent = "Low & Co.";
  const range = document.createRange();
  const left = (at) => {
    range.setStart(it.firstChild, at);
    range.setEnd(it.firstChild, at + 1);
    return range.getBoundingClientRect().left;
  };
  return left(8) > left(0);
}"""
"""Whether an element shows the full stop of a name in Latin letters to the right of it."""

PAGES = (
    "",
    "albums/outbound/",
    "gallery/",
    "hidden/slack-water/",
    "mine/",
    "mixer/",
    "notes/",
    "perks/",
    "provenance/",
    "rarity/",
    "songs/undertow/",
    "stems/undertow/drums/dusty/",
    "tokens/1/",
    "tokens/9005/",
)


@pytest.fixture(scope="module")
def both(small_site_in: Callable[[str], Path]) -> tuple[Path, Path]:
    """Build one site in English and in German."""
    return small_site_in("en"), small_site_in("de-AT")


def test_pages_speak_the_language_of_the_site(both: tuple[Path, Path]) -> None:
    english, german = ((dist / "mixer/index.html").read_text("utf-8") for dist in both)
    assert '<html lang="de-AT" ' in german
    assert "Diese Website wurde ohne die Python-Laufzeit gepresst" in german
    assert "This site was pressed without the Python runtime" in english
    assert "Small Hours" in german


def test_modules_are_told_the_language(both: tuple[Path, Path]) -> None:
    english, german = ((web_folder(dist) / "language/language.js").read_bytes() for dist in both)
    assert english == (ROOT / "pyodide_app/web/language/language.js").read_bytes()
    assert 'LANGUAGE = "de-AT"' in german.decode()
    assert "Läuft, gemischt von Python" in german.decode()


def test_data_metadata_and_addresses_are_the_same_in_every_language(
    both: tuple[Path, Path],
) -> None:
    files = [
        {
            without_version(path.relative_to(dist).as_posix()): path
            for path in dist.rglob("*")
            if path.is_file()
        }
        for dist in both
    ]
    assert set(files[0]) == set(files[1])
    contracts = [name for name in files[0] if name.startswith(("data/", "metadata/", "art/"))]
    assert len(contracts) > 20
    for name in contracts:
        assert files[0][name].read_bytes() == files[1][name].read_bytes(), name


@pytest.fixture(scope="module")
def hebrew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Press the bundled collection in a language that is written from right to left."""
    site = tmp_path_factory.mktemp("hebrew")
    return press_bundled(site, 'language = "en"', 'language = "he"')


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a window."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


@pytest.mark.site
def test_pages_from_right_to_left_are_valid(hebrew: Path) -> None:
    found = complaints(hebrew, [f"{address}index.html" for address in PAGES]).splitlines()
    # What the artist wrote is in English there.
    assert [line for line in found if "appears to be written in English" not in line] == []


@pytest.mark.browser
@pytest.mark.site
class TestRightToLeft:
    """The bundled site in Hebrew."""

    def test_no_page_scrolls_sideways_at_320(self, page: Page, serve: Serve, hebrew: Path) -> None:
        base = serve(hebrew)
        page.set_viewport_size({"width": 320, "height": 700})
        for address in PAGES:
            page.goto(base + address)
            expect(page.locator("html")).to_have_attribute("dir", "rtl")
            wide: int = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 320, address

    def test_the_page_begins_at_the_right(self, page: Page, serve: Serve, hebrew: Path) -> None:
        page.goto(f"{serve(hebrew)}songs/undertow/")

        def sides(selector: str) -> tuple[float, float]:
            box = page.locator(selector).first.bounding_box()
            assert box
            return box["x"], box["x"] + box["width"]

        assert sides(".spine")[1] == 1280
        assert sides(".imprint")[0] > sides(".masthead nav")[1]
        assert sides(".object .plate")[0] > sides(".object .words")[1] - 1
        assert sides(".row .who")[0] > sides(".row .lane")[1]

    def test_a_title_in_latin_letters_ends_in_its_full_stop(
        self, page: Page, serve: Serve, hebrew: Path
    ) -> None:
        page.goto(f"{serve(hebrew)}songs/undertow/")
        for place in ("h1", ".pager bdi", ".colophon a", ".take .name", ".facts dd"):
            assert page.locator(place).first.evaluate(STOP_AT_THE_END), place

    def test_the_mixer_plays_and_time_runs_from_left_to_right(
        self, page: Page, serve: Serve, hebrew: Path
    ) -> None:
        page.goto(f"{serve(hebrew)}songs/undertow/")
        mixer = page.locator("stem-mixer")
        lane = mixer.locator(".lane").first
        box = lane.bounding_box()
        assert box
        lane.click(position={"x": box["width"] * 0.75, "y": box["height"] / 2})
        share: float = mixer.evaluate("it => it.position / it.duration")
        assert share == pytest.approx(0.75, abs=0.02)
        lane.click(position={"x": 1, "y": box["height"] / 2})
        mixer.locator(".play").click()
        expect(mixer.get_by_role("status")).to_have_text("מתנגן, מעורבב ב-Python", timeout=60_000)
        here = mixer.evaluate("it => it.position")
        page.wait_for_timeout(300)
        assert mixer.evaluate("it => it.position") != here

    def test_words_among_its_figures_are_read_from_right_to_left(
        self, page: Page, serve: Serve, hebrew: Path
    ) -> None:
        page.goto(f"{serve(hebrew)}songs/undertow/")
        mixer = page.locator("stem-mixer")
        mixer.evaluate("it => it.seek(1)")
        pan = mixer.locator(".pan input").first
        pan.evaluate("it => { it.value = -0.5; it.dispatchEvent(new Event('input')); }")
        for words in (".bar-now", ".pan .value"):
            expect(mixer.locator(words).first).to_have_text(re.compile("[א-ת]"))
            assert mixer.locator(words).first.evaluate(FIRST_IS_RIGHTMOST), words

    def test_names_are_read_from_left_to_right_within_its_sentences(
        self, page: Page, serve: Serve, hebrew: Path
    ) -> None:
        page.goto(f"{serve(hebrew)}songs/undertow/1-1-1-1-1/")
        title = page.locator(".kicker").first.text_content()
        assert title
        assert "\u2068Undertow\u2069" in title
        link = page.locator(".kicker a").first.get_attribute("href")
        assert link == "../../../songs/undertow/"
