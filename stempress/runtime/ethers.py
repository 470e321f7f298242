"""The pinned library of the wallet's page, from the CDN or the npm registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stempress.runtime.npm_packages import PinnedPackage

if TYPE_CHECKING:
    from collections.abc import Callable

PIN = Path(__file__).with_name("ethers.toml")


def prepare_ethers(*, folder: Path | None, report: Callable[[str], None]) -> dict[str, Path]:
    """Return what ``dist/app/ethers/`` holds: file name -> file ready to copy.

    ``folder`` is where the user keeps the pinned files. SiteError if nobody has them.
    """
    files = PinnedPackage(PIN).fetch(folder, report)
    return {Path(name).name: path for name, path in files.items()}
