"""``verify``: compares a CAR file or a host with the built site, block by block."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.publish.built_site import read_built
from stempress.publish.verify_car import verify_car
from stempress.publish.verify_host import is_host_url, verify_host

if TYPE_CHECKING:
    from stempress.core.progress import Progress


def verify(out: Path, target: str, progress: Progress) -> str:
    """Return a report of what matches the built site; SiteError with everything that does not."""
    is_host = is_host_url(target)
    if not is_host and not Path(target).is_file():
        hint = "a .car file, or an address that begins with https://"
        raise SiteError([Fault(target, "does not exist", hint=hint)])
    built = read_built(out, progress)
    if is_host:
        return verify_host(built, target.partition("?")[0], progress)
    return verify_car(built, Path(target))
