"""Sources of a site's files: excerpts of the site, with cache keys that are hashes of them.

Pages that are in no bundle have keys of another kind, see ``stempress.views.page_keys``.
``tests/commands/test_incremental.py`` checks all keys against clean builds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.collection.ledger import Ledger
from stempress.core.digests import digest_of
from stempress.site.excerpt import Excerpt
from stempress.site.facts import App

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyodide_app.engine.model import Token, Variation
    from stempress.audio.results import MixDigest, Sounds, WebFile
    from stempress.collection.albums import Album
    from stempress.collection.collection import Collection
    from stempress.i18n.translations import Translations
    from stempress.site.facts import SiteFacts
    from stempress.site.token_facts import TokenTable


class Source:
    """What some files are made from: an excerpt, and ``key``, a hash of it and of the generator.

    ``tokens`` are what is known of all tokens of the site.
    """

    def __init__(
        self, excerpt: Excerpt, generator: str, translations: Translations, tokens: TokenTable
    ) -> None:
        self.excerpt, self.tokens = excerpt, tokens
        self._generator, self._translations = generator, translations

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what it was made from, without what was computed."""
        return Source, (self.excerpt, self._generator, self._translations, self.tokens)

    @cached_property
    def key(self) -> str:
        """The cache key of what is made from this and nothing else."""
        return digest_of(self._generator, self.excerpt)

    def key_with(self, *values: object) -> str:
        """Return the cache key of what is made from this and some values."""
        return digest_of(self.key, values)

    @cached_property
    def collection(self) -> Collection:
        """The excerpt as a collection."""
        return self.facts.collection

    @cached_property
    def sounds(self) -> Sounds:
        """The excerpt's sound."""
        return self.facts.sounds

    @cached_property
    def facts(self) -> SiteFacts:
        """The facts of the excerpt."""
        return self.excerpt.facts(self._translations, self.tokens)


class Excerpts:
    """Excerpts of a site, none of which has texts: neither stories nor documents nor seals."""

    def __init__(self, facts: SiteFacts, generator: str) -> None:
        self.facts, self.generator = facts, generator
        self._by_song: dict[tuple[str, bool], Source] = {}

    @cached_property
    def everything(self) -> Source:
        """All songs and tokens."""
        collection = self.facts.collection
        return self._source(tuple(map(_without_lyrics, collection.albums)), collection.ledger)

    @cached_property
    def songs(self) -> Source:
        """All songs, and no token."""
        return self._source(tuple(map(_without_lyrics, self.facts.collection.albums)))

    @cached_property
    def albums(self) -> Source:
        """All albums, without songs and tokens."""
        albums = (replace(album, songs=()) for album in self.facts.collection.albums)
        return self._source(tuple(map(_without_texts, albums)))

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
            alone = _without_texts(replace(album, songs=(song,)))
            tokens = tuple(self.tokens.get(slug, ())) if with_tokens else ()
            self._by_song[key] = self._source((alone,), Ledger(tokens))
        return self._by_song[key]

    @cached_property
    def tokens(self) -> Mapping[str, list[Token]]:
        """Tokens by the song that they are of; "" for none."""
        tokens: dict[str, list[Token]] = defaultdict(list)
        for token in self.facts.collection.tokens:
            tokens[token.song].append(token)
        return tokens

    def _source(self, albums: tuple[Album, ...], ledger: Ledger = Ledger()) -> Source:  # noqa: B008
        excerpt = self._excerpt(albums, ledger)
        return Source(excerpt, self.generator, self.facts.translations, self.facts.plan.tokens)

    def _excerpt(self, albums: tuple[Album, ...], ledger: Ledger) -> Excerpt:
        facts, sounds = self.facts, self.facts.sounds
        songs = [song for album in albums for song in album.songs]
        slugs, keys = [song.slug for song in songs], list(stem_keys(songs))
        pictures = facts.collection.files.pictures
        return Excerpt(
            settings=facts.collection.settings,
            albums=albums,
            ledger=ledger,
            pictures=tuple((key, pictures[key]) for key in keys if key in pictures),
            stems=tuple((key, sounds.stems[key]) for key in keys),
            songs=tuple((slug, sounds.songs[slug]) for slug in slugs),
            lossless=tuple((s, sounds.lossless[s]) for s in slugs if s in sounds.lossless),
            previews=_of_songs(slugs, self._previews),
            stem_previews=tuple(
                (key, sounds.stem_previews[key]) for key in keys if key in sounds.stem_previews
            ),
            mixes=_of_songs(slugs, self._mixes),
            videos=_of_songs(slugs, self._videos),
            digests=_of_songs(slugs, self._digests),
            stream_digests=_of_songs(slugs, self._stream_digests),
            openings=tuple((s, sounds.openings[s]) for s in slugs if s in sounds.openings),
            variations=tuple(
                replace(facts.plan.variations[song.slug], song=song) for song in songs
            ),
            streamed=tuple(slug for slug in slugs if slug in sounds.streamed),
            app=App(facts.app, facts.mixer_off),
        )

    @cached_property
    def _previews(self) -> Mapping[str, list[tuple[Variation, WebFile]]]:
        return _by_song(self.facts.sounds.previews)

    @cached_property
    def _mixes(self) -> Mapping[str, list[tuple[Variation, tuple[WebFile, ...]]]]:
        return _by_song(self.facts.sounds.mixes)

    @cached_property
    def _videos(self) -> Mapping[str, list[tuple[Variation, WebFile]]]:
        return _by_song(self.facts.sounds.videos)

    @cached_property
    def _digests(self) -> Mapping[str, list[tuple[Variation, MixDigest]]]:
        return _by_song(self.facts.sounds.digests)

    @cached_property
    def _stream_digests(self) -> Mapping[str, list[tuple[Variation, MixDigest]]]:
        return _by_song(self.facts.sounds.stream_digests)


def _without_texts(album: Album) -> Album:
    songs = tuple(replace(song, story="") for song in album.songs)
    return replace(album, songs=songs, story="")


def _without_lyrics(album: Album) -> Album:
    """Return an album without texts and lyrics, which only what is about a single song states."""
    bare = _without_texts(album)
    return replace(bare, songs=tuple(replace(song, lyrics=None) for song in bare.songs))


def _by_song[Value](values: Mapping[Variation, Value]) -> dict[str, list[tuple[Variation, Value]]]:
    """Return the variations of every song with their values."""
    grouped: dict[str, list[tuple[Variation, Value]]] = {}
    for variation, value in values.items():
        grouped.setdefault(variation.song, []).append((variation, value))
    return grouped


def _of_songs[Value](
    slugs: Sequence[str], grouped: Mapping[str, list[tuple[Variation, Value]]]
) -> tuple[tuple[Variation, Value], ...]:
    """Return the variations of some songs with their values."""
    return tuple(pair for slug in slugs for pair in grouped.get(slug, ()))
