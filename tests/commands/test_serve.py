"""The preview: real files, a real server, real saves."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import pytest
import requests
from playwright.sync_api import expect

from stempress.commands.cli import INTERRUPTED
from stempress.commands.network import network_addresses
from tests.conftest import ROOT
from tests.support.visiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Serve

PAGE = "<html><head><title>t</title></head><body>{}</body></html>"
SECONDS = 20


@dataclass
class Preview:
    """A running preview."""

    site: Path
    address: str
    process: subprocess.Popen[str]
    lines: IO[str]

    def save(self, words: str) -> None:
        """Save the page as an editor does: a new file in the old one's place."""
        draft = self.site / "draft"
        draft.write_text(PAGE.format(words))
        draft.replace(self.site / "content/index.html")

    def hears(self, expected: str) -> str:
        """Return the next line that contains the words; other lines are passed over."""
        return next(line for line in self.lines if expected in line)

    def go_on(self) -> None:
        """End a slow build."""
        assert self.process.stdin
        self.process.stdin.write("go on\n")
        self.process.stdin.flush()

    def get(self, path: str = "", **headers: str) -> requests.Response:
        """Ask for a file."""
        return requests.get(self.address + path, headers=headers, timeout=SECONDS)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site that has been built."""
    for folder in ("content", "dist/audio", "stems"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "site.toml").write_text("")
    for folder in ("content", "dist", "dist/audio"):
        (tmp_path / folder / "index.html").write_text(PAGE.format("first"))
    (tmp_path / "dist/404.html").write_text(PAGE.format("lost"))
    (tmp_path / "dist/audio/a.opus").write_bytes(bytes(range(100)))
    return tmp_path


@contextmanager
def previewing(site: Path, host: str = "127.0.0.1") -> Iterator[Preview]:
    """Run a preview of the site, and end it with Ctrl-C."""
    command = [sys.executable, "-m", "tests.support.preview", str(site), host]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and script
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://[\d.:]+/", process.stdout.readline())
            assert found is not None
            yield Preview(site, found.group(), process, process.stdout)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


@pytest.fixture
def preview(site: Path) -> Iterator[Preview]:
    """Run a preview for one test."""
    with previewing(site) as running:
        running.hears("built")
        yield running


@pytest.fixture
def unbuilt(site: Path) -> Path:
    """Return a site that has never been built."""
    shutil.rmtree(site / "dist")
    return site


def test_a_page_is_served_with_the_script_that_dist_does_not_have(preview: Preview) -> None:
    answer = preview.get()
    assert "first" in answer.text
    assert '<script src="/.stempress/reload.js"' in answer.text
    assert "script" not in (preview.site / "dist/index.html").read_text()
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "EventSource" in preview.get(".stempress/reload.js").text


def test_what_is_missing_is_the_sites_own_404_page(preview: Preview) -> None:
    answer = preview.get("tokens/9/")
    assert answer.status_code == requests.codes.not_found
    assert "lost" in answer.text
    assert preview.get("../../etc/passwd").status_code == requests.codes.not_found


@pytest.mark.browser
@pytest.mark.parametrize("policy", ["script-src 'sha256-47DEQpj8HBSa+/=='", "script-src 'none'"])
def test_a_page_that_takes_no_script_from_files_takes_the_previews(
    policy: str, preview: Preview, chromium: Browser
) -> None:
    head = f"<meta http-equiv=Content-Security-Policy content=\"{policy}; connect-src 'self'\">"
    (preview.site / "dist/404.html").write_text(f"<head>{head}</head><body>lost</body>")
    page = chromium.new_page()
    wrong: list[str] = []
    page.on("console", lambda line: wrong.extend([line.text] * ("Policy" in line.text)))
    with page.expect_request(lambda request: request.url.endswith("/.stempress/reload")):
        page.goto(f"{preview.address}tokens/9/")
    page.close()
    assert wrong == []


def test_a_folder_without_its_slash_is_redirected(preview: Preview) -> None:
    answer = preview.get("audio")
    assert answer.history[0].status_code == requests.codes.moved_permanently
    assert answer.url == preview.address + "audio/"


def test_a_save_presses_again_and_open_pages_hear_of_it(preview: Preview) -> None:
    with requests.get(
        preview.address + ".stempress/reload", stream=True, timeout=SECONDS
    ) as stream:
        lines = (line for line in stream.iter_lines(chunk_size=1) if line.startswith(b"data: "))
        first = next(lines)
        preview.save("second")
        assert next(lines) != first
    assert "second" in preview.get().text


def test_a_failed_build_is_reported_and_watching_goes_on(preview: Preview) -> None:
    preview.save("broken")
    assert preview.hears("content/index.html") == "error: content/index.html: is broken\n"
    preview.hears("nothing was written")
    preview.save("bug")
    assert preview.hears("failed") == "the build failed: RuntimeError: a bug\n"
    assert "first" in preview.get().text
    preview.save("mended")
    preview.hears("built")
    assert "mended" in preview.get().text


def test_input_folders_that_come_later_or_come_back_are_watched(preview: Preview) -> None:
    (preview.site / "templates").mkdir()
    preview.hears("built")
    (preview.site / "templates/page.html").write_text("x")
    preview.hears("built")
    shutil.rmtree(preview.site / "templates")
    preview.hears("built")
    (preview.site / "templates").mkdir()
    preview.hears("built")
    (preview.site / "templates/page.html").write_text("x")
    preview.hears("built")
    (preview.site / "site.toml").write_text("x")
    preview.hears("built")


@pytest.mark.posix
def test_ctrl_c_ends_it_like_every_command_while_a_page_is_open(site: Path) -> None:
    with previewing(site) as preview:
        stream = requests.get(preview.address + ".stempress/reload", stream=True, timeout=SECONDS)
    assert preview.process.returncode == INTERRUPTED
    stream.close()


@pytest.mark.browser
def test_until_the_first_build_is_there_its_progress_is_shown(
    unbuilt: Path, chromium: Browser
) -> None:
    (unbuilt / "content/index.html").write_text(PAGE.format("slow"))
    with previewing(unbuilt) as preview, chromium.new_context() as context:
        answer = preview.get("songs/one/")
        assert answer.status_code == requests.codes.service_unavailable
        page = context.new_page()
        page.goto(preview.address)
        page.get_by_role("heading", name="Building the site").wait_for()
        page.get_by_text("Stems: 12 / 84").wait_for()
        preview.go_on()
        page.get_by_text("slow").wait_for()


@pytest.mark.browser
def test_a_fault_of_the_first_build_is_shown_and_serving_goes_on(
    unbuilt: Path, chromium: Browser
) -> None:
    (unbuilt / "content/index.html").write_text(PAGE.format("broken"))
    with previewing(unbuilt) as preview, chromium.new_context() as context:
        preview.hears("nothing was written")
        page = context.new_page()
        page.goto(preview.address)
        page.get_by_role("heading", name="The site can't be built").wait_for()
        fault = page.get_by_role("alert").get_by_text("content/index.html: is broken")
        fault.wait_for()
        page.get_by_text("Save the file to try again.").wait_for()
        assert page.title() == "The site can't be built"
        assert page.get_by_role("progressbar").count() == 0
        preview.save("slow")
        page.get_by_text("Stems: 12 / 84").wait_for()
        assert page.get_by_role("progressbar").is_visible()
        assert not fault.is_visible()
        preview.go_on()
        page.get_by_text("slow").wait_for()
        preview.save("mended")
        page.get_by_text("mended").wait_for()


@pytest.mark.posix
def test_in_the_network_the_site_is_served_and_the_audition_is_not(site: Path) -> None:
    names = network_addresses()
    if not names:
        pytest.skip("this machine has no network")
    with previewing(site, "0.0.0.0") as preview:  # noqa: S104 - what --host is for
        assert preview.address.startswith("http://127.0.0.1:")
        address = preview.hears("in this network").split()[-1]
        preview.hears("previews")
        code = [preview.lines.readline() for _ in range(12)]
        assert all({*line.strip("\n")} <= {*" \u2580\u2584\u2588"} for line in code)
        assert "first" in requests.get(address, timeout=SECONDS).text
        for path in ("/audition/", "/.stempress/audition"):
            answer = requests.get(address + path, timeout=SECONDS)
            assert answer.status_code == requests.codes.not_found
        assert preview.get("audition/").ok


INTERRUPTED_WAIT = """
import signal, time
from threading import Event, Thread, get_ident
from stempress.commands.serve import wait_for_changes

