"""What every file of a site follows from, as a key: the same key, the same content.

A page's key names everything that its template may ask for and that can change: of settings and of
the words around every page all of it, of songs and tokens what is about this page. Pages of which
there are few follow from everything. So do all pages of a site with templates of its own, for such
a template can ask for anything. Files that follow from much of the same are in bundles, whose key
names all of it: where that is what it was, their own keys are not asked for.
``tests/commands/test_incremental.py`` holds every key against clean builds.
"""

from __future__ import annotations

import marshal
from collections import defaultdict
from dataclasses import replace
from functools import cache, cached_property, partial
from hashlib import blake2b
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from pyodide_app.engine.model import Token, stem_keys
from stempress.collection.traits import trait_key
from stempress.core.cache import MARSHAL_VERSION
from stempress.core.forking import start_in_fork
from stempress.i18n.number_format import Formatter
from stempress.site.page_plan import (
    SongList,
    StemView,
    TokenList,
    VariationPages,
    VariationView,
    refuse_clashes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from pyodide_app.engine.model import StemKey, Variation
    from stempress.output.input_hash import InputHashes
    from stempress.site.page_plan import Page, Section
    from stempress.site.views import Views


_ITSELF = attrgetter("id", "song", "tier", "state", "layer", "stem", "burned", "into", "supply")
"""What a token says of itself; for a stem token that is all of it."""


WORTH = 500
"""Fewer pages than this are named sooner than a second process begins."""


def digest(*parts: object) -> str:
    """Return a name for texts, numbers, and tuples and lists of such."""
    return blake2b(marshal.dumps(cast("Any", parts), MARSHAL_VERSION), digest_size=12).hexdigest()


def _about[Kind](page: Page, kind: type[Kind]) -> Kind:
    """Return what a page is about, which its template tells."""
    if not isinstance(page.about, kind):
        raise TypeError(page.template)
    return page.about


class Keys:
    """Names what files follow from: ``everything``, or what is ``around`` every page, and more."""

    def __init__(self, views: Views, inputs: InputHashes) -> None:
        """Take what pages speak of, and the names of all inputs."""
        self._views, self.everything = views, digest(inputs.everything, views.mixer_off)
        collection = views.collection
        self._of, self._rarity, self._sounds = collection, views.rarity, views.sounds
        albums = [
            (album.slug, album.title, repr(album.cover), [(s.slug, s.title) for s in album.songs])
            for album in collection.albums
        ]
        pages = [(document.slug, document.title) for document in collection.pages]
        there = bool(collection.notes), bool(collection.seals)
        told = (*there, views.mixer_off)
        around = repr(collection.settings), inputs.source, albums, pages, told
        self.around = self.everything if inputs.has_own_templates else digest(*around)
        self._songs: dict[str, str] = {}
        self._followers: dict[str, str] = {}
        self._entries: dict[str, str] = {}
        self._counted: dict[StemKey, str] = {}
        self._told: dict[object, list[str]] = {}
        self._sections: dict[str, Callable[[str], str]] = {
            "gallery": lambda _: self.rarity,
            "traits": lambda _: self.rarity,
            "tokens": lambda _: self._told_of_tokens,
            "songs": self._told_of_song,
        }
        self._pages: dict[str, Callable[[Page], str]] = {
            "token.html": self._token_page,
            "gallery.html": self._list_page,
            "tier.html": self._list_page,
            "trait.html": self._list_page,
            "variation.html": self._variation_page,
            "embed.html": self._embed_page,
            "stem.html": self._stem_page,
            "song.html": self._song_page,
            "rarity.html": self._rarity_page,
        }

    def section(self, section: Section) -> str:
        """Return the key of a bundle of pages; nothing for pages that stand alone."""
        return self._sections[section.kind](section.slug) if section.kind else ""

    def begin(self, held: AbstractSet[tuple[str, str]]) -> Callable[[Page], str]:
        """Begin to name pages, half in another process if there can be one; return what tells keys.

        Pages in bundles that are ``held``, by name and key, need none. SiteError if two of the
        others would be one file.
        """
        fresh = [
            page
            for section in self._views.plan.sections
            if (section.name, self.section(section)) not in held
            for page in section.pages
        ]
        refuse_clashes(fresh)

        half = len(fresh) // 2 if len(fresh) > WORTH else 0

        def named(pages: Sequence[Page]) -> list[str]:
            return [self.page(page) for page in pages]

        others = start_in_fork(partial(named, fresh[:half])) if half else list

        @cache
        def found() -> dict[str, str]:
            mine = named(fresh[half:])
            addresses = [page.address for page in fresh]
            return dict(zip(addresses, [*others(), *mine], strict=True))

        return lambda page: found().get(page.address) or self.page(page)

    def page(self, page: Page) -> str:
        """Return the key of a page."""
        known = self._pages.get(page.template)
        return known(page) if known else self.everything

    def song(self, slug: str) -> str:
        """Return a key for a song but for its story: its words, its sound, its album."""
        if slug not in self._songs:
            song = self._of.song(slug)
            album = self._of.album(song.album)
            keys = list(stem_keys([song]))
            pictures = self._of.files.pictures
            parts = (
                repr(replace(song, story="")),
                (album.slug, album.title, album.upc, [each.slug for each in album.songs]),
                repr([self._sounds.stems[key] for key in keys]),
                repr(self._sounds.songs[slug]),
                [_picture(pictures.get(key)) for key in keys],
            )
            self._songs[slug] = digest(*parts)
        return self._songs[slug]

    def token(self, token: Token) -> str:
        """Return a key for a token and what it is made of: for its card and its metadata."""
        if token.id not in self._entries:
            self._entries[token.id] = digest(
                (token.id, token.tier, token.state, token.song, token.layer, token.stem),
                (tuple(token.stems.items()), token.album, token.burned, token.into, token.supply),
                self.song(token.song) if token.song else "",
                self._album(token.album) if token.album else "",
                self._mix(token) if token.tier == "song" and token.stems else "",
                [self.token(each) for each in self._songs_in(token)],
            )
        return self._entries[token.id]

    def tokens(self, tokens: Sequence[Token]) -> str:
        """Return a key for some tokens and what they are made of."""
        plain = list(map(_ITSELF, tokens))
        songs = {token.song for token in tokens if token.song}
        others = [self.token(token) for token in tokens if token.tier != "stem"]
        return digest(plain, others, [self.song(slug) for slug in sorted(songs)])

    def _songs_in(self, token: Token) -> list[Token]:
        """Return the song tokens that an album token was forged from."""
        burned = token.burned if token.tier == "album" else ()
        found = [self._views.by_id[each] for each in burned if each in self._views.by_id]
        return [each for each in found if each.tier == "song"]

    def metadata(self, token: Token) -> str:
        """Return the key of a token's metadata."""
        return self.around + self.token(token)

    def metadata_of(self, tokens: Sequence[Token]) -> str:
        """Return the key of some tokens' metadata."""
        return digest(self.around, self.tokens(tokens))

    def ledger_part(self, tokens: Sequence[Token]) -> str:
        """Return the key of some tokens as data, with who holds them."""
        owners = self._of.ledger.owners
        held = [tuple(owners.get(token.id, {}).items()) for token in tokens]
        return digest(self.around, held, self.tokens(tokens))

    def song_files(self, slug: str) -> str:
        """Return the key of a song's data, its digests and its covers."""
        shown = self._views.plan.variations[slug]
        return digest(
            self.around, self.song(slug), self._shown[slug], shown.total, self._digests[slug]
        )

    def of_song(self, slug: str) -> str:
        """Return the key of what follows from a song alone, but for its story: covers, frames."""
        if slug not in self._followers:
            self._followers[slug] = digest(self.around, self.song(slug))
        return self._followers[slug]

    def mixes(self, slug: str) -> str:
        """Return the key of what follows from a song and which of its mixes have a page."""
        return digest(self.of_song(slug), self._shown[slug])

    def previews(self, slug: str) -> str:
        """Return the key of the list of a song's previews."""
        return self.of_song(slug) + self._previews[slug]

    def album_cover(self, slug: str) -> str:
        """Return the key of what is drawn of an album."""
        return self.songs + self._album(slug)

    @cached_property
    def ledger(self) -> str:
        """A key for all tokens, who holds them, and when that was so."""
        ledger = self._of.ledger
        owners = {name: dict(held) for name, held in ledger.owners.items()}
        return digest(self.around, ledger.block, ledger.time, owners, self._all_tokens)

    @cached_property
    def _all_tokens(self) -> str:
        return self.tokens(self._of.tokens)

    @cached_property
    def songs(self) -> str:
        """A key for all songs but for their stories."""
        return digest(self.around, [self.song(song.slug) for song in self._of.songs])

    @cached_property
    def forge(self) -> str:
        """A key for what forging takes, and which variations have a page."""
        albums = [repr(replace(album, story="", songs=())) for album in self._of.albums]
        totals = [pages.total for pages in self._views.plan.variations.values()]
        return digest(self.songs, albums, list(self._shown.values()), totals)

    @cached_property
    def rarity(self) -> str:
        """A key for all tokens and songs: for how rare everything is, and lists of tokens."""
        return digest(self.forge, self._all_tokens)

    @cached_property
    def addresses(self) -> str:
        """A key for the list of all addresses."""
        return digest(self.around, [page.address for page in self._views.plan.pages])

    @cached_property
    def laid_out(self) -> str:
        """A key for all that the list of addresses follows from: it is known before that is."""
        return digest(self.rarity, [note.slug for note in self._of.notes])

    @cached_property
    def _told_of_tokens(self) -> str:
        return digest(self.ledger, self.forge)

    def _told_of_song(self, slug: str) -> str:
        """Return a key for a song's mixes and stems, and how many tokens are each of them."""
        return digest(
            (self.mixes(slug), self._previews[slug], self._digests[slug]),
            self.tokens(self._by_song[slug]),
        )

    @cached_property
    def _by_song(self) -> dict[str, list[Token]]:
        found: dict[str, list[Token]] = defaultdict(list)
        for token in self._of.tokens:
            found[token.song].append(token)
        return found

    def _album(self, slug: str) -> str:
        album = self._of.album(slug)
        return digest(album.title, album.upc, _picture(album.cover), repr(album.cover))

    def _mix(self, token: Token) -> tuple[str, str]:
        variation = self._views.variation(token)
        return repr(self._sounds.previews.get(variation)), repr(self._sounds.digests.get(variation))

    def _token_page(self, page: Page) -> str:
        token, views = _about(page, Token), self._views
        is_alone = token.state != "forged" and not token.burned
        relatives = () if is_alone else views.family(token).tokens()
        held = tuple(views.owners(token).items())
        odds = self._odds if token.state == "unrevealed" and token.tier == "stem" else ""
        return digest(
            self.around,
            self._itself(token),
            [self.token(each) for each in relatives],
            (held, self._of.ledger.block) if held else "",
            self._shares(token),
            odds,
        )

    def _itself(self, token: Token) -> object:
        """Return what a token is: of most of them, what would be digested."""
        if token.tier != "stem":
            return self.token(token)
        return _ITSELF(token), self.song(token.song) if token.song else ""

    def _shares(self, token: Token) -> list[str]:
        """Return how rare a token's traits are, in words."""
        known = trait_key(token)
        if known not in self._told:
            shares = map(self._views.share, self._views.traits(token))
            self._told[known] = [Formatter().percent(share) for share in shares]
        return self._told[known]

    @cached_property
    def _odds(self) -> str:
        shares = [
            (row.key, share, self.song(row.song.slug)) for row, share in self._views.unrevealed
        ]
        return digest(shares)

    def _list_page(self, page: Page) -> str:
        about = _about(page, TokenList)
        told: tuple[object, ...] = ()
        if about.number == 1 or page.template == "gallery.html":
            told = about.total, len(self._of.tokens)
        if page.template == "tier.html" and about.number == 1:
            told += tuple(sorted(self._views.counts[str(about.shared)].items()))
        if page.template == "gallery.html" and about.number == 1:
            told += (self._browsed,)
        shared = tuple(about.shared) if isinstance(about.shared, tuple) else about.shared
        return digest(
            (self.around, page.address, page.title, about.last, shared, told),
            self.tokens(about.tokens),
        )

    @cached_property
    def _browsed(self) -> list[tuple[str, str, int]]:
        return [(*trait, count) for traits in self._views.browse for trait, count in traits]

    def _variation_page(self, page: Page) -> str:
        about = _about(page, VariationView)
        tokens = self._rarity.tokens_of(about.variation)
        keys = [row.key for row in self._views.chosen(about.song, about.variation)]
        return digest(
            self._embed_page(page), self._counts(keys), [self.token(token) for token in tokens]
        )

    def _embed_page(self, page: Page) -> str:
        about = _about(page, VariationView)
        known = self.of_song(about.song.slug)  # the address tells which variation it is
        preview = self._sounds.previews.get(about.variation)
        return digest(known, repr(preview)) if preview else known

    def _stem_page(self, page: Page) -> str:
        about = _about(page, StemView)
        row = self._views.row(about.key)
        slug = about.song.slug
        return digest(
            (self.around, self.song(slug), self._shown[slug], about.key),
            self._counts([about.key]),
            repr(row.actual),
            self.tokens(row.tokens),
        )

    def _song_page(self, page: Page) -> str:
        about = _about(page, VariationPages)
        song = about.song
        tokens = self._views.song_tokens[song.slug]
        return digest(
            (self.around, self.song(song.slug), self._shown[song.slug], about.total, song.story),
            self._counts(list(stem_keys([song]))),
            self.tokens(tokens),
        )

    def _rarity_page(self, page: Page) -> str:
        about = _about(page, SongList)
        tokens = [each for song in about.songs for each in self._views.song_tokens[song.slug]]
        return digest(self.rarity, page.address, page.title, about.last, self.tokens(tokens))

    def _counts(self, keys: Sequence[StemKey]) -> list[str]:
        return [self._count(key) for key in keys]

    def _count(self, key: StemKey) -> str:
        if key not in self._counted:
            row = self._views.row(key)
            self._counted[key] = repr((row.count, [each.id for each in row.alive[:1]]))
        return self._counted[key]

    @cached_property
    def _shown(self) -> dict[str, str]:
        return {
            slug: digest([variation.choice for variation in pages.shown])
            for slug, pages in self._views.plan.variations.items()
        }

    @cached_property
    def _digests(self) -> dict[str, str]:
        return self._of_songs(self._sounds.digests)

    @cached_property
    def _previews(self) -> dict[str, str]:
        return self._of_songs(self._sounds.previews)

    def _of_songs(self, of: Mapping[Variation, object]) -> dict[str, str]:
        """Return a key for what there is of every song's variations."""
        found: dict[str, list[str]] = defaultdict(list)
        for variation, each in of.items():
            found[variation.song].append(repr((variation.choice, each)))
        return {song.slug: digest(found[song.slug]) for song in self._of.songs}


def _picture(path: Path | None) -> tuple[int, int] | None:
    if path is None:
        return None
    found = path.stat()
    return found.st_size, found.st_mtime_ns
