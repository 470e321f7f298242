"""Files and folders as IPFS names them: the UnixFS profile unixfs-v1-2025 (IPIP-499).

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
"""The types of the UnixFS specification."""
_FIRST_HALF = 0

type BlockSink = Callable[[Block], None]
"""Takes every block as it is made; a block can come more than once."""
type Folder = dict[str, Folder | Path | bytes]
"""What a folder holds, by name: folders, files, and files that are not on disk."""


class Reader(Protocol):
    """What bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Node:
    """A file, a folder, or a part of one.

    ``total`` is the length of all its blocks, ``size`` that of the file's bytes in it.
    """

    cid: bytes
    total: int
    size: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """A folder that has been imported, and everything in it by address; folders end in a slash."""

    root: Node
    nodes: dict[str, Node] = field(default_factory=dict)


def import_folder(folder: Folder, keep: BlockSink, step: Step | None = None) -> Imported:
    """Name a folder and everything below it.

    ``keep`` is given the blocks, leaves first; ``step`` the address of everything that has a name.
    """
    nodes: dict[str, Node] = {}

    def named(folder: Folder, address: str) -> Node:
        links = []
        for name, content in folder.items():
            below = f"{address}{name}/" if isinstance(content, dict) else f"{address}{name}"
            node = (
                named(content, below) if isinstance(content, dict) else import_file(content, keep)
            )
            nodes[below] = node
            links.append((name.encode(), node))
            if step:
                step(below)
        return folder_node(links, keep)

    return Imported(named(folder, ""), nodes)


def import_file(content: Path | bytes, keep: BlockSink) -> Node:
    """Name a file."""
    with BytesIO(content) if isinstance(content, bytes) else content.open("rb") as stream:
        return import_stream(stream, keep)


def import_stream(stream: Reader, keep: BlockSink) -> Node:
    """Name what a stream holds: one leaf, or a tree of leaves that are all equally deep."""
    level = [_leaf(chunk, keep) for chunk in _chunks(stream)] or [_leaf(b"", keep)]
    while len(level) > 1:
        level = [
            _file_node(level[at : at + MAX_LINKS], keep) for at in range(0, len(level), MAX_LINKS)
        ]
    return level[0]


def _chunks(stream: Reader) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _leaf(chunk: bytes, keep: BlockSink) -> Node:
    cid = compute_cid(RAW, chunk)
    keep(Block(cid, chunk))
    return Node(cid, len(chunk), len(chunk))


def _file_node(parts: Sequence[Node], keep: BlockSink) -> Node:
    size = sum(part.size for part in parts)
    sizes = b"".join(_varint_field(4, part.size) for part in parts)
    data = _varint_field(1, _FILE) + _varint_field(3, size) + sizes
    return _dag_node([(b"", part) for part in parts], data, keep, size)


def folder_node(links: Iterable[tuple[bytes, Node]], keep: BlockSink) -> Node:
    """Name a folder of these entries, as one block or as a hash trie."""
    ordered = sorted(links, key=lambda link: link[0])
    data = _varint_field(1, _DIRECTORY)
    length = len(_bytes_field(1, data)) + sum(
        len(_link_field(name, node)) for name, node in ordered
    )
    if length <= MAX_FOLDER_BYTES:
        return _dag_node(ordered, data, keep)
    hashed = [(_hash_name(name), name, node) for name, node in ordered]
    return _shard(hashed, 0, keep)


def _hash_name(name: bytes) -> bytes:
    return hash64(name, signed=False)[_FIRST_HALF].to_bytes(8, "big")


def _shard(entries: Iterable[tuple[bytes, bytes, Node]], depth: int, keep: BlockSink) -> Node:
    """Name a part of a hash trie: entries whose hashes are alike in their first bytes."""
    slots: dict[int, list[tuple[bytes, bytes, Node]]] = {}
    for entry in entries:
        slots.setdefault(entry[0][depth], []).append(entry)
    links, taken = [], 0
    for slot in sorted(slots):
        taken |= 1 << slot
        first, *others = slots[slot]
        if others:
            links.append((b"%02X" % slot, _shard(slots[slot], depth + 1, keep)))
        else:
            links.append((b"%02X" % slot + first[1], first[2]))
    bits = taken.to_bytes((taken.bit_length() + 7) // 8, "big")
    data = (
        _varint_field(1, _SHARD)
        + _bytes_field(2, bits)
        + _varint_field(5, MURMUR3_X64_64)
        + _varint_field(6, SLOTS)
    )
    return _dag_node(links, data, keep)


def _dag_node(
    links: Iterable[tuple[bytes, Node]], data: bytes, keep: BlockSink, size: int = 0
) -> Node:
    ordered = list(links)
    content = b"".join(_link_field(name, node) for name, node in ordered) + _bytes_field(1, data)
    cid = compute_cid(DAG_PB, content)
    keep(Block(cid, content))
    return Node(cid, len(content) + sum(node.total for _, node in ordered), size)


def _link_field(name: bytes, node: Node) -> bytes:
    return _bytes_field(
        2, _bytes_field(1, node.cid) + _bytes_field(2, name) + _varint_field(3, node.total)
    )


def _bytes_field(number: int, value: bytes) -> bytes:
    """Return a field of a Protocol Buffers message that holds bytes."""
    return bytes([number << 3 | 2]) + encode_varint(len(value)) + value


def _varint_field(number: int, value: int) -> bytes:
    """Return a field of a Protocol Buffers message that holds a whole number."""
    return bytes([number << 3]) + encode_varint(value)
