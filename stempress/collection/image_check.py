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


def check_picture(path: Path, where: str, findings: Findings) -> None:
    """Warn of a file that no browser would show."""
    suffix = path.suffix.lower()
    data = path.read_bytes()
    is_picture = b"<svg" in data if suffix == ".svg" else data.startswith(MAGIC_NUMBERS[suffix])
    if not is_picture:
        kind = suffix[1:].upper()
        findings.warn(where, f"is not a {kind} file", value=data[:8], hint="export it again")
