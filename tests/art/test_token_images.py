"""Covers of tokens as PNG, for wallets that show no SVG."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Press

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory, press_small: Press) -> Path:
    site = tmp_path_factory.mktemp("images") / "site"
    write_small_site(site)
    settings = (site / "site.toml").read_text("utf-8")
    (site / "site.toml").write_text(f'{settings}\n[metadata]\nimage = "png"\n', "utf-8")
    assert press_small(site) == 0
    return site / "dist"


def test_metadata_names_a_png_of_the_size_that_opensea_asks_for_beside_the_svg(
    dist: Path,
) -> None:
    # "Use images at least 3000 by 3000 pixels": docs.opensea.io/docs/media-and-traits
    files = list((dist / "metadata").glob("*.json"))
    assert files
    for file in files:
        metadata = json.loads(file.read_text("utf-8"))
        path = (file.parent / metadata["image"]).resolve()
        with Image.open(path) as image:
            assert (image.format, image.size) == ("PNG", (3000, 3000))
        assert path.with_suffix(".svg").exists()
        if artwork := metadata.get("artwork"):
            assert (artwork["uri"], artwork["mimeType"]) == (metadata["image"], "image/png")


def test_covers_of_what_is_no_token_are_not_drawn(dist: Path) -> None:
    named = {
        json.loads(file.read_text("utf-8"))["image"].removeprefix("../")
        for file in (dist / "metadata").glob("*.json")
    }
    drawn = {path.relative_to(dist).as_posix() for path in (dist / "art").rglob("*.png")}
    assert drawn == named
