"""Covers as pictures of pixels, for what shows no SVG: networks' cards and home screens."""

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
"""Part of every picture's name in the cache: raise it when the same cover gives another picture."""
COLOURS = 256


def rasterise(svg: bytes, size: int) -> Image.Image:
    """Return a cover as a square picture; letters are left out: no two machines have the same."""
    drawn = svg_to_bytes(svg_string=svg.decode(), width=size, height=size, skip_system_fonts=True)
    return Image.open(BytesIO(drawn)).convert("RGBA")


def png_place(*drawn_from: object) -> Path:
    """Return where the cache has, or is to have, the picture that is drawn from this."""
    tools = version("pillow"), version("resvg-py")
    return cache_root() / "pictures" / f"{digest(VERSION, *tools, *drawn_from)}.png"


def png(picture: Image.Image) -> bytes:
    """Return a picture as a PNG of few colours."""
    buffer = BytesIO()
    picture.convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE).save(buffer, "PNG")
    return buffer.getvalue()
