"""Views of songs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stempress.collection.traits import left_out_word
from stempress.site.addresses import address_of
from stempress.site.pages import VariationPages
from stempress.site.song_facts import first_variation, grouped_variations, neighbours
from stempress.views.leaves import Link
from stempress.views.page import PageView
from stempress.views.takes import credit_lines, take_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from pyodide_app.engine.model import Lyrics, Rule, Song
    from stempress.site.pages import Page
    from stempress.views.leaves import Card, MixerView, MixLink, SongLayer, SongLink
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves
    from stempress.views.takes import CreditLine, TakeLine

TOKENS_SHOWN = 600


@dataclass(frozen=True, slots=True)
class Condition:
    """A layer's name, and names of stems that it is, can't be or must be."""

    layer: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule of a song, in names."""

    when: tuple[Condition, ...]
    exclude: tuple[Condition, ...]
    require: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class MixGroup:
    """Variations that have the same stem in the first layer, or are without it."""

    stem: str
    mixes: tuple[MixLink, ...]


@dataclass(frozen=True, slots=True)
class Forgeable:
    """How many song tokens the stem tokens are enough for; at least, if not ``optimal``."""

    count: int
    optimal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SongPageView(PageView):
    """A song.

    ``track`` is its 1-based number on its album; ``seconds`` and ``rate`` (Hz) are its sound's;
    ``groups`` have ``shown`` variations out of ``total``; ``tokens`` are the first of
    ``token_count``; ``hidden`` are hidden tracks that wait for its tokens.
    """

    song: SongLink
    artist: Link
    story: str
    album: Link
    track: int
    released: date | None
    seconds: float
    rate: int
    bpm: float | None
    key: str
    bars: int | None
    isrc: str
    genre: str
    label: str
    copyright: str
    streaming: tuple[tuple[str, str], ...]
    credits: tuple[CreditLine, ...]
    lyrics: Lyrics | None
    takes: tuple[TakeLine, ...]
    layers: tuple[SongLayer, ...]
    mixer: MixerView
    forgeable: Forgeable
    rules: tuple[RuleView, ...]
    total: int
    shown: int
    complete: bool
    groups: tuple[MixGroup, ...]
    tokens: tuple[Card, ...]
    token_count: int
    hidden: tuple[Link, ...]
    before: SongLink | None
    after: SongLink | None


def song_page(leaves: Leaves, page: Page, head: Head) -> SongPageView:
    """Return the view of a song."""
    about, facts = page.subject(VariationPages), leaves.facts
    song = about.song
    album, sound = facts.collection.album(song.album), facts.sounds.songs[song.slug]
    tokens, batch = facts.song_tokens[song.slug], facts.forgeable(song)
    before, after = neighbours(facts.collection.songs, song)
    left_out = left_out_word(facts.translations)
    return SongPageView(
        **head,
        song=leaves.song(song),
        artist=leaves.artist(song.artist),
        story=song.story,
        album=leaves.album_of(song),
        track=song.track,
        released=album.released_of(song),
        seconds=sound.seconds,
        rate=sound.rate,
        bpm=song.bpm,
        key=song.key,
        bars=song.bars,
        isrc=song.isrc,
        genre=song.genre,
        label=album.label,
        copyright=song.copyright,
        streaming=tuple(song.streaming.items()),
        credits=credit_lines(leaves, song.credits),
        lyrics=_shown_lyrics(song.lyrics, sound.seconds),
        takes=take_lines(facts.collection.takes, song),
        layers=leaves.layers(song),
        mixer=leaves.mixer(song, first_variation(song)),
        forgeable=Forgeable(batch.total, batch.optimal),
        rules=tuple(_rule(song, rule) for rule in song.rules),
        total=about.total,
        shown=len(about.shown),
        complete=about.complete,
        groups=tuple(
            MixGroup(stem.name or left_out, leaves.mixes(variations))
            for stem, variations in grouped_variations(about)
        ),
        tokens=leaves.cards(tokens[:TOKENS_SHOWN]),
        token_count=len(tokens),
        hidden=tuple(
            Link(track.title, address_of(track))
            for track in facts.collection.sealed_tracks
            if track.song == song.slug
        ),
        before=leaves.song(before) if before else None,
        after=leaves.song(after) if after else None,
    )


def _shown_lyrics(lyrics: Lyrics | None, seconds: float) -> Lyrics | None:
    """Return lyrics of which no line begins after the end of the song."""
    if not lyrics:
        return None
    lines = tuple(line for line in lyrics.lines if (line.time or 0.0) < seconds)
    return replace(lyrics, lines=lines)


def _rule(song: Song, rule: Rule) -> RuleView:
    return RuleView(
        _conditions(song, rule.when),
        _conditions(song, rule.exclude),
        _conditions(song, rule.require),
    )


def _conditions(song: Song, side: Mapping[str, tuple[str, ...]]) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            song.layer(layer).name,
            tuple(stem.name for stem in song.layer(layer).stems if stem.slug in slugs),
        )
        for layer, slugs in side.items()
    )
