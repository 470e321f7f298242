"""Excerpts of a site: all that some files are made from, and so all that their keys cover."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stempress.audio.results import Sounds
from stempress.collection.collection import Collection
from stempress.collection.documents import Document
from stempress.collection.rarity import Rarity
from stempress.collection.stem_files import StemFiles
from stempress.site.facts import App, SiteFacts
from stempress.site.page_plan import plan_pages
from stempress.site.pages import VariationPages

if TYPE_CHECKING:
    from stempress.collection.albums import Album
    from stempress.collection.ledger import Ledger
    from stempress.collection.settings import Settings
    from stempress.i18n.translations import Translations
    from stempress.site.song_excerpt import SongExcerpt
    from stempress.site.token_facts import TokenTable


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Albums, some of their songs, and some tokens.

    ``albums`` are without their songs and story. ``shares`` are those of traits among all tokens
    of the site, in words, by the trait's address; None if they follow from these tokens.
    """

    settings: Settings
    albums: tuple[Album, ...]
    songs: tuple[SongExcerpt, ...]
    ledger: Ledger
    app: App
    shares: tuple[tuple[str, str], ...] | None = None

    def collection(self) -> Collection:
        """Return the collection, as if it had nothing else."""
        songs = [each.song for each in self.songs]
        return Collection(
            settings=self.settings,
            home=Document("", "", "", ""),
            pages=(),
            notes=(),
            albums=tuple(
                replace(album, songs=tuple(song for song in songs if song.album == album.slug))
                for album in self.albums
            ),
            ledger=self.ledger,
            files=StemFiles(pictures=dict(pair for each in self.songs for pair in each.pictures)),
            _songs={song.slug: song for song in songs},
        )

    def sounds(self) -> Sounds:
        """Return the collection's sound."""
        songs = {each.song.slug: each for each in self.songs}
        return Sounds(
            songs={slug: each.sound for slug, each in songs.items()},
            lossless={slug: each.lossless for slug, each in songs.items() if each.lossless},
            openings={slug: each.opening for slug, each in songs.items() if each.opening},
            streamed=frozenset(slug for slug, each in songs.items() if each.streamed),
            stems=dict(pair for each in self.songs for pair in each.stems),
            stem_previews=dict(pair for each in self.songs for pair in each.stem_previews),
            previews=dict(pair for each in self.songs for pair in each.previews),
            mixes=dict(pair for each in self.songs for pair in each.mixes),
            videos=dict(pair for each in self.songs for pair in each.videos),
            digests=dict(pair for each in self.songs for pair in each.digests),
            stream_digests=dict(pair for each in self.songs for pair in each.stream_digests),
        )

    def facts(self, translations: Translations, tokens: TokenTable) -> SiteFacts:
        """Return the facts of this excerpt, as if the site had nothing else.

        ``tokens`` may be those of the site: what is known of a token depends on its song and its
        album, and every excerpt that has the token has both.
        """
        collection = self.collection()
        rarity = Rarity(collection.songs, collection.tokens)
        variations = {
            each.song.slug: VariationPages(each.song, each.shown, each.permitted)
            for each in self.songs
        }
        plan = plan_pages(collection, rarity, translations, tokens, variations)
        shares = None if self.shares is None else dict(self.shares)
        return SiteFacts(plan, collection, rarity, self.sounds(), self.app, shares)
