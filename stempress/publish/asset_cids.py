"""IPFS URIs of the assets that metadata refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stempress.output.output_files import OutputFile
    from stempress.publish.unixfs import Folder

ASSET_FOLDERS = ("art", "audio")
"""The folders that metadata refers to."""


def asset_uris(files: Iterable[OutputFile]) -> dict[str, str]:
    """Return the URI of every asset folder, ``ipfs://<cid>``, by its name."""
    from stempress.publish.cid import format_cid  # noqa: PLC0415 - few sites use it
    from stempress.publish.unixfs import import_folder  # noqa: PLC0415

    tree: Folder = {name: {} for name in ASSET_FOLDERS}
    for file in files:
        *folders, name = file.address.split("/")
        if not folders or folders[0] not in ASSET_FOLDERS:
            continue
        folder = tree
        for part in folders:
            folder = folder.setdefault(part, {})  # type: ignore[assignment]  # no file is a folder
        folder[name] = file.produce()
    nodes = import_folder(tree, lambda _block: None).nodes
    return {name: f"ipfs://{format_cid(nodes[f'{name}/'].cid)}" for name in ASSET_FOLDERS}
