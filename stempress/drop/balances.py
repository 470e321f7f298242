"""Comparison of balances from a contract's logs with those the contract reports."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import batched
from typing import TYPE_CHECKING

from eth_abi.abi import encode

from stempress.core.errors import Fault, SiteError
from stempress.drop.events import decode_abi
from stempress.drop.rpc import MAX_BATCH, EndpointError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stempress.collection.settings import Contract
    from stempress.drop.chain_state import ChainState
    from stempress.drop.rpc import Call, Endpoint, Endpoints

MAX_PAIRS = 500
"""Balances per call to an ERC-1155 contract."""
BALANCE_OF = "0x70a08231"
BALANCE_OF_BATCH = "0x4e1273f4"


def check_balances(state: ChainState, endpoints: Endpoints, contract: Contract, block: int) -> None:
    """Compare the balances in a state with those the contract reports at the same block.

    Some endpoints silently omit logs.
    """
    faults = []
    for calls, balances in _balance_calls(_balances(state, contract.standard), contract, block):
        answers = endpoints.attempt(partial(_ask_balances, calls=calls, count=len(balances)))
        faults += [
            Fault(
                "sync",
                f"holds {actual} of {token or 'the collection'} on the chain, but {logged} in logs",
                holder,
                hint="an endpoint has omitted logs: --anew reads them all again",
            )
            for (holder, token, logged), actual in zip(balances, answers, strict=True)
            if actual != logged
        ]
    if faults:
        raise SiteError(faults[:10])


type Balance = tuple[str, str, int]
"""Holder, token (empty for ERC-721, where balances cover the collection), amount."""


def _balances(state: ChainState, standard: str) -> list[Balance]:
    if standard == "erc1155":
        return [
            (holder, token, number)
            for token, holders in state.owners.items()
            for holder, number in holders.items()
        ]
    totals: Counter[str] = Counter()
    for holders in state.owners.values():
        totals.update(holders)
    return [(holder, "", number) for holder, number in totals.items()]


def _balance_calls(
    balances: Sequence[Balance], contract: Contract, block: int
) -> Iterator[tuple[list[Call], list[Balance]]]:
    """Yield batches of calls with the balances they ask for."""
    if contract.standard == "erc1155":
        for batch in batched(balances, MAX_PAIRS):
            holders, tokens, _ = zip(*batch, strict=True)
            data = encode(["address[]", "uint256[]"], [holders, [int(token) for token in tokens]])
            yield [_call(contract, BALANCE_OF_BATCH + data.hex(), block)], list(batch)
        return
    for batch in batched(balances, MAX_BATCH):
        data_of = [BALANCE_OF + encode(["address"], [holder]).hex() for holder, _, _ in batch]
        yield [_call(contract, data, block) for data in data_of], list(batch)


def _call(contract: Contract, data: str, block: int) -> Call:
    return "eth_call", [{"to": contract.address, "data": data}, hex(block)]


def _ask_balances(endpoint: Endpoint, calls: list[Call], count: int) -> list[int]:
    """Return ``count`` balances; EndpointError if the answer has another number."""
    answers = [bytes.fromhex(answer.removeprefix("0x")) for answer in endpoint.call_batch(calls)]
    balances = [int.from_bytes(answer) for answer in answers]
    if len(calls) == 1 and len(answers[0]) > 32:
        balances = list(decode_abi(["uint256[]"], answers[0])[0])
    if len(balances) != count:
        raise EndpointError("returns another number of balances than requested")
    return balances
