"""Excerpts of a site: all that a bundle of pages is viewed from, and so all that its key covers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.audio.results import Sounds
from stempress.collection.collection import Collection
from stempress.collection.documents import Document
from stempress.collection.ledger import Ledger
from stempress.collection.rarity import Rarity
from stempress.collection.stem_files import StemFiles
from stempress.site.facts import App, SiteFacts
from stempress.site.page_plan import plan_pages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey, Token, Variation
    from stempress.audio.results import Opening, StemSound, WebFile
    from stempress.audio.song_sound import SongSound
    from stempress.collection.albums import Album
    from stempress.collection.settings import Settings
    from stempress.i18n.translations import Translations
    from stempress.site.pages import VariationPages
    from stempress.site.token_facts import TokenTable

    type Holders = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Songs without their stories, and their variations, tokens, pictures and sound.

    ``owners`` and ``block`` are as in the ledger, of all tokens or of none.
    """

    settings: Settings
    albums: tuple[Album, ...]
    tokens: tuple[Token, ...]
    owners: tuple[tuple[str, Holders], ...]
    block: int | None
    pictures: tuple[tuple[StemKey, Path], ...]
    stems: tuple[tuple[StemKey, StemSound], ...]
    sounds: tuple[tuple[str, SongSound], ...]
    previews: tuple[tuple[Variation, WebFile], ...]
    openings: tuple[tuple[str, Opening], ...]
    variations: tuple[VariationPages, ...]
    streamed: tuple[str, ...]
    app: App

    def facts(self, translations: Translations, tokens: TokenTable) -> SiteFacts:
        """Return the facts of this excerpt, as if the site had nothing else.

        ``tokens`` may be those of the site: what is known of a token depends on its song and its
        album, and every excerpt that has the token has both.
        """
        songs = {song.slug: song for album in self.albums for song in album.songs}
        owners = {token_id: dict(holders) for token_id, holders in self.owners}
        collection = Collection(
            settings=self.settings,
            home=Document("", "", "", ""),
            pages=(),
            notes=(),
            albums=self.albums,
            ledger=Ledger(self.tokens, owners, self.block),
            files=StemFiles(pictures=dict(self.pictures)),
            _songs=songs,
        )
        rarity = Rarity(collection.songs, collection.tokens)
        sounds = Sounds(
            stems=dict(self.stems),
            songs=dict(self.sounds),
            previews=dict(self.previews),
            openings=dict(self.openings),
            streamed=frozenset(self.streamed),
        )
        variations = {pages.song.slug: pages for pages in self.variations}
        plan = plan_pages(collection, rarity, translations, tokens, variations)
        return SiteFacts(plan, collection, rarity, sounds, self.app)


class Excerpts:
    """Excerpts of a site: everything but texts, and single songs."""

    def __init__(self, facts: SiteFacts) -> None:
        self._facts = facts

    @cached_property
    def without_texts(self) -> Excerpt:
        """Everything but stories, documents and seals."""
        collection = self._facts.collection
        albums = tuple(map(_without_texts, collection.albums))
        ledger = collection.ledger
        owners = tuple((token_id, tuple(held.items())) for token_id, held in ledger.owners.items())
        everything = self._excerpt(albums, collection.tokens)
        return replace(everything, owners=owners, block=ledger.block)

    def of_song(self, song: Song) -> Excerpt:
        """Return a song, on an album that has no other, and its tokens without their owners."""
        album = self._facts.collection.album(song.album)
        alone = _without_texts(replace(album, songs=(song,)))
        return self._excerpt((alone,), self._tokens.get(song.slug, []))

    @cached_property
    def _tokens(self) -> dict[str, list[Token]]:
        tokens: dict[str, list[Token]] = {}
        for token in self._facts.collection.tokens:
            tokens.setdefault(token.song, []).append(token)
        return tokens

    @cached_property
    def _previews(self) -> dict[str, list[tuple[Variation, WebFile]]]:
        previews: dict[str, list[tuple[Variation, WebFile]]] = {}
        for variation, file in self._facts.sounds.previews.items():
            previews.setdefault(variation.song, []).append((variation, file))
        return previews

    def _excerpt(self, albums: tuple[Album, ...], tokens: Sequence[Token]) -> Excerpt:
        collection, sounds = self._facts.collection, self._facts.sounds
        songs = [song for album in albums for song in album.songs]
        slugs, keys = [song.slug for song in songs], list(stem_keys(songs))
        pictures = collection.files.pictures
        return Excerpt(
            settings=collection.settings,
            albums=albums,
            tokens=tuple(tokens),
            owners=(),
            block=None,
            pictures=tuple((key, pictures[key]) for key in keys if key in pictures),
            stems=tuple((key, sounds.stems[key]) for key in keys),
            sounds=tuple((slug, sounds.songs[slug]) for slug in slugs),
            previews=tuple(pair for slug in slugs for pair in self._previews.get(slug, ())),
            openings=tuple((s, sounds.openings[s]) for s in slugs if s in sounds.openings),
            variations=tuple(
                replace(self._facts.plan.variations[song.slug], song=song) for song in songs
            ),
            streamed=tuple(slug for slug in slugs if slug in sounds.streamed),
            app=App(self._facts.app, self._facts.mixer_off),
        )


def _without_texts(album: Album) -> Album:
    songs = tuple(replace(song, story="") for song in album.songs)
    return replace(album, songs=songs, story="")
