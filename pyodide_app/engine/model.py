"""Songs, layers, stems, the rules between them, variations and tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Literal

from pyodide_app.engine.exact import log2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

type Tier = Literal["stem", "song", "album"]
type State = Literal["unrevealed", "revealed", "forged"]
type StemKey = tuple[str, str, str]
"""Slugs of song, layer and stem: a stem's full name."""

TIERS: tuple[Tier, ...] = ("stem", "song", "album")
STATES: tuple[State, ...] = ("unrevealed", "revealed", "forged")


@dataclass(frozen=True, slots=True)
class Stem:
    """One recording that can fill a layer. ``supply`` is an exact count, ``weight`` a share."""

    slug: str
    name: str
    supply: int | None = None
    weight: float | None = None
    notes: str = ""

    @property
    def share(self) -> float:
        """How many parts of its layer this stem is meant to be."""
        if self.supply is not None:
            return float(self.supply)
        return 1.0 if self.weight is None else self.weight


@dataclass(frozen=True, slots=True)
class Layer:
    """One slot of a song's arrangement and the stems that can fill it."""

    slug: str
    name: str
    stems: tuple[Stem, ...]

    @property
    def odds(self) -> tuple[float, ...]:
        """The share of each stem in this layer, 0 to 1."""
        total = sum(stem.share for stem in self.stems)
        return tuple(stem.share / total for stem in self.stems)

    @property
    def information(self) -> tuple[float, ...]:
        """The information content of each stem in bits: higher is rarer."""
        return tuple(-log2(odds) for odds in self.odds)

    def index(self, stem: str) -> int:
        """Return the 0-based position of a stem's slug; KeyError if the layer has none such."""
        for at, candidate in enumerate(self.stems):
            if candidate.slug == stem:
                return at
        raise KeyError(stem)


@dataclass(frozen=True, slots=True)
class Rule:
    """When every layer of ``when`` holds one of its stems, ``exclude`` and ``require`` apply.

    All three map a layer's slug to stems' slugs.
    """

    when: Mapping[str, tuple[str, ...]] = field(hash=False)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    require: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def layers(self) -> frozenset[str]:
        """Slugs of the layers that this rule speaks of."""
        return frozenset((*self.when, *self.exclude, *self.require))

    def permits(self, stems: Mapping[str, str]) -> bool:
        """Say whether a choice of stems, layer slug to stem slug, keeps this rule."""
        if any(stems[layer] not in wanted for layer, wanted in self.when.items()):
            return True
        return not any(
            stems[layer] in unwanted for layer, unwanted in self.exclude.items()
        ) and all(stems[layer] in wanted for layer, wanted in self.require.items())


