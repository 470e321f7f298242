"""The podcast's cover: a square JPEG, since podcast programs show no SVG."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from stempress.core.cache import store
from stempress.output.output_files import OutputFile
from stempress.site.cover_addresses import collection_cover, podcast_cover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from stempress.collection.settings import Settings
    from stempress.output.output_files import Bundle

SIZE = 1400
"""Pixels a side: the smallest that Apple accepts."""
PAPER = "#f6f1e7"
SCALE = 0.9
_JPEG_QUALITY = 85


def draw_podcast_cover(
    settings: Settings, files: Iterable[OutputFile | Bundle]
) -> Iterator[OutputFile]:
    """Yield the cover, drawn from the collection's among the files, if there is a podcast."""
    if not settings.url:
        return
    loose = (file for file in files if isinstance(file, OutputFile))
    cover = next(file for file in loose if file.address == collection_cover())
    yield OutputFile(podcast_cover(), partial(_draw, cover), cover.with_key().key)


def _draw(file: OutputFile) -> Path:
    """Return the path of the cover in the cache, drawing it if it is not there."""
    from PIL import Image  # noqa: PLC0415 - slow to import, and few builds draw

    from stempress.art.raster import cached_png_path, rasterise  # noqa: PLC0415

    cover = file.read()
    path = cached_png_path("podcast", cover, PAPER, SIZE, SCALE, _JPEG_QUALITY).with_suffix(".jpg")
    if not path.exists():
        image = Image.new("RGB", (SIZE, SIZE), PAPER)
        disc = rasterise(cover, round(SIZE * SCALE))
        image.paste(disc, ((SIZE - disc.width) // 2, (SIZE - disc.height) // 2), disc)
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=_JPEG_QUALITY)
        store(path, buffer.getvalue())
    return path
