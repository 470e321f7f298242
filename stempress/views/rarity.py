"""Views of /rarity/."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.site.pages import SongList
from stempress.views.leaves import Pager
from stempress.views.page import PageView

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song
    from stempress.collection.rarity import Standing
    from stempress.site.pages import Page
    from stempress.views.leaves import Card, MixLink, SongLayer, SongLink
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves

RAREST, TOKENS_SHOWN = 5, 60


@dataclass(frozen=True, slots=True)
class RareMix:
    """A variation that exists as tokens, the first of which are shown."""

    mix: MixLink
    standing: Standing
    tokens: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class RaritySong:
    """A song's stems, the rarest of its variations that exist, and how many are possible."""

    song: SongLink
    layers: tuple[SongLayer, ...]
    rarest: tuple[RareMix, ...]
    mixes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RarityPageView(PageView):
    """One page of the songs."""

    songs: tuple[RaritySong, ...]
    pager: Pager


def rarity_page(leaves: Leaves, page: Page, head: Head) -> RarityPageView:
    """Return the view of a page of /rarity/."""
    about = page.subject(SongList)
    return RarityPageView(
        **head,
        songs=tuple(_song(leaves, song) for song in about.songs),
        pager=Pager(about.address(1), about.number, about.last),
    )


def _song(leaves: Leaves, song: Song) -> RaritySong:
    facts = leaves.facts
    rarest = tuple(
        RareMix(
            leaves.mix(minted.variation),
            minted.standing,
            leaves.cards(minted.tokens[:TOKENS_SHOWN]),
        )
        for minted in facts.existing(song)[:RAREST]
    )
    return RaritySong(leaves.song(song), leaves.layers(song), rarest, facts.rarity.permitted(song))
