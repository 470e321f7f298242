"""Raster images of covers, for social networks and home screens, which show no SVG."""

from __future__ import annotations

from importlib.metadata import version
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image
from resvg_py import svg_to_bytes

from stempress.core.cache import cache_root, digest

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1
"""Part of the cache key: to be raised when a cover is drawn differently."""
COLOURS = 256


def rasterise(svg: bytes, width: int, height: int = 0) -> Image.Image:
    """Return a picture as an image, by default a square one.

    Text is left out, since fonts differ between machines.
    """
    drawn = svg_to_bytes(
        svg_string=svg.decode(), width=width, height=height or width, skip_system_fonts=True
    )
    return Image.open(BytesIO(drawn)).convert("RGBA")


def rasterise_text(svg: bytes) -> Image.Image:
    """Return a picture of text, in the fonts of this computer, in the size that it states."""
    return Image.open(BytesIO(svg_to_bytes(svg_string=svg.decode()))).convert("RGBA")


def cached_png_path(*inputs: object) -> Path:
    """Return the path in the cache of a PNG drawn from the given inputs."""
    tools = version("pillow"), version("resvg-py")
    return cache_root() / "pictures" / f"{digest(VERSION, *tools, *inputs)}.png"


def png(image: Image.Image) -> bytes:
    """Return an image as a PNG with a reduced palette."""
    buffer = BytesIO()
    image.convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE).save(buffer, "PNG")
    return buffer.getvalue()
