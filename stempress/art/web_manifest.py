"""What lets a site be installed: its manifest and its icons."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stempress.core.cache import store
from stempress.output.json_files import json_file
from stempress.output.output_files import Bundle, OutputFile
from stempress.site.cover_addresses import collection_cover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from stempress.collection.settings import Settings

ICONS = (180, 192, 512)
"""Widths in pixels; the first is what Apple's home screens take."""
MASKABLE = 512
SAFE = 0.8
"""How much of an icon is seen, whatever shape a system cuts it to."""
PAPER = "#17161a"


def offline_files(
    settings: Settings, files: Iterable[OutputFile | Bundle], direction: str = "ltr"
) -> Iterator[OutputFile]:
    """Yield the manifest, and icons drawn from the collection's cover, which is among the files."""
    loose = (file for file in files if isinstance(file, OutputFile))
    cover = next(file for file in loose if file.address == collection_cover())
    yield json_file("manifest.json", manifest(settings, direction))
    for size in ICONS:
        yield _icon(f"icons/{size}.png", cover, size, 1.0)
    yield _icon(f"icons/{MASKABLE}-maskable.png", cover, MASKABLE, SAFE)


def manifest(settings: Settings, direction: str) -> dict[str, object]:
    """Return the web app manifest; its addresses are relative to it, at the site's root."""
    return {
        "id": "./",
        "name": settings.title,
        "short_name": settings.title[:24],
        "description": settings.description,
        "lang": settings.language,
        **({"dir": "rtl"} if direction == "rtl" else {}),
        "start_url": "./",
        "scope": "./",
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": settings.theme.accent,
        "icons": [
            *(_icon_data(f"icons/{size}.png", size, "any") for size in ICONS[1:]),
            _icon_data(f"icons/{MASKABLE}-maskable.png", MASKABLE, "maskable"),
        ],
    }


def _icon_data(address: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": address, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


def _icon(address: str, cover: OutputFile, size: int, share: float) -> OutputFile:
    return OutputFile(address, partial(_drawn, cover, size, share), cover.with_key().key)


def _drawn(file: OutputFile, size: int, share: float) -> Path:
    """Return where an icon lies, drawn if it does not lie there yet."""
    from PIL import Image  # noqa: PLC0415 - takes long, and few builds draw

    from stempress.art.raster import png, png_place, rasterise  # noqa: PLC0415

    cover = file.read()
    place = png_place(cover, PAPER, size, share)
    if not place.exists():
        icon = Image.new("RGB", (size, size), PAPER)
        disc = rasterise(cover, round(size * share))
        icon.paste(disc, ((size - disc.width) // 2, (size - disc.height) // 2), disc)
        store(place, png(icon))
    return place
