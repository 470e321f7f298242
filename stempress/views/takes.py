"""Views of takes that the artist publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.takes import PublishedTake
from stempress.site.addresses import address_of
from stempress.site.song_facts import first_variation
from stempress.views.page import PageView

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from pyodide_app.engine.model import Credit, Song
    from stempress.site.pages import Page
    from stempress.views.leaves import Link, MixerLink, SongLink
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves


@dataclass(frozen=True, slots=True)
class CreditLine:
    """Somebody's part in a song or a take; the person's address is empty without a page."""

    person: Link
    role: str


@dataclass(frozen=True, slots=True)
class TakeLine:
    """A take in a list."""

    title: str
    address: str
    seconds: float
    date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePageView(PageView):
    """A take: its words in Markdown, and its text, which the mixer opens.

    ``digest`` is the SHA-256 of its samples; empty if the site has no lossless stems.
    """

    song: SongLink
    body: str
    date: date | None
    seconds: float
    moves: int
    credits: tuple[CreditLine, ...]
    text: str
    digest: str
    mixer: MixerLink


def take_page(leaves: Leaves, page: Page, head: Head) -> TakePageView:
    """Return the view of a take."""
    take, facts = page.subject(PublishedTake), leaves.facts
    song = facts.collection.song(take.song)
    return TakePageView(
        **head,
        song=leaves.song(song),
        body=take.body,
        date=take.date,
        seconds=take.take.seconds,
        moves=len(take.take.moves),
        credits=credit_lines(leaves, take.credits),
        text=take.text,
        digest=facts.sounds.takes.get(take.slug, ""),
        mixer=leaves.mixer_link(song, first_variation(song)),
    )


def take_lines(takes: Iterable[PublishedTake], song: Song) -> tuple[TakeLine, ...]:
    """Return a song's takes as lists show them."""
    return tuple(
        TakeLine(take.title, address_of(take), take.take.seconds, take.date)
        for take in takes
        if take.song == song.slug
    )


def credit_lines(leaves: Leaves, credited: Iterable[Credit]) -> tuple[CreditLine, ...]:
    """Return who is credited, with links to their pages."""
    return tuple(CreditLine(leaves.artist(credit.name), credit.role) for credit in credited)
