"""The folder beside a site that contains manifests, the staging folder and the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STAGING = "next"
"""The folder, in the state folder, in which the next site is assembled."""


def state_folder(out: Path) -> Path:
    """Return the path of the state folder of the site in ``out``."""
    return out.with_name(f".stempress-{out.name}")


def ensure_state_folder(state: Path) -> None:
    """Create the state folder if it is missing, with a .gitignore that ignores all of it."""
    if not state.is_dir():
        state.mkdir(parents=True)
    ignore = state / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", "ascii")
