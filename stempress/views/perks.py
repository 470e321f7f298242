"""The view of the page of all perks: who is entitled to each, as of the ledger's snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pyodide_app.engine.model import TIERS, id_number
from stempress.collection.holders import holders_of
from stempress.views.page import PageView

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyodide_app.engine.model import Tier, Token
    from stempress.collection.settings import Perk
    from stempress.site.facts import SiteFacts
    from stempress.site.pages import Page
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves

HOLDERS_SHOWN = 100
ALIVE = ("unrevealed", "revealed")


@dataclass(frozen=True, slots=True)
class PerkView:
    """A perk and its ``terms``, any of which is enough.

    ``ids`` are those of all tokens with it, by tier, in runs: ``1-100 205``. ``tokens`` of them are
    not burned; at ``block``, ``holders`` addresses have ``copies`` of them, of whom the first are
    ``shown``. ``block`` is None if none is known, or if the tokens are on several chains.
    """

    title: str
    slug: str
    terms: tuple[Perk, ...]
    ids: tuple[tuple[Tier, str], ...]
    tokens: int
    block: int | None
    holders: int
    copies: int
    shown: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerksPageView(PageView):
    """All perks; ``has_owners``: the ledger says who holds tokens."""

    perks: tuple[PerkView, ...]
    has_owners: bool


def perks_page(leaves: Leaves, _: Page, head: Head) -> PerksPageView:
    """Return the view of the page of all perks."""
    facts = leaves.facts
    ledger, perks = facts.collection.ledger, facts.collection.settings.perks
    slugs = dict.fromkeys(perk.slug for perk in perks)
    return PerksPageView(
        **head,
        perks=tuple(
            _perk(facts, tuple(perk for perk in perks if perk.slug == slug)) for slug in slugs
        ),
        has_owners=bool(ledger.owners),
    )


def _perk(facts: SiteFacts, terms: tuple[Perk, ...]) -> PerkView:
    def has_it(token: Token) -> bool:
        return any(perk in terms for perk in facts.perks(token))

    collection = facts.collection
    tokens = list(filter(has_it, collection.tokens))
    holders = holders_of(collection.ledger.owners, tokens, has_it)
    of_tier = {
        tier: [token.id for token in tokens if token.tier == tier]
        for tier in TIERS
        if any(token.tier == tier for token in tokens)
    }
    return PerkView(
        terms[0].title,
        terms[0].slug,
        terms,
        tuple((tier, " ".join(id_runs(ids))) for tier, ids in of_tier.items()),
        sum(token.state in ALIVE for token in tokens),
        facts.block_of(of_tier),
        len(holders),
        sum(holder.copies for holder in holders),
        tuple((holder.address, holder.copies) for holder in holders[:HOLDERS_SHOWN]),
    )


def id_runs(ids: Sequence[str]) -> Iterator[str]:
    """Yield the IDs of one tier, in ascending order, as runs of consecutive numbers."""
    numbered = enumerate(int(id_number(token_id)) for token_id in ids)
    for _, group in groupby(numbered, key=lambda pair: pair[1] - pair[0]):
        run = list(group)
        (first, low), (_, high) = run[0], run[-1]
        yield ids[first] if low == high else f"{ids[first]}-{high}"
