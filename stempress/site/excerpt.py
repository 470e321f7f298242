"""Excerpts of a site: all that some files are made from, and so all that their keys cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.audio.results import Sounds
from stempress.collection.collection import Collection
from stempress.collection.documents import Document
from stempress.collection.rarity import Rarity
from stempress.collection.stem_files import StemFiles
from stempress.site.facts import App, SiteFacts
from stempress.site.page_plan import plan_pages

if TYPE_CHECKING:
    from pathlib import Path

    from pyodide_app.engine.model import StemKey, Variation
    from stempress.audio.results import MixDigest, Opening, StemSound, WebFile
    from stempress.audio.song_sound import SongSound
    from stempress.collection.albums import Album
    from stempress.collection.ledger import Ledger
    from stempress.collection.settings import Settings
    from stempress.i18n.translations import Translations
    from stempress.site.pages import VariationPages
    from stempress.site.token_facts import TokenTable


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Songs without their stories, and their variations, tokens, pictures and sound."""

    settings: Settings
    albums: tuple[Album, ...]
    ledger: Ledger
    pictures: tuple[tuple[StemKey, Path], ...]
    stems: tuple[tuple[StemKey, StemSound], ...]
    songs: tuple[tuple[str, SongSound], ...]
    lossless: tuple[tuple[str, SongSound], ...]
    previews: tuple[tuple[Variation, WebFile], ...]
    stem_previews: tuple[tuple[StemKey, WebFile], ...]
    mixes: tuple[tuple[Variation, tuple[WebFile, ...]], ...]
    videos: tuple[tuple[Variation, WebFile], ...]
    digests: tuple[tuple[Variation, MixDigest], ...]
    stream_digests: tuple[tuple[Variation, MixDigest], ...]
    openings: tuple[tuple[str, Opening], ...]
    variations: tuple[VariationPages, ...]
    streamed: tuple[str, ...]
    app: App

    def collection(self) -> Collection:
        """Return the collection, as if it had nothing else."""
        return Collection(
            settings=self.settings,
            home=Document("", "", "", ""),
            pages=(),
            notes=(),
            albums=self.albums,
            ledger=self.ledger,
            files=StemFiles(pictures=dict(self.pictures)),
            _songs={song.slug: song for album in self.albums for song in album.songs},
        )

    def sounds(self) -> Sounds:
        """Return the collection's sound."""
        return Sounds(
            stems=dict(self.stems),
            songs=dict(self.songs),
            previews=dict(self.previews),
            stem_previews=dict(self.stem_previews),
            mixes=dict(self.mixes),
            videos=dict(self.videos),
            digests=dict(self.digests),
            stream_digests=dict(self.stream_digests),
            openings=dict(self.openings),
            lossless=dict(self.lossless),
            streamed=frozenset(self.streamed),
        )

    def facts(self, translations: Translations, tokens: TokenTable) -> SiteFacts:
        """Return the facts of this excerpt, as if the site had nothing else.

        ``tokens`` may be those of the site: what is known of a token depends on its song and its
        album, and every excerpt that has the token has both.
        """
        collection = self.collection()
        rarity = Rarity(collection.songs, collection.tokens)
        variations = {pages.song.slug: pages for pages in self.variations}
        plan = plan_pages(collection, rarity, translations, tokens, variations)
        return SiteFacts(plan, collection, rarity, self.sounds(), self.app)
