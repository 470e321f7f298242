"""Merkle trees as OpenZeppelin's merkle-tree library builds them (StandardMerkleTree).

A leaf is keccak(keccak(abi.encode(values))), a node the hash of its two children in ascending
order. Leaves are sorted by hash and lie at the end of the array, in reverse; the children of the
node at ``i`` are at ``2i + 1`` and ``2i + 2``, so that the root comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eth_abi.abi import encode
from eth_utils.crypto import keccak

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMAT = "standard-v1"


@dataclass(frozen=True)
class MerkleTree:
    """A tree over lists of values, each ABI-encoded by ``types``.

    ``positions`` are the indices of the values' leaves among the ``nodes``.
    """

    types: tuple[str, ...]
    values: tuple[tuple[object, ...], ...]
    nodes: tuple[bytes, ...]
    positions: tuple[int, ...]

    @property
    def root(self) -> bytes:
        """The hash that a contract stores."""
        return self.nodes[0]

    def proof(self, nth: int) -> list[bytes]:
        """Return the siblings on the path from the leaf of the nth value to the root."""
        position, siblings = self.positions[nth], []
        while position:
            siblings.append(self.nodes[position + 1 if position % 2 else position - 1])
            position = (position - 1) // 2
        return siblings

    def content(self) -> dict[str, object]:
        """Return what the library's ``dump`` returns, for its ``load``; numbers are strings."""
        return {
            "format": FORMAT,
            "leafEncoding": list(self.types),
            "tree": [hex_text(node) for node in self.nodes],
            "values": [
                {"value": list(map(str, value)), "treeIndex": position}
                for value, position in zip(self.values, self.positions, strict=True)
            ],
        }


def merkle_tree(types: Sequence[str], values: Sequence[Sequence[object]]) -> MerkleTree:
    """Build the tree of at least one list of values."""
    leaves = [keccak(keccak(encode(types, list(value)))) for value in values]
    order = sorted(range(len(leaves)), key=leaves.__getitem__)
    last = 2 * len(leaves) - 2
    nodes = [b""] * (len(leaves) - 1) + [leaves[nth] for nth in reversed(order)]
    for index in reversed(range(len(leaves) - 1)):
        nodes[index] = keccak(b"".join(sorted(nodes[2 * index + 1 : 2 * index + 3])))
    positions = {nth: last - rank for rank, nth in enumerate(order)}
    return MerkleTree(
        tuple(types),
        tuple(map(tuple, values)),
        tuple(nodes),
        tuple(positions[nth] for nth in range(len(leaves))),
    )


def hex_text(data: bytes) -> str:
    """Return bytes as hexadecimal digits after 0x."""
    return f"0x{data.hex()}"
