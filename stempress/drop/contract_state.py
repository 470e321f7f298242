"""What a contract says, compared with what its logs say.

Some endpoints silently omit logs, and some keep only recent ones. What the contract says at the
same block counts: ``ownerOf`` for every token that the ledger or the logs name, and balances.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.drop.erc721_state import compare_owners, compare_totals
from stempress.drop.erc1155_state import compare_copies, compare_supplies
from stempress.drop.rpc import ANOTHER, NoAnswerError
from stempress.drop.rpc_errors import RevertedError, WrongError
from stempress.drop.state_comparison import Comparison

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stempress.drop.chain_state import ChainState
    from stempress.drop.contract_calls import ContractCalls

MAX_TOKEN = 2**256 - 1


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
            balances = compare_copies(state, calls, pairs)
            supplies, counted = compare_supplies(state, calls, ids, repaired=repaired)
            return Comparison(balances=balances, supplies=supplies, conclusive=counted)
        owners = compare_owners(state, calls, ids)
        return Comparison(owners, compare_totals(state, calls, {*owners.values()} - {""}))
    except NoAnswerError as error:
        if any(isinstance(failure, RevertedError) for failure in error.errors):
            raise _wrong_standard(standard) from None
        raise
    except WrongError as error:
        raise SiteError([Fault("sync", str(error), "rpc", hint=ANOTHER)]) from None


def _is_token(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 79 and int(text) <= MAX_TOKEN


def _wrong_standard(standard: str) -> SiteError:
    function = "balanceOfBatch" if standard == "erc1155" else "ownerOf and balanceOf"
    message = f"is not the contract's: it does not answer {function}"
    hint = 'valid: "erc721", "erc1155"'
    return SiteError([Fault("site.toml", message, "standard", standard, hint)])
