"""Where IPFS has what metadata speaks of: an address that holds wherever a token is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stempress.output.output_files import OutputFile
    from stempress.publish.unixfs import Folder

ASSET_FOLDERS = ("art", "audio")
"""The folders that metadata speaks of."""


def asset_uris(files: Iterable[OutputFile]) -> dict[str, str]:
    """Return where IPFS will have those folders, by name: ``ipfs://<cid>``."""
    from stempress.publish.cid import format_cid  # noqa: PLC0415 - few sites ask for it
    from stempress.publish.unixfs import import_folder  # noqa: PLC0415

    tree: Folder = {name: {} for name in ASSET_FOLDERS}
    for file in files:
        *folders, name = file.address.split("/")
        if not folders or folders[0] not in ASSET_FOLDERS:
            continue
        folder = tree
        for each in folders:
            folder = folder.setdefault(each, {})  # type: ignore[assignment]  # no file is a folder
        folder[name] = file.produce()
    nodes = import_folder(tree, lambda _block: None).nodes
    return {name: f"ipfs://{format_cid(nodes[f'{name}/'].cid)}" for name in ASSET_FOLDERS}
