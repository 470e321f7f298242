"""Check of the artist's pictures: their contents must match their file names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.errors import Findings

MAGIC_NUMBERS = {
    ".png": b"\x89PNG\r\n\x1a\n",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".webp": b"RIFF",
}
"""Magic numbers of picture formats; SVG has none."""
OTHER_CONTENTS = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"RIFF", "WebP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\x1f\x8b", "compressed (SVGZ)"),
    (b"version https://git-lfs", "a Git LFS pointer: git lfs pull fetches the picture"),
    (b"<!doctype html", "a web page: its download has failed"),
    (b"<html", "a web page: its download has failed"),
)
"""What else may be in a picture's file, by how it begins."""
_TAIL_BYTES = 1 << 16


def check_picture(path: Path, where: str, findings: Findings) -> None:
    """Warn of a file that no browser would show, or not all of."""
    suffix = path.suffix.lower()
    data = path.read_bytes()
    kind = suffix[1:].upper()
    is_picture = b"<svg" in data if suffix == ".svg" else data.startswith(MAGIC_NUMBERS[suffix])
    if not is_picture:
        content = _content(data)
        hint = f"it is {content}; export it again" if content else "export it again"
        findings.warn(where, f"is not a {kind} file", value=data[:8], hint=hint)
    elif _is_cut_off(suffix, data):
        findings.warn(where, "is cut off: its end is missing", hint="export it again")


def _content(data: bytes) -> str:
    """Return what a file holds that is not what its name says, "" if that cannot be told."""
    if data[4:8] == b"ftyp":
        return "HEIC or AVIF"
    start = data[:64].lower()
    return next((kind for magic, kind in OTHER_CONTENTS if start.startswith(magic.lower())), "")


def _is_cut_off(suffix: str, data: bytes) -> bool:
    """Return whether a picture has no end; other data may follow it."""
    tail = data[-_TAIL_BYTES:]
    if suffix == ".png":
        return b"IEND" not in tail
    if suffix in {".jpg", ".jpeg"}:
        # A film may follow, as phones write it.
        return b"\xff\xd9" not in tail and b"ftyp" not in data
    if suffix == ".webp":
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    return not data.rstrip().endswith(b">")
