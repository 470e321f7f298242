"""Long songs in FLAC and Vorbis, streamed to play; lossless stems, rendered at their own rate."""

from __future__ import annotations

import io
import json
import shutil
from base64 import b64decode
from typing import TYPE_CHECKING, Any, NamedTuple, override

import numpy as np
import pytest
import soundfile
from selenium.webdriver.support.ui import WebDriverWait

from build import build
from stempress.commands.cli import run
from stempress.commands.static_server import StaticHandler
from tests.conftest import ROOT, made_once
from tests.support.firefox import visit_in_firefox
from tests.support.hosts import serving
from tests.support.listening import difference, place_of
from tests.support.visiting import wait_for
from tests.support.webkit import launch_webkit
from tests.web.test_mixer_tools import open_tools
from tests.web.test_streaming import (
    LAYERS,
    TOLERANCE,
    RecordingHost,
    mix,
    requested,
    visiting,
    write_long_song,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Serve
    from tests.support.visiting import Visit
    from tests.web.test_streaming import Planar

pytestmark = pytest.mark.browser

RATE = 44100
PATIENCE_SECONDS = 120
SEEK = """
  const position = document.querySelector(".position");
  position.value = 80;
  position.dispatchEvent(new Event("change"));
"""
RECORD = """
  const script = document.createElement("script");
  script.type = "module";
  script.src = "../../sound/record.js";
  document.body.append(script);
"""
EXPORT = """async () => {
  const player = await document.querySelector("stem-mixer").player();
  const reader = new FileReader();
  reader.readAsDataURL(await player.export(24, {}));
  await new Promise((resolve) => { reader.onload = resolve; });
  return reader.result.split(",")[1];
}"""


def long_site(factory: pytest.TempPathFactory, name: str, audio: str) -> Path:
    """Build a site with one song of 44.1 kHz and 24 bits; return its dist folder."""

    def make(site: Path) -> None:
        write_long_song(site, audio, rate=RATE, subtype="PCM_24")
        assert run(["--site", str(site)], build, ROOT) == 0
        shutil.copytree(ROOT / "tests/support/sound", site / "dist/sound")

    return made_once(factory, "sites", name, make) / "dist"


@pytest.fixture(scope="session")
def flac_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site that streams FLAC."""
    return long_site(tmp_path_factory, "long-flac", 'stream = "flac"')


@pytest.fixture(scope="session")
def vorbis_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site that streams Vorbis."""
    return long_site(tmp_path_factory, "long-vorbis", 'stream = "vorbis"')


@pytest.fixture(scope="session")
def lossless_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site that streams Opus, at 48 kHz, and also offers lossless files."""
    return long_site(tmp_path_factory, "long-lossless", "lossless = true")


@pytest.fixture
def streamed(chromium: Browser, serve: Serve, flac_site: Path) -> Iterator[Visit]:
    with visiting(chromium, serve(flac_site, "/a/b/"), read(flac_site, "songs")) as found:
        yield found


@pytest.fixture
def offered(chromium: Browser, serve: Serve, lossless_site: Path) -> Iterator[Visit]:
    with visiting(chromium, serve(lossless_site, "/a/b/"), read(lossless_site, "songs")) as found:
        yield found


def read(dist: Path, folder: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((dist / f"data/{folder}/long.json").read_bytes())
    return data


def is_heard(
    recording: Planar, whole: Planar, tolerance: float, seconds: int, rate: int = RATE
) -> bool:
    """Return whether the last half second is from the mix, at most half a minute after a place."""
    heard = recording[:, -rate // 2 :]
    place = place_of(heard, whole) / rate - seconds
    return 0 < place < 30 and difference(heard, whole) < tolerance


def seek_until_heard(visit: Visit, whole: Planar, tolerance: float, seconds: int) -> None:
    visit.seek(seconds)
    wait_for(
        visit.page,
        lambda: is_heard(visit.recording(), whole, tolerance, seconds),
        f"second {seconds} is heard",
    )


def most_bytes(visit: Visit, act: str) -> int:
    """Run something; return the most bytes of decoded samples that were held meanwhile."""
    found: int = visit.page.evaluate(
        f"""async () => {{
          const mixer = document.querySelector("stem-mixer");
          let most = 0;
          const read = () => {{ most = Math.max(most, mixer.stats?.bytes ?? 0); }};
          const timer = setInterval(read, 20);
          await ({act})(mixer);
          clearInterval(timer);
          return most;
        }}"""
    )
    return found


@pytest.mark.parametrize("codec", ["flac", "vorbis"])
def test_what_plays_besides_sound_is_loaded_before_play(
    chromium: Browser, request: pytest.FixtureRequest, codec: str
) -> None:
    dist: Path = request.getfixturevalue(f"{codec}_site")
    others = {"opus", "flac", "vorbis"} - {codec}
    RecordingHost.requested.clear()
    with (
        serving(dist, RecordingHost) as base,
        visiting(chromium, base, read(dist, "songs")) as visit,
    ):
        wait_for(visit.page, lambda: requested(f"{codec}.wasm"), "the decoder is loaded")
        visit.page.wait_for_load_state("networkidle")
    assert requested(f"{codec}-codec.js")
    names = [path.rpartition("/")[2] for path in RecordingHost.requested]
    assert not [name for name in names if name.startswith(tuple(others)) or name == "worker.js"]


@pytest.mark.sound
def test_flac_is_heard_to_the_word_through_a_seek(streamed: Visit, flac_site: Path) -> None:
    streamed.play()
    assert streamed.song["rate"] == RATE
    whole = mix(flac_site, streamed.song)
    for target in (80, 20):
        seek_until_heard(streamed, whole, 1e-6, target)
    streamed.row("drums").get_by_role("combobox").select_option("b")
    swapped = mix(flac_site, streamed.song, "b")
    wait_for(
        streamed.page,
        lambda: is_heard(streamed.recording(), swapped, 1e-6, 20),
        "the other stem is heard",
    )
    assert 0 < streamed.stats()["bytes"] < 2 * 4 * streamed.song["frames"] * len(LAYERS) / 4


@pytest.mark.sound
def test_vorbis_is_heard_through_a_seek(chromium: Browser, serve: Serve, vorbis_site: Path) -> None:
    song = read(vorbis_site, "songs")
    with visiting(chromium, serve(vorbis_site), song) as visit:
        visit.play()
        seek_until_heard(visit, mix(vorbis_site, song), 1e-5, 80)
        assert 0 < visit.stats()["bytes"] < 2 * 4 * song["frames"] * len(LAYERS) / 4


@pytest.mark.parametrize("site", ["flac", "lossless"])
def test_an_export_has_the_words_of_the_engine(
    site: str, request: pytest.FixtureRequest, flac_site: Path
) -> None:
    visit: Visit = request.getfixturevalue({"flac": "streamed", "lossless": "offered"}[site])
    data = b64decode(visit.page.evaluate(EXPORT))
    exported, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    assert rate == RATE
    expected = mix(flac_site, read(flac_site, "songs"))
    assert exported.T.shape == expected.shape
    assert np.abs(exported.T - expected).max() <= 2**-23


def test_a_mix_of_stems_at_their_own_rate_is_proved_in_little_memory(
    offered: Visit, lossless_site: Path
) -> None:
    published = read(lossless_site, "digests")
    assert (published["rate"], offered.song["rate"]) == (RATE, 48000)
    mixes = published["mixes"]
    held = most_bytes(
        offered,
        """async (mixer) => {
          const player = await mixer.player();
          window.digest = await player.digest(24, { plain: true });
        }""",
    )
    assert offered.page.evaluate("digest") == mixes["1-1-1"]
    decoded = 2 * 4 * offered.song["frames"] * len(LAYERS)
    assert 0 < held < decoded / 4
    open_tools(offered.page)
    offered.press("Verify this mix")
    offered.says(f"This is the mix that was published: SHA-256 {mixes['1-1-1']}")


def test_an_export_fails_if_a_stem_is_missing(offered: Visit, lossless_site: Path) -> None:
    url = offered.song["layers"][1]["stems"][0]["lossless"]["url"]
    offered.page.context.route(f"**/{url}", lambda route: route.fulfill(status=404))
    open_tools(offered.page)
    offered.press("Export WAV")
    offered.says("the stem a cannot be played: HTTP 404")
    offered.page.context.unroute(f"**/{url}")
    offered.press("Verify this mix")
    digest = read(lossless_site, "digests")["mixes"]["1-1-1"]
    offered.says(f"This is the mix that was published: SHA-256 {digest}")


def test_an_export_that_waits_can_be_cancelled(offered: Visit) -> None:
    offered.page.context.route("**/audio/*.flac", lambda _: None)  # never answered
    open_tools(offered.page)
    offered.press("Export WAV")
    offered.press("Cancel")
    offered.says("Export: cancelled")


class LittleMemory(StaticHandler):
    """A host whose pages believe that the device has little memory."""

    @override
    def do_GET(self) -> None:
        if not self.path.endswith("/playback/memory.js"):
            super().do_GET()
            return
        source = self.source_of(self.path)
        assert source
        data = source.read_bytes().replace(b"const SHARE = 1 / 8", b"const SHARE = 1 / 800")
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class LongSong(NamedTuple):
    """A site with a long song, what is to be heard of it, and how much that may differ."""

    dist: Path
    whole: Planar
    rate: int
    tolerance: float  # from libsndfile's samples

    def is_heard_after(self, second: int, recording: str) -> bool:
        """Return whether some half second of a recording is from after a second of the song.

        Not of all: a machine that starts a browser and Python at once may miss blocks.
        """
        heard = np.frombuffer(b64decode(recording), dtype="<f4").reshape(-1, 2).T
        after = self.whole[:, second * self.rate :]
        pieces = np.split(heard, range(self.rate // 2, heard.shape[1], self.rate // 2), axis=1)[:-1]
        return any(difference(piece, after) < self.tolerance for piece in pieces if piece.any())


@pytest.fixture(params=["flac", "opus"])
def long_song(request: pytest.FixtureRequest) -> LongSong:
    site, tolerance = {"flac": ("flac", 1e-6), "opus": ("lossless", TOLERANCE)}[request.param]
    dist: Path = request.getfixturevalue(f"{site}_site")
    song = read(dist, "songs")
    return LongSong(dist, mix(dist, song), song["rate"], tolerance)


@pytest.fixture
def address(long_song: LongSong) -> Iterator[str]:
    with serving(long_song.dist, LittleMemory) as base:
        yield f"{base}songs/long/"


@pytest.mark.sound
def test_firefox_plays_a_long_song_after_a_seek(
    address: str, long_song: LongSong, tmp_path: Path, loudspeakers: dict[str, str]
) -> None:
    told = visit_in_firefox("seek", address, str(tmp_path), env=loudspeakers)
    assert told["wrong"] == []
    assert told["stats"]["fetched"] > 0
    assert long_song.is_heard_after(80, told["recording"])


@pytest.mark.sound
def test_webkit_plays_a_long_song_after_a_seek(
    address: str, long_song: LongSong, loudspeakers: dict[str, str]
) -> None:
    with launch_webkit(loudspeakers) as webkit:
        wait = WebDriverWait(webkit, PATIENCE_SECONDS)

        def until(expression: str) -> None:
            def holds(_: object) -> bool:
                return bool(webkit.execute_script(f"return {expression}"))

            wait.until(holds, expression)

        def is_heard_now(_: object) -> bool:
            return long_song.is_heard_after(80, webkit.execute_script("return recording()"))

        webkit.get(address)
        until("!document.querySelector('.play').disabled")
        webkit.find_element("css selector", ".play").click()
        until("document.querySelector('.status').textContent == 'Playing, mixed by Python'")
        webkit.execute_script(RECORD)
        until("document.documentElement.dataset.recording == 'on'")
        webkit.execute_script(SEEK)
        until("document.querySelector('stem-mixer').position > 82")
        wait.until(is_heard_now, "second 80 is heard")
        stats = webkit.execute_script("return document.querySelector('stem-mixer').stats")
    assert stats["fetched"] > 0
