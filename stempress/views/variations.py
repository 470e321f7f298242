"""Views of variations, and of their mixers alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.site.addresses import address_of
from stempress.site.cover_addresses import song_cover, variation_cover
from stempress.site.json_ld import full_address
from stempress.site.page_addresses import stem_address
from stempress.site.pages import StemView, VariationView
from stempress.views.page import PageView

if TYPE_CHECKING:
    from stempress.collection.song_rarity import Standing
    from stempress.site.pages import Page
    from stempress.views.leaves import (
        Card,
        LeftOutLayer,
        MixerLink,
        MixerView,
        SongLink,
        StemRow,
    )
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationPageView(PageView):
    """A variation of a song.

    ``pictures`` are stacked to its cover; ``left_out`` are the layers that it is without;
    ``preview`` is empty if it has none; ``permitted``: whether the song's rules allow it.
    """

    song: SongLink
    mix_number: str
    cover: str
    pictures: tuple[str, ...]
    standing: Standing
    rows: tuple[StemRow, ...]
    left_out: tuple[LeftOutLayer, ...]
    preview: str
    permitted: bool
    mixer: MixerLink
    tokens: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedPageView(PageView):
    """The player of a song (``whole``), a variation or a stem.

    ``subject`` is the page it is of, an address or a full URL. It is empty if there is no page: a
    player that is pinned on IPFS is not below the site, which may have no URL.
    """

    subject: str
    artist: str
    cover: str
    whole: MixerView | None
    mixer: MixerLink


def variation_page(leaves: Leaves, page: Page, head: Head) -> VariationPageView:
    """Return the view of a variation."""
    about, facts = page.subject(VariationView), leaves.facts
    song, variation = about.song, about.variation
    return VariationPageView(
        **head,
        song=leaves.song(song),
        mix_number=variation.mix_number,
        cover=variation_cover(variation),
        pictures=tuple(facts.pictures(song, variation)),
        standing=facts.rarity.standing(song, variation),
        rows=leaves.chosen(song, variation),
        left_out=leaves.left_out(song, variation),
        preview=preview_address(leaves, about),
        permitted=song.permits(variation),
        mixer=leaves.mixer_link(song, variation),
        tokens=leaves.cards(facts.rarity.tokens_of(variation)),
    )


def preview_address(leaves: Leaves, about: VariationView) -> str:
    """Return the address of a variation's preview; empty if it has none."""
    preview = leaves.facts.sounds.previews.get(about.variation)
    return preview.address if preview else ""


def embed_page(leaves: Leaves, page: Page, head: Head) -> EmbedPageView:
    """Return the view of a player alone."""
    if isinstance(page.about, StemView):
        return _stem_embed(leaves, page.about, head)
    about = page.subject(VariationView)
    song, variation = about.song, about.variation
    return EmbedPageView(
        **head,
        subject=_subject(leaves, address_of(song if about.whole else variation)),
        artist=song.artist,
        cover=song_cover(song) if about.whole else variation_cover(variation),
        whole=leaves.mixer(song, variation) if about.whole else None,
        mixer=leaves.mixer_link(song, variation),
    )


def _stem_embed(leaves: Leaves, about: StemView, head: Head) -> EmbedPageView:
    return EmbedPageView(
        **head,
        subject=_subject(leaves, stem_address(about.key)),
        artist=about.song.artist,
        cover=leaves.row(about.key).stem.cover,
        whole=None,
        mixer=leaves.solo(about.key),
    )


def _subject(leaves: Leaves, address: str) -> str:
    settings = leaves.facts.collection.settings
    if not settings.has_pinned_players:
        return address
    return full_address(settings, address) if settings.url else ""
