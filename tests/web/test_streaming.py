"""A song that is too long to be decoded at once: its stems are decoded as they arrive."""

from __future__ import annotations

import io
import json
import shutil
from base64 import b64decode
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Any, ClassVar, override

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect

from build import build
from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.performance import perform
from pyodide_app.engine.take import Control
from pyodide_app.engine.take_format import parse_take
from stempress.commands.cli import run
from stempress.commands.static_server import StaticHandler
from tests.conftest import ROOT, made_once
from tests.support.hosts import serving
from tests.support.listening import difference, place_of
from tests.support.music import notes, sound_file
from tests.support.small_site import write
from tests.support.visiting import Visit, until, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Route

    from tests.conftest import Serve

    type Planar = NDArray[np.float32]

pytestmark = pytest.mark.browser

SECONDS = 100
LAYERS = {"drums": ("a", "b"), "bass": ("a",), "lead": ("a",)}
OPTIONAL = "lead"
"""The layer that may be left out."""
LITTLE_MEMORY = "Object.defineProperty(Navigator.prototype, 'deviceMemory', { get: () => 0.1 })"
SAVE_DATA = """Object.defineProperty(Navigator.prototype, "connection", {
  get: () => ({ saveData: true }),
});"""
TOLERANCE = 3e-4
"""Decoders of Opus differ in the last bits: by -90 dB a stem."""


