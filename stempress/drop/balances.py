"""What the contract itself says that people hold, against what its logs come to."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from eth_abi.abi import encode

from stempress.core.errors import Fault, SiteError
from stempress.drop.events import decoded
from stempress.drop.rpc import BATCH, AnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stempress.collection.settings import Contract
    from stempress.drop.chain_state import State
    from stempress.drop.rpc import Call, Endpoint, Endpoints

PAIRS = 500
"""Balances that one call asks an ERC-1155 contract for."""
BALANCE_OF = "0x70a08231"
BALANCE_OF_BATCH = "0x4e1273f4"


def check_balances(state: State, endpoints: Endpoints, contract: Contract, block: int) -> None:
    """Hold what logs come to against what the contract says at the same block.

    Endpoints have been seen to leave logs out and to say nothing.
    """
    wanted = _wanted_balances(state, contract.standard)
    wrong = []
    for calls, expected in _balance_calls(wanted, contract, block):
        found = endpoints.attempt(partial(_balances, calls=calls, number=len(expected)))
        wrong += [
            Fault(
                "sync",
                f"holds {have} of {token or 'the collection'} on the chain, and {want} by its logs",
                holder,
                hint="an endpoint has left logs out: --anew reads all of them again",
            )
            for (holder, token, want), have in zip(expected, found, strict=True)
            if have != want
        ]
    if wrong:
        raise SiteError(wrong[:10])


type Holding = tuple[str, str, int]
"""A holder, a token (of an ERC-721 contract: none), and how many."""


def _wanted_balances(state: State, standard: str) -> list[Holding]:
    if standard == "erc1155":
        return [
            (holder, token, number)
            for token, holders in state.owners.items()
            for holder, number in holders.items()
        ]
    held: Counter[str] = Counter()
    for holders in state.owners.values():
        held.update(holders)
    return [(holder, "", number) for holder, number in held.items()]


def _balance_calls(
    wanted: Sequence[Holding], contract: Contract, block: int
) -> Iterator[tuple[list[Call], list[Holding]]]:
    """Yield calls that are sent together, and the holdings that their answers are about."""
    if contract.standard == "erc1155":
        for at in range(0, len(wanted), PAIRS):
            part = wanted[at : at + PAIRS]
            holders, tokens = [each[0] for each in part], [int(each[1]) for each in part]
            data = BALANCE_OF_BATCH + encode(["address[]", "uint256[]"], [holders, tokens]).hex()
            yield [_call(contract, data, block)], list(part)
        return
    for at in range(0, len(wanted), BATCH):
        part = wanted[at : at + BATCH]
        asked = [BALANCE_OF + encode(["address"], [each[0]]).hex() for each in part]
        yield [_call(contract, each, block) for each in asked], list(part)


def _call(contract: Contract, data: str, block: int) -> Call:
    return "eth_call", [{"to": contract.address, "data": data}, hex(block)]


def _balances(endpoint: Endpoint, calls: list[Call], number: int) -> list[int]:
    """Return so many balances; AnswerError if an endpoint has others."""
    answers = [bytes.fromhex(each.removeprefix("0x")) for each in endpoint.ask_all(calls)]
    found = [int.from_bytes(answer) for answer in answers]
    if len(calls) == 1 and len(answers[0]) > 32:
        found = list(decoded(["uint256[]"], answers[0])[0])
    if len(found) != number:
        raise AnswerError("does not say what was asked")
    return found
