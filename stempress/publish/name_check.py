"""Names of files that addresses, disks or Windows cannot have."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from pyodide_app.engine.file_names import is_reserved
from stempress.core.errors import Fault
from stempress.core.plain_text import CONTROL_CHARACTERS
from stempress.output.output_check import MAX_NAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def name_faults(addresses: Iterable[str]) -> Iterator[Fault]:
    """Yield faults of names, and of those that only some systems tell apart."""
    taken: dict[str, str] = {}
    for address in addresses:
        if CONTROL_CHARACTERS.search(address) or "\\" in address:
            yield Fault(f"/{address}", "has a name that addresses cannot contain")
        if any(len(part.encode()) > MAX_NAME_BYTES for part in address.split("/")):
            yield Fault(f"/{address}", "has a name that is too long for some disks")
        if address != unicodedata.normalize("NFC", address):
            hint = "rename it: some file systems change it to NFC"
            yield Fault(f"/{address}", "has a name that is not in Unicode's form NFC", hint=hint)
        other = taken.setdefault(unicodedata.normalize("NFC", address).casefold(), address)
        if other != address:
            message = f"is the same file as /{other} on disks that ignore case"
            yield Fault(f"/{address}", message, hint="rename one of them")


def name_warnings(out: Path) -> Iterator[Fault]:
    """Yield warnings of names that some systems cannot have: such a site is served as it should be.

    Of nested folders only the outermost is named.
    """
    named: set[str] = set()
    for path in sorted(out.rglob("*")):
        folder = path.parent.relative_to(out).as_posix()
        if is_reserved(path.name) and not any(f"{folder}/".startswith(above) for above in named):
            address = path.relative_to(out).as_posix()
            named.add(f"{address}/")
            message = "has a name that Windows reserves: no copy of it can be made there"
            yield Fault(f"/{address}", message)
