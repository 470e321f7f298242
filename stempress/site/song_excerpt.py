"""Excerpts of songs: all that a site has of one song, but for its story and its tokens."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.core.digests import Shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey, Variation
    from stempress.audio.results import MixDigest, Opening, StemSound, WebFile
    from stempress.audio.song_sound import SongSound
    from stempress.site.facts import SiteFacts

type Pairs[Key, Value] = tuple[tuple[Key, Value], ...]


@dataclass(frozen=True, slots=True, eq=False)
class SongExcerpt(Shared):
    """A song without its story, and its variations, pictures and sound.

    ``shown`` are the variations that have pages, out of all that are ``permitted``.
    """

    song: Song
    shown: tuple[Variation, ...]
    permitted: int
    pictures: Pairs[StemKey, Path]
    sound: SongSound
    lossless: SongSound | None
    opening: Opening | None
    streamed: bool
    stems: Pairs[StemKey, StemSound]
    stem_previews: Pairs[StemKey, WebFile]
    previews: Pairs[Variation, WebFile]
    mixes: Pairs[Variation, tuple[WebFile, ...]]
    videos: Pairs[Variation, WebFile]
    digests: Pairs[Variation, MixDigest]
    stream_digests: Pairs[Variation, MixDigest]


class SongExcerpts:
    """Excerpts of a site's songs, each made once, with lyrics or without."""

    def __init__(self, facts: SiteFacts) -> None:
        sounds = facts.sounds
        self._facts = facts
        self._kept: dict[tuple[str, bool], SongExcerpt] = {}
        self._previews, self._mixes = _by_song(sounds.previews), _by_song(sounds.mixes)
        self._videos, self._digests = _by_song(sounds.videos), _by_song(sounds.digests)
        self._stream_digests = _by_song(sounds.stream_digests)

    def of(self, song: Song, *, with_lyrics: bool) -> SongExcerpt:
        """Return the excerpt of a song."""
        key = song.slug, with_lyrics and song.lyrics is not None
        if key not in self._kept:
            lyrics = song.lyrics if with_lyrics else None
            self._kept[key] = self._excerpt(replace(song, story="", lyrics=lyrics))
        return self._kept[key]

    def _excerpt(self, song: Song) -> SongExcerpt:
        facts, sounds, slug = self._facts, self._facts.sounds, song.slug
        keys, pages = list(stem_keys([song])), facts.plan.variations[slug]
        return SongExcerpt(
            song=song,
            shown=pages.shown,
            permitted=pages.total,
            pictures=_of_stems(keys, facts.collection.files.pictures),
            sound=sounds.songs[slug],
            lossless=sounds.lossless.get(slug),
            opening=sounds.openings.get(slug),
            streamed=slug in sounds.streamed,
            stems=_of_stems(keys, sounds.stems),
            stem_previews=_of_stems(keys, sounds.stem_previews),
            previews=tuple(self._previews[slug]),
            mixes=tuple(self._mixes[slug]),
            videos=tuple(self._videos[slug]),
            digests=tuple(self._digests[slug]),
            stream_digests=tuple(self._stream_digests[slug]),
        )


def _of_stems[Value](
    keys: Iterable[StemKey], values: Mapping[StemKey, Value]
) -> Pairs[StemKey, Value]:
    """Return those of some stems that have a value, with it."""
    return tuple((key, values[key]) for key in keys if key in values)


def _by_song[Value](
    values: Mapping[Variation, Value],
) -> defaultdict[str, list[tuple[Variation, Value]]]:
    """Return the variations of every song with their values."""
    grouped: defaultdict[str, list[tuple[Variation, Value]]] = defaultdict(list)
    for variation, value in values.items():
        grouped[variation.song].append((variation, value))
    return grouped
