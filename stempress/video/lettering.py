"""Lines of text in frames."""

from __future__ import annotations

import unicodedata

from PIL import Image, ImageDraw, ImageFont

from stempress.art.raster import rasterise_text
from stempress.art.templates import render_svg

SMALLEST = 0.6
"""Lines that are too long are set smaller down to this share of the size, then cut."""
ELLIPSIS = "..."  # Pillow's font has no single character for it
COVERED = {*map(chr, range(32, 127)), *"\xa9\xab\xb0\xb1\xb4\xb7\xbb"}
"""The characters of Pillow's own font."""


def line_image(text: str, size: int, width: int) -> Image.Image:
    """Return a line of text as a mask of at most ``width`` pixels, twice as high as ``size``.

    What the font that comes with Pillow covers looks the same on every computer; any other line is
    set in the fonts of this computer, in its own direction.
    """
    mask = _set(text, size)
    if mask.width <= width:
        return mask
    smaller = max(round(size * width / mask.width * 0.98), round(size * SMALLEST))
    mask = _set(text, smaller)
    while mask.width > width and text:
        text = text[: min(len(text) - 1, len(text) * width // mask.width)].rstrip()
        mask = _set(f"{text}{ELLIPSIS}", smaller)
    line = Image.new("L", (mask.width, size * 2))
    line.paste(mask, (0, round(size * 1.4) - round(smaller * 1.4)))
    return line


def is_right_to_left(text: str) -> bool:
    """Return whether the first letter with a direction is of a script from right to left."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((each for each in directions if each in {"L", "R", "AL"}), "L") != "L"


def _set(text: str, size: int) -> Image.Image:
    mask = _with_pillow(text, size) if COVERED.issuperset(text) else _with_resvg(text, size)
    left, _, right, _ = mask.getbbox() or (0, 0, 1, 1)
    return mask.crop((left, 0, right, mask.height))


def _with_pillow(text: str, size: int) -> Image.Image:
    font = ImageFont.load_default(size)
    mask = Image.new("L", (round(font.getlength(text)) + 2 * size, size * 2))
    ImageDraw.Draw(mask).text((size, round(size * 1.4)), text, 255, font, anchor="ls")
    return mask


def _with_resvg(text: str, size: int) -> Image.Image:
    width = size * (len(text) + 4)
    mask = rasterise_text(render_svg("text.svg.jinja", text=text, size=size, width=width))
    return mask.getchannel("A")
