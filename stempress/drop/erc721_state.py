"""Owners and balances of an ERC-721 contract, compared with its logs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address

from stempress.drop.contract_calls import word
from stempress.drop.events import ZERO
from stempress.drop.rpc import NoAnswerError
from stempress.drop.rpc_errors import RevertedError, WrongError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from stempress.drop.chain_state import ChainState
    from stempress.drop.contract_calls import ContractCalls
    from stempress.drop.state_comparison import Pair

OWNER_OF = bytes.fromhex("6352211e")
BALANCE_OF = bytes.fromhex("70a08231")


def compare_owners(
    state: ChainState, calls: ContractCalls, tokens: Sequence[str]
) -> dict[str, str]:
    """Return the actual owners of tokens that have another one in the logs, "" for none."""
    logged = {token: holder for token, holder, _ in state.holdings()}
    data = [OWNER_OF + int(token).to_bytes(32) for token in tokens]
    actual = {
        token: _owner(word(result))
        for token, result in zip(tokens, calls.call_many(data), strict=True)
    }
    if logged and not any(actual.values()):
        raise NoAnswerError([], [RevertedError("does not answer ownerOf")])
    return {token: actual[token] for token in tokens if actual[token] != logged.get(token, "")}


def _owner(value: int | None) -> str:
    """Return the address that ownerOf returned; empty if the token does not exist."""
    if not value:
        return ""
    if value >> 160:
        raise WrongError("gives no address as the owner of a token")
    address = str(to_checksum_address(f"0x{value:040x}"))
    return "" if address == ZERO else address


def compare_totals(
    state: ChainState, calls: ContractCalls, others: Collection[str]
) -> dict[Pair, tuple[int, int]]:
    """Return (logged, actual) balances that differ, of ``others`` as well."""
    totals: Counter[str] = Counter(dict.fromkeys(others, 0))
    for _, holder, number in state.holdings():
        totals[holder] += number
    totals.pop(ZERO, None)
    data = [BALANCE_OF + encode(["address"], [holder]) for holder in totals]
    return {
        (holder, ""): (logged, actual)
        for (holder, logged), actual in zip(
            totals.items(), map(_balance, calls.call_many(data)), strict=True
        )
        if actual != logged
    }


def _balance(result: bytes | None) -> int:
    balance = word(result)
    if balance is None:
        raise NoAnswerError([], [RevertedError("does not answer balanceOf")])
    return balance
