"""Plan of all pages of a site: a pure function of the collection.

Most pages are in bundles, which are planned only if something in them has to be built.
"""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

from pyodide_app.engine.model import TIERS, Variation
from stempress.collection.song_rarity import extremes
from stempress.i18n.translations import ENGLISH
from stempress.site.list_pages import gallery_pages, rarity_pages, trait_pages
from stempress.site.page_addresses import (
    album_address,
    embed_address,
    hidden_address,
    person_address,
    song_address,
    stem_address,
    stem_embed_address,
    take_address,
    token_address,
    variation_address,
)
from stempress.site.pages import (
    Page,
    Plan,
    Section,
    StemView,
    VariationPages,
    VariationView,
)
from stempress.site.token_facts import TokenTable
from stempress.site.tokens_by_song import tokens_by_song

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pyodide_app.engine.model import Song, Token
    from stempress.collection.collection import Collection
    from stempress.collection.rarity import Rarity
    from stempress.collection.traits import Trait
    from stempress.i18n.translations import Translations

MAX_VARIATION_PAGES = 512
"""Songs with more permitted variations get pages only for minted, rarest and commonest ones."""
EXTREMES = 64
"""How many of the rarest, and of the commonest, variations get pages then."""


def plan_pages(
    collection: Collection,
    rarity: Rarity,
    _: Translations = ENGLISH,
    tokens: TokenTable | None = None,
    variations: dict[str, VariationPages] | None = None,
) -> Plan:
    """Plan all pages; ``_`` translates titles.

    ``tokens`` and ``variations`` are what is known already of tokens and of songs, by their slugs.
    """
    variations = variations or {
        song.slug: _variation_pages(song, rarity) for song in collection.songs
    }
    tokens = tokens or TokenTable(collection, _)
    traits = partial(tokens.by_trait, collection.tokens)
    sections = tuple(_sections(collection, variations, tokens, traits, _))
    return Plan(sections, variations, traits, _, tokens=tokens)


def _variation_pages(song: Song, rarity: Rarity) -> VariationPages:
    total = rarity.permitted(song)
    minted = {variation for variation in rarity.variation_tokens if variation.song == song.slug}
    if total <= MAX_VARIATION_PAGES:
        shown = minted.union(song.variations())
    else:
        rarest, commonest = extremes(song, EXTREMES)
        shown = minted.union(rarest, commonest)
    return VariationPages(song, tuple(sorted(shown, key=attrgetter("sort_key"))), total)


def _sections(
    collection: Collection,
    variations: dict[str, VariationPages],
    tokens: TokenTable,
    traits: Callable[[], Mapping[Trait, tuple[Token, ...]]],
    _: Translations,
) -> Iterator[Section]:
    settings = collection.settings
    home = Page("", "home.html", settings.title, collection.home)
    yield Section("", partial(tuple, [home]))
    if collection.has_tokens:
        yield Section("gallery", partial(gallery_pages, collection, _))
    yield Section("", partial(_album_pages, collection))
    for song in collection.songs:
        about = variations[song.slug]
        yield Section("", partial(tuple, [song_page(about)]))
        yield Section("songs", partial(_song_pages, song, about, _), song.slug)
    for slug, tokens_of_song in tokens_by_song(collection.tokens).items():
        yield Section("tokens", partial(_token_pages, tokens_of_song, tokens), slug)
    yield Section("traits", partial(trait_pages, traits, _))
    yield Section("", partial(_documents, collection, _))
    yield Section("", partial(_takes, collection))
    yield Section("", partial(_people, collection))
    yield Section("", partial(_hidden_tracks, collection))
    if collection.has_tokens:
        yield Section("", partial(rarity_pages, collection, _))
    yield Section("", partial(_single_pages, collection, _))
    if not collection.has_tokens:
        yield Section("", partial(_empty_pages, _))


def _single_pages(collection: Collection, _: Translations) -> Iterator[Page]:
    if collection.settings.perks:
        yield Page("perks/", "perks.html", _("Perks"))
    if collection.seals:
        yield Page("provenance/", "provenance.html", _("Provenance"))
    yield Page("mixer/", "mixer.html", _("Mixer"))
    if has_radio(collection):
        yield Page("radio/", "radio.html", _("Radio"))
    if collection.has_tokens:
        yield Page("mine/", "mine.html", _("My tokens"))
    yield Page("404.html", "404.html", _("Not found"))


def has_radio(collection: Collection) -> bool:
    """Return whether the site has a radio: unless it is switched off, if there is a song."""
    return collection.settings.radio and bool(collection.songs)


def _empty_pages(_: Translations) -> Iterator[Page]:
    """Yield the addresses that every site has, of pages that are about tokens."""
    for address in ("gallery/", *(f"tiers/{tier}/" for tier in TIERS), "rarity/", "mine/"):
        yield Page(address, "nothing.html", _("Nothing here"))


def _album_pages(collection: Collection) -> Iterator[Page]:
    for album in collection.albums:
        yield Page(album_address(album), "album.html", album.title, album)


def song_page(variations: VariationPages) -> Page:
    """Return the page of a song."""
    song = variations.song
    return Page(song_address(song), "song.html", song.title, variations)


def mix_page(song: Song, variation: Variation) -> Page:
    """Return the page of a variation."""
    title = f"{song.title} {variation.mix_number}"
    about = VariationView(song, variation)
    return Page(variation_address(variation), "variation.html", title, about)


def _token_pages(tokens: Iterable[Token], facts: TokenTable) -> Iterator[Page]:
    for token in tokens:
        yield Page(token_address(token.id), "token.html", facts[token].title, token)


def _song_pages(song: Song, variations: VariationPages, _: Translations) -> Iterator[Page]:
    """Yield the pages of a song's variations and stems, and their embedded versions."""
    first = VariationView(song, next(song.variations()), whole=True)
    yield Page(f"embed/{song.slug}/", "embed.html", song.title, first)
    for variation in variations.shown:
        page = mix_page(song, variation)
        yield page
        yield page._replace(address=embed_address(variation), template="embed.html")
    for layer in song.layers:
        for stem in layer.stems:
            view = StemView(song, layer, stem)
            title = _(
                "%(stem)s, %(layer)s of %(song)s", stem=stem.name, layer=layer.name, song=song.title
            )
            page = Page(stem_address(view.key), "stem.html", title, view)
            yield page
            yield page._replace(address=stem_embed_address(view.key), template="embed.html")


def _documents(collection: Collection, _: Translations) -> Iterator[Page]:
    for document in collection.pages:
        yield Page(f"pages/{document.slug}/", "page.html", document.title, document)
    for note in collection.notes:
        yield Page(f"notes/{note.slug}/", "note.html", note.title, note)
    if collection.notes:
        yield Page("notes/", "notes.html", _("Notes"), collection.notes)


def _takes(collection: Collection) -> Iterator[Page]:
    for take in collection.takes:
        yield Page(take_address(take), "take.html", take.title, take)


def _people(collection: Collection) -> Iterator[Page]:
    for person in collection.settings.people:
        yield Page(person_address(person), "person.html", person.name, person)


def _hidden_tracks(collection: Collection) -> Iterator[Page]:
    for track in collection.sealed_tracks:
        yield Page(hidden_address(track), "hidden.html", track.title, track)