@dataclass(frozen=True, slots=True)
class Credit:
    """Who did what."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Song:
    """A song: its layers in mixer order, its rules, and the words about it."""

    slug: str
    title: str
    layers: tuple[Layer, ...]
    rules: tuple[Rule, ...] = ()
    album: str = ""
    isrc: str = ""
    bpm: float | None = None
    key: str = ""
    bars: int | None = None
    streaming: Mapping[str, str] = field(default_factory=dict, hash=False)
    credits: tuple[Credit, ...] = ()
    story: str = ""
    pad: bool = False

    def layer(self, slug: str) -> Layer:
        """Return a layer by slug; KeyError if the song has none such."""
        for layer in self.layers:
            if layer.slug == slug:
                return layer
        raise KeyError(slug)

    @property
    def combinations(self) -> int:
        """Count all choices of one stem per layer, before rules."""
        return prod(len(layer.stems) for layer in self.layers)

    def permits(self, variation: Variation) -> bool:
        """Say whether the rules allow a variation of this song."""
        if not self.rules:
            return True
        chosen = variation.by_layer(self)
        return all(rule.permits(chosen) for rule in self.rules)

    def variations(self) -> Iterator[Variation]:
        """Yield every permitted variation in the order of mix numbers. Grows with the product."""
        for choice in product(*(range(len(layer.stems)) for layer in self.layers)):
            variation = Variation(self.slug, choice)
            if self.permits(variation):
                yield variation

    def groups(self) -> list[tuple[tuple[Layer, ...], tuple[Rule, ...]]]:
        """Return the layers in groups that no rule reaches across, with the rules of each."""
        groups: list[list[Layer]] = []
        for layer in self.layers:
            bound = {
                slug for rule in self.rules if layer.slug in rule.layers for slug in rule.layers
            }
            tied = [group for group in groups if any(each.slug in bound for each in group)]
            groups = [group for group in groups if group not in tied]
            groups.append([*(each for group in tied for each in group), layer])
        return [
            (tuple(group), tuple(rule for rule in self.rules if rule.layers & slugs))
            for group in groups
            for slugs in [{layer.slug for layer in group}]
        ]

    def permitted(self) -> int:
        """Count permitted variations; only layers that rules tie together are enumerated."""
        return prod(
            sum(1 for _ in choices_of(group, rules)) if rules else len(group[0].stems)
            for group, rules in self.groups()
        )


def choices_of(layers: Sequence[Layer], rules: Sequence[Rule]) -> Iterator[dict[str, str]]:
    """Yield every choice of a stem for each layer, slug to slug, that keeps the rules."""
    slugs = [layer.slug for layer in layers]
    for stems in product(*([stem.slug for stem in layer.stems] for layer in layers)):
        choice = dict(zip(slugs, stems, strict=True))
        if all(rule.permits(choice) for rule in rules):
            yield choice


@dataclass(frozen=True, slots=True, order=True)
class Variation:
    """One stem for every layer of a song: 0-based positions, in the order of the layers."""

    song: str
    choice: tuple[int, ...]

    @property
    def mix_number(self) -> str:
        """The short name: 1-based positions joined by hyphens, ``3-1-4``."""
        return _mix_number(self.choice)

    @classmethod
    def parse(cls, song: Song, mix_number: str) -> Variation:
        """Read a mix number; ValueError says what would be valid."""
        sizes = [len(layer.stems) for layer in song.layers]
        parts = mix_number.split("-")
        numbers = [int(part) if part.isascii() and part.isdigit() else 0 for part in parts]
        if len(numbers) != len(sizes) or any(
            not 1 <= number <= size for number, size in zip(numbers, sizes, strict=True)
        ):
            last = "-".join(map(str, sizes))
            raise ValueError(
                f"{mix_number!r} is no mix number of {song.slug}: {len(sizes)} numbers "
                f"from {'-'.join('1' * len(sizes))} to {last}"
            )
        return cls(song.slug, tuple(number - 1 for number in numbers))

    @classmethod
    def from_stems(cls, song: Song, stems: Mapping[str, str]) -> Variation:
        """Build a variation from layer slug -> stem slug; KeyError names what is missing."""
        return cls(song.slug, tuple(layer.index(stems[layer.slug]) for layer in song.layers))

    def stems(self, song: Song) -> tuple[Stem, ...]:
        """Return the chosen stems in the order of the layers."""
        return tuple(layer.stems[at] for layer, at in zip(song.layers, self.choice, strict=True))

    def by_layer(self, song: Song) -> dict[str, str]:
        """Return layer slug -> stem slug."""
        return {
            layer.slug: layer.stems[at].slug
            for layer, at in zip(song.layers, self.choice, strict=True)
        }


@lru_cache(maxsize=1 << 16)
def _mix_number(choice: tuple[int, ...]) -> str:
    return "-".join([str(at + 1) for at in choice])


@dataclass(frozen=True, slots=True)
class Token:
    """One NFT of the ledger. Which of the fields below ``state`` are set depends on the tier.

    A stem token has song, layer and stem, unless it is unrevealed; a song token has song, stems
    (layer slug to stem slug) and burned; an album token has album and burned.
    """

    id: str
    tier: Tier
    state: State
    song: str = ""
    layer: str = ""
    stem: str = ""
    stems: Mapping[str, str] = field(default_factory=dict)
    album: str = ""
    burned: tuple[str, ...] = ()
    into: str = ""
    supply: int = 1

    @property
    def stem_key(self) -> StemKey | None:
        """The stem that a revealed or forged stem token is."""
        return (self.song, self.layer, self.stem) if self.stem else None


def stem_keys(songs: Sequence[Song]) -> Iterator[StemKey]:
    """Yield the full name of every stem, in order."""
    for song in songs:
        for layer in song.layers:
            for stem in layer.stems:
                yield song.slug, layer.slug, stem.slug
