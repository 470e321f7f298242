"""The player bar in a real Chromium: what plays on, what is queued, what is kept."""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.listening import is_part_of
from tests.support.small_site import write, write_small_site
from tests.support.visiting import Visit, hold_tokens, until, wait_for
from tests.web.test_mixer_browser import engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Locator, Page, Route

    from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.site]

PATIENCE = 60_000  # ms: Python takes its time on a busy machine
MIX = "songs/undertow/1-1-1-1-1/"
LATER = re.compile("0:[23].")
"""What the bar's clock says a while after it was set to 20 seconds."""
LINK = f"document.createElement('a'), {{ href: '{MIX}', textContent: 'On the way' }}"
SILENT_WORKERS = "window.Worker = class extends EventTarget { postMessage() {} terminate() {} }"
HOSTILE = [
    "no JSON",
    "null",
    "[]",
    '{"v":2,"tracks":["songs/undertow/1-1-1-1-1"]}',
    '{"v":1,"tracks":"songs/undertow/1-1-1-1-1"}',
    '{"v":1,"tracks":["https://evil.example/","songs/../../x/1-1","javascript:alert(1)",7,null]}',
]


@pytest.fixture
def page_with_python(chromium: Browser) -> Iterator[Page]:
    """Open a page; nothing may go wrong behind the visitor's back, in no window of theirs."""
    context = chromium.new_context(reduced_motion="reduce")
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("console", lambda message: wrong.extend([message.text] * (message.type == "error")))
    yield context.new_page()
    context.close()
    assert not wrong


@pytest.fixture
def page(page_with_python: Page) -> Page:
    """Open a page in which the browser mixes: Python does not come, as on a slow network."""
    page_with_python.context.add_init_script(SILENT_WORKERS)
    return page_with_python


@pytest.fixture
def failing_page(chromium: Browser) -> Iterator[Page]:
    """Open a page in which the browser mixes, and requests may fail."""
    context = chromium.new_context()
    context.add_init_script(SILENT_WORKERS)
    yield context.new_page()
    context.close()


@pytest.fixture
def base(pressed: Path, serve: Serve) -> str:
    return serve(pressed, "/a/b/")


def bar_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Player", exact=True)


def bar_key(page: Page, name: str) -> Locator:
    return bar_of(page).get_by_role("button", name=name, exact=True)


def panel_heading(page: Page) -> Locator:
    return bar_of(page).get_by_role("heading", name="Queue", exact=True)


def play(page: Page, name: str = "Play this mix") -> None:
    """Press a page's own Play, and wait until it sounds."""
    page.get_by_role("button", name=name, exact=True).first.click()
    sounds(page)


def sounds(page: Page) -> None:
    expect(bar_of(page)).to_have_attribute("data-state", "playing", timeout=PATIENCE)


def follow(page: Page, name: str) -> None:
    """Follow a link of the masthead to the page that is called the same."""
    page.get_by_role("navigation", name="Site").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name, timeout=PATIENCE)


def mark(page: Page) -> None:
    """Leave a mark that a new document has not."""
    page.evaluate("window.marked = true")


def is_marked(page: Page) -> bool:
    found: bool = page.evaluate("window.marked === true")
    return found


def stats(page: Page) -> dict[str, Any]:
    """Return what is counted of the track that is heard."""
    found: dict[str, Any] = page.evaluate("document.querySelector('player-bar').jukebox.stats")
    return found


def until_python_mixes(page: Page) -> None:
    until(page, "document.querySelector('player-bar').jukebox.stats?.engine === 'python'")


def play_from(page: Page, address: str, seconds: float) -> None:
    """Go to a mix's page, and play it from a place on."""
    page.goto(address)
    play(page)
    seek(page, seconds)


def seek(page: Page, seconds: float) -> None:
    bar_of(page).get_by_role("slider", name="Position in the track").evaluate(
        "(it, at) => { it.value = at; it.dispatchEvent(new Event('change')); }", seconds
    )


def kept_queue(page: Page) -> dict[str, Any]:
    """Return what the browser has kept of the queue."""
    key = next(each for each in page.evaluate("Object.keys(localStorage)") if ":queue:" in each)
    found: dict[str, Any] = json.loads(page.evaluate("key => localStorage.getItem(key)", key))
    return found


def keep_queue(page: Page, text: str) -> None:
    page.evaluate(
        "text => localStorage.setItem("
        "'stempress:queue:' + document.documentElement.dataset.collection, text)",
        text,
    )


