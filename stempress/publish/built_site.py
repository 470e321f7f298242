"""The CIDs of the site as built, which a CAR file or a host is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.publish.car_export import import_site, read_site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.publish.cid import Block


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """The built site: its CID, the CIDs and sizes of nodes by address, block sizes by CID."""

    site: bytes
    nodes: Mapping[str, bytes]
    sizes: Mapping[str, int]
    blocks: Mapping[bytes, int]


def read_built(out: Path, progress: Progress) -> BuiltSite:
    """Compute all CIDs of ``out`` again: an earlier manifest could be outdated."""
    blocks: dict[bytes, int] = {}

    def add(block: Block) -> None:
        blocks[block.cid] = len(block.content)

    imported = import_site(read_site(out), [add], progress)
    return BuiltSite(
        imported.root.cid,
        {address: node.cid for address, node in imported.nodes.items()},
        {address: node.size for address, node in imported.nodes.items()},
        blocks,
    )
