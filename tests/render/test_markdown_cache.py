"""Texts become HTML once, and what a cache has of them is never trusted blindly."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stempress.render import markdown_cache as prose
from stempress.render.markdown_cache import to_html
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "# One\n\nA *song* of [two](/songs/two/).\n"
LINK = '<a href="../songs/two/" rel="noopener noreferrer">two</a>'
HTML = f"<h2>One</h2>\n<p>A <em>song</em> of {LINK}.</p>"
SETTING = """
import sys
from stempress.render.markdown_cache import to_html
html = to_html(sys.argv[1], "../")
print(*sorted({"markdown", "nh3", "pygments", "importlib.metadata"} & sys.modules.keys()))
print(html, end="")
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a cache of one's own, in a process that has set nothing yet."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path))
    to_html.cache_clear()
    return tmp_path / "typeset"


def begun(text: str) -> subprocess.Popen[str]:
    """Begin a process that sets a text and tells which libraries that took."""
    command = [sys.executable, "-c", SETTING, text]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ)  # noqa: S603


def said(text: str) -> tuple[str, list[str]]:
    """Return a text's HTML, and the libraries that a process has set it with."""
    libraries, _, html = begun(text).communicate()[0].partition("\n")
    return html, libraries.split()


def test_a_text_that_was_set_before_takes_no_library() -> None:
    assert said(TEXT) == (HTML, ["markdown", "nh3"])
    assert said(TEXT) == (HTML, [])


def test_a_text_with_code_in_it_is_set_without_a_search_for_extensions() -> None:
    html, libraries = said("~~~\na < b\n~~~\n")
    assert html == "<pre><code>a &lt; b\n</code></pre>"
    assert "importlib.metadata" not in libraries


def test_two_builds_at_once_set_the_same(cache: Path) -> None:
    both = [begun(TEXT) for _ in range(2)]
    assert [each.communicate()[0].endswith(HTML) for each in both] == [True, True]
    assert len(list(cache.iterdir())) == 1


def test_html_follows_from_the_text_its_page_and_the_generator(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert to_html(TEXT, "../") == HTML
    assert to_html(TEXT, "../../") == HTML.replace("../", "../../")
    assert to_html(TEXT, "../", 2) == HTML.replace("h2", "h3")
    assert to_html(f"{TEXT}\nMore.", "../") == f"{HTML}\n<p>More.</p>"
    assert len(list(cache.iterdir())) == 4
    to_html.cache_clear()
    monkeypatch.setattr(prose, "generator_hash", lambda: "another")
    assert to_html(TEXT, "../") == HTML
    assert len(list(cache.iterdir())) == 5


@pytest.mark.parametrize("spoilt", [b"", b"<script>", b"\xff" * 400])
def test_a_spoilt_cache_does_not_reach_a_page(cache: Path, spoilt: bytes) -> None:
    to_html(TEXT, "../")
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(spoilt)
    to_html.cache_clear()
    assert to_html(TEXT, "../") == HTML
    assert kept.read_bytes() == whole


def test_a_cache_that_cannot_be_written_to_is_no_fault(cache: Path) -> None:
    cache.write_bytes(b"a file where the folder would be")
    assert to_html(TEXT, "../") == HTML
