"""Layers that may be left out, in a real Chromium: silent in the mixer, and in no recipe."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from build import build
from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.pcm import pcm_bytes
from stempress.audio.sound import decode
from stempress.commands.cli import run
from tests.conftest import ROOT, made_once
from tests.support.left_out import leave_bass_out
from tests.support.small_site import OWNER, tone, write_small_site
from tests.support.visiting import Visit, hold_stems
from tests.web.test_mixer_browser import until_heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page

    from tests.conftest import Serve

pytestmark = pytest.mark.browser

RATE, SECONDS = 48000, 4
NONE = {"label": "None"}
COUNT_FILES = """async () => {
  const folder = await navigator.storage.getDirectory();
  let files = 0;
  for await (const _ of folder.keys()) files += 1;
  return files;
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Press the small site in FLAC, with a song whose bass may be left out."""

    def make(site: Path) -> None:
        write_small_site(site)
        leave_bass_out(site)
        settings = site / "site.toml"
        settings.write_text(settings.read_text("utf-8") + '[audio]\nstream = "flac"\n', "utf-8")
        for seed, path in enumerate(sorted((site / "stems").rglob("*.flac"))):
            path.write_bytes(tone(seed, frames=RATE * SECONDS, rate=RATE))
        ledger = site / "content/tokens.json"
        content = json.loads(ledger.read_text("utf-8"))
        drums = {"song": "two", "layer": "drums", "stem": "live"}
        content["tokens"].append({"id": "6", "tier": "stem", "state": "revealed", **drums})
        content["owners"] = {"6": OWNER}
        ledger.write_text(json.dumps(content), "utf-8")
        assert run(["--site", str(site)], build, ROOT) == 0
        shutil.copytree(ROOT / "tests/support/sound", site / "dist/sound")

    return made_once(tmp_path_factory, "sites", "left-out", make)


@dataclass
class Opened:
    """The page of the song, and what the engine plays of it."""

    visit: Visit
    site: Path
    base: str

    @property
    def page(self) -> Page:
        return self.visit.page

    @property
    def bass(self) -> Any:  # noqa: ANN401 - Playwright's
        return self.visit.row("Bass").get_by_role("combobox", name="Stem", exact=True)

    def mix(self, **stems: str) -> NDArray[Any]:
        """Return the engine's samples of these stems, each in its layer's row."""
        mixer = Mixer(rate=RATE, frames=RATE * SECONDS, rows=2)
        for row, layer in enumerate(("drums", "bass")):
            if layer in stems:
                path = self.site / f"stems/two/{layer}/{stems[layer]}.flac"
                mixer.place(row, StemAudio.from_float(decode(path).samples))
        return mixer.render(0, RATE * SECONDS)


type Open = Callable[[str], Opened]


@pytest.fixture
def opened(chromium: Browser, serve: Serve, site: Path) -> Iterator[Open]:
    """Return a function that opens a page of the site."""
    context = chromium.new_context()
    base = serve(site / "dist")
    song = json.loads((site / "dist/data/songs/two.json").read_text("utf-8"))

    def open_page(address: str) -> Opened:
        page = context.new_page()
        page.goto(base + address)
        return Opened(Visit(page, song), site, base)

    yield open_page
    context.close()


def test_none_is_a_stem_to_choose_where_the_layer_may_be_left_out(opened: Open) -> None:
    made = opened("songs/two/")
    expect(made.bass.locator("option")).to_have_text(["Live", "Synth", "None"])
    expect(made.visit.row("Drums").locator("option")).to_have_text(["Live", "Tape"])
    wave = made.visit.row("Bass").locator(".lane path").first
    expect(wave).not_to_have_attribute("d", "")
    made.bass.select_option(**NONE)
    expect(made.visit.mixer.locator(".mix-number")).to_have_text("1-0")
    expect(made.visit.mixer.locator(".mix-number")).to_have_attribute(
        "href", "../../songs/two/1-0/"
    )
    expect(wave).to_have_attribute("d", "")
    made.bass.select_option("synth")
    expect(made.visit.mixer.locator(".mix-number")).to_have_text("1-2")


@pytest.mark.parametrize("bits", [16, 24])
def test_a_mix_without_a_layer_has_the_engines_samples(opened: Open, bits: Any) -> None:  # noqa: ANN401
    made = opened("songs/two/2-0/")
    expect(made.bass).to_have_value("")
    expected = sha256(pcm_bytes(made.mix(drums="tape"), bits)).hexdigest()
    assert made.visit.digest(bits) == expected
    if bits == 24:
        digests = json.loads((made.site / "dist/data/digests/two.json").read_text("utf-8"))
        assert digests["mixes"]["2-0"] == expected


@pytest.mark.sound
def test_none_is_silent_while_it_plays_and_another_stem_is_heard_again(opened: Open) -> None:
    made = opened("songs/two/")
    made.visit.press("Loop")
    made.visit.play()
    made.bass.select_option(**NONE)
    until_heard(made.visit, made.mix(drums="live"), frames=4800)
    made.bass.select_option("synth")
    until_heard(made.visit, made.mix(drums="live", bass="synth"), frames=4800)


@pytest.mark.sound
def test_a_mix_without_a_layer_plays_at_once(opened: Open) -> None:
    made = opened("songs/two/1-0/")
    made.visit.press("Loop")
    made.visit.play()
    until_heard(made.visit, made.mix(drums="live"), frames=4800)


def test_an_export_without_a_layer_is_the_file_that_the_command_line_writes(
    opened: Open, tmp_path: Path
) -> None:
    made = opened("songs/two/2-0/")
    made.page.get_by_text("Loop, compare, keep, share").click()
    with made.page.expect_download(timeout=60_000) as download:
        made.page.get_by_role("button", name="Export WAV").click()
    assert download.value.suggested_filename == "Ada Lund - Two (2-0).wav"
    wav = tmp_path / "mix.wav"
    options = ["--site", str(made.site), "--bits", "24", "-o", str(wav)]
    assert run(["mix", "two", "2-0", *options], build, ROOT) == 0
    assert Path(download.value.path()).read_bytes() == wav.read_bytes()


def test_exported_stems_are_the_files_that_the_command_line_writes(
    opened: Open, tmp_path: Path
) -> None:
    made = opened("songs/two/#v=1&song=two&mix=2-1&gain=-6.5,0&pan=0.3,0&mute=2&master=-3")
    made.page.get_by_text("Loop, compare, keep, share").click()
    with made.page.expect_download(timeout=60_000) as download:
        made.page.get_by_role("button", name="Export stems").click()
    assert download.value.suggested_filename == "Ada Lund - Two (2-1).zip"
    expect(made.visit.mixer.get_by_role("status")).to_contain_text("Exported Ada Lund - Two (2-1)")
    assert made.page.evaluate(COUNT_FILES) == 2  # written to the disk, one for each stem
    stems = tmp_path / "stems"
    options = ["--site", str(made.site), "--bits", "24", "--stems", str(stems)]
    assert run(["mix", "two", made.page.url, *options], build, ROOT) == 0
    with ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted(path.name for path in stems.iterdir())
        for path in stems.iterdir():
            assert archive.read(path.name) == path.read_bytes()


def test_an_export_of_stems_can_be_cancelled(opened: Open) -> None:
    made = opened("songs/two/2-1/")
    made.page.route("**/audio/*", lambda _: None)  # never answered
    made.page.get_by_text("Loop, compare, keep, share").click()
    export = made.page.get_by_role("button", name="Export stems")
    export.click()
    expect(export).to_be_disabled()
    made.page.get_by_role("button", name="Cancel", exact=True).click()
    expect(made.visit.mixer.get_by_role("status")).to_have_text("Export stems: cancelled")
    expect(export).to_be_enabled()


def test_links_comparison_and_kept_mixes_go_without_a_layer(opened: Open) -> None:
    made = opened("songs/two/#v=1&song=two&mix=2-0&gain=-3,0")
    expect(made.visit.mixer.locator(".mix-number")).to_have_text("2-0")
    expect(made.bass).to_have_value("")
    made.page.get_by_text("Loop, compare, keep, share").click()
    first, second = (made.page.get_by_role("button", name=name, exact=True) for name in "AB")
    second.click()
    expect(second).to_have_attribute("aria-pressed", "true")
    made.bass.select_option("live")
    expect(made.visit.mixer.locator(".mix-number")).to_have_text("2-1")
    first.click()
    expect(made.bass).to_have_value("")
    expect(first).to_have_attribute("aria-pressed", "true")
    second.click()
    expect(made.bass).to_have_value("live")
    made.bass.select_option(**NONE)
    made.page.get_by_label("Name").fill("Bare")
    made.page.get_by_role("button", name="Keep this mix").click()
    made.bass.select_option("live")
    made.page.get_by_role("button", name="Bare", exact=True).click()
    expect(made.bass).to_have_value("")


def test_a_layer_that_always_plays_cannot_be_left_out_by_a_link(opened: Open) -> None:
    made = opened("songs/two/#v=1&song=two&mix=0-1")
    expect(made.visit.mixer.get_by_role("status")).to_contain_text("stems are numbered from 1")
    expect(made.visit.mixer.locator(".mix-number")).to_have_text("1-1")


def test_surprises_leave_layers_out_at_times(opened: Open) -> None:
    made = opened("songs/two/")
    seen = set()
    for _ in range(60):
        made.visit.press("Surprise me")
        seen.add(made.visit.mixer.locator(".mix-number").inner_text())
    assert seen == {"1-0", "1-1", "1-2", "2-0", "2-1", "2-2"}


def test_what_is_held_begins_without_the_layer_of_which_nothing_is_held(opened: Open) -> None:
    made = opened("songs/two/")
    hold_stems(made.page, "two/drums/tape")
    made.page.reload()
    expect(made.visit.mixer.locator(".mix-number")).to_have_text("2-0")
    expect(made.bass.locator("option")).to_have_text(["Live", "Synth", "None"])


def test_the_player_bar_plays_a_mix_without_a_layer(opened: Open) -> None:
    made = opened("songs/two/2-0/")
    made.page.get_by_role("button", name="Play this mix").first.click()
    bar = made.page.locator("player-bar")
    expect(bar).to_contain_text("2-0")
    expect(bar.get_by_role("button", name="Pause")).to_be_visible()


def test_the_mixer_of_all_songs_has_none_for_that_song_alone(opened: Open) -> None:
    made = opened("mixer/")
    chooser = made.page.get_by_role("combobox", name="Song", exact=True)
    chooser.select_option(label="Two")
    expect(made.bass.locator("option")).to_have_text(["Live", "Synth", "None"])
    expect(made.bass).to_have_value("live")
    made.bass.select_option(**NONE)
    chooser.select_option(label="One")
    expect(made.bass.locator("option")).to_have_text(["Live", "Synth"])
    expect(made.bass).to_have_value("live")


def test_the_planner_forges_without_the_layer(opened: Open) -> None:
    made = opened("mine/")
    made.page.get_by_label("With an address").fill(OWNER)
    made.page.get_by_role("button", name="Look up").click()
    two = made.page.locator(".own").filter(
        has=made.page.get_by_role("link", name="Two", exact=True)
    )
    expect(two.locator("[data-verdict]")).to_contain_text(
        "You can forge this song now: 1 at once (1-0), out of 1 combination", timeout=30_000
    )
    expect(two.locator("[data-progress]")).to_have_text("1 of 2 layers.")
    expect(two.locator("[data-layers]")).to_contain_text("May be left out, or one of Live or Synth")
    two.locator("[data-combos] summary").click()
    expect(two.locator("[data-rows] .mix-number")).to_have_text(["1-0"])
    two.get_by_role("button", name="Keep or forge?").click()
    expect(two.locator("[data-loss] li")).to_have_text(["Drums: #6"])


def test_the_gallery_finds_tokens_without_the_layer(opened: Open) -> None:
    made = opened("gallery/?stem=two/bass/none")
    cards = made.page.locator("main :is(.card, tbody tr:has(a)):visible")
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text("Two 2-0 #93")
