"""The contracts of a collection, read one by one, and what they say together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.model import TIERS
from stempress.drop.chain_state import ChainState
from stempress.drop.events import Transfer
from stempress.drop.forgings import find_forgings
from stempress.drop.journal import journal_path, read_journal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyodide_app.engine.model import Tier, Token
    from stempress.collection.settings import Contract, Settings
    from stempress.drop.journal import Journal

    type Placed = tuple[Transfer, str]
    """A transfer with its token's ID within the collection."""


@dataclass(frozen=True)
class TierContract:
    """A contract, and the tier that it is of alone; "" for the contract that other tiers share."""

    contract: Contract
    tier: Tier | str = ""

    def token_id(self, number: str) -> str:
        """Return a token's ID within the collection."""
        return f"{self.tier}/{number}" if self.tier else number

    def tokens(self, tokens: Iterable[Token], own: Mapping[Tier, Contract]) -> Iterator[Token]:
        """Yield those of its tokens; ``own`` are the tiers with contracts of their own."""
        return (token for token in tokens if self.tier == (token.tier if token.tier in own else ""))


def contracts_of(settings: Settings) -> list[TierContract]:
    """Return the contracts of a collection: first the one that tiers share, if any."""
    shared = [TierContract(settings.contract)] if settings.contract else []
    own = settings.tier_contracts
    return shared + [TierContract(own[tier], tier) for tier in TIERS if tier in own]


def transfers_of(journals: Sequence[tuple[TierContract, Journal]]) -> list[Placed]:
    """Return the transfers of all contracts, chain by chain in chain order."""
    placed = [
        (source.contract.chain_id, event, source.token_id(str(event.token)))
        for source, journal in journals
        for event in journal.events()
        if isinstance(event, Transfer)
    ]
    placed.sort(key=lambda entry: (entry[0], entry[1].block, entry[1].position))
    return [(event, token) for _, event, token in placed]


def merge_states(
    states: Sequence[tuple[TierContract, ChainState]], transfers: Iterable[Placed]
) -> ChainState:
    """Return the state of a collection: of all contracts, with IDs within the collection.

    What is forged may be in another contract than what is burned for it: forgings are those of
    ``transfers``.
    """
    merged = ChainState(forgings=list(find_forgings(transfers)))
    for source, state in states:
        name = source.token_id
        merged.seen.update(map(name, state.seen))
        merged.owners.update({name(token): held for token, held in state.owners.items()})
        merged.buried.update({name(token): held for token, held in state.buried.items()})
        merged.minted.update({name(token): number for token, number in state.minted.items()})
    return merged


def read_journals(settings: Settings) -> list[tuple[TierContract, Journal]]:
    """Return the journals of all contracts, as far as syncs have written them."""
    return [
        (source, read_journal(journal_path(source.contract))) for source in contracts_of(settings)
    ]