def write_long_song(
    site: Path, audio: str = "", *, rate: int = 48000, subtype: str = "PCM_16"
) -> None:
    """Write a site with one song."""
    write(
        site / "site.toml",
        '[site]\ntitle = "A"\nartist = "B"\n[collection]\nname = "A"\nlicense = "C"\n'
        f"[audio]\n{audio}\n",
    )
    write(site / "content/albums/x/index.md", '+++\ntitle = "X"\nsongs = ["long"]\n+++\n')
    layers = "".join(
        f'[[layers]]\nname = "{layer}"\n'
        + ("empty = { weight = 1 }\n" if layer == OPTIONAL else "")
        + "".join(f'[[layers.stems]]\nname = "{stem}"\n' for stem in stems)
        for layer, stems in LAYERS.items()
    )
    write(site / "content/albums/x/long.md", f'+++\ntitle = "Long"\nbars = 50\n{layers}+++\n')
    names = [(layer, stem) for layer, stems in LAYERS.items() for stem in stems]
    for seed, (layer, stem) in enumerate(names):
        samples = np.concatenate(
            [notes(100 * seed + part, seconds=5, rate=rate) for part in range(SECONDS // 5)]
        )
        write(
            site / f"stems/long/{layer}/{stem}.wav", sound_file(samples, rate=rate, subtype=subtype)
        )


@pytest.fixture(scope="session")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site with the runtime, and a recorder; return its dist folder."""

    def make(site: Path) -> None:
        write_long_song(site)
        assert run(["--site", str(site)], build, ROOT) == 0
        shutil.copytree(ROOT / "tests/support/sound", site / "dist/sound")

    return made_once(tmp_path_factory, "sites", "long", make) / "dist"


@pytest.fixture
def song(long_site: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((long_site / "data/songs/long.json").read_text("utf-8"))
    return data


@pytest.fixture
def visit(
    chromium: Browser, serve: Serve, long_site: Path, song: dict[str, Any]
) -> Iterator[Visit]:
    with visiting(chromium, serve(long_site, "/a/b/"), song) as found:
        yield found


@contextmanager
def visiting(chromium: Browser, base: str, song: dict[str, Any]) -> Iterator[Visit]:
    """Open the song's page: whatever the device's memory, the song is streamed."""
    context = chromium.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{base}songs/long/")
    yield Visit(page, song)
    context.close()
    assert not faults


@contextmanager
def visiting_held(
    chromium: Browser,
    dist: Path,
    is_held: Callable[[Path], bool],
    host: type[StaticHandler] = StaticHandler,
) -> Iterator[tuple[Visit, Event]]:
    """Open the song's page on a host that holds files back until the event is set."""
    may_send = Event()

    class Host(host):  # type: ignore[misc, valid-type]
        @override
        def copy_span(self, source: Path, first: int, stop: int) -> None:
            if is_held(source):
                may_send.wait()
            super().copy_span(source, first, stop)

    song = json.loads((dist / "data/songs/long.json").read_text("utf-8"))
    with serving(dist, Host) as base, visiting(chromium, base, song) as visit:
        try:
            yield visit, may_send
        finally:
            may_send.set()


def decoded(dist: Path, layer: dict[str, Any], slug: str) -> StemAudio:
    """Return a stem of the files that the browser streams, decoded by libsndfile."""
    stem = next(stem for stem in layer["stems"] if stem["slug"] == slug)
    samples = soundfile.read(dist / stem["audio"]["url"], dtype="float32", always_2d=True)[0]
    return StemAudio.from_float(np.ascontiguousarray(samples.T))


def mix(dist: Path, song: dict[str, Any], drums: str = "a", without: str = "") -> Planar:
    """Return the engine's mix of the files that the browser streams."""
    mixer = Mixer(rate=song["rate"], frames=song["frames"], rows=len(LAYERS))
    for row, layer in enumerate(song["layers"]):
        if layer["slug"] != without:
            slug = drums if layer["slug"] == "drums" else "a"
            mixer.place(row, decoded(dist, layer, slug))
    return mixer.render(0, song["frames"])


def test_long_stems_say_where_to_read_them(song: dict[str, Any], long_site: Path) -> None:
    for layer in song["layers"]:
        for stem in layer["stems"]:
            starts = stem["audio"]["starts"]
            assert SECONDS // 2 <= len(starts) <= SECONDS // 2 + 1
            assert starts == sorted(starts)
            data = (long_site / stem["audio"]["url"]).read_bytes()
            assert all(data[start : start + 4] == b"OggS" for start in starts)


def test_an_export_has_the_engines_samples(visit: Visit, long_site: Path) -> None:
    data = visit.page.evaluate(
        """async () => {
          const player = await document.querySelector("stem-mixer").player();
          const reader = new FileReader();
          reader.readAsDataURL(await player.export(24, {}));
          await new Promise((resolve) => { reader.onload = resolve; });
          return reader.result.split(",")[1];
        }"""
    )
    exported = soundfile.read(io.BytesIO(b64decode(data)), dtype="float32")[0].T
    expected = mix(long_site, visit.song)
    assert exported.shape == expected.shape
    assert np.abs(exported - expected).max() < TOLERANCE


def test_a_digest_is_the_same_whatever_was_heard_before(visit: Visit) -> None:
    visit.play()
    visit.seek(95)  # what lies before is not fetched
    until(visit.page, "document.querySelector('stem-mixer').position > 96")
    first = visit.digest(24)
    visit.seek(10)
    visit.page.wait_for_timeout(500)
    assert visit.digest(24) == first


@pytest.mark.sound
def test_what_is_heard_is_what_the_engine_plays(visit: Visit, long_site: Path) -> None:
    visit.play()
    second = visit.song["rate"]
    whole = mix(long_site, visit.song)
    visit.page.wait_for_timeout(1500)
    assert difference(visit.recording()[:, -second:], whole) < TOLERANCE
    visit.seek(80)
    until(visit.page, "document.querySelector('stem-mixer').position > 81.5")
    heard = visit.recording()[:, -second:]
    assert difference(heard, whole) < TOLERANCE
    assert 80 * second < place_of(heard, whole) < 85 * second
    visit.row("drums").get_by_role("combobox").select_option("b")
    swapped = mix(long_site, visit.song, "b")
    wait_for(
        visit.page,
        lambda: difference(visit.recording()[:, -second:], swapped) < TOLERANCE,
        "the other stem is heard",
    )
    assert visit.stats()["underruns"] == 0


@pytest.mark.sound
def test_a_layer_that_is_left_out_is_silent(visit: Visit, long_site: Path) -> None:
    second = visit.song["rate"]
    lead = visit.row(OPTIONAL).get_by_role("combobox")
    lead.select_option(label="None")
    visit.play()

    def until_heard(whole: Planar) -> None:
        wait_for(
            visit.page,
            lambda: difference(visit.recording()[:, -second:], whole) < TOLERANCE,
            "what the engine plays is heard",
        )

    until_heard(mix(long_site, visit.song, without=OPTIONAL))
    lead.select_option("a")
    until_heard(mix(long_site, visit.song))


@pytest.mark.sound
def test_python_takes_over_from_the_stream_in_time(visit: Visit, long_site: Path) -> None:
    heard = visit.record_takeover()
    assert difference(heard, mix(long_site, visit.song)) < TOLERANCE


def test_memory_does_not_hold_the_song(visit: Visit) -> None:
    visit.play()
    visit.seek(50)
    visit.page.wait_for_timeout(2000)
    decoded = 2 * 4 * visit.song["frames"] * len(LAYERS)
    assert 0 < visit.stats()["bytes"] < decoded / 8


def test_a_stem_that_is_missing_costs_its_row_alone(visit: Visit) -> None:
    url = visit.song["layers"][1]["stems"][0]["audio"]["url"]
    visit.page.context.route(f"**/{url}", lambda route: route.fulfill(status=404))
    visit.press("Play")
    expect(visit.row("bass")).to_contain_text("Can't play the stem a: HTTP 404")
    expect(visit.row("drums")).not_to_contain_text("Can't play")
    until(visit.page, "document.querySelector('stem-mixer').position > 1")


def test_a_swap_to_a_stem_that_is_missing_keeps_the_old_one(visit: Visit) -> None:
    url = visit.song["layers"][0]["stems"][1]["audio"]["url"]
    visit.page.context.route(f"**/{url}", lambda route: route.fulfill(status=404))
    visit.play()
    stem = visit.row("drums").get_by_role("combobox")
    stem.select_option("b")
    visit.says("Can't play the stem b: HTTP 404")
    expect(stem).to_have_value("a")
    assert visit.page.evaluate("document.querySelector('stem-mixer').playing")


def test_a_stem_that_never_comes_costs_its_row_alone(visit: Visit) -> None:
    url = visit.song["layers"][1]["stems"][0]["audio"]["url"]
    visit.page.context.route(f"**/{url}", lambda route: route.abort())
    visit.press("Play")
    expect(visit.row("bass")).to_contain_text("Can't play the stem a", timeout=30_000)
    until(visit.page, "document.querySelector('stem-mixer').position > 1")


def test_a_stem_that_failed_can_be_chosen_again(visit: Visit) -> None:
    url = visit.song["layers"][0]["stems"][0]["audio"]["url"]
    visit.page.context.route(f"**/{url}", lambda route: route.fulfill(status=404))
    visit.play()
    row = visit.row("drums")
    expect(row).to_contain_text("Can't play the stem a: HTTP 404")
    visit.page.context.unroute(f"**/{url}")
    row.get_by_role("combobox").select_option("b")
    row.get_by_role("combobox").select_option("a")
    expect(row).not_to_contain_text("Can't play")
    visit.page.wait_for_timeout(1000)
    expect(row).not_to_contain_text("Can't play")


def test_a_host_that_is_busy_is_asked_again(visit: Visit) -> None:
    answers = [503, 429]

    def answer(route: Route) -> None:
        if answers:
            route.fulfill(status=answers.pop())
        else:
            route.continue_()

    visit.page.context.route("**/audio/*", answer)
    visit.press("Play")
    until(visit.page, "document.querySelector('stem-mixer').position > 1")
    for layer in LAYERS:
        expect(visit.row(layer)).not_to_contain_text("Can't play")


def test_playback_waits_for_a_network_that_is_gone_and_goes_on(visit: Visit) -> None:
    visit.play()
    is_gone = [True]

    def answer(route: Route) -> None:
        if is_gone[0]:
            route.abort()
        else:
            route.continue_()

    visit.page.context.route("**/audio/*", answer)
    visit.seek(85)
    visit.says("Buffering")
    before = visit.stats()["stalls"]
    assert before >= 1
    is_gone[0] = False
    until(visit.page, "document.querySelector('stem-mixer').position > 86")
    visit.says("Playing, mixed by Python")


@pytest.mark.sound
def test_the_opening_is_heard_before_any_stem_has_come(
    visit: Visit, song: dict[str, Any], long_site: Path
) -> None:
    visit.page.context.route("**/audio/*.ogg", lambda route: route.abort())
    visit.play(at_once=True)
    visit.says("Buffering")
    last = song["opening"]["times"][-1]
    assert last - 0.5 < visit.page.evaluate("document.querySelector('stem-mixer').position") < last
    heard = visit.recording()
    heard = heard[:, : np.flatnonzero(heard[0])[-1] - song["rate"] // 50]  # without the fade
    assert difference(heard[:, -song["rate"] :], mix(long_site, song)) < TOLERANCE


def test_a_song_without_its_opening_plays(visit: Visit, song: dict[str, Any]) -> None:
    url = song["opening"]["url"]
    visit.page.context.route(f"**/{url}", lambda route: route.fulfill(status=404))
    visit.press("Play")
    until(visit.page, "document.querySelector('stem-mixer').position > 1")
    for layer in LAYERS:
        expect(visit.row(layer)).not_to_contain_text("Can't play")


class RecordingHost(StaticHandler):
    """A host that notes what is requested, and lets browsers keep it."""

    requested: ClassVar[list[str]] = []

    @override
    def do_GET(self) -> None:
        self.requested.append(self.path)
        super().do_GET()

    @override
    def send_header(self, keyword: str, value: str) -> None:
        super().send_header(keyword, "max-age=600" if keyword == "Cache-Control" else value)


def requested(ending: str) -> bool:
    return any(path.endswith(ending) for path in RecordingHost.requested)


def test_what_plays_besides_sound_is_loaded_before_play(
    chromium: Browser, long_site: Path, song: dict[str, Any]
) -> None:
    RecordingHost.requested.clear()
    with serving(long_site, RecordingHost) as base, visiting(chromium, base, song) as visit:
        wait_for(visit.page, lambda: requested("opus.wasm"), "the decoder is loaded")
        visit.page.wait_for_load_state("networkidle")
        RecordingHost.requested.clear()
        visit.press("Play")
        until(visit.page, "document.querySelector('stem-mixer').position > 0.1")
        sound = [song["opening"], *(stem["audio"] for x in song["layers"] for stem in x["stems"])]
        first = RecordingHost.requested[0]
        assert first.endswith(song["opening"]["url"])
        others = set(RecordingHost.requested) - {f"/{file['url']}" for file in sound}
        assert not [path for path in others if "/codecs/" in path or "/streaming/" in path]
        assert not requested("opus.wasm")
        assert not requested("worklet.js")


def test_a_pointer_at_a_button_that_plays_loads_what_that_needs_besides_sound(
    chromium: Browser, long_site: Path
) -> None:
    RecordingHost.requested.clear()
    context = chromium.new_context()
    page = context.new_page()
    with serving(long_site, RecordingHost) as base:
        page.goto(base, wait_until="networkidle")
        assert not requested("/bar.js")
        button = page.locator("main [data-queue]").first
        button.hover()
        wait_for(page, lambda: requested("opus.wasm"), "the decoder is loaded")
        page.wait_for_load_state("networkidle")
        assert requested("player-bar.js")
        RecordingHost.requested.clear()
        button.click()
        until(page, "document.querySelector('player-bar')?.dataset.state === 'playing'")
        rooms = ("/bar/", "/codecs/", "/streaming/", "/decoders/")
        assert not [path for path in RecordingHost.requested if any(room in path for room in rooms)]
        context.close()


def test_nothing_is_loaded_ahead_for_visitors_who_save_data(
    chromium: Browser, long_site: Path
) -> None:
    RecordingHost.requested.clear()
    context = chromium.new_context()
    context.add_init_script(SAVE_DATA)
    page = context.new_page()
    with serving(long_site, RecordingHost) as base:
        page.goto(f"{base}songs/long/", wait_until="networkidle")
        page.evaluate("new Promise((resolve) => requestIdleCallback(resolve))")
        page.wait_for_load_state("networkidle")
        context.close()
    assert requested("stem-mixer.js")
    assert not requested("stream-worker.js")
    assert not requested("player-bar.js")


class WithoutRanges(StaticHandler):
    """A host that always sends whole files."""

    @override
    def do_GET(self) -> None:
        """Answer as if no range had been asked for."""
        del self.headers["Range"]
        super().do_GET()


def test_a_host_without_ranges_plays_and_seeks(
    chromium: Browser, long_site: Path, song: dict[str, Any]
) -> None:
    with serving(long_site, WithoutRanges) as base, visiting(chromium, base, song) as visit:
        visit.play()
        visit.seek(80)
        until(visit.page, "document.querySelector('stem-mixer').position > 81")


def test_the_long_song_of_the_bundled_collection_is_streamed(
    chromium: Browser, serve: Serve, pressed: Path
) -> None:
    data = json.loads((pressed / "data/songs/dead-reckoning.json").read_text("utf-8"))
    page = chromium.new_page()
    page.goto(f"{serve(pressed)}songs/dead-reckoning/")
    visit = Visit(page, data)
    visit.press("Play")
    visit.says("Playing, mixed by Python")
    visit.seek(data["duration"] - 30)
    until(page, f"document.querySelector('stem-mixer').position > {data['duration'] - 29}")
    assert 0 < visit.stats()["bytes"] < 120e6
    page.close()


def test_a_long_song_plays_without_an_audio_worklet(
    chromium: Browser, serve: Serve, long_site: Path, song: dict[str, Any]
) -> None:
    page = chromium.new_page()
    page.add_init_script("delete window.AudioWorkletNode")
    page.goto(f"{serve(long_site)}songs/long/")
    visit = Visit(page, song)
    visit.press("Play")
    visit.says(
        "Playing, mixed by the browser. Python cannot run here: this browser has no AudioWorklet"
    )
    until(page, "document.querySelector('stem-mixer').position > 1")
    page.close()


def test_a_long_song_that_is_too_much_without_an_audio_worklet_says_so(
    chromium: Browser, serve: Serve, long_site: Path, song: dict[str, Any]
) -> None:
    page = chromium.new_page()
    page.clock.install()
    page.add_init_script(f"{LITTLE_MEMORY}; delete window.AudioWorkletNode")
    page.goto(f"{serve(long_site)}songs/long/")
    visit = Visit(page, song)
    visit.press("Play")
    words = "Can't play: its stems need 115.2 MB of memory, and this device allows 12.5 MB."
    visit.says(words)
    visit.press("Play")
    page.clock.fast_forward(10_000)  # messages are shown for a few seconds
    visit.says(words)
    page.close()


def test_pause_cancels_the_start_of_a_song_that_does_not_arrive(
    chromium: Browser, long_site: Path
) -> None:
    held = visiting_held(chromium, long_site, lambda file: file.parent.name == "audio")
    with held as (visit, may_send):
        pause = visit.mixer.get_by_role("button", name="Pause", exact=True)
        expect(pause).to_be_disabled()
        visit.press("Play")
        expect(visit.mixer.get_by_role("status")).to_contain_text("Loading")
        pause.click()
        visit.says("Paused")
        expect(pause).to_be_disabled()
        may_send.set()
        visit.play()


@pytest.mark.sound
def test_a_take_across_the_hand_over_to_python_is_what_was_heard(
    chromium: Browser, long_site: Path
) -> None:
    held = visiting_held(chromium, long_site, lambda file: file.parent.name == "runtime")
    with held as (visit, may_send):
        record_across(visit, long_site, may_send)


def record_across(visit: Visit, dist: Path, python_may_come: Event) -> None:
    """Record a take that begins before Python has come; compare it with what is heard."""
    record = visit.mixer.get_by_role("button", name="Record take", exact=True)
    record.click()
    visit.play(at_once=True)
    until(visit.page, "document.querySelector('stem-mixer').position > 1")
    drums, bass = visit.row("drums"), visit.row("bass")
    visit.set(drums.get_by_role("slider", name="Volume", exact=True), -9)
    until(visit.page, "document.querySelector('stem-mixer').position > 2.5")
    drums.get_by_role("combobox").select_option("b")
    until(visit.page, "document.querySelector('stem-mixer').position > 4")
    assert visit.stats()["engine"] == "browser"
    python_may_come.set()
    visit.says("Playing, mixed by Python")
    bass.get_by_role("button", name="Mute", exact=True).click()
    visit.page.wait_for_timeout(1500)
    record.click()
    expect(visit.mixer.get_by_role("button", name="Export take", exact=True)).to_be_visible()
    heard = visit.recording()
    take = parse_take(visit.page.evaluate("document.querySelector('stem-mixer').openTake.text"))
    mixer = Mixer(rate=take.rate, frames=visit.song["frames"], rows=len(LAYERS))
    layers = visit.song["layers"]
    played = perform(take, mixer, lambda row, stem: decoded(dist, layers[row], stem))
    whole = played.render(0, played.frames)
    assert [move.control for move in take.moves] == [Control.VOLUME, Control.STEM, Control.MUTE]
    heard = heard[:, take.rate // 4 : min(heard.shape[1], whole.shape[1]) - take.rate // 2]
    assert heard.shape[1] > 5 * take.rate
    assert visit.stats()["underruns"] == 0
    assert difference(heard, whole) < TOLERANCE


@pytest.mark.sound
def test_a_host_without_ranges_is_heard_before_whole_files_have_come(
    chromium: Browser, long_site: Path, song: dict[str, Any]
) -> None:
    held = visiting_held(chromium, long_site, lambda file: file.suffix == ".ogg", WithoutRanges)
    with held as (visit, may_send):
        second, whole = song["rate"], mix(long_site, song)
        visit.play(at_once=True)
        until(visit.page, "document.querySelector('stem-mixer').position > 2.5")
        assert difference(visit.recording()[:, -second:], whole) < TOLERANCE
        may_send.set()
        until(visit.page, "document.querySelector('stem-mixer').position > 6")
        assert difference(visit.recording()[:, -second:], whole) < TOLERANCE
