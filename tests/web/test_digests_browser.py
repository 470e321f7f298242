"""A visitor's browser computes the digests that the site publishes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.music import notes, sound_file, write_music
from tests.support.small_site import write

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Serve

pytestmark = pytest.mark.browser


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


def test_the_bundled_songs_are_proved(chromium: Browser, serve: Serve, pressed: Path) -> None:
    base = serve(pressed)
    for file in sorted((pressed / "data/digests").glob("*.json")):
        mix, digest = list(json.loads(file.read_bytes())["mixes"].items())[-1]
        page = chromium.new_page()
        page.goto(f"{base}songs/{file.stem}/{mix}/")
        assert page.evaluate("document.querySelector('stem-mixer').digest(24)") == digest
        page.close()
