"""What a set of tokens opens: stems to hear, songs to forge, layers still missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyodide_app.engine.model import Song, StemKey, Token, Variation


@dataclass(frozen=True, slots=True)
class SongHolding:
    """How far someone is with a song: per layer slug, the ids of tokens by stem slug."""

    song: Song
    stems: Mapping[str, Mapping[str, tuple[str, ...]]]

    @property
    def missing(self) -> tuple[str, ...]:
        """Slugs of the layers without any stem."""
        return tuple(layer.slug for layer in self.song.layers if not self.stems.get(layer.slug))

    @property
    def held(self) -> int:
        """In how many layers there is a stem."""
        return len(self.song.layers) - len(self.missing)

    @property
    def choices(self) -> int:
        """How many combinations of the held stems there are, before rules."""
        return prod(len(self.stems.get(layer.slug, ())) for layer in self.song.layers)

    def forgeable(self) -> Iterator[Variation]:
        """Yield the permitted variations that the held stems make; grows with ``choices``."""
        if self.missing:
            return
        for variation in self.song.variations():
            chosen = variation.by_layer(self.song)
            if all(stem in self.stems[layer] for layer, stem in chosen.items()):
                yield variation


def opened(tokens: Iterable[Token]) -> frozenset[StemKey]:
    """Return the stems that tokens open: a stem token its own, a song token its whole variation."""
    keys: set[StemKey] = set()
    for token in tokens:
        if token.tier == "stem" and token.stem_key:
            keys.add(token.stem_key)
        elif token.tier == "song":
            keys.update((token.song, layer, stem) for layer, stem in token.stems.items())
    return frozenset(keys)


def song_holding(song: Song, tokens: Iterable[Token]) -> SongHolding:
    """Sort the revealed, unburned stem tokens of one song by layer and stem."""
    stems: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for token in tokens:
        if token.tier == "stem" and token.state == "revealed" and token.song == song.slug:
            by_stem = stems[token.layer]
            by_stem[token.stem] = (*by_stem.get(token.stem, ()), token.id)
    return SongHolding(song, dict(stems))
