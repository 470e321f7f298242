"""What a song token's page offers, saved by a real browser."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import mutagen
import numpy as np
import pytest
import soundfile

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT, made_once
from tests.support.music import write_music

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Serve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        write_music(folder, "lossless = true")
        settings = folder / "site.toml"
        settings.write_text(settings.read_text("utf-8").replace('"B"', '"A/B: Ёлка"'), "utf-8")
        assert run(["--site", str(folder), "--without-runtime"], build, ROOT) == 0

    return made_once(tmp_path_factory, "sites", "downloads", make) / "dist"


def test_a_mix_is_saved_under_its_name_with_its_tags_and_its_samples(
    chromium: Browser, serve: Serve, site: Path, tmp_path: Path
) -> None:
    page = chromium.new_page()
    page.goto(f"{serve(site, '/a/b/')}tokens/92/")
    saved = {}
    for link in page.get_by_role("region", name="Download").get_by_role("link").all():
        with page.expect_download() as download:
            link.click()
        name = download.value.suggested_filename
        saved[name] = tmp_path / name
        download.value.save_as(saved[name])
    page.close()
    assert list(saved) == [
        "A-B- Ёлка - One (1-2-3).ogg",
        "A-B- Ёлка - One (1-2-3).flac",
        "One - drums - a.flac",
        "One - bass - b.flac",
        "One - lead - c.flac",
    ]
    mix = saved["A-B- Ёлка - One (1-2-3).flac"]
    assert mutagen.File(mix)["artist"] == ["A/B: Ёлка"]
    words, _ = soundfile.read(mix, dtype="int32", always_2d=True)
    samples = np.ascontiguousarray(words).view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()
    published = json.loads((site / "data/digests/one.json").read_text("utf-8"))
    assert sha256(samples).hexdigest() == published["mixes"]["1-2-3"]
