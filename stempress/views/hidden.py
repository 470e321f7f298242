"""The view of a hidden track's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.hidden_tracks import HiddenTrack
from stempress.site.page_addresses import hidden_file_address
from stempress.views.page import PageView

if TYPE_CHECKING:
    from stempress.site.pages import Page
    from stempress.views.leaves import SongLink
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenPageView(PageView):
    """A hidden track; ``body`` is Markdown, ``file`` the address of the encrypted file.

    It opens once ``awaited`` tokens are revealed: those of ``song``, or without one all of its
    seal. ``missing`` of them are not yet. ``size`` is in bytes, ``sha256`` that of the file;
    ``final`` is the final hash of the seal.
    """

    slug: str
    body: str
    song: SongLink | None
    awaited: int
    missing: int
    file: str
    size: int
    sha256: str
    final: str


def hidden_page(leaves: Leaves, page: Page, head: Head) -> HiddenPageView:
    """Return the view of a hidden track."""
    track = page.subject(HiddenTrack)
    if not (track.seal and track.entry and track.sealed):
        raise ValueError(track.slug)  # tracks that are not sealed have no page
    song = leaves.facts.collection.song(track.song) if track.song else None
    return HiddenPageView(
        **head,
        slug=track.slug,
        body=track.body,
        song=leaves.song(song) if song else None,
        awaited=track.entry.tokens,
        missing=track.missing,
        file=hidden_file_address(track),
        size=track.sealed.stat().st_size,
        sha256=track.entry.sha256,
        final=track.seal.final,
    )
