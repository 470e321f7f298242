"""Views of stems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.site.pages import StemView
from stempress.views.downloads import stem_download
from stempress.views.page import PageView

if TYPE_CHECKING:
    from stempress.site.pages import Page
    from stempress.views.downloads import Download
    from stempress.views.leaves import Card, MixerLink, MixLink, Offer, StemRow
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves

TOKENS_SHOWN, OFFERS_SHOWN = 600, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class StemPageView(PageView):
    """A stem.

    ``actual`` is its share of the layer's revealed tokens, None without any; ``loudness`` is in
    LUFS. ``held`` are how many of its tokens are revealed and not burned, ``offers`` the first of
    them if there is a marketplace. ``tokens`` are the first of ``token_count``; ``variations`` are
    those with it that have a page, which are all of them if ``complete``.
    """

    row: StemRow
    actual: float | None
    loudness: float
    channels: int
    seconds: float
    lossless: Download | None
    mixer: MixerLink
    held: int
    offers: tuple[Offer, ...]
    tokens: tuple[Card, ...]
    token_count: int
    variations: tuple[MixLink, ...]
    complete: bool


def stem_page(leaves: Leaves, page: Page, head: Head) -> StemPageView:
    """Return the view of a stem."""
    key, facts = page.subject(StemView).key, leaves.facts
    stem = facts.stem(key)
    held = stem.alive
    return StemPageView(
        **head,
        row=leaves.row(key),
        actual=stem.actual,
        loudness=stem.sound.loudness,
        channels=stem.sound.channels,
        seconds=stem.sound.seconds,
        lossless=stem_download(facts, key) if stem.sound.lossless else None,
        mixer=leaves.solo(key),
        held=len(held),
        offers=leaves.offers(held[:OFFERS_SHOWN]),
        tokens=leaves.cards(stem.tokens[:TOKENS_SHOWN]),
        token_count=len(stem.tokens),
        variations=leaves.mixes(facts.with_stem(stem)[0]),
        complete=facts.plan.variations[stem.song.slug].complete,
    )
