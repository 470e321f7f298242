"""IPFS URIs of the assets that metadata refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stempress.output.output_files import OutputFile
    from stempress.publish.unixfs import Folder

ASSET_FOLDERS = ("art", "audio")
"""The folders that metadata refers to."""


PLAYER_FOLDERS = ("app", "art", "assets", "audio", "data/digests", "data/songs", "embed")
"""What embedded players consist of: their pages, modules, runtime, data, pictures and stems."""
PLAYERS = "embed"


def asset_uris(files: Iterable[OutputFile], *, with_players: bool) -> dict[str, str]:
    """Return the URI of every asset folder, ``ipfs://<cid>``, by its name.

    With players, that of their pages as well: it is in a folder with all that they need.
    """
    from stempress.publish.cid import format_cid  # noqa: PLC0415 - few sites use it
    from stempress.publish.unixfs import import_folder  # noqa: PLC0415

    tree: Folder = {name: {} for name in ASSET_FOLDERS}
    for file in files:
        *folders, name = file.address.split("/")
        if not folders or not _is_asset(file.address, with_players=with_players):
            continue
        folder = tree
        for part in folders:
            folder = folder.setdefault(part, {})  # type: ignore[assignment]  # no file is a folder
        folder[name] = file.produce()
    imported = import_folder(tree, lambda _block: None)
    uris = {name: f"ipfs://{format_cid(imported.nodes[f'{name}/'].cid)}" for name in ASSET_FOLDERS}
    if with_players:
        uris[PLAYERS] = f"ipfs://{format_cid(imported.root.cid)}/{PLAYERS}"
    return uris


def _is_asset(address: str, *, with_players: bool) -> bool:
    folders = PLAYER_FOLDERS if with_players else ASSET_FOLDERS
    return address.startswith(tuple(f"{folder}/" for folder in folders))


def players_folder(site: Folder) -> Folder:
    """Return the folder with a site's embedded players and all that they need."""
    folder: Folder = {}
    for address in PLAYER_FOLDERS:
        *parents, name = address.split("/")
        source, target = site, folder
        for part in parents:
            source = _subfolder(source, part)
            target = target.setdefault(part, {})  # type: ignore[assignment]  # no file is a folder
        if name in source:
            target[name] = source[name]
    return folder


def _subfolder(folder: Folder, name: str) -> Folder:
    found = folder.get(name, {})
    return found if isinstance(found, dict) else {}
