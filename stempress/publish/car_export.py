"""Export to IPFS: the CIDs of a site and of its metadata, and CAR files of both."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from stempress.core.errors import Fault, SiteError
from stempress.output.output_check import is_built_site
from stempress.publish.asset_cids import ASSET_FOLDERS, players_folder
from stempress.publish.car import encode_header, encode_section
from stempress.publish.cid import CID_BYTES, Block, format_cid, parse_cid
from stempress.publish.unixfs import import_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Self

    from stempress.core.progress import Progress
    from stempress.publish.unixfs import BlockSink, Folder, Imported

_PLAYER = re.compile(rb'"animation_url": *"ipfs://(b[a-z2-7]+)/embed/')
PROFILE = "unixfs-v1-2025"
MANIFEST = "manifest.json"
METADATA = "metadata"
FIRST_FOLDERS = (*ASSET_FOLDERS, METADATA)
"""The folders at the start of CAR files: a page must not arrive before its assets."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """CIDs of a site, of its metadata and of folders of assets, and the sizes of CAR files.

    ``players`` is that of the folder of embedded players, empty if metadata does not refer to it.
    """

    site: str
    metadata: str
    assets: Mapping[str, str]
    players: str
    sizes: Mapping[str, int]


class CarWriter:
    """Writes a CAR file, every block once."""

    def __init__(self, path: Path, known: set[bytes] | None = None) -> None:
        """Start a file without the blocks in ``known``, a set of CIDs."""
        self.blocks: list[bytes] = []
        self._path, self._draft = path, path.with_name(f"{path.name}.part")
        self._known = set(known or ())
        self._stream: BinaryIO = self._draft.open("wb")
        self._stream.write(encode_header(bytes(CID_BYTES)))

    def add(self, block: Block) -> None:
        """Append a block unless the file has it already."""
        if block.cid not in self._known:
            self._known.add(block.cid)
            self.blocks.append(block.cid)
            self._stream.write(encode_section(block))

    def finish(self, root: bytes) -> int:
        """Write the root into the header, and move the file into place; return its size."""
        size = self._stream.tell()
        self._stream.seek(0)
        self._stream.write(encode_header(root))
        self._stream.close()
        self._draft.replace(self._path)
        return size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Remove an unfinished file."""
        self._stream.close()
        self._draft.unlink(missing_ok=True)


def export_site(out: Path, to: Path, progress: Progress, since: Path | None = None) -> ExportResult:
    """Write CAR files of the site ``out`` into the folder ``to``, and a manifest of its blocks.

    site.car has the site, metadata.car its metadata, delta.car the blocks that are not in the
    manifest ``since``, by default that of the last export.
    """
    if to.exists() and not to.is_dir():
        hint = "name a folder for the CAR files"
        raise SiteError([Fault("--to", "is not a folder", value=str(to), hint=hint)])
    known = _read_manifest_blocks(since or to / MANIFEST, required=since is not None)
    tree = read_site(out)
    to.mkdir(parents=True, exist_ok=True)
    for name in ("delta.car", "players.car"):
        (to / name).unlink(missing_ok=True)
    with ExitStack() as writers:
        site = writers.enter_context(CarWriter(to / "site.car"))
        metadata = writers.enter_context(CarWriter(to / "metadata.car"))
        sinks: list[BlockSink] = [site.add]
        if known:
            delta = writers.enter_context(CarWriter(to / "delta.car", known))
            sinks.append(delta.add)
        imported = import_site(tree, sinks, progress)
        root = imported.root.cid
        metadata_root = import_folder(_subfolder(tree, METADATA), metadata.add).root.cid
        sizes = {"site.car": site.finish(root), "metadata.car": metadata.finish(metadata_root)}
        players = pinned_players(out)
        if players:
            sizes["players.car"] = _write_players(tree, to / "players.car", players)
        if known:
            sizes["delta.car"] = delta.finish(root)
    folders = {name: imported.nodes.get(f"{name}/") for name in ASSET_FOLDERS}
    assets = {name: format_cid(node.cid) for name, node in folders.items() if node}
    result = ExportResult(format_cid(root), format_cid(metadata_root), assets, players, sizes)
    _write_manifest(to / MANIFEST, result, site.blocks)
    return result


