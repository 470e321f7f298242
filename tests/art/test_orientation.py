"""Photographs stand upright wherever they are shown."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from stempress.art.orientation import upright
from stempress.art.social_cards import draw_card


def photograph(orientation: int) -> bytes:
    """Return a JPEG, red above blue as it is stored, with an EXIF orientation."""
    image = Image.new("RGB", (64, 32), "red")
    image.paste("blue", (0, 16, 64, 32))
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def test_a_photograph_is_turned_as_its_orientation_says() -> None:
    turned = Image.open(BytesIO(upright(photograph(6))))
    assert turned.size == (32, 64)
    assert turned.getexif().get(0x0112, 1) == 1
    red, _, blue = turned.convert("RGB").split()
    right = (28, 32)  # what was above
    assert red.getpixel(right) > blue.getpixel(right)  # type: ignore[operator]


def test_other_pictures_stay_as_they_are() -> None:
    for picture in (photograph(1), b"\x89PNG", b"\xff\xd8Exif\0\0 no picture", b""):
        assert upright(picture) == picture


def test_a_card_shows_a_photograph_upright() -> None:
    lying, standing = photograph(6), upright(photograph(6))
    assert draw_card("art/a.jpg", lying) == draw_card("art/a.jpg", standing)