@pytest.mark.sound
def test_music_goes_on_from_page_to_page_without_a_gap(
    page_with_python: Page, serve: Serve, host: Path
) -> None:
    page = page_with_python
    base = serve(host)
    page.goto(base + MIX)
    play(page)
    until_python_mixes(page)
    mark(page)
    page.add_script_tag(url=f"{base}sound/record.js", type="module")
    expect(page.locator("html")).to_have_attribute("data-recording", "on")
    song = json.loads((host / "data/songs/undertow.json").read_text("utf-8"))
    whole = engine(song, [layer["stems"][0]["slug"] for layer in song["layers"]], {}).render(
        0, song["frames"]
    )
    seek(page, 0)
    page.wait_for_timeout(500)
    before, first = stats(page)["underruns"], Visit(page, song).recording().shape[1]
    for name in ("Gallery", "Rarity"):
        follow(page, name)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gallery", timeout=PATIENCE)
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rarity", timeout=PATIENCE)
    heard = Visit(page, song).recording()[:, first:]
    assert is_marked(page)
    assert stats(page)["underruns"] == before
    assert heard.shape[1] > song["rate"] / 2
    assert is_part_of(heard, whole)


@pytest.mark.sound
def test_a_track_follows_at_once(page_with_python: Page, host: Path, serve: Serve) -> None:
    page = page_with_python
    page.add_init_script((ROOT / "tests/support/sound/tap.js").read_text("utf-8"))
    page.goto(f"{serve(host)}albums/outbound/")
    play(page, "Play the album")
    until_python_mixes(page)
    title = bar_of(page).locator(".title").inner_text()
    seek(page, page.evaluate("document.querySelector('player-bar').jukebox.duration - 4"))
    before = page.evaluate("heard().length")
    expect(bar_of(page).locator(".title")).not_to_have_text(title, timeout=PATIENCE)
    sounds(page)
    page.wait_for_timeout(500)
    peaks = np.array(page.evaluate("heard()")[before:])
    loud = np.flatnonzero(peaks > 0)
    assert np.diff(loud).max() * 128 / 48000 < 0.5


HOLD = """() => {
  const Real = MessageChannel;
  window.pass = (forward) => forward();
  window.MessageChannel = class {
    constructor() {
      const [one, other] = [new Real(), new Real()];
      const join = (from, to) => {
        from.onmessage = ({ data }) => {
          const forward = () => to.postMessage(data, data.samples ? [data.samples.buffer] : []);
          if (data.type === "block") window.pass(forward);
          else forward();
        };
      };
      join(one.port2, other.port2);
      join(other.port2, one.port2);
      return { port1: one.port1, port2: other.port1 };
    }
  };
}"""
"""What lets a test hold back the blocks that are on their way to the worklet."""


def test_a_change_that_comes_when_all_has_been_played_is_heard(
    page_with_python: Page, base: str
) -> None:
    page = page_with_python
    page.add_init_script(f"({HOLD})()")
    page.goto(base + MIX)
    play(page)
    until_python_mixes(page)
    page.evaluate("() => { window.held = []; window.pass = (forward) => held.push(forward) }")
    page.wait_for_timeout(1500)  # all has been played, and more is held back
    page.evaluate("() => { window.before = held.splice(0) }")
    seek(page, 20)
    page.wait_for_timeout(500)
    page.evaluate("before.forEach((forward) => forward())")
    page.wait_for_timeout(1500)  # that has been played, too
    page.evaluate("() => { held.forEach((each) => each()); window.pass = (each) => each() }")
    expect(bar_of(page).locator(".now")).to_have_text(LATER)
    until(page, "document.querySelector('player-bar').queue.seconds > 21")


@dataclass(frozen=True)
class Tone:
    """A song of four seconds that is nothing but a sine."""

    slug: str
    rate: int
    pitch: int

    @property
    def samples(self) -> NDArray[np.float64]:
        return 0.5 * np.sin(2 * np.pi * self.pitch * np.arange(4 * self.rate) / self.rate)


TONES = (Tone("low", 44_100, 440), Tone("high", 48_000, 660))


@pytest.fixture(scope="module")
def rates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Press an album of two songs that differ in their sample rates."""
    site = tmp_path_factory.mktemp("rates")
    words = {
        "site.toml": '[site]\ntitle = "Rates"\nartist = "A"\n'
        '[collection]\nname = "Rates"\nsymbol = "R"\nlicense = "CC0"\n'
        '[audio]\nstream = "flac"\nlocked = "open"\n',
        "content/index.md": '+++\ntitle = "Home"\n+++\nTwo tones.',
        "content/albums/tones/index.md": '+++\ntitle = "Tones"\nsongs = ["low", "high"]\n+++\n',
    }
    for tone in TONES:
        layer = '[[layers]]\nname = "Tone"\n[[layers.stems]]\nname = "Sine"\nweight = 1\n'
        words[f"content/albums/tones/{tone.slug}.md"] = (
            f'+++\ntitle = "{tone.slug.title()}"\n{layer}+++\n'
        )
        stem = site / f"stems/{tone.slug}/tone/sine.wav"
        stem.parent.mkdir(parents=True)
        soundfile.write(stem, tone.samples, tone.rate)
    for name, text in words.items():
        write(site / name, text)
    assert run(["--site", str(site)], build, ROOT) == 0
    shutil.copytree(ROOT / "tests/support/sound", site / "dist/sound")
    return site / "dist"


def sound(dist: Path, slug: str) -> str:
    """Return the address of the only stem's file."""
    song = json.loads((dist / f"data/songs/{slug}.json").read_text("utf-8"))
    found: str = song["layers"][0]["stems"][0]["audio"]["url"]
    return found


