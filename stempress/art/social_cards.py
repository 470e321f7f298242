"""Social cards: every cover as a PNG in the format that networks show next to a link."""

# ruff: noqa: PLC0415 - drawing libraries are slow to import, and few builds need them

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from stempress.core.cache import store
from stempress.output.output_files import Bundle, OutputFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from PIL import Image

    from stempress.collection.settings import Settings

WIDTH, HEIGHT = 1200, 630
PAPER = "#17161a"
COVERS = PurePosixPath("art")
CARDS = PurePosixPath("cards")


def has_cards(settings: Settings) -> bool:
    """Return whether the site has cards: networks need full URLs."""
    return bool(settings.url) and settings.cards


def card_address(cover: str) -> str:
    """Return the address of a cover's card."""
    return str(CARDS / PurePosixPath(cover).relative_to(COVERS).with_suffix(".png"))


def draw_cards(
    settings: Settings, files: Iterable[OutputFile | Bundle]
) -> Iterator[OutputFile | Bundle]:
    """Yield a card for every cover among the files; cards drawn before come from the cache."""
    if not has_cards(settings):
        return
    for file in files:
        if isinstance(file, OutputFile):
            yield from _cards([file])
        else:
            yield Bundle(f"cards of {file.name}", file.key, partial(_cards_of, file))


def _cards_of(bundle: Bundle) -> Iterator[OutputFile]:
    return _cards(bundle.files)


def _cards(files: Iterable[OutputFile]) -> Iterator[OutputFile]:
    for file in files:
        if COVERS in PurePosixPath(file.address).parents:
            yield OutputFile(card_address(file.address), partial(_card, file), file.with_key().key)


def _card(file: OutputFile) -> Path:
    """Return the path of a cover's card in the cache, drawing it if it is not there."""
    from stempress.art.raster import cached_png_path

    cover = file.read()
    path = cached_png_path(WIDTH, HEIGHT, PAPER, cover)
    if not path.exists():
        store(path, draw_card(file.address, cover))
    return path


def draw_card(address: str, cover: bytes) -> bytes:
    """Draw a cover centred on the colour of its own corner; return a PNG."""
    from PIL import Image

    from stempress.art.raster import png

    card = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    picture = _picture(address, cover)
    corner = picture.getpixel((0, 0))
    if isinstance(corner, tuple) and corner[3] == 255:
        card.paste(corner[:3], (0, 0, WIDTH, HEIGHT))
    card.paste(picture, ((WIDTH - HEIGHT) // 2, 0), picture)
    return png(card)


def _picture(address: str, cover: bytes) -> Image.Image:
    """Return a cover as a square image, transparent if it cannot be read."""
    from io import BytesIO

    from PIL import Image, ImageOps, UnidentifiedImageError

    from stempress.art.orientation import upright
    from stempress.art.raster import rasterise

    if address.endswith(".svg"):
        return rasterise(cover, HEIGHT)
    try:
        image = Image.open(BytesIO(upright(cover))).convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return Image.new("RGBA", (HEIGHT, HEIGHT))
    return ImageOps.fit(image, (HEIGHT, HEIGHT))
