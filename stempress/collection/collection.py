"""The collection: content/, stems/ and the ledger, read and validated."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from stempress.collection.albums import read_albums
from stempress.collection.commitments import Seal, read_seals
from stempress.collection.documents import read_documents, read_home
from stempress.collection.hidden_tracks import HiddenTrack, read_hidden_tracks
from stempress.collection.ledger import Ledger, read_ledger
from stempress.collection.people import warn_of_strangers
from stempress.collection.stem_files import StemFiles, find_stem_files
from stempress.collection.takes import PublishedTake, read_takes
from stempress.core.text_files import check_links

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, Stem, StemKey, Token
    from stempress.collection.albums import Album
    from stempress.collection.documents import Document
    from stempress.collection.settings import Settings
    from stempress.core.errors import Findings


@dataclass(frozen=True)
class Collection:
    """Everything the artist wrote, validated."""

    settings: Settings
    home: Document
    pages: tuple[Document, ...]
    notes: tuple[Document, ...]
    albums: tuple[Album, ...]
    ledger: Ledger
    files: StemFiles
    seals: tuple[Seal, ...] = ()
    hidden: tuple[HiddenTrack, ...] = ()
    takes: tuple[PublishedTake, ...] = ()
    _songs: Mapping[str, Song] = field(default_factory=dict)

    @property
    def songs(self) -> tuple[Song, ...]:
        """All songs, album by album."""
        return tuple(self._songs.values())

    @property
    def tokens(self) -> tuple[Token, ...]:
        """All tokens of the ledger."""
        return self.ledger.tokens

    @property
    def sealed_tracks(self) -> tuple[HiddenTrack, ...]:
        """The hidden tracks that are sealed, which have pages."""
        return tuple(track for track in self.hidden if track.entry and track.sealed)

    @property
    def has_tokens(self) -> bool:
        """Whether tokens exist, or are to: without, pages say nothing of them."""
        settings = self.settings
        return bool(self.tokens or settings.contracts or settings.drop)

    def song(self, slug: str) -> Song:
        """Return the song with a slug, or raise KeyError."""
        return self._songs[slug]

    def album(self, slug: str) -> Album:
        """Return the album with a slug, or raise KeyError."""
        for album in self.albums:
            if album.slug == slug:
                return album
        raise KeyError(slug)

    def artist_of(self, token: Token) -> str:
        """Return the name of a token's artist: the site's while nobody knows what the token is."""
        if token.song:
            return self.song(token.song).artist
        return self.album(token.album).artist if token.album else self.settings.artist

    def stem(self, key: StemKey) -> Stem:
        """Return the stem with a key, or raise KeyError."""
        return self._stems[key]

    @cached_property
    def _stems(self) -> dict[StemKey, Stem]:
        return {
            (song.slug, layer.slug, stem.slug): stem
            for song in self.songs
            for layer in song.layers
            for stem in layer.stems
        }


def read_collection(site: Path, settings: Settings, findings: Findings) -> Collection:
    """Read a site's collection. All faults are reported, and reading goes on after each."""
    content = site / "content"
    if not content.is_dir():
        findings.fault("content/", "is missing", hint="it holds index.md, albums/ and tokens.json")
    check_links(site, findings)
    albums = tuple(read_albums(content, findings, settings))
    songs = _by_slug(albums, findings)
    warn_of_strangers(settings, tuple(songs.values()), findings)
    if content.is_dir() and not songs and not findings.faults:
        findings.fault("content/albums/", "has no songs", hint="content/albums/<album>/<song>.md")
    files = find_stem_files(site, tuple(songs.values()), findings)
    home = read_home(content, settings.title, findings)
    notes = tuple(read_documents(content / "notes", findings, songs, dated=True))
    ledger = read_ledger(
        content / "tokens.json",
        songs,
        {album.slug: album for album in albums},
        findings,
        settings.tier_contracts,
    )
    seals = read_seals(content / "provenance.json", ledger.tokens, findings)
    collection = Collection(
        settings=settings,
        home=home,
        pages=tuple(read_documents(content / "pages", findings, songs)),
        notes=tuple(sorted(notes, key=lambda note: (note.date or date.min, note.slug))[::-1]),
        albums=albums,
        ledger=ledger,
        files=files,
        seals=seals,
        hidden=read_hidden_tracks(content, songs, seals, findings),
        takes=read_takes(content / "takes", songs, findings),
        _songs=songs,
    )
    if settings.audio.locked != "open" and not collection.has_tokens:
        hint = 'there are no tokens, a contract or [drop]; with locked = "open" everybody hears all'
        value = settings.audio.locked
        findings.warn(
            "site.toml",
            "is for everybody: nobody holds a stem",
            key="audio.locked",
            value=value,
            hint=hint,
        )
    return collection


def _by_slug(albums: Sequence[Album], findings: Findings) -> dict[str, Song]:
    """Return the songs by slug. Songs that share a slug are reported, and lose their layers."""
    songs: dict[str, Song] = {}
    first: dict[str, Song] = {}
    for song in (song for album in albums for song in album.songs):
        other = first.setdefault(song.slug.casefold(), song)
        if other is not song:
            findings.fault(
                f"content/albums/{song.album}/{song.slug}.md",
                "two songs have the same slug",
                value=song.slug,
                hint=f"the other is content/albums/{other.album}/{other.slug}.md: rename one file",
            )
            songs[other.slug] = replace(other, layers=())
        songs.setdefault(song.slug, song)
    return songs
