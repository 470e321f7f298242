"""Views of lists of tokens: the gallery, tiers and traits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from stempress.collection.traits import Trait, shown_trait
from stempress.site.addresses import gallery_address
from stempress.site.pages import TokenList
from stempress.views.home import tier_count
from stempress.views.leaves import Pager
from stempress.views.page import PageView

if TYPE_CHECKING:
    from stempress.site.pages import Page
    from stempress.views.home import TierCount
    from stempress.views.leaves import Card
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenListPageView(PageView):
    """One page of a list; all its pages together have ``total`` tokens."""

    tokens: tuple[Card, ...]
    pager: Pager
    total: int


class _List(TypedDict):
    tokens: tuple[Card, ...]
    pager: Pager
    total: int


@dataclass(frozen=True, slots=True)
class BrowseTrait:
    """A value of a trait, and how many tokens have it."""

    value: str
    address: str
    tokens: int


@dataclass(frozen=True, slots=True)
class BrowseGroup:
    """The values of a trait, to browse the gallery by."""

    name: str
    traits: tuple[BrowseTrait, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPageView(TokenListPageView):
    """A page of all tokens; the first has traits to ``browse`` by."""

    browse: tuple[BrowseGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TierPageView(TokenListPageView):
    """A page of a tier's tokens; ``counts`` are on the first page."""

    tier: str
    counts: TierCount | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitPageView(TokenListPageView):
    """A page of the tokens that share a trait.

    ``name`` and ``value`` are the trait's in the site's language; ``share`` is that of all tokens,
    in words, on the first page; ``filter`` is the gallery's address with only these tokens, empty
    if it has no such filter.
    """

    name: str
    value: str
    share: str
    filter: str


def gallery_page(leaves: Leaves, page: Page, head: Head) -> GalleryPageView:
    """Return the view of a page of the gallery."""
    about = page.subject(TokenList)
    return GalleryPageView(
        **head,
        **_list(leaves, about),
        browse=_browse(leaves) if about.number == 1 else (),
    )


def tier_page(leaves: Leaves, page: Page, head: Head) -> TierPageView:
    """Return the view of a page of a tier's tokens."""
    about = page.subject(TokenList)
    tier = str(about.shared)
    return TierPageView(
        **head,
        **_list(leaves, about),
        tier=tier,
        counts=tier_count(leaves, tier) if about.number == 1 else None,
    )


def trait_page(leaves: Leaves, page: Page, head: Head) -> TraitPageView:
    """Return the view of a page of a trait's tokens."""
    about, facts = page.subject(TokenList), leaves.facts
    if not isinstance(about.shared, Trait):
        raise TypeError(page.address)
    shown = shown_trait(facts.translations, about.shared)
    return TraitPageView(
        **head,
        **_list(leaves, about),
        name=shown.name,
        value=shown.value,
        share=facts.share(about.shared) if about.number == 1 else "",
        filter=gallery_address(facts.collection, about.shared),
    )


def _list(leaves: Leaves, about: TokenList) -> _List:
    pager = Pager(about.base, about.number, about.last)
    return {"tokens": leaves.cards(about.tokens), "pager": pager, "total": about.total}


def _browse(leaves: Leaves) -> tuple[BrowseGroup, ...]:
    groups = []
    for traits in leaves.facts.browse:
        shown = [shown_trait(leaves.facts.translations, trait) for trait, _ in traits]
        values = (
            BrowseTrait(each.value, trait.address, count)
            for each, (trait, count) in zip(shown, traits, strict=True)
        )
        groups.append(BrowseGroup(shown[0].name, tuple(values)))
    return tuple(groups)
