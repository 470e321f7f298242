"""Views of /rarity/."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.site.pages import SongList
from stempress.views.leaves import Pager
from stempress.views.page import PageView

if TYPE_CHECKING:
    from pyodide_app.engine.model import Song, StemKey
    from stempress.collection.rarity import Count, LeftOut
    from stempress.collection.song_rarity import Standing
    from stempress.site.pages import Page
    from stempress.views.leaves import Card, MixLink, SongLink, StemLeaf
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves

RAREST, TOKENS_SHOWN = 5, 60


@dataclass(frozen=True, slots=True)
class RarityRow:
    """A stem with its figures.

    ``actual`` is its share of the layer's revealed tokens, None without any; ``target`` how many
    of these it should have, ``deviation`` how many more it has.
    """

    stem: StemLeaf
    count: Count
    actual: float | None
    target: float
    deviation: float


@dataclass(frozen=True, slots=True)
class RarityLayer:
    """A layer with the figures of its stems; ``at`` is its 0-based index.

    ``left_out`` is how often song tokens are without it, None if it always plays.
    """

    name: str
    at: int
    rows: tuple[RarityRow, ...]
    left_out: LeftOut | None


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
    layers: tuple[RarityLayer, ...]
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


def _layer(leaves: Leaves, song: Song, at: int) -> RarityLayer:
    layer = song.layers[at]
    rows = (_row(leaves, (song.slug, layer.slug, stem.slug)) for stem in layer.stems)
    left_out = leaves.facts.rarity.left_out(song, layer)
    return RarityLayer(layer.name, at, tuple(rows), left_out)


def _row(leaves: Leaves, key: StemKey) -> RarityRow:
    facts, rarity = leaves.facts.stem(key), leaves.facts.rarity
    return RarityRow(
        leaves.stem(key),
        facts.count,
        facts.actual,
        rarity.target_count(key),
        rarity.deviation(key),
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
    layers = tuple(_layer(leaves, song, at) for at in range(len(song.layers)))
    return RaritySong(leaves.song(song), layers, rarest, facts.rarity.permitted(song))
