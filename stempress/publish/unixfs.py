"""UnixFS: the blocks and CIDs of files and folders, profile unixfs-v1-2025 (IPIP-499).

CIDv1, SHA-256, raw leaves of 1 MiB, nodes of up to 1024 links; a folder whose block would be longer
than 256 KiB becomes a hash trie (HAMT) of 256 slots.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Protocol

from mmh3 import hash64

from stempress.publish.cid import DAG_PB, RAW, Block, compute_cid, encode_varint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from stempress.core.progress import Step

CHUNK = 1 << 20
MAX_LINKS = 1024
MAX_FOLDER_BYTES = 256 << 10
SLOTS = 256
MURMUR3_X64_64 = 0x22
_DIRECTORY, _FILE, _SHARD = 1, 2, 5
"""Data types of the UnixFS specification."""
_FIRST_HALF = 0

type BlockSink = Callable[[Block], None]
"""Takes every block as it is made; the same block may be made more than once."""
type Folder = dict[str, Folder | Path | bytes]
"""The entries of a folder, by name: folders, files on disk, and contents of files."""


class Reader(Protocol):
    """A stream of bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Node:
    """A file, a folder, or a part of one.

    ``total`` is the size of its block and all blocks below it, ``size`` the bytes of the file in
    it, both in bytes.
    """

    cid: bytes
    total: int
    size: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """The root of an imported folder, and all nodes by address; folders end in a slash."""

    root: Node
    nodes: dict[str, Node] = field(default_factory=dict)


def import_folder(folder: Folder, sink: BlockSink, step: Step | None = None) -> Imported:
    """Compute the nodes of a folder and everything below it.

    ``sink`` gets the blocks, leaves first; ``step`` the address of every finished node.
    """
    nodes: dict[str, Node] = {}

    def import_below(folder: Folder, address: str) -> Node:
        links = []
        for name, content in folder.items():
            below = f"{address}{name}/" if isinstance(content, dict) else f"{address}{name}"
            node = (
                import_below(content, below)
                if isinstance(content, dict)
                else import_file(content, sink)
            )
            nodes[below] = node
            links.append((name.encode(), node))
            if step:
                step(below)
        return folder_node(links, sink)

    return Imported(import_below(folder, ""), nodes)


def import_file(content: Path | bytes, sink: BlockSink) -> Node:
    """Compute the node of a file."""
    with BytesIO(content) if isinstance(content, bytes) else content.open("rb") as stream:
        return import_stream(stream, sink)


def import_stream(stream: Reader, sink: BlockSink) -> Node:
    """Compute the node of a stream: one leaf, or a balanced tree of leaves."""
    level = [_leaf(chunk, sink) for chunk in _chunks(stream)] or [_leaf(b"", sink)]
    while len(level) > 1:
        level = [
            _file_node(level[start : start + MAX_LINKS], sink)
            for start in range(0, len(level), MAX_LINKS)
        ]
    return level[0]


def _chunks(stream: Reader) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _leaf(chunk: bytes, sink: BlockSink) -> Node:
    cid = compute_cid(RAW, chunk)
    sink(Block(cid, chunk))
    return Node(cid, len(chunk), len(chunk))


def _file_node(parts: Sequence[Node], sink: BlockSink) -> Node:
    size = sum(part.size for part in parts)
    sizes = b"".join(_varint_field(4, part.size) for part in parts)
    data = _varint_field(1, _FILE) + _varint_field(3, size) + sizes
    return _dag_node([(b"", part) for part in parts], data, sink, size)


def folder_node(links: Iterable[tuple[bytes, Node]], sink: BlockSink) -> Node:
    """Compute the node of a folder: one block, or a hash trie if that would be too long."""
    ordered = sorted(links, key=lambda link: link[0])
    data = _varint_field(1, _DIRECTORY)
    length = len(_bytes_field(1, data)) + sum(
        len(_link_field(name, node)) for name, node in ordered
    )
    if length <= MAX_FOLDER_BYTES:
        return _dag_node(ordered, data, sink)
    hashed = [(_hash_name(name), name, node) for name, node in ordered]
    return _shard(hashed, 0, sink)


def _hash_name(name: bytes) -> bytes:
    return hash64(name, signed=False)[_FIRST_HALF].to_bytes(8, "big")


def _shard(entries: Iterable[tuple[bytes, bytes, Node]], depth: int, sink: BlockSink) -> Node:
    """Compute a node of the hash trie: entries whose hashes share their first ``depth`` bytes."""
    slots: dict[int, list[tuple[bytes, bytes, Node]]] = {}
    for entry in entries:
        slots.setdefault(entry[0][depth], []).append(entry)
    links, taken = [], 0
    for slot in sorted(slots):
        taken |= 1 << slot
        first, *others = slots[slot]
        if others:
            links.append((b"%02X" % slot, _shard(slots[slot], depth + 1, sink)))
        else:
            links.append((b"%02X" % slot + first[1], first[2]))
    bits = taken.to_bytes((taken.bit_length() + 7) // 8, "big")
    data = (
        _varint_field(1, _SHARD)
        + _bytes_field(2, bits)
        + _varint_field(5, MURMUR3_X64_64)
        + _varint_field(6, SLOTS)
    )
    return _dag_node(links, data, sink)


def _dag_node(
    links: Iterable[tuple[bytes, Node]], data: bytes, sink: BlockSink, size: int = 0
) -> Node:
    ordered = list(links)
    content = b"".join(_link_field(name, node) for name, node in ordered) + _bytes_field(1, data)
    cid = compute_cid(DAG_PB, content)
    sink(Block(cid, content))
    return Node(cid, len(content) + sum(node.total for _, node in ordered), size)


def _link_field(name: bytes, node: Node) -> bytes:
    return _bytes_field(
        2, _bytes_field(1, node.cid) + _bytes_field(2, name) + _varint_field(3, node.total)
    )


def _bytes_field(number: int, value: bytes) -> bytes:
    """Encode a Protocol Buffers field of bytes."""
    return bytes([number << 3 | 2]) + encode_varint(len(value)) + value


def _varint_field(number: int, value: int) -> bytes:
    """Encode a Protocol Buffers field of an unsigned integer."""
    return bytes([number << 3]) + encode_varint(value)
