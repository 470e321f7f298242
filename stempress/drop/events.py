"""Parser for a contract's logs: transfers and metadata updates."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from stempress.core.notation import show_value
from stempress.drop.rpc_errors import WrongError
from stempress.drop.rpc_values import hash_text, hex_bytes, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ZERO = "0x" + 40 * "0"


def _topic(signature: str) -> str:
    return "0x" + keccak(text=signature).hex()


class EventType(NamedTuple):
    """An event: the types of its arguments, and the positions of those indexed by the standard."""

    name: str
    types: tuple[str, ...]
    indexed: tuple[int, ...]

    @property
    def topic(self) -> str:
        """The hash that identifies the event in a log."""
        return _topic(f"{self.name}({','.join(self.types)})")


_TRANSFER = EventType("Transfer", ("address", "address", "uint256"), (0, 1, 2))
_CONSECUTIVE = EventType(
    "ConsecutiveTransfer", ("uint256", "uint256", "address", "address"), (0, 2, 3)
)
_SINGLE = EventType("TransferSingle", (*["address"] * 3, "uint256", "uint256"), (0, 1, 2))
_BATCH = EventType("TransferBatch", (*["address"] * 3, "uint256[]", "uint256[]"), (0, 1, 2))
_UPDATE = EventType("MetadataUpdate", ("uint256",), ())
_BATCH_UPDATE = EventType("BatchMetadataUpdate", ("uint256", "uint256"), ())
_URI = EventType("URI", ("string", "uint256"), (1,))
_ALL = (_TRANSFER, _CONSECUTIVE, _SINGLE, _BATCH, _UPDATE, _BATCH_UPDATE, _URI)
EVENTS = {event.topic: event for event in _ALL}
TOPICS = tuple(EVENTS)
TRANSFER, CONSECUTIVE, SINGLE, BATCH, UPDATE, BATCH_UPDATE, URI = TOPICS
MAX_CONSECUTIVE = 100_000
"""Tokens accepted in one ConsecutiveTransfer: no collection of stems has more."""


class Transfer(NamedTuple):
    """Transfer of ``amount`` copies of a token; a mint from ``ZERO``, a burn to ``ZERO``.

    ``block`` is the number of the block with its transaction, ``position`` its log's in the block.
    """

    transaction: str
    sender: str
    to: str
    token: int
    amount: int
    block: int
    position: int


class MetadataUpdate(NamedTuple):
    """Announcement by the contract that the metadata of a range of tokens has changed."""

    first: int
    last: int


type Event = Transfer | MetadataUpdate


class UnreadableEventError(WrongError):
    """An event of the contract that cannot be read; every endpoint gives it alike."""

    tries = 2

    def __init__(self, name: str, log: Mapping[str, Any], reason: str) -> None:
        block, transaction = log.get("blockNumber"), log.get("transactionHash")
        where = f"in block {show_value(block, 20)}, transaction {show_value(transaction, 70)}"
        super().__init__(f"gives an event {name} that cannot be read, {where}: {reason:.200}")


def decode_abi(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """Decode ABI-encoded values; ValueError if the data does not match the types."""
    try:
        return decode(types, data)
    except DecodingError as error:
        raise ValueError(str(error)) from None


def parse_log(log: Mapping[str, Any]) -> Iterator[Event]:
    """Yield the events of a log; UnreadableEventError if its shape is that of no known event."""
    topic, *indexed = [hash_text(item, "a topic") for item in log["topics"]]
    # All arguments may be in the topics, and then there is no data.
    data = hex_bytes("0x" if log.get("data") is None else log["data"], "the data of an event")
    event = EVENTS.get(topic)
    if event is None:
        raise WrongError("gives an event that was not requested")
    try:
        if topic == URI and len(indexed) == 1:  # the URI itself is not needed
            yield MetadataUpdate(int(indexed[0], 16), int(indexed[0], 16))
            return
        values = _arguments(event, indexed, data)
        if topic in (UPDATE, BATCH_UPDATE, URI):
            first = values[1] if topic == URI else values[0]
            yield MetadataUpdate(first, values[-1])
            return
        sender, to, amounts = _transfers(topic, values)
        place = quantity(log["blockNumber"], "a block number"), quantity(log["logIndex"], "a log's")
        for token, amount in amounts:
            transaction = str(log["transactionHash"])
            yield Transfer(transaction, _address(sender), _address(to), token, amount, *place)
    except (ValueError, OverflowError) as error:
        raise UnreadableEventError(event.name, log, str(error)) from None


def _arguments(event: EventType, indexed: Sequence[str], data: bytes) -> list[Any]:
    """Return an event's arguments in order, whichever of them are indexed.

    Topics tell how many are indexed, not which: all, none or those of the standard are certain.
    """
    if len(indexed) == len(event.types):
        positions: Sequence[int] = range(len(event.types))
    elif len(indexed) == len(event.indexed) or not indexed:
        positions = event.indexed[: len(indexed)]
    elif event.name == "Transfer" and len(indexed) == 2:
        positions = (0, 1)  # drafts of ERC-721 did not index the token
    else:
        raise ValueError(f"{len(indexed)} of {len(event.types)} arguments are indexed")
    others = [nth for nth in range(len(event.types)) if nth not in positions]
    types = [event.types[nth].replace("string", "bytes") for nth in others]  # may not be UTF-8
    values = dict(zip(others, decode_abi(types, data), strict=True))
    for nth, topic in zip(positions, indexed, strict=True):
        values[nth] = _indexed_value(event.types[nth], topic)
    return [values[nth] for nth in range(len(event.types))]


def _indexed_value(abi_type: str, topic: str) -> Any:  # noqa: ANN401 - an address or a number
    """Return the value in a topic; the hash of types that are hashed there."""
    if abi_type == "uint256":
        return int(topic, 16)
    if abi_type == "address" and int(topic, 16) >> 160:
        raise ValueError("not an address")
    return "0x" + topic[-40:] if abi_type == "address" else topic


def _transfers(topic: str, values: Sequence[Any]) -> tuple[str, str, Iterable[tuple[int, int]]]:
    """Return sender, recipient, and (token, amount) of every transfer."""
    if topic == TRANSFER:
        sender, to, token = values
        return sender, to, [(token, 1)]
    if topic == CONSECUTIVE:
        first, last, sender, to = values
        if not 0 <= last - first < MAX_CONSECUTIVE:
            raise ValueError("an implausible range of tokens")
        return sender, to, ((token, 1) for token in range(first, last + 1))
    _, sender, to, tokens, amounts = values
    if topic == SINGLE:
        return sender, to, [(tokens, amounts)]
    return sender, to, zip(tokens, amounts, strict=True)


def parse_logs(logs: Sequence[Mapping[str, Any]], first: int, last: int) -> list[Event]:
    """Return the events of logs in chain order; WrongError if a log is outside these blocks."""
    numbered = []
    for log in logs:
        block = quantity(log["blockNumber"], "a block number")
        if not first <= block <= last or log.get("removed"):
            raise WrongError("gives a log of another block")
        numbered.append((block, quantity(log["logIndex"], "a log's index"), log))
    numbered.sort(key=lambda entry: entry[:2])
    for one, two in pairwise(numbered):
        if one[:2] == two[:2] and one != two:
            raise WrongError("gives two logs for one place in a block")
    once = [entry for entry, _ in groupby(numbered)]
    return [event for _, _, log in once for event in parse_log(log)]


@lru_cache(maxsize=100_000)
def _address(address: str) -> str:
    """Return an address with its EIP-55 checksum."""
    return str(to_checksum_address(address))
