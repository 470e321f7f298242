"""The Markdown cache: every text is rendered once, and a corrupt cache is noticed."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stempress.render import markdown_cache
from stempress.render.markdown_cache import to_html
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "# One\n\nA *song* of [two](/songs/two/).\n"
LINK = '<a href="../songs/two/" rel="noopener noreferrer">two</a>'
HTML = f"<h2>One</h2>\n<p>A <em>song</em> of {LINK}.</p>"
SCRIPT = """
import sys
from stempress.render.markdown_cache import to_html
html = to_html(sys.argv[1], "../")
print(*sorted({"markdown", "nh3", "pygments", "importlib.metadata"} & sys.modules.keys()))
print(html, end="")
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an empty cache, in a process that has rendered nothing yet."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path))
    to_html.cache_clear()
    return tmp_path / "render_markdown"


def start(text: str) -> subprocess.Popen[str]:
    """Start a process that renders a text and prints which libraries it has imported."""
    command = [sys.executable, "-c", SCRIPT, text]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ)  # noqa: S603


def render(text: str) -> tuple[str, list[str]]:
    """Return a text's HTML, and the libraries that a new process has imported for it."""
    libraries, _, html = start(text).communicate()[0].partition("\n")
    return html, libraries.split()


def test_a_cached_text_imports_no_library() -> None:
    assert render(TEXT) == (HTML, ["markdown", "nh3"])
    assert render(TEXT) == (HTML, [])


def test_fenced_code_is_rendered_without_a_search_for_extensions() -> None:
    html, libraries = render("~~~\na < b\n~~~\n")
    assert html == "<pre><code>a &lt; b\n</code></pre>"
    assert "importlib.metadata" not in libraries


def test_concurrent_builds_render_the_same(cache: Path) -> None:
    processes = [start(TEXT) for _ in range(2)]
    assert [process.communicate()[0].endswith(HTML) for process in processes] == [True, True]
    assert len(list(cache.iterdir())) == 1


def test_html_is_cached_by_text_page_depth_and_generator(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert to_html(TEXT, "../") == HTML
    assert to_html(TEXT, "../../") == HTML.replace("../", "../../")
    assert to_html(TEXT, "../", 2) == HTML.replace("h2", "h3")
    assert to_html(f"{TEXT}\nMore.", "../") == f"{HTML}\n<p>More.</p>"
    assert len(list(cache.iterdir())) == 4
    to_html.cache_clear()
    monkeypatch.setattr(markdown_cache, "generator_hash", lambda: "another")
    assert to_html(TEXT, "../") == HTML
    assert len(list(cache.iterdir())) == 5


@pytest.mark.parametrize("data", [b"", b"<script>", b"\xff" * 400])
def test_a_corrupt_cache_entry_is_rendered_again(cache: Path, data: bytes) -> None:
    to_html(TEXT, "../")
    (file,) = cache.iterdir()
    original = file.read_bytes()
    file.write_bytes(data)
    to_html.cache_clear()
    assert to_html(TEXT, "../") == HTML
    assert file.read_bytes() == original


def test_a_cache_that_cannot_be_written_is_not_an_error(cache: Path) -> None:
    cache.write_bytes(b"a file where the folder would be")
    assert to_html(TEXT, "../") == HTML
