"""Sources of a site's files: excerpts of the site, with cache keys that are hashes of them.

Pages that are in no bundle have keys of another kind, see ``stempress.views.page_keys``.
``tests/commands/test_incremental.py`` checks all keys against clean builds.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from stempress.collection.ledger import Ledger
from stempress.collection.traits import trait_key
from stempress.site.addresses import address_of
from stempress.site.excerpt import Excerpt
from stempress.site.facts import App
from stempress.site.song_excerpt import SongExcerpts
from stempress.site.source import Source
from stempress.site.tokens_by_song import tokens_by_song, with_relatives

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyodide_app.engine.model import Song, Token
    from stempress.collection.albums import Album
    from stempress.site.facts import SiteFacts
    from stempress.site.song_excerpt import SongExcerpt


class Excerpts:
    """Excerpts of a site, none of which has texts: neither stories nor documents nor seals.

    Only those of a single song have its lyrics.
    """

    def __init__(self, facts: SiteFacts, generator: str) -> None:
        self.facts, self.generator = facts, generator
        self._songs = SongExcerpts(facts)
        self._by_song: dict[tuple[str, bool], Source] = {}
        self._token_pages: dict[str, Source] = {}

    @cached_property
    def everything(self) -> Source:
        """All songs and tokens."""
        collection = self.facts.collection
        return self._source(collection.albums, self._bare(collection.songs), collection.ledger)

    @cached_property
    def songs(self) -> Source:
        """All songs, and no token."""
        collection = self.facts.collection
        return self._source(collection.albums, self._bare(collection.songs))

    @cached_property
    def albums(self) -> Source:
        """All albums, without songs and tokens."""
        return self._source(self.facts.collection.albums, ())

    def song_with_tokens(self, slug: str) -> Source:
        """Return a song, on an album that has no other, and its tokens without their owners."""
        return self._of_song(slug, with_tokens=True)

    def song(self, slug: str) -> Source:
        """Return a song, on an album that has no other, and no token."""
        return self._of_song(slug, with_tokens=False)

    def _of_song(self, slug: str, *, with_tokens: bool) -> Source:
        key = slug, with_tokens
        if key not in self._by_song:
            song = self.facts.collection.song(slug)
            album = self.facts.collection.album(song.album)
            tokens = tuple(self.tokens.get(slug, ())) if with_tokens else ()
            alone = (self._songs.of(song, with_lyrics=True),)
            self._by_song[key] = self._source((album,), alone, Ledger(tokens))
        return self._by_song[key]

    def token_pages(self, slug: str) -> Source:
        """Return a song's known tokens with owners, their relatives, and the songs of all these."""
        if slug not in self._token_pages:
            collection, known = self.facts.collection, self.tokens[slug]
            tokens = with_relatives(known, self.facts.by_id)
            slugs = {token.song for token in tokens}
            songs = [song for song in collection.songs if song.slug in slugs]
            albums = {song.album for song in songs}
            self._token_pages[slug] = self._source(
                tuple(album for album in collection.albums if album.slug in albums),
                self._bare(songs),
                _owned(known, tokens, collection.ledger),
                self._shares(known),
            )
        return self._token_pages[slug]

    def _shares(self, tokens: Iterable[Token]) -> tuple[tuple[str, str], ...]:
        """Return the shares of all traits of some tokens."""
        facts, alike = self.facts, {trait_key(token): token for token in tokens}
        traits = dict.fromkeys(trait for token in alike.values() for trait in facts.traits(token))
        return tuple((address_of(trait), facts.share(trait)) for trait in traits)

    @cached_property
    def tokens(self) -> Mapping[str, list[Token]]:
        """Tokens by the song that they are known to be of; "" for none."""
        return tokens_by_song(self.facts.collection.tokens)

    def _bare(self, songs: Iterable[Song]) -> tuple[SongExcerpt, ...]:
        """Return songs without lyrics."""
        return tuple(self._songs.of(song, with_lyrics=False) for song in songs)

    def _source(
        self,
        albums: Iterable[Album],
        songs: tuple[SongExcerpt, ...],
        ledger: Ledger = Ledger(),  # noqa: B008 - frozen
        shares: tuple[tuple[str, str], ...] | None = None,
    ) -> Source:
        facts = self.facts
        excerpt = Excerpt(
            settings=facts.collection.settings,
            albums=tuple(replace(album, songs=(), story="") for album in albums),
            songs=songs,
            ledger=ledger,
            app=App(facts.app, facts.mixer_off),
            shares=shares,
        )
        return Source(excerpt, self.generator, facts.translations, facts.plan.tokens)


def _owned(owned: Iterable[Token], tokens: Iterable[Token], whole: Ledger) -> Ledger:
    """Return a ledger of some tokens, with the owners of those that are ``owned``."""
    owners = {token.id: whole.owners[token.id] for token in owned if token.id in whole.owners}
    return Ledger(tuple(tokens), owners, whole.block if owners else None)
