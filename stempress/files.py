"""Files of the artist's folder that commands write."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile


def store_text(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file in one step: no one ever finds half of it. ``mode`` is what new files get."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = path.stat().st_mode if path.exists() else mode
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, delete=False
    ) as part:
        part.write(text)
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).chmod(kept)
    Path(part.name).replace(path)
