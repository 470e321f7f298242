"""Orientation: photographs stand upright wherever they are shown."""

from __future__ import annotations

_ORIENTATION = 0x0112  # EXIF 2.32, tag 274
_HEADER_BYTES = 1 << 16  # of a JPEG's EXIF segment, at most


def upright(picture: bytes) -> bytes:
    """Return a JPEG turned as its EXIF orientation says; any other picture as it is.

    Browsers turn it themselves, but renderers of SVG and many marketplaces do not.
    """
    if not picture.startswith(b"\xff\xd8") or b"Exif\0\0" not in picture[:_HEADER_BYTES]:
        return picture
    from io import BytesIO  # noqa: PLC0415 - few pictures need it

    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - slow to import

    try:
        image = Image.open(BytesIO(picture))
        if image.getexif().get(_ORIENTATION, 1) == 1:
            return picture
        buffer = BytesIO()
        ImageOps.exif_transpose(image).save(buffer, "JPEG", quality=95)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return picture
    return buffer.getvalue()