def heard_at(page: Page) -> list[tuple[dict[str, Any], NDArray[np.float32]]]:
    """Return what was heard at each sample rate in turn, and its facts."""
    return [
        (found, np.frombuffer(b64decode(found["data"]), dtype="<f4"))
        for found in page.evaluate("heardAt()")
    ]


@pytest.mark.sound
def test_tracks_of_other_sample_rates_follow_whole(
    page_with_python: Page, rates: Path, serve: Serve
) -> None:
    page = page_with_python
    page.add_init_script((ROOT / "tests/support/sound/tap.js").read_text("utf-8"))
    page.goto(f"{serve(rates)}albums/tones/")
    play(page, "Play the album")
    queue = "document.querySelector('player-bar').queue"
    page.evaluate(f"{queue}.repeat = 'one'")  # the track is shorter than Python's start
    until_python_mixes(page)
    page.evaluate(f"{queue}.repeat = 'off'")
    seek(page, 0)
    expect(bar_of(page).locator(".what .title")).to_have_text("High", timeout=PATIENCE)
    expect(bar_of(page)).to_have_attribute("data-state", "paused", timeout=PATIENCE)
    both = heard_at(page)
    assert [facts["rate"] for facts, _ in both] == [tone.rate for tone in TONES]
    for tone, (_, samples) in zip(TONES, both, strict=True):
        end = np.flatnonzero(samples)[-1] + 1
        last = samples[:end][-int(3.5 * tone.rate) :]
        assert np.abs(last - tone.samples[-len(last) :]).max() < 1e-3
    assert both[1][0]["from"] - both[0][0]["to"] < 500
    expect(bar_key(page, "Play")).to_be_enabled()  # from its beginning, not Resume
    assert kept_queue(page)["seconds"] == 0


@pytest.mark.sound
def test_a_track_that_is_left_fades(page: Page, rates: Path, serve: Serve) -> None:
    page.add_init_script((ROOT / "tests/support/sound/tap.js").read_text("utf-8"))
    page.goto(f"{serve(rates)}albums/tones/")
    play(page, "Play the album")
    page.wait_for_timeout(1000)
    bar_key(page, "Next track").click()
    expect(bar_of(page).locator(".what .title")).to_have_text("High")
    sounds(page)
    page.wait_for_timeout(500)
    _, heard = heard_at(page)[0]
    assert len(heard) > TONES[0].rate / 10
    steps = np.abs(np.diff(heard, append=0))
    assert steps.max() < 1.1 * np.abs(np.diff(TONES[0].samples)).max()


def test_the_page_that_is_shown_is_whole(page: Page, base: str) -> None:
    page.goto(base + MIX)
    play(page)
    mark(page)
    page.evaluate("scrollTo(0, 400)")
    page.evaluate("document.querySelector('.masthead [href$=\"gallery/\"]').click()")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gallery", timeout=PATIENCE)
    assert is_marked(page)
    assert page.url == f"{base}gallery/"
    expect(page).to_have_title("Gallery · Night Ferry")
    expect(page.locator("body")).to_have_class("plain")
    expect(page.locator("main")).to_be_focused()
    described = page.locator("meta[name=description]").get_attribute("content") or ""
    assert described.startswith("Every token of Night Ferry")
    assert page.locator(".masthead [aria-current=page]").inner_text() == "Gallery"
    assert page.evaluate("scrollY") == 0
    assert page.locator("header.masthead, main, footer.colophon, title").count() == 4
    expect(bar_of(page).locator(".news")).to_have_text("Gallery · Night Ferry")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Undertow")
    assert page.url == base + MIX
    assert page.evaluate("scrollY") == 400
    assert is_marked(page)


def test_what_a_page_does_it_does_when_it_is_come_to(page: Page, base: str) -> None:
    page.goto(base + MIX)
    play(page)
    mark(page)
    for _ in range(2):  # its module is there already when it is visited again
        follow(page, "Gallery")
        page.locator("[data-filter] [name=q]").fill("undertow")
        expect(page.locator("main").get_by_role("status")).to_contain_text("61 of 459 tokens")
        follow(page, "My tokens")
        expect(page.locator("[data-mine]")).to_be_visible()
    page.get_by_role("contentinfo").get_by_role("link", name="Breakwater", exact=True).click()
    mixer = page.get_by_role("region", name="Mixer")
    mixer.get_by_role("button", name="Play", exact=True).click()
    expect(mixer.get_by_role("status")).to_contain_text("Playing", timeout=PATIENCE)
    title = "navigator.mediaSession.metadata?.title ?? null"
    until(page, f"({title}) === 'Breakwater'")
    follow(page, "Rarity")
    assert page.evaluate(title) is None  # no key plays what is not there any more
    assert is_marked(page)


