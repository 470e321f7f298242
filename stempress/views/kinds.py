"""The view of every page: what its template is given, by the name of the template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.site.json_ld import linked_data
from stempress.site.sharing import embed_of
from stempress.views.albums import album_page
from stempress.views.documents import document_page, note_page, notes_page
from stempress.views.hidden import hidden_page
from stempress.views.home import home_page
from stempress.views.people import person_page
from stempress.views.perks import perks_page
from stempress.views.rarity import rarity_page
from stempress.views.singles import (
    mine_page,
    mixer_page,
    plain_page,
    provenance_page,
    radio_page,
)
from stempress.views.songs import song_page
from stempress.views.stems import stem_page
from stempress.views.takes import take_page
from stempress.views.token_lists import gallery_page, tier_page, trait_page
from stempress.views.tokens import token_page
from stempress.views.variations import embed_page, variation_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from stempress.site.pages import Page
    from stempress.views.page import Head, PageView
    from stempress.views.shared_leaves import Leaves

KINDS: dict[str, Callable[[Leaves, Page, Head], PageView]] = {
    "404.html": plain_page,
    "album.html": album_page,
    "embed.html": embed_page,
    "gallery.html": gallery_page,
    "hidden.html": hidden_page,
    "home.html": home_page,
    "mine.html": mine_page,
    "mixer.html": mixer_page,
    "note.html": note_page,
    "notes.html": notes_page,
    "nothing.html": plain_page,
    "page.html": document_page,
    "perks.html": perks_page,
    "person.html": person_page,
    "provenance.html": provenance_page,
    "radio.html": radio_page,
    "rarity.html": rarity_page,
    "song.html": song_page,
    "stem.html": stem_page,
    "take.html": take_page,
    "tier.html": tier_page,
    "token.html": token_page,
    "trait.html": trait_page,
    "variation.html": variation_page,
}


def page_view(leaves: Leaves, page: Page) -> PageView:
    """Return the view of a page."""
    embed = embed_of(leaves.facts.collection.settings, page)
    head: Head = {
        "template": page.template,
        "address": page.address,
        "title": page.title,
        "linked_data": linked_data(leaves.facts, page),
        "oembed": embed.address if embed else "",
        "oembed_smaller": embed.smaller if embed else (),
    }
    return KINDS[page.template](leaves, page, head)
