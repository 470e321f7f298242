"""Balances and supplies of an ERC-1155 contract, compared with its logs."""

from __future__ import annotations

from collections import Counter
from itertools import batched
from typing import TYPE_CHECKING

from eth_abi.abi import encode

from stempress.drop.contract_calls import MAX_CALLS, word
from stempress.drop.events import decode_abi
from stempress.drop.rpc import NoAnswerError
from stempress.drop.rpc_errors import RevertedError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from stempress.drop.chain_state import ChainState
    from stempress.drop.contract_calls import ContractCalls
    from stempress.drop.state_comparison import Pair

MAX_PAIRS = 500
"""Balances per call to an ERC-1155 contract."""
BALANCE_OF_BATCH = bytes.fromhex("4e1273f4")
TOTAL_SUPPLY = bytes.fromhex("bd85b039")


def compare_copies(
    state: ChainState, calls: ContractCalls, others: Collection[Pair]
) -> dict[Pair, tuple[int, int]]:
    """Return (logged, actual) copies that differ, of ``others`` as well."""
    logged: dict[Pair, int] = dict.fromkeys(others, 0)
    logged |= {(holder, token): number for token, holder, number in state.holdings()}
    found: dict[Pair, tuple[int, int]] = {}
    for batch in batched(logged, MAX_PAIRS):
        actual = _balances(calls, batch)
        differing = [pair for pair in batch if actual[pair] != logged[pair]]
        found |= {pair: (logged[pair], actual[pair]) for pair in differing}
    return found


def _balances(calls: ContractCalls, pairs: Sequence[Pair]) -> dict[Pair, int]:
    holders, tokens = zip(*pairs, strict=True)
    arguments = [holders, [int(token) for token in tokens]]
    answer = calls.call(BALANCE_OF_BATCH + encode(["address[]", "uint256[]"], arguments))
    try:
        (balances,) = decode_abi(["uint256[]"], answer)
    except ValueError:
        raise NoAnswerError([], [RevertedError("does not answer balanceOfBatch")]) from None
    if len(balances) != len(pairs):
        raise NoAnswerError([], [RevertedError("gives another number of balances")])
    return dict(zip(pairs, balances, strict=True))


def compare_supplies(
    state: ChainState, calls: ContractCalls, tokens: Sequence[str], *, repaired: bool
) -> tuple[dict[str, int], bool]:
    """Return the copies beyond those in logs, and whether the contract counts copies at all.

    Some contracts count burned copies, too: only copies that were never minted are certain to be
    missing. In a repaired state it is those without a holder.
    """
    found = {}
    for part in batched(tokens, MAX_CALLS):
        data = [TOTAL_SUPPLY + int(token).to_bytes(32) for token in part]
        supplies = [word(result) for result in calls.call_many(data)]
        if all(supply is None for supply in supplies):
            return {}, False
        for token, supply in zip(part, supplies, strict=True):
            logged = sum(
                (state.owners.get(token, Counter()) + state.buried.get(token, Counter())).values()
            )
            logged = logged if repaired else max(logged, state.minted[token])
            if supply is not None and supply > logged:
                found[token] = supply - logged
    return found, True