def test_a_mixer_that_was_left_hears_no_keys(page: Page, base: str) -> None:
    page.goto(f"{base}songs/undertow/")
    play(page, "Play its mixes, rarest first")
    follow(page, "Rarity")
    page.keyboard.press("Space")
    page.wait_for_timeout(500)
    expect(bar_of(page)).to_have_attribute("data-state", "playing")


@pytest.mark.parametrize("touch", [True, False], ids=["touch", "mouse"])
def test_what_play_needs_is_loaded_before_the_press(
    chromium: Browser, base: str, *, touch: bool
) -> None:
    tab = chromium.new_context(has_touch=touch, service_workers="block").new_page()
    loaded: list[str] = []
    tab.on("requestfinished", lambda request: loaded.append(request.url))
    tab.goto(base, wait_until="networkidle")
    if not touch:
        assert not any("/playback/" in url for url in loaded)
        tab.get_by_role("button", name="Play the collection").hover()
    wait_for(tab, lambda: any("/playback/player.js" in url for url in loaded), "the player")
    wait_for(tab, lambda: any("/data/songs/" in url for url in loaded), "the first song")
    tab.context.close()


def test_one_sound_at_a_time(page: Page, base: str) -> None:
    page.goto(f"{base}songs/undertow/")
    play(page, "Play its mixes, rarest first")
    mixer = page.get_by_role("region", name="Mixer")
    mixer.hover()  # which prepares the mixer where nothing plays
    page.wait_for_timeout(300)
    expect(bar_of(page)).to_have_attribute("data-state", "playing")
    mixer.get_by_role("button", name="Play", exact=True).click()
    expect(mixer.get_by_role("status")).to_contain_text("Playing", timeout=PATIENCE)
    expect(bar_of(page)).to_have_attribute("data-state", "paused")
    bar_key(page, "Resume").click()
    sounds(page)
    expect(mixer.get_by_role("button", name="Pause", exact=True)).to_be_disabled()
    preview = page.evaluate_handle("document.querySelector('main').appendChild(new Audio())")
    preview.evaluate("it => it.dispatchEvent(new Event('play'))")
    expect(bar_of(page)).to_have_attribute("data-state", "paused")


def test_of_all_windows_one_sounds(page: Page, base: str) -> None:
    play_from(page, base + MIX, 20)
    other = page.context.new_page()
    other.goto(f"{base}embed/undertow/1-1-1-1-1/")
    other.get_by_role("button", name="Play", exact=True).click()
    expect(other.get_by_role("status").first).to_contain_text("Playing", timeout=PATIENCE)
    expect(bar_of(page)).to_have_attribute("data-state", "paused")
    other.goto(base + MIX)
    expect(bar_of(other).locator(".now")).to_have_text(LATER)
    bar_key(other, "Resume").click()
    sounds(other)
    bar_key(page, "Resume").click()
    sounds(page)
    expect(bar_of(other)).to_have_attribute("data-state", "paused")
    other.close()
    page.wait_for_timeout(300)
    expect(bar_of(page)).to_have_attribute("data-state", "playing")


def test_all_windows_have_one_queue(page: Page, base: str) -> None:
    play_from(page, base + MIX, 20)
    other = page.context.new_page()
    other.goto(f"{base}songs/breakwater/")
    other.get_by_role("button", name="Add to queue").first.click()
    expect(bar_of(other).locator(".count")).to_have_text(re.compile("[2-9]|.."))
    count = len(kept_queue(other)["tracks"])
    assert count > 1
    expect(bar_of(page).locator(".count")).to_have_text(str(count))
    sounds(page)
    play(other, "Play its mixes, rarest first")
    expect(bar_of(page)).to_have_attribute("data-state", "paused")
    expect(bar_of(page).locator(".what .title")).to_have_text("Breakwater")
    kept = kept_queue(other)
    page.close()  # the older window has nothing to say any more
    assert kept_queue(other)["tracks"] == kept["tracks"]
    third = page.context.new_page()
    third.goto(base)
    bar_key(other, "Close the player").click()
    expect(third.locator("player-bar")).to_be_hidden()


def test_after_a_reload_it_goes_on_where_it_was(page: Page, base: str) -> None:
    play_from(page, base + MIX, 20)
    page.wait_for_timeout(500)
    page.reload()
    expect(bar_of(page)).to_have_attribute("data-state", "paused")
    expect(bar_of(page).locator(".now")).to_have_text("0:20")
    bar_key(page, "Resume").click()
    sounds(page)
    expect(bar_of(page).locator(".now")).to_have_text(LATER, timeout=PATIENCE)


