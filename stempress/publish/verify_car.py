"""A CAR file compared with the built site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.core.notation import show_first, show_value
from stempress.publish.car import CarError, read_car
from stempress.publish.car_export import METADATA
from stempress.publish.cid import BlockError, format_cid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from stempress.publish.built_site import BuiltSite

MAX_NAMED = 10
"""How many missing files are named."""


def verify_car(built: BuiltSite, path: Path) -> str:
    """Verify a CAR file of the site or of its metadata, as its root says."""
    root, cids = _read_cids(path)
    folder = f"{METADATA}/" if root == built.nodes.get(f"{METADATA}/") else ""
    faults = []
    if root != built.site and not folder:
        message = f"has the root {format_cid(root)}, which was not built"
        faults.append(Fault(path.name, message, hint=f"the site is {format_cid(built.site)}"))
    if faults := [*faults, *_block_faults(built, path.name, folder, cids)]:
        raise SiteError(faults)
    return f"{path.name}: {len(set(cids))} blocks, {folder or 'the site'} as built"


def _read_cids(path: Path) -> tuple[bytes, list[bytes]]:
    """Return the root of a CAR file and the CIDs of its blocks."""
    try:
        with path.open("rb") as stream:
            root, blocks = read_car(stream)
            return root, [block.cid for block in blocks]
    except (CarError, BlockError) as error:
        raise SiteError([Fault(path.name, str(error))]) from error


def _block_faults(
    built: BuiltSite, name: str, folder: str, cids: Sequence[bytes]
) -> Iterator[Fault]:
    """Yield faults of blocks that were not built, and of built ones that are missing."""
    if unknown := sum(cid not in built.blocks for cid in cids):
        yield Fault(name, f"contains {unknown} blocks that were not built")
    present = set(cids)
    nodes = {address: cid for address, cid in built.nodes.items() if address.startswith(folder)}
    if missing := [show_value(address) for address, cid in nodes.items() if cid not in present]:
        hint = "delta.car has only the blocks that are new"
        yield Fault(name, f"lacks {show_first(missing, MAX_NAMED)}", hint=hint)
    elif not folder and (missing_blocks := built.blocks.keys() - present):
        yield Fault(name, f"lacks {len(missing_blocks)} blocks")