def pinned_players(out: Path) -> str:
    """Return the CID of the folder of embedded players that metadata refers to; empty if none."""
    for path in (out / METADATA).rglob("*.json"):
        if found := _PLAYER.search(path.read_bytes()):
            return found[1].decode()
    return ""


def _write_players(tree: Folder, path: Path, cid: str) -> int:
    """Write the CAR file of the folder of embedded players; return its size."""
    with CarWriter(path) as players:
        root = import_folder(players_folder(tree), players.add).root.cid
        if format_cid(root) != cid:
            message = "refers to embedded players of another build"
            raise SiteError([Fault(METADATA, message, value=cid, hint="build the site again")])
        return players.finish(root)


def has_absolute_assets(out: Path) -> bool:
    """Return whether metadata has absolute URIs of pictures and sound, as marketplaces need."""
    contract = json.loads((out / METADATA / "contract.json").read_bytes())
    return not str(contract.get("image", "")).startswith("../")


def import_site(tree: Folder, sinks: list[BlockSink], progress: Progress) -> Imported:
    """Compute the CIDs of a site, with a progress bar; every sink gets all blocks."""
    total = sum(1 for _ in _addresses(tree))

    def add(block: Block) -> None:
        for sink in sinks:
            sink(block)

    with progress.track("Files to hash", total) as step:
        return import_folder(tree, add, step)


def read_site(out: Path) -> Folder:
    """Return the files of ``out`` without dotfiles; SiteError for links and special files."""
    check_is_built(out)
    faults: list[Fault] = []
    tree = _read_folder(out, "", faults)
    if faults:
        raise SiteError(faults)
    return {
        name: tree[name]
        for name in sorted(tree, key=lambda name: (name not in FIRST_FOLDERS, name))
    }


def check_is_built(out: Path) -> None:
    """Raise SiteError for a folder that was not written by a build."""
    if not is_built_site(out):
        hint = "build the site first, or name its folder with --out"
        raise SiteError([Fault(str(out), "is not a built site", hint=hint)])


def _read_folder(folder: Path, address: str, faults: list[Fault]) -> Folder:
    tree: Folder = {}
    for path in sorted(folder.iterdir()):
        where = f"{address}/{path.name}"
        if path.name.startswith("."):
            continue
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            faults.append(
                Fault(where, "is neither a file nor a folder", hint="build the site again")
            )
        else:
            tree[path.name] = _read_folder(path, where, faults) if path.is_dir() else path
    return tree


def _addresses(tree: Folder, address: str = "") -> Iterator[str]:
    for name, content in tree.items():
        if isinstance(content, dict):
            yield from _addresses(content, f"{address}{name}/")
        yield f"{address}{name}"


def _subfolder(tree: Folder, name: str) -> Folder:
    folder = tree.get(name)
    return folder if isinstance(folder, dict) else {}


def _read_manifest_blocks(manifest: Path, *, required: bool) -> set[bytes]:
    """Return the CIDs in a manifest; none if it does not exist, unless it is ``required``."""
    try:
        return {parse_cid(cid) for cid in json.loads(manifest.read_bytes())["blocks"]}
    except FileNotFoundError:
        if not required:
            return set()
        fault = Fault(
            manifest.name, "does not exist", hint="name the manifest of an earlier export"
        )
    except (OSError, ValueError, KeyError, TypeError):
        hint = "delete it: delta.car is then left out"
        fault = Fault(manifest.name, "is not a manifest", hint=hint)
    raise SiteError([fault])


def _write_manifest(path: Path, result: ExportResult, blocks: list[bytes]) -> None:
    content = {
        "profile": PROFILE,
        "site": result.site,
        "metadata": result.metadata,
        "assets": dict(result.assets),
        **({"players": result.players} if result.players else {}),
        "base_uri": f"ipfs://{result.metadata}/",
        "blocks": sorted(map(format_cid, blocks)),
    }
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    draft.replace(path)
