"""The pinned library of the wallet's page, from the CDN or the npm registry."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.core.cache import cache_root
from stempress.runtime.downloads import Cdn, Folder, NpmPackage, PinnedFile, Source, fetch_files

if TYPE_CHECKING:
    from collections.abc import Callable

PIN = Path(__file__).with_name("ethers.toml")


def prepare_ethers(*, folder: Path | None, report: Callable[[str], None]) -> dict[str, Path]:
    """Return what ``dist/app/ethers/`` holds: file name -> file ready to copy.

    ``folder`` is where the user keeps the pinned files. SiteError if nobody has them.
    """
    pin = tomllib.loads(PIN.read_text("utf-8"))
    package, version = pin["package"], pin["version"]
    sources: list[Source] = [Folder(f"the folder {folder}", folder)] if folder else []
    sources += [Cdn(pin["cdn"]), NpmPackage(package, version)]
    store = cache_root() / f"{package}-{version}"
    files = fetch_files([PinnedFile(**row) for row in pin["files"]], sources, store, report)
    return {Path(name).name: path for name, path in files.items()}
