"""A chain in memory, and endpoints of it with every fault: no node, no network, no waiting."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address

from stempress.drop.events import SINGLE, TRANSFER, ZERO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONTRACT = to_checksum_address("0x" + "c0" * 20)
START = 1_788_264_000
type Question = dict[str, Any]
type Answer = tuple[int, object]
"""HTTP status and body: JSON, or bytes as they are."""


def refuse(code: int, message: str, status: int = 200) -> Answer:
    """Return a JSON-RPC error."""
    return status, {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}}


@dataclass
class LedgerChain:
    """Blocks with the transfers of one contract: (sender, to, token, amount) by transaction."""

    chain_id: int = 1
    length: int = 600
    deployed: int = 234
    standard: str = "erc721"
    transfers: dict[int, list[tuple[str, str, int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    fork: int = 0
    indexed: int = 3
    no_data: object = "0x"

    def move(self, block: int, sender: str, to: str, *tokens: int, amount: int = 1) -> None:
        """Add transfers to a block, in one transaction."""
        self.transfers[block] += [(sender, to, token, amount) for token in tokens]

    def hash(self, number: int) -> str:
        """Return a block's hash."""
        return f"0x{self.fork:032x}{number:032x}"

    def answer(self, method: str, params: list[Any]) -> object:
        """Return the result of a request."""
        return getattr(self, method)(*params)

    def eth_chainId(self) -> str:  # noqa: N802 - as JSON-RPC has it
        return hex(self.chain_id)

    def eth_getBlockByNumber(self, tag: str, _full: object) -> object:  # noqa: N802
        number = {"latest": self.length, "finalized": self.length - 64}.get(tag)
        number = int(tag, 16) if number is None else number
        if number > self.length:
            return None
        time = hex(START + 12 * number)
        return {"number": hex(number), "hash": self.hash(number), "timestamp": time}

    def eth_getCode(self, address: str, tag: str) -> str:  # noqa: N802
        number = self.length if tag == "latest" else int(tag, 16)
        return "0x60" if address == CONTRACT and number >= self.deployed else "0x"

    def eth_getLogs(self, log_filter: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        first, last = (int(log_filter[key], 16) for key in ("fromBlock", "toBlock"))
        return [
            self._log(block, index, *transfer)
            for block in sorted(self.transfers)
            if first <= block <= last
            for index, transfer in enumerate(self.transfers[block])
        ]

    def _log(self, block: int, index: int, *transfer: Any) -> dict[str, Any]:  # noqa: ANN401
        sender, to, token, amount = transfer
        topics, types, values = [TRANSFER], ["address", "address", "uint256"], [sender, to, token]
        if self.standard == "erc1155":
            topics, types = [SINGLE], ["address", *types, "uint256"]
            values = [sender, *values, amount]
        words = [encode([kind], [value]) for kind, value in zip(types, values, strict=True)]
        topics += ["0x" + one.hex() for one in words[: self.indexed]]
        data = b"".join(words[self.indexed :])
        return {
            "address": CONTRACT.lower(),
            "blockHash": self.hash(block),
            "blockNumber": hex(block),
            "logIndex": hex(index),
            "transactionHash": f"0x{block:064x}",
            "topics": topics,
            "data": "0x" + data.hex() if data else self.no_data,
        }

    def balances(self, tag: str) -> Counter[tuple[str, int]]:
        """Return how many of each token everybody holds."""
        held: Counter[tuple[str, int]] = Counter()
        for block, moves in self.transfers.items():
            for sender, to, token, amount in moves if block <= int(tag, 16) else ():
                held[sender, token] -= amount
                held[to, token] += amount
        return held

    def eth_call(self, call: dict[str, str], tag: str) -> str:
        """Answer ownerOf, balanceOf, balanceOfBatch; anything else reverts."""
        data = bytes.fromhex(call["data"][2:])
        selector, arguments, held = data[:4].hex(), data[4:], self.balances(tag)
        if selector == "6352211e" and self.standard == "erc721":
            owners = [
                holder
                for (holder, token), number in held.items()
                if token == int.from_bytes(arguments) and number > 0 and holder != ZERO
            ]
            if owners:
                return "0x" + encode(["address"], owners).hex()
        if selector == "70a08231" and self.standard == "erc721":
            (holder,) = (to_checksum_address(one) for one in decode(["address"], arguments))
            total = sum(number for (one, _), number in held.items() if one == holder)
            return "0x" + encode(["uint256"], [total]).hex()
        if selector == "4e1273f4" and self.standard == "erc1155":
            holders, tokens = decode(["address[]", "uint256[]"], arguments)
            pairs = zip(map(to_checksum_address, holders), tokens, strict=True)
            return "0x" + encode(["uint256[]"], [[held[pair] for pair in pairs]]).hex()
        raise RevertedCall


class RevertedCall(Exception):  # noqa: N818 - not an error of the test's
    """The contract rejects a call."""


@dataclass
class FakeEndpoint:
    """An endpoint of a chain. ``act`` may answer instead of the chain; ``asked`` are questions."""

    chain: LedgerChain
    act: Callable[[Question], Answer | None] = lambda _: None
    asked: list[Question] = field(default_factory=list)
    refused: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def answer(self, question: Any) -> Answer:  # noqa: ANN401 - one or many
        if isinstance(question, list):
            whole = self.act({"method": "batch", "params": question})
            parts = [self.answer(part) for part in question] if whole is None else [whole]
            # What is not JSON of status 200 can only be the answer to all.
            odd = [one for one in parts if one[0] != 200 or isinstance(one[1], bytes)]
            return odd[0] if odd else whole or (200, [body for _, body in parts])
        self.asked.append(question)
        reply = self.act(question)
        if reply is not None:
            self.refused += 1
            return reply
        try:
            result = self.chain.answer(question["method"], question["params"])
        except RevertedCall:
            error = {"code": 3, "message": "execution reverted", "data": "0x"}
            return 200, {"jsonrpc": "2.0", "id": question["id"], "error": error}
        return 200, {"jsonrpc": "2.0", "id": question["id"], "result": result}

    def count(self, method: str) -> int:
        """Return how often a method was asked for."""
        return sum(question["method"] == method for question in self.asked)

    def ranges(self) -> list[tuple[int, int]]:
        """Return the block ranges that were asked for."""
        filters = [one["params"][0] for one in self.asked if one["method"] == "eth_getLogs"]
        return [(int(one["fromBlock"], 16), int(one["toBlock"], 16)) for one in filters]


@dataclass
class Network:
    """Endpoints by host, in place of requests; and a clock that only moves when somebody sleeps."""

    endpoints: dict[str, FakeEndpoint] = field(default_factory=dict)
    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def post(
        self,
        url: str,
        json: Any = None,  # noqa: ANN401 - as requests has it
        **_: object,
    ) -> FakeResponse:
        host = urlsplit(url).netloc
        if host not in self.endpoints:
            raise requests.ConnectionError(host)
        status, body = self.endpoints[host].answer(json)
        return FakeResponse(status, body, self.endpoints[host].headers)


class FakeResponse:
    """What is used of requests.Response."""

    def __init__(self, status: int, body: object, headers: dict[str, str]) -> None:
        self.status_code = status
        self.headers = headers
        self._body = body if isinstance(body, bytes) else json.dumps(body).encode()

    def __enter__(self) -> FakeResponse:  # noqa: PYI034
        return self

    def __exit__(self, *_: object) -> None: ...

    def iter_content(self, _size: int) -> Iterator[bytes]:
        yield self._body
