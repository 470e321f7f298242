"""dist/ as IPFS has it: the CIDs of the site and of its metadata, and CAR files of both."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from stempress.core.errors import Fault, SiteError
from stempress.output.output_check import is_built_site
from stempress.publish.asset_cids import ASSET_FOLDERS
from stempress.publish.car import encode_header, encode_section
from stempress.publish.cid import CID_BYTES, Block, format_cid, parse_cid
from stempress.publish.unixfs import import_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Self

    from stempress.core.progress import Progress
    from stempress.publish.unixfs import BlockSink, Folder, Imported

PROFILE = "unixfs-v1-2025"
MANIFEST = "manifest.json"
METADATA = "metadata"
FIRST_FOLDERS = (*ASSET_FOLDERS, METADATA)
"""What CAR files begin with: a page is not there before what it speaks of."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written: CIDs, and the length of each CAR file. ``assets`` are CIDs by folder."""

    site: str
    metadata: str
    assets: Mapping[str, str]
    sizes: Mapping[str, int]


class CarWriter:
    """A CAR file that is being written; it takes every block once."""

    def __init__(self, path: Path, known: set[bytes] | None = None) -> None:
        """Leave out the blocks that are ``known``."""
        self.blocks: list[bytes] = []
        self._path, self._part = path, path.with_name(f"{path.name}.part")
        self._known = set(known or ())
        self._stream: BinaryIO = self._part.open("wb")
        self._stream.write(encode_header(bytes(CID_BYTES)))

    def keep(self, block: Block) -> None:
        """Append a block."""
        if block.cid not in self._known:
            self._known.add(block.cid)
            self.blocks.append(block.cid)
            self._stream.write(encode_section(block))

    def finish(self, root: bytes) -> int:
        """Name the root, which is known last, and put the file in its place; return its length."""
        size = self._stream.tell()
        self._stream.seek(0)
        self._stream.write(encode_header(root))
        self._stream.close()
        self._part.replace(self._path)
        return size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Leave nothing half written."""
        self._stream.close()
        self._part.unlink(missing_ok=True)


def export_site(out: Path, to: Path, progress: Progress, since: Path | None = None) -> ExportResult:
    """Write CAR files of ``out`` into a folder: of the site, of its metadata, of what is new.

    What is new is told from the manifest ``since``, by default that of the last time.
    """
    if to.exists() and not to.is_dir():
        hint = "name a folder for the CAR files"
        raise SiteError([Fault("--to", "is not a folder", value=str(to), hint=hint)])
    before = _read_manifest_blocks(since or to / MANIFEST, required=since is not None)
    tree = read_site(out)
    to.mkdir(parents=True, exist_ok=True)
    (to / "delta.car").unlink(missing_ok=True)
    with ExitStack() as writing:
        site = writing.enter_context(CarWriter(to / "site.car"))
        metadata = writing.enter_context(CarWriter(to / "metadata.car"))
        keeps: list[BlockSink] = [site.keep]
        if before:
            delta = writing.enter_context(CarWriter(to / "delta.car", before))
            keeps.append(delta.keep)
        root = import_site(tree, keeps, progress)
        base = import_folder(_subfolder(tree, METADATA), metadata.keep).root.cid
        sizes = {"site.car": site.finish(root.root.cid), "metadata.car": metadata.finish(base)}
        if before:
            sizes["delta.car"] = delta.finish(root.root.cid)
    there = [name for name in ASSET_FOLDERS if f"{name}/" in root.nodes]
    assets = {name: format_cid(root.nodes[f"{name}/"].cid) for name in there}
    found = ExportResult(format_cid(root.root.cid), format_cid(base), assets, sizes)
    _write_manifest(to / MANIFEST, found, site.blocks)
    return found


def has_absolute_assets(out: Path) -> bool:
    """Say whether metadata names its pictures by an address that holds wherever it is read."""
    contract = json.loads((out / METADATA / "contract.json").read_bytes())
    return not str(contract.get("image", "")).startswith("../")


def import_site(tree: Folder, keeps: list[BlockSink], progress: Progress) -> Imported:
    """Name all of a site, and show how far that is."""
    total = sum(1 for _ in _addresses(tree))

    def keep(block: Block) -> None:
        for each in keeps:
            each(block)

    with progress.track("Files to name", total) as step:
        return import_folder(tree, keep, step)


def read_site(out: Path) -> Folder:
    """Return what is published of ``out``: all but dotfiles. SiteError for what no host takes."""
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
    """Refuse a folder that no build has made."""
    if not is_built_site(out):
        hint = "press it first, or name it with --out"
        raise SiteError([Fault(str(out), "holds no pressed site", hint=hint)])


def _read_folder(folder: Path, address: str, faults: list[Fault]) -> Folder:
    found: Folder = {}
    for path in sorted(folder.iterdir()):
        where = f"{address}/{path.name}"
        if path.name.startswith("."):
            continue
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            faults.append(
                Fault(where, "is neither a file nor a folder", hint="press the site again")
            )
        else:
            found[path.name] = _read_folder(path, where, faults) if path.is_dir() else path
    return found


def _addresses(tree: Folder, address: str = "") -> Iterator[str]:
    for name, content in tree.items():
        if isinstance(content, dict):
            yield from _addresses(content, f"{address}{name}/")
        yield f"{address}{name}"


def _subfolder(tree: Folder, name: str) -> Folder:
    found = tree.get(name)
    return found if isinstance(found, dict) else {}


def _read_manifest_blocks(manifest: Path, *, required: bool) -> set[bytes]:
    """Return the CIDs of what was published; nothing where nothing was."""
    try:
        return {parse_cid(cid) for cid in json.loads(manifest.read_bytes())["blocks"]}
    except FileNotFoundError:
        if not required:
            return set()
        fault = Fault(manifest.name, "is not there", hint="name the manifest of an earlier publish")
    except (OSError, ValueError, KeyError, TypeError):
        fault = Fault(manifest.name, "is no manifest", hint="remove it: all will be new then")
    raise SiteError([fault])


def _write_manifest(path: Path, found: ExportResult, blocks: list[bytes]) -> None:
    content = {
        "profile": PROFILE,
        "site": found.site,
        "metadata": found.metadata,
        "assets": dict(found.assets),
        "base_uri": f"ipfs://{found.metadata}/",
        "blocks": sorted(map(format_cid, blocks)),
    }
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    part.replace(path)
