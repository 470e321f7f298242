"""Cache keys of files that are not rendered from views: covers, metadata and large JSON files.

A file with the same key as before has the same content. A key covers everything that the file is
made from. Files that depend on much of the same are in bundles, whose key covers all of it; if a
bundle is current, the keys of its files are not computed. Pages have keys of another kind, see
``stempress.views.page_keys``. ``tests/commands/test_incremental.py`` checks every key against clean
builds.
"""

from __future__ import annotations

import marshal
from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from hashlib import blake2b
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from pyodide_app.engine.model import Token, stem_keys
from stempress.core.cache import MARSHAL_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Variation
    from stempress.output.input_hash import InputHashes
    from stempress.site.facts import SiteFacts


_FIELDS = attrgetter("id", "song", "tier", "state", "layer", "stem", "burned", "into", "supply")
"""Fields of a token; for a stem token, all that defines it."""


def digest(*parts: object) -> str:
    """Return a hash of texts, numbers, and tuples and lists of these."""
    return blake2b(marshal.dumps(cast("Any", parts), MARSHAL_VERSION), digest_size=12).hexdigest()


class CacheKeys:
    """Cache keys. ``shared`` covers the generator, the settings, and which songs there are."""

    def __init__(self, views: SiteFacts, inputs: InputHashes) -> None:
        self._views, collection = views, views.collection
        self._collection, self._rarity, self._sounds = collection, views.rarity, views.sounds
        albums = [
            (album.slug, album.title, repr(album.cover), [(s.slug, s.title) for s in album.songs])
            for album in collection.albums
        ]
        pages = [(document.slug, document.title) for document in collection.pages]
        navigation = bool(collection.notes), bool(collection.seals), views.mixer_off, views.app
        script = bool(views.sounds.streamed), bool(views.sounds.stream_digests)
        templates = inputs.generator, inputs.own_templates
        shared = repr(collection.settings), templates, albums, pages, navigation, script
        self.shared = digest(*shared)
        self._song_keys: dict[str, str] = {}
        self._song_assets_keys: dict[str, str] = {}
        self._token_keys: dict[str, str] = {}

    def song(self, slug: str) -> str:
        """Return the key of a song without its story: text, sound, pictures, album."""
        if slug not in self._song_keys:
            song = self._collection.song(slug)
            album = self._collection.album(song.album)
            keys = list(stem_keys([song]))
            pictures = self._collection.files.pictures
            parts = (
                repr(replace(song, story="")),
                (album.slug, album.title, album.upc, [track.slug for track in album.songs]),
                repr([self._sounds.stems[key] for key in keys]),
                repr(self._sounds.songs[slug]),
                repr(self._sounds.lossless.get(slug)),
                [_picture(pictures.get(key)) for key in keys],
            )
            self._song_keys[slug] = digest(*parts)
        return self._song_keys[slug]

    def token(self, token: Token) -> str:
        """Return the key of a token and what it was made of, for its card and its metadata."""
        if token.id not in self._token_keys:
            self._token_keys[token.id] = digest(
                (token.id, token.tier, token.state, token.song, token.layer, token.stem),
                (tuple(token.stems.items()), token.album, token.burned, token.into, token.supply),
                self.song(token.song) if token.song else "",
                self._album(token.album) if token.album else "",
                self._mix(token) if token.tier == "song" and token.stems else "",
                [self.token(song_token) for song_token in self._song_tokens_in(token)],
            )
        return self._token_keys[token.id]

    def tokens(self, tokens: Sequence[Token]) -> str:
        """Return the key of some tokens and what they were made of."""
        fields = list(map(_FIELDS, tokens))
        songs = {token.song for token in tokens if token.song}
        others = [self.token(token) for token in tokens if token.tier != "stem"]
        return digest(fields, others, [self.song(slug) for slug in sorted(songs)])

    def _song_tokens_in(self, token: Token) -> list[Token]:
        """Return the song tokens that an album token was forged from."""
        burned = token.burned if token.tier == "album" else ()
        by_id = self._views.by_id
        parts = [by_id[token_id] for token_id in burned if token_id in by_id]
        return [part for part in parts if part.tier == "song"]

    def metadata(self, token: Token) -> str:
        """Return the key of a token's metadata."""
        return self.shared + self.token(token)

    def metadata_of(self, tokens: Sequence[Token]) -> str:
        """Return the key of several tokens' metadata."""
        return digest(self.shared, self.tokens(tokens))

    def ledger_page(self, tokens: Sequence[Token]) -> str:
        """Return the key of some tokens and their owners, as data."""
        owners = self._collection.ledger.owners
        holders = [tuple(owners.get(token.id, {}).items()) for token in tokens]
        return digest(self.shared, holders, self.tokens(tokens))

    def song_data(self, slug: str) -> str:
        """Return the key of a song's data and mix digests."""
        shown = self._views.plan.variations[slug]
        return digest(
            self.shared, self.song(slug), self._shown[slug], shown.total, self._digests[slug]
        )

    def song_assets(self, slug: str) -> str:
        """Return the key of a song's covers and frames: everything but its story."""
        if slug not in self._song_assets_keys:
            self._song_assets_keys[slug] = digest(self.shared, self.song(slug))
        return self._song_assets_keys[slug]

    def mixes(self, slug: str) -> str:
        """Return the key of a song and of which of its variations have pages."""
        return digest(self.song_assets(slug), self._shown[slug])

    def album_cover(self, slug: str) -> str:
        """Return the key of an album's cover."""
        return self.songs + self._album(slug)

    @cached_property
    def ledger(self) -> str:
        """Key of all tokens, their owners, and the time of that snapshot."""
        ledger = self._collection.ledger
        owners = {token_id: dict(holders) for token_id, holders in ledger.owners.items()}
        return digest(self.shared, ledger.block, ledger.time, owners, self._all_tokens)

    @cached_property
    def _all_tokens(self) -> str:
        return self.tokens(self._collection.tokens)

    @cached_property
    def songs(self) -> str:
        """Key of all songs without their stories."""
        return digest(self.shared, [self.song(song.slug) for song in self._collection.songs])

    @cached_property
    def forge(self) -> str:
        """Key of what forging depends on, and of which variations have pages."""
        albums = [repr(replace(album, story="", songs=())) for album in self._collection.albums]
        totals = [pages.total for pages in self._views.plan.variations.values()]
        return digest(self.songs, albums, list(self._shown.values()), totals)

    @cached_property
    def rarity(self) -> str:
        """Key of all tokens and songs, for rarity and for lists of tokens."""
        return digest(self.forge, self._all_tokens)

    @cached_property
    def sitemap(self) -> str:
        """Key of the addresses of all pages, known before pages are planned."""
        return digest(self.rarity, [note.slug for note in self._collection.notes])

    def _album(self, slug: str) -> str:
        album = self._collection.album(slug)
        return digest(album.title, album.upc, _picture(album.cover), repr(album.cover))

    def _mix(self, token: Token) -> tuple[str, str]:
        variation = self._views.variation(token)
        return repr(self._sounds.previews.get(variation)), repr(self._sounds.digests.get(variation))

    @cached_property
    def _shown(self) -> dict[str, str]:
        return {
            slug: digest([variation.choice for variation in pages.shown])
            for slug, pages in self._views.plan.variations.items()
        }

    @cached_property
    def _digests(self) -> dict[str, str]:
        every = self._by_song(self._sounds.digests), self._by_song(self._sounds.stream_digests)
        return {slug: digest(*(digests[slug] for digests in every)) for slug in every[0]}

    def _by_song(self, by_variation: Mapping[Variation, object]) -> dict[str, str]:
        """Return a key for each song, given something for each of its variations."""
        parts: dict[str, list[str]] = defaultdict(list)
        for variation, value in by_variation.items():
            parts[variation.song].append(repr((variation.choice, value)))
        return {song.slug: digest(parts[song.slug]) for song in self._collection.songs}


def _picture(path: Path | None) -> tuple[int, int] | None:
    if path is None:
        return None
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns
