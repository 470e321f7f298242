"""Pages of lists: of tokens, and of songs by rarity."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from pyodide_app.engine.model import TIERS
from stempress.collection.traits import Trait, shown_trait
from stempress.site.pages import Page, SongList, TokenList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pyodide_app.engine.model import Song, Tier, Token
    from stempress.collection.collection import Collection
    from stempress.i18n.translations import Translations

TOKENS_PER_PAGE = 60
STEMS_PER_PAGE = 240
"""How many stems a page of /rarity/ shows, unless a single song has more."""


def gallery_pages(collection: Collection, _: Translations) -> Iterator[Page]:
    """Yield the lists of all tokens and of each tier."""
    yield from _list_pages("gallery/", "gallery.html", _("Gallery"), collection.tokens, _)
    titles = {"stem": _("Stem tokens"), "song": _("Song tokens"), "album": _("Album tokens")}
    for tier in TIERS:
        tokens = tuple(token for token in collection.tokens if token.tier == tier)
        yield from _list_pages(f"tiers/{tier}/", "tier.html", titles[tier], tokens, _, tier)


def trait_pages(
    traits: Callable[[], Mapping[Trait, tuple[Token, ...]]], _: Translations
) -> Iterator[Page]:
    """Yield the lists of the tokens of every trait."""
    for trait, tokens in traits().items():
        shown = shown_trait(_, trait)
        title = _("%(name)s: %(value)s", name=shown.name, value=shown.value)
        yield from _list_pages(trait.address, "trait.html", title, tokens, _, trait)


def rarity_pages(collection: Collection, _: Translations) -> Iterator[Page]:
    """Yield the lists of songs with the rarity of their stems."""
    parts = list(_paginate(collection.songs))
    for number, songs in enumerate(parts, start=1):
        title = _page_title(_("Rarity"), number, _)
        about = SongList(songs, number, len(parts))
        yield Page(about.address(number), "rarity.html", title, about)


def _list_pages(
    base: str,
    template: str,
    title: str,
    tokens: Sequence[Token],
    _: Translations,
    shared: Tier | Trait | None = None,
) -> Iterator[Page]:
    """Yield the pages of a list of tokens; the first exists even without tokens."""
    last = max(1, ceil(len(tokens) / TOKENS_PER_PAGE))
    for number in range(1, last + 1):
        part = tuple(tokens[(number - 1) * TOKENS_PER_PAGE : number * TOKENS_PER_PAGE])
        about = TokenList(part, number, last, base, len(tokens), shared)
        yield Page(about.address(number), template, _page_title(title, number, _), about)


def _page_title(title: str, number: int, _: Translations) -> str:
    """Return the title of one page of a list."""
    return title if number == 1 else _("%(title)s, page %(number)s", title=title, number=number)


def _paginate(songs: Sequence[Song]) -> Iterator[tuple[Song, ...]]:
    """Yield groups of songs with at most ``STEMS_PER_PAGE`` stems together; at least one group."""
    group: list[Song] = []
    stem_count = 0
    for song in songs:
        stems_of_song = sum(len(layer.stems) for layer in song.layers)
        if group and stem_count + stems_of_song > STEMS_PER_PAGE:
            yield tuple(group)
            group, stem_count = [], 0
        group.append(song)
        stem_count += stems_of_song
    yield tuple(group)
