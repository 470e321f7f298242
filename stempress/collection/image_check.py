"""The artist's pictures: whether a file is what its name says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.errors import Findings

STARTS = {
    ".png": b"\x89PNG\r\n\x1a\n",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".webp": b"RIFF",
}
"""The first bytes of a format; an SVG begins as it likes."""


def check_picture(path: Path, where: str, findings: Findings) -> None:
    """Warn of a file that no browser would show."""
    suffix = path.suffix.lower()
    data = path.read_bytes()
    shown = b"<svg" in data if suffix == ".svg" else data.startswith(STARTS[suffix])
    if not shown:
        kind = suffix[1:].upper()
        findings.warn(where, f"is no {kind} picture", value=data[:8], hint="export it again")
