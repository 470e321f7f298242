"""Clashes of a song: every stem against the others, and every pair that can sound together."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from stempress.clashes.clash import SongClashes
from stempress.clashes.key_check import KeyCheck
from stempress.clashes.level_check import LevelCheck
from stempress.clashes.masking_check import MaskingCheck
from stempress.clashes.phase_check import PhaseCheck
from stempress.clashes.pitch_classes import MODES, key_vector
from stempress.clashes.timeline import song_timeline
from stempress.clashes.timing_check import TimingCheck
from stempress.collection.variation_space import VariationSpace, variations_per_stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyodide_app.engine.model import Song
    from stempress.audio.song_sound import SongSound
    from stempress.clashes.clash import Check, Clash, Name
    from stempress.clashes.stem_profile import StemProfile


def find_clashes(
    song: Song,
    sound: SongSound,
    profiles: Mapping[Name, StemProfile],
    loudness: Mapping[Name, float],
) -> SongClashes:
    """Return the clashes of a song, given the profile and the loudness in LUFS of every stem.

    Stems that no permitted variation contains are not compared.
    """
    heard = stems_heard(song)
    profiles = {name: profiles[name] for name in heard}
    loudness = {name: loudness[name] for name in heard}
    onsets = [profile.onsets for profile in profiles.values()]
    timeline = song_timeline(song, sound, onsets)
    checks: list[Check] = [
        KeyCheck(profiles, timeline, song.key),
        TimingCheck(profiles, timeline),
        MaskingCheck(profiles, timeline),
        LevelCheck(song, loudness),
        PhaseCheck(profiles, timeline),
    ]
    pairs = pairs_that_meet(song)
    return SongClashes(
        song.slug,
        len(pairs),
        _worst_first(clash for check in checks for clash in check.stems()),
        _worst_first(clash for pair in pairs for check in checks for clash in check.pair(*pair)),
        tuple(_notes(song)),
    )


def _notes(song: Song) -> Iterator[str]:
    modes = [mode for mode in MODES if len(mode) > 1]
    if song.key and key_vector(song.key) is None:
        yield (
            f"key = {song.key!r} is not understood, so stems are compared with each other alone: "
            f"write a note such as C, F# or Bb, and one of {', '.join(modes)}"
        )


def stems_heard(song: Song) -> list[Name]:
    """Return the stems that some permitted variation contains."""
    return [
        (layer.slug, option.slug)
        for layer, counts in zip(song.layers, variations_per_stem(song), strict=True)
        for option, count in zip(layer.options, counts, strict=True)
        if count and option.slug
    ]


def pairs_that_meet(song: Song) -> list[tuple[Name, Name]]:
    """Return the pairs of stems that some permitted variation contains."""
    stems = [
        (row, nth, (layer.slug, stem.slug))
        for row, layer in enumerate(song.layers)
        for nth, stem in enumerate(layer.stems)
    ]
    return [
        (first, second)
        for (row, nth, first), (other_row, other, second) in combinations(stems, 2)
        if row != other_row and VariationSpace(song, {row: nth, other_row: other}).size
    ]


def _worst_first(clashes: Iterable[Clash]) -> tuple[Clash, ...]:
    return tuple(sorted(clashes, key=lambda clash: -clash.severity))
