"""A contract's logs -> events: who gave what to whom, and which metadata was announced."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ZERO = "0x" + 40 * "0"


def _topic(signature: str) -> str:
    return "0x" + keccak(text=signature).hex()


TRANSFER = _topic("Transfer(address,address,uint256)")
CONSECUTIVE = _topic("ConsecutiveTransfer(uint256,uint256,address,address)")
SINGLE = _topic("TransferSingle(address,address,address,uint256,uint256)")
MANY = _topic("TransferBatch(address,address,address,uint256[],uint256[])")
UPDATE = _topic("MetadataUpdate(uint256)")
UPDATES = _topic("BatchMetadataUpdate(uint256,uint256)")
URI = _topic("URI(string,uint256)")
TOPICS = (TRANSFER, CONSECUTIVE, SINGLE, MANY, UPDATE, UPDATES, URI)
MOST_AT_ONCE = 100_000
"""Tokens that one ConsecutiveTransfer may speak of: no collection of stems has more."""


class Transfer(NamedTuple):
    """Some copies of a token change hands; from or to ``ZERO`` they are minted or burned."""

    transaction: str
    sender: str
    to: str
    token: int
    amount: int


class Announced(NamedTuple):
    """The metadata of tokens has changed, says the contract."""

    first: int
    last: int


type Event = Transfer | Announced


def decoded(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """Return values as a contract encodes them; ValueError if the data does not hold them."""
    try:
        return decode(types, data)
    except DecodingError as error:
        raise ValueError(str(error)) from None


def read_log(log: Mapping[str, Any]) -> Iterator[Event]:
    """Yield what a log says; ValueError if it is not what its topic promises."""
    topic, *words = log["topics"]
    data = bytes.fromhex(log["data"].removeprefix("0x"))
    if topic in (UPDATE, UPDATES, URI):
        yield _announced(topic, words, data)
        return
    sender, to, copies = _moved(topic, words, data)
    for token, amount in copies:
        yield Transfer(str(log["transactionHash"]), _address(sender), _address(to), token, amount)


def _announced(topic: str, words: Sequence[str], data: bytes) -> Announced:
    if topic == URI:
        return Announced(int(words[0], 16), int(words[0], 16))
    first, last = decoded(["uint256", "uint256"], data if topic == UPDATES else data * 2)
    return Announced(first, last)


def _moved(
    topic: str, words: Sequence[str], data: bytes
) -> tuple[str, str, Iterable[tuple[int, int]]]:
    """Return from whom, to whom, and how many of which tokens."""
    if topic == TRANSFER:
        sender, to, token = words
        return sender, to, [(int(token, 16), 1)]
    if topic == CONSECUTIVE:
        first, sender, to = words
        (last,) = decoded(["uint256"], data)
        if not 0 <= last - int(first, 16) < MOST_AT_ONCE:
            raise ValueError("a range of tokens that nobody can have minted")
        return sender, to, ((token, 1) for token in range(int(first, 16), last + 1))
    _, sender, to = words
    if topic == SINGLE:
        return sender, to, [decoded(["uint256", "uint256"], data)]
    if topic != MANY:
        raise ValueError(f"an event that was not asked for: {topic}")
    return sender, to, zip(*decoded(["uint256[]", "uint256[]"], data), strict=True)


def read_logs(logs: Sequence[Mapping[str, Any]], first: int, last: int) -> list[Event]:
    """Return the events of logs in their order; ValueError if they are not from these blocks."""
    placed = []
    for log in logs:
        block = int(log["blockNumber"], 16)
        if not first <= block <= last or log.get("removed"):
            raise ValueError("a log of another block")
        placed.append((block, int(log["logIndex"], 16), log))
    placed.sort(key=lambda each: each[:2])
    return [event for _, _, log in placed for event in read_log(log)]


@lru_cache(maxsize=100_000)
def _address(word: str) -> str:
    """Return the address in a topic, EIP-55; ValueError if something else is in it."""
    if int(word, 16) >> 160:
        raise ValueError("no address")
    return str(to_checksum_address(f"0x{int(word, 16):040x}"))