def test_a_page_of_another_policy_is_gone_to_plainly(page: Page, base: str) -> None:
    play_from(page, base + MIX, 20)
    mark(page)

    def loosen(route: Route) -> None:
        answer = route.fetch()
        text = answer.text().replace("connect-src 'self'", "connect-src 'self' https://x.example")
        route.fulfill(response=answer, body=text)

    page.route("**/gallery/", loosen)
    follow(page, "Gallery")
    assert not is_marked(page)
    sounds(page)  # where the browser lets it
    expect(bar_of(page).locator(".now")).to_have_text(LATER, timeout=PATIENCE)


def test_pages_keep_their_look_on_the_way(page: Page, base: str) -> None:
    """Of two rules that weigh the same the later holds, so the sheets' order is part of it."""
    sheets = "[...document.styleSheets].map(({ href }) => href.split('/').at(-1))"
    page.goto(base + MIX)
    plainly = page.evaluate(sheets)
    page.goto(base)
    play(page, "Play the collection")
    mark(page)
    page.evaluate(f"document.querySelector('main').append(Object.assign({LINK}))")
    page.get_by_role("link", name="On the way").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Undertow")
    assert is_marked(page)
    found = page.evaluate(sheets)
    assert [each for each in found if each != "bar.css"] == plainly
    assert found[-1] == "theme.css"


