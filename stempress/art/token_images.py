"""Covers of tokens as PNG, in the size that marketplaces ask for, beside the SVG."""

# ruff: noqa: PLC0415 - drawing libraries are slow to import, and few builds need them

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stempress.core.cache import store
from stempress.core.digests import digest_of
from stempress.output.output_files import Bundle, OutputFile
from stempress.site.addresses import cover_of
from stempress.site.cover_addresses import collection_cover, image_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from stempress.site.facts import SiteFacts

SIDE = 3000
"""Pixels: images should have at least 3000 by 3000 (docs.opensea.io/docs/media-and-traits)."""


def draw_token_images(
    facts: SiteFacts, covers: Iterable[OutputFile | Bundle]
) -> Iterator[OutputFile | Bundle]:
    """Yield the images that metadata names, if it does not name the covers themselves."""
    collection = facts.collection
    images = {
        cover: image
        for cover in (
            collection_cover(),
            *(cover_of(facts.plan.tokens, token) for token in collection.tokens),
        )
        if (image := image_address(collection.settings, cover)) != cover
    }
    if not images:
        return
    for file in covers:
        if isinstance(file, OutputFile):
            yield from _images(images, [file])
        else:
            key = digest_of(file.key, tuple(images))
            yield Bundle(f"images of {file.name}", key, partial(_images_of, images, file))


def _images_of(images: dict[str, str], bundle: Bundle) -> Iterator[OutputFile]:
    return _images(images, bundle.files)


def _images(images: dict[str, str], covers: Iterable[OutputFile]) -> Iterator[OutputFile]:
    for file in covers:
        if file.address in images:
            key = file.with_key().key
            yield OutputFile(images[file.address], partial(_image, file), f"{key} {SIDE}")


def _image(file: OutputFile) -> Path:
    """Return the path of a cover's image in the cache, drawing it if it is not there."""
    from stempress.art.raster import cached_png_path, png, rasterise

    cover = file.read()
    path = cached_png_path(SIDE, cover)
    if not path.exists():
        store(path, png(rasterise(cover, SIDE)))
    return path
