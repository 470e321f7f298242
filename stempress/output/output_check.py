"""Checks before a write: whose folder it is, and whether every address can be a file."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.core.plain_text import CONTROL_CHARACTERS
from stempress.core.slugs import fold_case
from stempress.output.folders import parent_folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GENERATOR = "stempress"
MARKER = "data/collection.json"
"""A file of every site; its key ``generator`` identifies Stempress."""
MAX_NAME_BYTES = 255
SAFE_ADDRESS = re.compile(r"(?:[a-z0-9_-][a-z0-9._-]{,254}(?:/(?!$)|$))+", re.ASCII)
"""Addresses, in folded case, that are valid on every disk and host: nearly all."""


def is_built_site(out: Path) -> bool:
    """Return whether a folder was written by a build."""
    try:
        generator = json.loads((out / MARKER).read_bytes()).get("generator")
    except (OSError, ValueError, AttributeError):
        return False
    return bool(generator == GENERATOR)


def check_output_folder(out: Path) -> None:
    """Raise SiteError for a folder with files that no build has written."""
    if out.exists() and not out.is_dir():
        raise SiteError([Fault(str(out), "is not a folder", hint="name another with --out")])
    if out.is_dir() and any(visible_paths(out)) and not is_built_site(out):
        raise SiteError(
            [
                Fault(
                    str(out),
                    "contains files that Stempress did not write, and a build would remove",
                    hint="empty it or name another folder with --out",
                )
            ]
        )


def visible_paths(out: Path) -> Iterator[Path]:
    """Yield the paths at the top of a folder that do not begin with a dot."""
    return (path for path in out.iterdir() if not path.name.startswith("."))


def check_addresses(addresses: Sequence[str]) -> None:
    """Raise SiteError for invalid addresses, and those that some disks take for the same file."""
    taken: dict[str, str] = {}
    faults = []
    for address in addresses:
        name = fold_case(address)
        if name not in taken and SAFE_ADDRESS.fullmatch(name):
            taken[name] = address
            continue
        parts = PurePosixPath(address).parts
        if address.startswith("/") or any(part.startswith(".") for part in parts):
            faults.append(Fault(f"/{address}", "is not an address below the site's root"))
        elif CONTROL_CHARACTERS.search(address) or "\\" in address:
            faults.append(Fault(f"/{address}", "contains characters that addresses cannot have"))
        elif any(len(part.encode()) > MAX_NAME_BYTES for part in parts):
            faults.append(Fault(f"/{address}", "is too long for a file name", hint="shorten it"))
        elif name in taken:
            faults.append(Fault(f"/{address}", "is used by two files", value=taken[name]))
        taken[name] = address
    for name in parent_folders(taken) & taken.keys():
        below = next(other for other in taken if other.startswith(f"{name}/"))
        faults.append(Fault(f"/{taken[below]}", "is below an address that is a file"))
    if faults:
        raise SiteError(faults)
