"""Royalties that a contract states (ERC-2981), compared with those of site.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address

from stempress.drop.events import decode_abi
from stempress.drop.rpc import NoAnswerError
from stempress.drop.rpc_errors import WrongError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyodide_app.engine.model import Token
    from stempress.collection.settings import Settings
    from stempress.drop.contract_calls import ContractCalls

ROYALTY_INFO = bytes.fromhex("2a55205a")
"""Selector of ``royaltyInfo(uint256,uint256)``, which returns receiver and amount."""
PRICE = 10_000
"""The price that is asked for: the royalty for it is one in basis points."""


class Royalty(NamedTuple):
    """Who is paid on a resale, and how many basis points of the price."""

    receiver: str
    amount: int


def royalty_warnings(
    settings: Settings, calls: ContractCalls, tokens: Iterable[Token]
) -> list[str]:
    """Return how the contract's royalties for one token of each tier differ from site.toml's."""
    samples = {token.tier: token.number for token in tokens}
    data = [
        ROYALTY_INFO + encode(["uint256", "uint256"], [int(token), PRICE])
        for token in samples.values()
    ]
    try:
        stated = dict(zip(samples, map(_royalty, calls.call_many(data)), strict=True))
    except (NoAnswerError, WrongError):
        return ["no endpoint says which royalties the contract states, so they are not compared"]
    ours = f"{settings.royalty_bps / 100:g}% in site.toml (royalty_bps)"
    if not any(stated.values()):
        none = f"royalties are {ours}, but the contract states none (ERC-2981)"
        return [none] if settings.royalty_bps and stated else []
    royalties = {tier: royalty or Royalty("", 0) for tier, royalty in stated.items()}
    amounts = [
        f"royalties of {tier} tokens are {ours}, but {royalty.amount / 100:g}% in the contract"
        for tier, royalty in royalties.items()
        if royalty.amount != settings.royalty_bps
    ]
    receivers = {royalty.receiver for royalty in royalties.values() if royalty.amount}
    others = sorted(receivers - {settings.splitter}) if settings.splitter else []
    return amounts + [
        f"the contract pays royalties to {receiver}, not to the splitter {settings.splitter}"
        for receiver in others
    ]


def _royalty(answer: bytes | None) -> Royalty | None:
    """Return what ``royaltyInfo`` says; None if the contract does not answer it."""
    try:
        receiver, amount = decode_abi(["address", "uint256"], answer or b"")
    except ValueError:
        return None
    return Royalty(str(to_checksum_address(receiver)), int(amount))
