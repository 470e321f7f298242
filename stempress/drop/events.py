"""Parser for a contract's logs: transfers and metadata updates."""

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
BATCH = _topic("TransferBatch(address,address,address,uint256[],uint256[])")
UPDATE = _topic("MetadataUpdate(uint256)")
BATCH_UPDATE = _topic("BatchMetadataUpdate(uint256,uint256)")
URI = _topic("URI(string,uint256)")
TOPICS = (TRANSFER, CONSECUTIVE, SINGLE, BATCH, UPDATE, BATCH_UPDATE, URI)
MAX_CONSECUTIVE = 100_000
"""Tokens accepted in one ConsecutiveTransfer: no collection of stems has more."""


class Transfer(NamedTuple):
    """Transfer of ``amount`` copies of a token; a mint from ``ZERO``, a burn to ``ZERO``."""

    transaction: str
    sender: str
    to: str
    token: int
    amount: int


class MetadataUpdate(NamedTuple):
    """Announcement by the contract that the metadata of a range of tokens has changed."""

    first: int
    last: int


type Event = Transfer | MetadataUpdate


def decode_abi(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """Decode ABI-encoded values; ValueError if the data does not match the types."""
    try:
        return decode(types, data)
    except DecodingError as error:
        raise ValueError(str(error)) from None


def parse_log(log: Mapping[str, Any]) -> Iterator[Event]:
    """Yield the events of a log; ValueError if its data does not match its topic."""
    topic, *indexed = log["topics"]
    data = bytes.fromhex(log["data"].removeprefix("0x"))
    if topic in (UPDATE, BATCH_UPDATE, URI):
        yield _metadata_update(topic, indexed, data)
        return
    sender, to, amounts = _transfers(topic, indexed, data)
    for token, amount in amounts:
        yield Transfer(str(log["transactionHash"]), _address(sender), _address(to), token, amount)


def _metadata_update(topic: str, indexed: Sequence[str], data: bytes) -> MetadataUpdate:
    if topic == URI:
        return MetadataUpdate(int(indexed[0], 16), int(indexed[0], 16))
    first, last = decode_abi(["uint256", "uint256"], data if topic == BATCH_UPDATE else data * 2)
    return MetadataUpdate(first, last)


def _transfers(
    topic: str, indexed: Sequence[str], data: bytes
) -> tuple[str, str, Iterable[tuple[int, int]]]:
    """Return sender, recipient, and (token, amount) of every transfer."""
    if topic == TRANSFER:
        sender, to, token = indexed
        return sender, to, [(int(token, 16), 1)]
    if topic == CONSECUTIVE:
        first, sender, to = indexed
        (last,) = decode_abi(["uint256"], data)
        if not 0 <= last - int(first, 16) < MAX_CONSECUTIVE:
            raise ValueError("an implausible range of tokens")
        return sender, to, ((token, 1) for token in range(int(first, 16), last + 1))
    _, sender, to = indexed
    if topic == SINGLE:
        return sender, to, [decode_abi(["uint256", "uint256"], data)]
    if topic != BATCH:
        raise ValueError(f"an event that was not requested: {topic}")
    return sender, to, zip(*decode_abi(["uint256[]", "uint256[]"], data), strict=True)


def parse_logs(logs: Sequence[Mapping[str, Any]], first: int, last: int) -> list[Event]:
    """Return the events of logs in chain order; ValueError if a log is outside these blocks."""
    numbered = []
    for log in logs:
        block = int(log["blockNumber"], 16)
        if not first <= block <= last or log.get("removed"):
            raise ValueError("a log of another block")
        numbered.append((block, int(log["logIndex"], 16), log))
    numbered.sort(key=lambda entry: entry[:2])
    return [event for _, _, log in numbered for event in parse_log(log)]


@lru_cache(maxsize=100_000)
def _address(topic: str) -> str:
    """Return the EIP-55 address in a topic; ValueError if it is not an address."""
    if int(topic, 16) >> 160:
        raise ValueError("not an address")
    return str(to_checksum_address(f"0x{int(topic, 16):040x}"))
