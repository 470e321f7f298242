"""Where IPFS has what metadata speaks of: an address that holds wherever a token is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stempress.output.output_files import OutputFile
    from stempress.publish.unixfs import Folder

ASSETS = ("art", "audio")
"""The folders that metadata speaks of."""


def pin_assets(files: Iterable[OutputFile]) -> dict[str, str]:
    """Return where IPFS will have those folders, by name: ``ipfs://<cid>``."""
    from stempress.publish.cid import cid_text  # noqa: PLC0415 - few sites ask for it
    from stempress.publish.unixfs import import_folder  # noqa: PLC0415

    tree: Folder = {name: {} for name in ASSETS}
    for file in files:
        *folders, name = file.address.split("/")
        if not folders or folders[0] not in ASSETS:
            continue
        folder = tree
        for each in folders:
            folder = folder.setdefault(each, {})  # type: ignore[assignment]  # no file is a folder
        folder[name] = file.produce()
    nodes = import_folder(tree, lambda _block: None).nodes
    return {name: f"ipfs://{cid_text(nodes[f'{name}/'].cid)}" for name in ASSETS}
