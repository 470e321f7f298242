"""Social cards and icons: drawn from the covers, once."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from stempress.art.covers import draw_covers
from stempress.art.social_cards import draw_cards
from stempress.art.web_manifest import web_manifest_files
from stempress.output.output_files import OutputFile, flatten
from tests.support.small_site import SmallSite, small_site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

URL = "https://ferry.example/x"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
    b'<path fill="#%s" d="M0 0h10v10H0z"/></svg>'
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    return small_site(tmp_path_factory.mktemp("cards"), url=URL)


def cards_of(small: SmallSite, files: Sequence[OutputFile]) -> dict[str, bytes]:
    cards = draw_cards(small.collection.settings, files)
    return {card.address: card.read() for card in flatten(cards)}


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


@pytest.mark.slow
def test_every_page_refers_to_a_card_that_exists(small: SmallSite) -> None:
    covers = list(flatten(draw_covers(small.excerpts)))
    cards = cards_of(small, covers)
    assert len(cards) == len(covers)
    for address, page in small.render().items():
        if address.endswith("index.html"):
            named = page.partition('<meta property="og:image" content="')[2].partition('"')[0]
            assert named.removeprefix(f"{URL}/") in cards, address
    assert {opened(card).size for card in cards.values()} == {(1200, 630)}
    assert {card[:4] for card in cards.values()} == {b"\x89PNG"}


def test_a_card_shows_the_cover_on_its_own_colour(small: SmallSite) -> None:
    picture = BytesIO()
    Image.new("RGB", (30, 20), "#00ff00").save(picture, "PNG")
    files = [
        OutputFile("art/a.svg", SVG % b"ff0000"),
        OutputFile("art/b.png", picture.getvalue()),
        OutputFile("art/c.jpg", b"no picture"),
    ]
    cards = cards_of(small, files)
    corners = {name: opened(card).getpixel((3, 3)) for name, card in cards.items()}
    assert corners["cards/a.png"] == (255, 0, 0)
    assert corners["cards/b.png"] == (0, 255, 0)
    assert opened(cards["cards/a.png"]).getpixel((600, 300)) == (255, 0, 0)
    assert corners["cards/c.png"] == (0x17, 0x16, 0x1A)


def test_cards_and_icons_are_drawn_only_once(
    small: SmallSite, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [OutputFile("art/a.svg", SVG % b"ff0000")]
    first = cards_of(small, files)
    assert len(list((cache / "pictures").iterdir())) == 1
    monkeypatch.setattr("stempress.art.social_cards.draw_card", None)
    assert cards_of(small, files) == first


@pytest.mark.parametrize("change", [{"url": ""}, {"cards": False}])
def test_there_are_no_cards_without_an_address_or_when_turned_off(
    small: SmallSite, change: dict[str, object], tmp_path: Path
) -> None:
    settings = replace(small.collection.settings, **change)  # type: ignore[arg-type]
    other = replace(small, collection=replace(small.collection, settings=settings), folder=tmp_path)
    assert cards_of(other, [OutputFile("art/a.svg", SVG % b"ff0000")]) == {}
    assert "cards/" not in other.render()["index.html"]


def test_icons_have_the_size_that_the_manifest_states(small: SmallSite) -> None:
    covers = list(draw_covers(small.excerpts))
    files = {file.address: file for file in web_manifest_files(small.collection.settings, covers)}
    manifest = json.loads(files["manifest.json"].read())
    assert manifest["name"] == "Small Hours"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        width, height = opened(files[icon["src"]].read()).size
        assert icon["sizes"] == f"{width}x{height}"
    assert all(not value.startswith("/") for value in (manifest["start_url"], manifest["scope"]))
