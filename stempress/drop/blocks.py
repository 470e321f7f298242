"""Blocks of a chain: which are final, which endpoints have them, and on which fork."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.drop.rpc_errors import (
    DeniedError,
    LaggingError,
    PrunedError,
    RefusedError,
    WrongError,
)
from stempress.drop.rpc_values import MAX_TIME, hash_text, quantity

if TYPE_CHECKING:
    from stempress.drop.endpoint import Endpoint
    from stempress.drop.journal import Journal
    from stempress.drop.rpc import Endpoints

SAFE_DEPTH = 64
"""Depth below the head at which blocks count as final, if the endpoint does not say."""


@dataclass(frozen=True, slots=True)
class Block:
    """Header of a block; ``time`` is in seconds since 1970."""

    number: int
    hash: str
    time: int


def final_block(endpoint: Endpoint, depth: int | None) -> Block:
    """Return the last finalised block, or the block ``depth`` below the head."""
    finalized = _finalized(endpoint) if depth is None else None
    # Some chains have the tag, but never finalise a block.
    if finalized is None or not finalized.number:
        latest = require_block(endpoint, "latest")
        number = latest.number - (SAFE_DEPTH if depth is None else depth)
        finalized = require_block(endpoint, max(0, number))
    endpoint.head = max(endpoint.head, finalized.number)
    return finalized


def _finalized(endpoint: Endpoint) -> Block | None:
    try:
        return block_at(endpoint, "finalized")
    except (RefusedError, DeniedError, LaggingError, PrunedError):  # not every chain has the tag
        return None


def block_at(endpoint: Endpoint, number: int | str) -> Block | None:
    """Return a block by number or tag; None if the endpoint does not have it."""
    tag = hex(number) if isinstance(number, int) else number
    header = endpoint.call("eth_getBlockByNumber", tag, False)  # noqa: FBT003 - as JSON-RPC has it
    if header is None:
        return None
    if not isinstance(header, dict):
        raise WrongError("gives a malformed block")
    block = Block(
        quantity(header.get("number"), "a block number"),
        hash_text(header.get("hash"), "a block's hash"),
        quantity(header.get("timestamp"), "a block's time", MAX_TIME),
    )
    if isinstance(number, int) and block.number != number:
        raise WrongError(f"gives block {block.number} for block {number}")
    return block


def require_block(endpoint: Endpoint, number: int | str) -> Block:
    """Return a block by number or tag; LaggingError if the endpoint does not have it."""
    block = block_at(endpoint, number)
    if block is None:
        raise LaggingError(f"does not have block {number}")
    return block


def agree_on_head(endpoints: Endpoints, depth: int | None) -> Block:
    """Return the last final block of the endpoints that agree with each other.

    Those whose chain differs from that of most are left out; SiteError if there is no majority.
    """
    first = endpoints.attempt(lambda endpoint: final_block(endpoint, depth))
    if len(endpoints.endpoints) == 1:
        return first
    heads = dict(endpoints.attempt_each(lambda endpoint: final_block(endpoint, depth)))
    if len(heads) < 2:
        return max([first, *heads.values()], key=lambda block: block.number)
    common = min(block.number for block in heads.values())
    hashes = {
        endpoint: block.hash
        for endpoint, block in endpoints.attempt_each(lambda one: require_block(one, common))
    }
    ranking = Counter(hashes.values()).most_common()
    if len(ranking) > 1:
        if ranking[0][1] == ranking[1][1]:
            names = ", ".join(endpoint.name for endpoint in hashes)
            hint = "one of them is on a fork, or wrong: remove it from rpc, or add a third"
            raise SiteError(
                [Fault("sync", f"disagree about block {common}", "rpc", names, hint=hint)]
            )
        forked = [endpoint for endpoint in hashes if hashes[endpoint] != ranking[0][0]]
        endpoints.exclude(forked, f"has another block {common} than the other endpoints")
    agreed = [block for endpoint, block in heads.items() if endpoint in endpoints.endpoints]
    return max(agreed, key=lambda block: block.number)


def drop_reorganised(journal: Journal, endpoints: Endpoints, head: Block) -> int:
    """Remove ranges that are no longer part of the chain; return their number.

    Ranges that end above the head stay if the one before is as it was: the endpoints lag.
    """
    known = [blocks for blocks in journal.ranges if blocks.last <= head.number]
    dropped = 0
    while known and _hash_at(endpoints, known[-1].last) != known[-1].hash:
        last = known.pop()
        while journal.ranges and journal.ranges[-1].last >= last.last:
            journal.drop_last()
            dropped += 1
    return dropped


def _hash_at(endpoints: Endpoints, number: int) -> str:
    return endpoints.attempt(lambda endpoint: require_block(endpoint, number), number).hash
