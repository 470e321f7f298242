"""What the audio of a site is made from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation
from stempress.core.cache import digest, file_digest
from stempress.core.paths import ENGINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import StemKey
    from stempress.audio.check import CheckedAudio
    from stempress.audio.stream_decoder import StreamDecoder
    from stempress.collection.collection import Collection
    from stempress.core.progress import Progress
    from stempress.core.work import Workers


@dataclass(frozen=True, slots=True)
class AudioJob:
    """Inputs of the pipeline; ``shown`` maps song slugs to the variations that have pages.

    ``decoder`` is None if visitors can have lossless stems, or if it is not known what browsers
    decode the others to.
    """

    collection: Collection
    shown: Mapping[str, Sequence[Variation]]
    checked: CheckedAudio
    progress: Progress
    workers: Workers
    decoder: StreamDecoder | None = None

    def inputs(self, key: StemKey) -> tuple[object, ...]:
        """Return everything a stem's samples depend on."""
        song = self.checked.songs[key[0]]
        return self.checked.facts[key].digest, song.rate, song.frames

    def mix_inputs(self, variation: Variation) -> tuple[object, ...]:
        """Return everything a variation's samples depend on."""
        return (engine_digest(), *map(self.inputs, self.stem_keys(variation)))

    def stem_keys(self, variation: Variation) -> list[StemKey]:
        """Return the keys of a variation's stems, in layer order."""
        song = self.collection.song(variation.song)
        return [(song.slug, *names) for names in variation.by_layer(song).items()]

    def mix_paths(self, variation: Variation) -> list[Path]:
        """Return the artist's files of a variation's stems, in layer order."""
        return [self.checked.files[key] for key in self.stem_keys(variation)]


def minted_variations(collection: Collection) -> list[Variation]:
    """Return the variations of the song tokens whose stems are known."""
    minted = {
        Variation.from_stems(collection.song(token.song), token.stems)
        for token in collection.tokens
        if token.tier == "song" and token.stems
    }
    return sorted(minted, key=attrgetter("sort_key"))


def by_song(variations: Iterable[Variation]) -> dict[str, list[Variation]]:
    """Group variations by their song's slug."""
    songs: dict[str, list[Variation]] = defaultdict(list)
    for variation in variations:
        songs[variation.song].append(variation)
    return songs


@cache
def engine_digest() -> str:
    """Return a hash of the engine's source, on which all mixes depend."""
    return digest(*(file_digest(file) for file in sorted(ENGINE.glob("*.py"))))
