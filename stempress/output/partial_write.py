"""``--only``: new files below one address, the last build's files everywhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError, suggestion
from stempress.output.output_files import OutputFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stempress.output.folder_diff import OutputFolder


def select_only(
    files: Iterable[OutputFile], live: OutputFolder | None, only: str
) -> list[OutputFile]:
    """Return the files at and below the address ``only``, and the live site's other files."""
    by_address = {file.address: file for file in files}

    def is_below(address: str) -> bool:
        return address == only or address.startswith(f"{only}/")

    below = {address: file for address, file in by_address.items() if is_below(address)}
    if not below:
        hint = suggestion(only, _choices(by_address, only))
        raise SiteError([Fault("--only", "matches no page", value=only, hint=hint)])
    if live is None or not live.manifest.bundles:
        hint = "build the whole site once"
        raise SiteError([Fault("--only", "needs a site that is built already", hint=hint)])
    others = {
        address: OutputFile(address, live.path / address, entry.key)
        for address, entry in live.manifest.files.items()
        if address not in live.diff.changed and not is_below(address)
    }
    return [*(others | below).values()]


def _choices(addresses: Iterable[str], missing: str) -> set[str]:
    """Return the addresses in the deepest existing folder on the way to a missing address."""
    folder = f"{missing}/"
    while folder and not any(address.startswith(folder) for address in addresses):
        folder = re.sub(r"[^/]*/$", "", folder)
    below = (address[len(folder) :] for address in addresses if address.startswith(folder))
    names = {rest.partition("/")[0] for rest in below}
    if folder and "index.html" in names:
        names = names - {"index.html"} | {""}
    return {f"{folder}{name}".rstrip("/") for name in names}
