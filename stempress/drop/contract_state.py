"""Comparison of what a contract's logs say with what the contract itself says, and repair.

Some endpoints silently omit logs, and some keep only recent ones. What the contract says at the
same block counts: ``ownerOf`` for every token that the ledger or the logs name, and balances.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import batched
from typing import TYPE_CHECKING

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address

from stempress.collection.eth_addresses import is_burn_address
from stempress.core.errors import Fault, SiteError
from stempress.drop.contract_calls import MAX_CALLS, word
from stempress.drop.events import ZERO, decode_abi
from stempress.drop.rpc import ANOTHER, NoAnswerError
from stempress.drop.rpc_errors import RevertedError, WrongError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from stempress.drop.chain_state import ChainState
    from stempress.drop.contract_calls import ContractCalls

MAX_PAIRS = 500
"""Balances per call to an ERC-1155 contract."""
MAX_TOKEN = 2**256 - 1
OWNER_OF = bytes.fromhex("6352211e")
BALANCE_OF = bytes.fromhex("70a08231")
BALANCE_OF_BATCH = bytes.fromhex("4e1273f4")
TOTAL_SUPPLY = bytes.fromhex("bd85b039")

type Pair = tuple[str, str]
"""Holder and token; the token is empty for ERC-721, where balances cover the collection."""


@dataclass
class Comparison:
    """Where the contract differs from the logs.

    ``owners`` are the actual ones of ERC-721 tokens, "" for tokens that do not exist. ``balances``
    are (logged, actual). ``supplies`` are the copies of ERC-1155 tokens that exist beyond those
    held in the logs. Without differences, a ``conclusive`` comparison shows that no holder is
    missing.
    """

    owners: dict[str, str] = field(default_factory=dict)
    balances: dict[Pair, tuple[int, int]] = field(default_factory=dict)
    supplies: dict[str, int] = field(default_factory=dict)
    conclusive: bool = True

    def __bool__(self) -> bool:
        return bool(self.owners or self.balances or self.supplies)

    def faults(self) -> list[Fault]:
        """Return a fault for each difference, ten at most."""
        hint = "endpoints have omitted logs: list another one in rpc, then run sync --anew"
        balances = [
            Fault(
                "sync",
                f"holds {actual} of {token or 'the collection'} on the chain, but {logged} in logs",
                holder,
                hint=hint,
            )
            for (holder, token), (logged, actual) in self.balances.items()
        ]
        owners = [
            Fault("sync", f"belongs to {owner or 'nobody'}, which no log says", token, hint=hint)
            for token, owner in self.owners.items()
        ]
        supplies = [
            Fault("sync", f"has {number} more copies than logs say", token, hint=hint)
            for token, number in self.supplies.items()
        ]
        return [*balances, *owners, *supplies][:10]


def compare(
    state: ChainState,
    calls: ContractCalls,
    standard: str,
    tokens: Mapping[str, Iterable[str]],
    *,
    repaired: bool = False,
) -> Comparison:
    """Compare a state with the contract at the same block.

    ``tokens`` are those that the ledger lists, with the holders it had before. NoAnswerError if no
    endpoint answers, SiteError if the contract is not of its standard.
    """
    known = {token for token in tokens if _is_token(token)}
    ids = sorted(known | state.seen, key=int)
    try:
        if standard == "erc1155":
            pairs = {(holder, token) for token in known for holder in tokens[token]}
            balances = _compare_copies(state, calls, pairs)
            supplies, counted = _compare_supplies(state, calls, ids, repaired=repaired)
            return Comparison(balances=balances, supplies=supplies, conclusive=counted)
        owners = _compare_owners(state, calls, ids)
        return Comparison(owners, _compare_totals(state, calls, {*owners.values()} - {""}))
    except NoAnswerError as error:
        if any(isinstance(failure, RevertedError) for failure in error.errors):
            raise _wrong_standard(standard) from None
        raise
    except WrongError as error:
        raise SiteError([Fault("sync", str(error), "rpc", hint=ANOTHER)]) from None


def _is_token(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 79 and int(text) <= MAX_TOKEN


def repair(state: ChainState, found: Comparison) -> None:
    """Make a state what the contract says."""
    for token, owner in found.owners.items():
        state.seen.add(token)
        state.owners.pop(token, None)
        state.buried.pop(token, None)
        if owner:
            (state.buried if is_burn_address(owner) else state.owners)[token][owner] = 1
    for (holder, token), (_, actual) in found.balances.items():
        if not token:
            continue
        state.seen.add(token)
        holders = (state.buried if is_burn_address(holder) else state.owners)[token]
        holders[holder] = actual
        if not actual:
            del holders[holder]
        for kind in (state.owners, state.buried):
            if token in kind and not kind[token]:
                del kind[token]


def _held(state: ChainState) -> Iterable[tuple[str, str, int]]:
    """Yield all tokens with their holders and numbers, burn addresses included."""
    for kind in (state.owners, state.buried):
        for token, holders in kind.items():
            for holder, number in holders.items():
                yield token, holder, number


def _compare_owners(
    state: ChainState, calls: ContractCalls, tokens: Sequence[str]
) -> dict[str, str]:
    logged = {token: holder for token, holder, _ in _held(state)}
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


def _compare_totals(
    state: ChainState, calls: ContractCalls, others: Collection[str]
) -> dict[Pair, tuple[int, int]]:
    totals: Counter[str] = Counter(dict.fromkeys(others, 0))
    for _, holder, number in _held(state):
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


def _compare_copies(
    state: ChainState, calls: ContractCalls, others: Collection[Pair]
) -> dict[Pair, tuple[int, int]]:
    logged: dict[Pair, int] = dict.fromkeys(others, 0)
    logged |= {(holder, token): number for token, holder, number in _held(state)}
    found: dict[Pair, tuple[int, int]] = {}
    for batch in batched(logged, MAX_PAIRS):
        holders, tokens = zip(*batch, strict=True)
        arguments = [holders, [int(token) for token in tokens]]
        answer = calls.call(BALANCE_OF_BATCH + encode(["address[]", "uint256[]"], arguments))
        try:
            (balances,) = decode_abi(["uint256[]"], answer)
        except ValueError:
            raise NoAnswerError([], [RevertedError("does not answer balanceOfBatch")]) from None
        if len(balances) != len(batch):
            raise NoAnswerError([], [RevertedError("gives another number of balances")])
        actual = dict(zip(batch, balances, strict=True))
        differing = [pair for pair in batch if actual[pair] != logged[pair]]
        found |= {pair: (logged[pair], actual[pair]) for pair in differing}
    return found


def _compare_supplies(
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


def _wrong_standard(standard: str) -> SiteError:
    function = "balanceOfBatch" if standard == "erc1155" else "ownerOf and balanceOf"
    message = f"is not the contract's: it does not answer {function}"
    hint = 'valid: "erc721", "erc1155"'
    return SiteError([Fault("site.toml", message, "standard", standard, hint)])
