"""What ``build.py publish`` and ``build.py verify`` do and say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.core.units import megabytes
from stempress.publish.car_export import names_assets, publish, refuse_unpressed
from stempress.publish.site_check import check_hosts
from stempress.publish.verify import verify

if TYPE_CHECKING:
    from stempress.core.options import Options
    from stempress.core.progress import Progress


RELATIVE = Fault(
    "metadata/",
    "names pictures by where they lie beside it, which no marketplace finds",
    hint='in site.toml: [collection] assets = "ipfs", or the url of [site]',
)


def run_publishing(options: Options, progress: Progress) -> None:
    """Publish or verify a pressed site; SiteError tells everything that is wrong with it."""
    if options.command == "verify":
        progress.log(verify(options.out, options.target, progress))
    elif options.check:
        _check(options, progress)
    else:
        _publish(options, progress)


def _check(options: Options, progress: Progress) -> None:
    refuse_unpressed(options.out)
    if faults := check_hosts(options.out, progress):
        raise SiteError(faults)
    progress.log("nothing would break: at a root, at a project's path, on IPFS, on a subdomain")
    progress.log("from file:// pages can be read; browsers run no mixer and no search there")


def _publish(options: Options, progress: Progress) -> None:
    to = options.to or options.site / "published"
    found = publish(options.out, to, progress, options.since)
    for name, size in found.sizes.items():
        progress.log(f"{to / name}: {megabytes(size)}")
    # The order in which one can name the other: assets, metadata, pages.
    for name, cid in found.assets.items():
        progress.log(f"{name}: ipfs://{cid}/")
    progress.log(f"base URI for the contract: ipfs://{found.metadata}/")
    progress.log(f"site: ipfs://{found.site}/")
    if not names_assets(options.out):
        progress.log(f"warning: {RELATIVE}")