def test_what_is_no_page_here_is_the_browsers(failing_page: Page, base: str) -> None:
    page = failing_page
    page.goto(base + MIX)
    play(page)
    mark(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Gallery", exact=True).click(modifiers=["ControlOrMeta"])
    opened.value.close()
    assert page.url == base + MIX
    link = "document.createElement('a'), { href: 'nowhere/', textContent: 'Nowhere' }"
    page.evaluate(f"document.querySelector('main').append(Object.assign({link}))")
    page.get_by_role("link", name="Nowhere", exact=True).click()
    page.wait_for_url("**/nowhere/")
    until(page, "window.marked !== true")


def test_without_a_network_music_and_page_stay(failing_page: Page, base: str) -> None:
    page = failing_page
    context = page.context
    page.goto(base + MIX)
    play(page)
    mark(page)
    context.set_offline(True)
    page.get_by_role("link", name="Rarity", exact=True).click()
    expect(bar_of(page)).to_contain_text("You're offline, so that page couldn't load.")
    assert page.url == base + MIX
    assert is_marked(page)
    sounds(page)
    context.set_offline(False)
    follow(page, "Rarity")


def test_address_and_page_agree_however_fast_a_visitor_is(page: Page, base: str) -> None:
    page.goto(base + MIX)
    play(page)
    mark(page)
    # As many entries as steps go back, and more: before the first one is no page of the site.
    for name in 3 * ("Gallery", "Rarity", "My tokens"):
        follow(page, name)
    page.evaluate(
        """async () => {
          const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
          const link = () => document.querySelector(".masthead [href$='mixer/']");
          for (const [at, by] of [-1, -1, 1, 0, -2, 1, 1, 0, -1, -1, 1].entries()) {
            if (by) history.go(by);
            else link().click();
            await wait([5, 40, 0, 15][at % 4]);
          }
        }"""
    )
    page.wait_for_timeout(1500)
    names = {"gallery/": "Gallery", "rarity/": "Rarity", "mine/": "My tokens", "mixer/": "Mixer"}

    def agree() -> bool:
        heading, is_leaving = page.evaluate(
            "[document.querySelector('h1').innerText, document.documentElement.dataset.leaving]"
        )
        return is_leaving is None and names.get(page.url.removeprefix(base), "Undertow") in heading

    wait_for(page, agree, "address and page agree")
    assert page.locator("header.masthead").count() == 1
    assert is_marked(page)
    sounds(page)


def test_links_lead_on_while_the_page_gone_back_to_is_on_its_way(page: Page, base: str) -> None:
    page.goto(base + MIX)
    play(page)
    mark(page)
    follow(page, "Gallery")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Undertow")
    page.route("**/a/b/gallery/", lambda _route: None)  # it never comes
    page.evaluate("history.forward()")
    page.wait_for_url("**/gallery/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Undertow")
    follow(page, "Rarity")
    assert page.url == base + "rarity/"
    assert is_marked(page)
    sounds(page)


def test_keys_and_the_lock_screen_know_what_plays(page: Page, base: str) -> None:
    page.add_init_script(
        """window.acts = {};
        const { mediaSession } = navigator;
        mediaSession.setActionHandler = (name, act) => { window.acts[name] = act; };
        mediaSession.setPositionState = (place) => { window.place = place; };"""
    )
    page.goto(f"{base}albums/outbound/")
    play(page, "Play the album")
    said = "(({ metadata, playbackState }) => [metadata?.title, metadata?.album, playbackState])"
    said = f"{said}(navigator.mediaSession)"
    title, album, state = page.evaluate(said)
    assert title.startswith("Harbour Lights (")
    assert (album, state) == ("Outbound", "playing")
    page.evaluate("acts.seekto({ seekTime: 10 })")
    place = page.evaluate("place")
    assert place["position"] == pytest.approx(10, abs=1)
    assert place["duration"] == pytest.approx(32, abs=1)
    page.evaluate("acts.nexttrack()")
    expect(bar_of(page).locator(".what .title")).to_have_text("Undertow")
    sounds(page)
    assert page.evaluate(said)[0].startswith("Undertow (")
    page.evaluate("acts.pause()")
    assert page.evaluate(said)[2] == "paused"
    bar_key(page, "Close the player").click()
    assert page.evaluate(said) == [None, None, "none"]
    assert page.evaluate("[acts.play, acts.nexttrack, place]") == [None, None, None]


def test_links_are_links_while_nothing_is_queued(page: Page, base: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(base + MIX)
    mark(page)
    follow(page, "Gallery")
    assert not is_marked(page)
    assert not [url for url in asked if url.endswith(("/bar.js", "/bar/player-bar.js"))]
    page.goto(base + MIX)
    page.get_by_role("button", name="Add to queue").click()
    expect(bar_key(page, "Play")).to_be_visible()
    asked.clear()
    follow(page, "Gallery")
    page.reload()
    expect(bar_key(page, "Play")).to_be_visible()
    assert not [url for url in asked if url.endswith("/playback/player.js")]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_queue_that_is_none_is_not_played(page: Page, base: str, text: str) -> None:
    page.goto(base)
    keep_queue(page, text)
    page.reload()
    expect(page.locator("player-bar")).to_be_hidden()
    page.goto(base + MIX)
    page.get_by_role("button", name="Add to queue").click()
    expect(bar_key(page, "Play")).to_be_visible()
    assert kept_queue(page)["tracks"] == [MIX.rstrip("/")]


def test_a_track_that_is_not_there_any_more_is_told(failing_page: Page, base: str) -> None:
    page = failing_page
    page.goto(base)
    tracks = ["songs/undertow/9-9-9-9-9", "songs/gone/1-1", MIX.rstrip("/")]
    keep_queue(page, json.dumps({"v": 1, "tracks": tracks, "at": 0}))
    page.reload()
    expect(bar_of(page)).to_contain_text("Undertow has no mix 9-9-9-9-9")
    bar_key(page, "Play").click()
    sounds(page)
    expect(bar_of(page)).to_contain_text("Skipped songs/gone/1-1: ")
    expect(bar_of(page)).to_contain_text("couldn't be loaded (HTTP 404)")
    expect(bar_of(page).locator(".what .detail")).to_have_text("1-1-1-1-1")


def test_a_track_that_cannot_be_played_is_passed_over(
    failing_page: Page, rates: Path, serve: Serve
) -> None:
    page = failing_page
    page.goto(serve(rates))
    page.route(f"**/{sound(rates, 'high')}", lambda route: route.fulfill(body="no sound"))
    low, high = "songs/low/1", "songs/high/1"
    keep_queue(page, json.dumps({"v": 1, "tracks": [high, low, high], "at": 0}))
    page.reload()
    bar_key(page, "Play").click()
    sounds(page)
    expect(bar_of(page).locator(".what .title")).to_have_text("Low")
    expect(bar_of(page)).to_contain_text("Skipped High (1): the stem sine cannot be played")
    # The last one does not play either, and nothing follows it.
    expect(bar_of(page)).to_have_attribute("data-state", "failed", timeout=PATIENCE)
    expect(bar_of(page)).to_contain_text("Can't play: the stem sine cannot be played")
    expect(bar_of(page).locator(".what .title")).to_have_text("High")


def test_after_a_round_in_which_nothing_plays_it_is_where_it_was(
    failing_page: Page, rates: Path, serve: Serve
) -> None:
    page = failing_page
    page.goto(serve(rates))
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url.partition("/audio/")[2])
        route.abort()

    page.route("**/audio/**", refuse)
    kept = {"v": 1, "tracks": ["songs/low/1", "songs/high/1"], "at": 1, "seconds": 2}
    keep_queue(page, json.dumps(kept | {"repeat": "all"}))
    page.reload()
    bar_key(page, "Resume").click()
    expect(bar_of(page)).to_have_attribute("data-state", "failed", timeout=PATIENCE)
    assert asked == [sound(rates, slug).removeprefix("audio/") for slug in ("high", "low")]
    expect(bar_of(page).locator(".what .title")).to_have_text("High")
    expect(bar_of(page).locator(".now")).to_have_text("0:02")
    page.unroute("**/audio/**")
    bar_key(page, "Resume").click()
    sounds(page)
    expect(bar_of(page).locator(".reason")).to_be_empty()


def test_the_panel_orders_and_empties_the_queue(page: Page, base: str) -> None:
    page.goto(f"{base}albums/outbound/")
    page.get_by_role("button", name="Add to queue").click()
    bar_of(page).locator(".key.queue").click()
    rows = bar_of(page).locator(".queued li .go")
    titles = [words.split(" 1")[0].rsplit(" ", 1)[0] for words in rows.all_inner_texts()]
    assert titles == ["Harbour Lights", "Undertow", "Engine Room"]
    expect(bar_of(page).locator("li[aria-current=true]")).to_contain_text("Harbour Lights")
    down = bar_of(page).get_by_role("button", name="Move down: Harbour Lights")
    down.click()
    expect(rows.first).to_contain_text("Undertow")
    expect(down).to_be_focused()
    expect(bar_of(page).locator(".queue-panel > .status")).to_have_text(
        re.compile("^Harbour Lights .* is now 2 of 3$")
    )
    page.keyboard.press("Enter")
    expect(rows.last).to_contain_text("Harbour Lights")
    expect(bar_of(page).get_by_role("button", name="Move up: Harbour Lights")).to_be_focused()
    bar_of(page).get_by_role("button", name="Remove: Harbour Lights").click()
    expect(rows).to_have_count(2)
    expect(bar_of(page).locator(".queue-panel > .status")).to_be_empty()
    expect(bar_of(page).locator(".what .title")).to_have_text("Engine Room")
    page.keyboard.press("Escape")
    expect(bar_of(page).locator(".key.queue")).to_be_focused()
    bar_of(page).locator(".key.queue").click()
    expect(panel_heading(page)).to_be_focused()
    bar_key(page, "Empty the queue").click()
    expect(panel_heading(page)).to_be_focused()
    expect(bar_of(page).locator(".of")).to_have_text("0:00")
    expect(bar_of(page).locator(".cover img")).not_to_have_attribute("src", re.compile("."))
    bar_key(page, "Close the player").click()
    expect(page.locator("player-bar")).to_be_hidden()
    page.reload()
    expect(page.locator("player-bar")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_of_it_leaves_the_window_however_large_letters_are(
    page: Page, base: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{base}albums/outbound/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.get_by_role("button", name="Add to queue").click()
    bar_of(page).locator(".key.queue").click()
    expect(bar_of(page).locator(".queued .go .detail").last).not_to_be_empty()
    outside = page.evaluate(
        """() => [...document.querySelectorAll("player-bar, player-bar *:not(.hidden)")].filter(
          (each) => {
            const { left, right, width } = each.getBoundingClientRect();
            return width && (left < 0 || right > innerWidth);
          }).map((each) => each.className)"""
    )
    assert outside == []
    assert bar_of(page).evaluate("it => it.offsetHeight") < 0.4 * 844
    assert bar_of(page).locator(".what").evaluate("it => it.offsetWidth") > 80


def test_playlists_are_kept_shared_and_taken_along(page: Page, base: str, pressed: Path) -> None:
    page.goto(f"{base}songs/undertow/")
    page.get_by_role("button", name="Play its mixes").click()
    bar_of(page).locator(".key.queue").click()
    panel = page.get_by_role("region", name="Queue", exact=True)
    panel.get_by_role("textbox", name="Name").fill("Night <b>drive</b>")
    panel.get_by_role("button", name="Keep as playlist").click()
    expect(panel).to_contain_text("Saved in this browser: Night <b>drive</b>")
    tracks = kept_queue(page)["tracks"]
    assert len(tracks) > 1
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    panel.locator(".playlists").get_by_role("button", name="Copy link").click()
    link = (panel.locator(".status").text_content() or "").removeprefix("Link: ")
    with page.expect_download() as download:
        panel.get_by_role("textbox", name="Name").fill("Undertow")
        panel.get_by_role("button", name="Save as M3U").click()
    assert download.value.suggested_filename == "Undertow.m3u8"
    lines = download.value.path().read_text("utf-8").splitlines()
    assert lines[:2] == ["#EXTM3U", "#PLAYLIST:Undertow"]
    previews = json.loads((pressed / "data/previews/undertow.json").read_text("utf-8"))
    assert lines[3::2] == [base + previews[each.split("/")[2]] for each in tracks]
    bar_key(page, "Close the player").click()

    page.goto("about:blank")
    page.goto(link)
    shared = panel.locator(".shared")
    expect(shared).to_contain_text("Night <b>drive</b>")
    assert page.url == base
    expect(shared.get_by_role("button", name="Play")).to_be_focused()
    shared.get_by_role("button", name="Play").click()
    sounds(page)
    assert kept_queue(page)["tracks"] == tracks


@pytest.mark.parametrize("hash_", ["#queue=2&name=a&tracks=songs/x/1", "#queue=1&name=a&tracks=x"])
def test_a_link_that_is_no_playlist_shows_nothing(page: Page, base: str, hash_: str) -> None:
    page.goto(base + hash_)
    expect(page.locator("player-bar")).to_be_hidden()


def test_a_songs_page_begins_with_play_in_view(chromium: Browser, base: str) -> None:
    for width, height in ((1280, 900), (390, 844)):
        context = chromium.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        page.goto(f"{base}songs/undertow/")
        button = page.get_by_role("button", name="Play the song")
        box = button.bounding_box()
        assert box
        assert box["y"] + box["height"] < height
        button.click()
        expect(bar_of(page).locator(".detail")).to_have_text("1-1-1-1-1")
        expect(bar_of(page).get_by_role("button", name="Pause")).to_be_enabled()
        context.close()


def test_play_is_in_view_under_long_titles(chromium: Browser, serve: Serve, tmp_path: Path) -> None:
    words = "A Slow Train Through the Northern Counties, With Stops at Every Station on the Line"
    titles = {"one": words[:60], "two": f"{words} and a Buffet"}
    write_small_site(tmp_path)
    for slug, title in titles.items():
        path = tmp_path / f"content/albums/tides/{slug}.md"
        path.write_text(path.read_text("utf-8").replace(f'"{slug.title()}"', f'"{title}"'), "utf-8")
    assert run(["--site", str(tmp_path)], build, ROOT) == 0
    base = serve(tmp_path / "dist")
    for width, height in ((1280, 900), (390, 844)):
        page = chromium.new_page(viewport={"width": width, "height": height})
        for slug, title in titles.items():
            page.goto(f"{base}songs/{slug}/")
            expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
            play = page.get_by_role("button", name="Play the song")
            expect(play).to_be_in_viewport(ratio=1)
        page.close()


def test_a_button_of_a_template_of_the_sites_own_plays(page: Page, base: str) -> None:
    page.goto(base + MIX)
    page.evaluate(
        """() => {
          const button = document.createElement("button");
          button.dataset.queue = "songs/undertow";
          button.append("Hear it");
          document.querySelector("main").append(button);
        }"""
    )
    page.get_by_role("button", name="Hear it").click()
    expect(bar_of(page).get_by_role("button", name="Pause")).to_be_enabled()
    page.evaluate("document.querySelector('main [data-queue]').dataset.queue = 'albums/none'")
    page.locator("main [data-queue]").first.click()
    failed = page.locator("main .to-queue [role=status]").first
    expect(failed).to_have_text("Can't play: there is nothing to play")
    expect(bar_of(page).get_by_role("button", name="Pause")).to_be_enabled()


def test_without_javascript_nothing_of_it_shows(chromium: Browser, base: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base + MIX)
    expect(page.locator("[data-queue]").first).to_be_hidden()
    context.close()


def test_a_line_moves_with_the_music_until_it_is_switched_off(page: Page, base: str) -> None:
    page.emulate_media(reduced_motion="no-preference")
    page.goto(base + MIX)
    play(page)
    is_painted = """(() => {
      const canvas = document.querySelector("player-bar .cover canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value > 0);
    })()"""
    until(page, is_painted)
    bar_of(page).locator(".key.queue").click()
    expect(bar_key(page, "Motion")).to_have_attribute("aria-pressed", "true")
    bar_key(page, "Motion").click()
    until(page, f"!{is_painted}")
    bar_key(page, "Motion").click()
    until(page, is_painted)
    page.emulate_media(reduced_motion="reduce")
    page.reload()  # what was chosen here holds, whatever the device asks
    bar_key(page, "Resume").click()
    sounds(page)
    until(page, is_painted)


def test_what_is_owned_can_be_queued(page_with_python: Page, base: str) -> None:
    page = page_with_python
    page.goto(f"{base}mine/")
    hold_tokens(page, '({ state, song }) => state === "revealed" && song === "undertow"')
    page.reload()
    owned = page.get_by_role("region", name="Songs and albums")
    add = owned.get_by_role("button", name="Add to queue")
    expect(add).to_be_visible(timeout=PATIENCE)
    add.click()
    expect(bar_key(page, "Play")).to_be_visible()
    tracks = kept_queue(page)["tracks"]
    assert len(tracks) > 1
    assert all(track.startswith("songs/undertow/") for track in tracks)
    expect(bar_of(page).locator(".reason")).to_be_empty()


def test_what_tokens_of_a_list_are_can_be_queued_and_is_told_each_time(
    page: Page, base: str
) -> None:
    page.goto(f"{base}tiers/song/")
    said = []
    for times in (1, 2):
        page.get_by_role("button", name="Add to queue").click()
        expect(bar_of(page).locator(".count")).to_have_text(str(times * count_of(page)))
        said.append(bar_of(page).locator(".news").text_content() or "")
    tracks = kept_queue(page)["tracks"]
    assert tracks[: len(tracks) // 2] == tracks[len(tracks) // 2 :]
    assert all(track.startswith("songs/") for track in tracks)
    assert said[0] != said[1]
    assert said[0].strip() == said[1].strip()


def count_of(page: Page) -> int:
    """Return how many tracks the page offers."""
    return len((page.locator("main [data-queue]").first.get_attribute("data-queue") or "").split())
