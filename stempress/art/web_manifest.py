"""Web app manifest and icons, which make a site installable."""

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
"""Icon sizes in pixels; the first is for home screens on Apple's devices."""
MASKABLE_SIZE = 512
SAFE_AREA = 0.8
"""Share of a maskable icon that is visible whatever shape a system crops it to."""
PAPER = "#17161a"


def web_manifest_files(
    settings: Settings, files: Iterable[OutputFile | Bundle], direction: str = "ltr"
) -> Iterator[OutputFile]:
    """Yield the manifest and icons, drawn from the collection's cover among the files."""
    loose = (file for file in files if isinstance(file, OutputFile))
    cover = next(file for file in loose if file.address == collection_cover())
    yield json_file("manifest.json", manifest(settings, direction))
    for size in ICONS:
        yield _icon(f"icons/{size}.png", cover, size, 1.0)
    yield _icon(f"icons/{MASKABLE_SIZE}-maskable.png", cover, MASKABLE_SIZE, SAFE_AREA)


def manifest(settings: Settings, direction: str) -> dict[str, object]:
    """Return the web app manifest; its URLs are relative to it, at the site's root."""
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
            _icon_data(f"icons/{MASKABLE_SIZE}-maskable.png", MASKABLE_SIZE, "maskable"),
        ],
    }


def _icon_data(address: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": address, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


def _icon(address: str, cover: OutputFile, size: int, scale: float) -> OutputFile:
    return OutputFile(address, partial(_draw_icon, cover, size, scale), cover.with_key().key)


def _draw_icon(file: OutputFile, size: int, scale: float) -> Path:
    """Return the path of an icon in the cache, drawing it if it is not there."""
    from PIL import Image  # noqa: PLC0415 - slow to import, and few builds draw

    from stempress.art.raster import cached_png_path, png, rasterise  # noqa: PLC0415

    cover = file.read()
    path = cached_png_path(cover, PAPER, size, scale)
    if not path.exists():
        icon = Image.new("RGB", (size, size), PAPER)
        disc = rasterise(cover, round(size * scale))
        icon.paste(disc, ((size - disc.width) // 2, (size - disc.height) // 2), disc)
        store(path, png(icon))
    return path