def interrupt():
    time.sleep(0.2)
    signal.pthread_kill(get_ident(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
Thread(target=interrupt).start()
try:
    wait_for_changes(Event())
except KeyboardInterrupt:
    print("ended")
"""


@pytest.mark.posix
def test_ctrl_c_ends_a_wait_that_it_does_not_wake() -> None:
    """A signal just before the main thread goes to sleep, or taken by another, wakes nobody."""
    command = [sys.executable, "-c", INTERRUPTED_WAIT]
    ended = subprocess.run(  # noqa: S603 - our own interpreter and script
        command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=SECONDS
    )
    assert ended.stdout == "ended\n"


@pytest.mark.parametrize(
    ("asked", "first", "stop"),
    [
        ("bytes=10-19", 10, 20),
        ("bytes=90-", 90, 100),
        ("bytes=-5", 95, 100),
        ("bytes=0-999", 0, 100),
    ],
)
def test_a_range_is_sent_as_asked(
    site: Path, serve: Serve, asked: str, first: int, stop: int
) -> None:
    address = serve(site / "dist", "/project/") + "audio/a.opus"
    answer = requests.get(address, headers={"Range": asked}, timeout=SECONDS)
    assert answer.status_code == requests.codes.partial_content
    assert answer.content == bytes(range(first, stop))
    assert answer.headers["Content-Range"] == f"bytes {first}-{stop - 1}/100"
    assert answer.headers["Content-Type"] == "audio/ogg"


@pytest.mark.parametrize(
    ("asked", "status"), [("bytes=100-", 416), ("bytes=9-3", 416), ("bytes=-", 200), ("x", 200)]
)
def test_a_range_that_cannot_be_sent(site: Path, serve: Serve, asked: str, status: int) -> None:
    address = serve(site / "dist") + "audio/a.opus"
    assert requests.get(address, headers={"Range": asked}, timeout=9).status_code == status


def test_a_static_host_knows_nothing_outside_its_prefix(site: Path, serve: Serve) -> None:
    base = serve(site / "dist", "/project/")
    assert "first" in requests.get(base, timeout=SECONDS).text
    outside = requests.get(base.removesuffix("project/") + "audio/", timeout=SECONDS)
    assert outside.status_code == requests.codes.not_found
    assert not requests.head(base, timeout=SECONDS).content


@pytest.mark.browser
def test_an_open_page_shows_the_new_build(preview: Preview, chromium: Browser) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(preview.address)
        page.get_by_text("first").wait_for()
        preview.save("second")
        page.get_by_text("second").wait_for()


@pytest.mark.browser
def test_a_style_sheet_is_renewed_in_a_page_that_goes_on(
    preview: Preview, chromium: Browser
) -> None:
    sheet = preview.site / "content/look.css"
    sheet.write_text("body { color: rgb(1, 2, 3) }")
    preview.hears("built")
    preview.save('<link rel="stylesheet" href="look.css"><p>styled</p>')
    preview.hears("built")
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(preview.address)
        page.evaluate("window.goesOn = true")
        sheet.write_text("body { color: rgb(4, 5, 6) }")
        until(page, "getComputedStyle(document.body).color === 'rgb(4, 5, 6)'")
        assert page.evaluate("window.goesOn") is True
        preview.save("another page")
        page.get_by_text("another page").wait_for()


@pytest.mark.browser
def test_what_is_wrong_is_shown_in_the_page_until_it_is_mended(
    preview: Preview, chromium: Browser
) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(preview.address)
        page.get_by_text("first").wait_for()
        preview.save("broken")
        page.get_by_text("The build failed").wait_for()
        assert "content/index.html: is broken" in page.get_by_role("alert").inner_text()
        assert page.get_by_text("first").is_visible()
        preview.save("mended")
        page.get_by_text("mended").wait_for()
        assert page.get_by_role("alert").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("place", [0, 2000])
def test_a_fault_is_seen_wherever_the_visitor_is_and_leaves_the_page_there(
    preview: Preview, chromium: Browser, place: int
) -> None:
    preview.save('<style>body { height: 5000px }</style><a href="#">link</a>')
    preview.hears("built")
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(preview.address)
        page.get_by_role("link").focus()
        page.evaluate(f"scrollTo(0, {place})")
        preview.save("broken")
        expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
        assert page.evaluate("scrollY") == place
        expect(page.get_by_role("link")).to_be_focused()
