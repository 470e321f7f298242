"""Data model: songs, layers, stems, rules, variations and tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from math import prod
from sys import maxsize
from typing import TYPE_CHECKING, Literal

from pyodide_app.engine.portable_math import log2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

type Tier = Literal["stem", "song", "album"]
type State = Literal["unrevealed", "revealed", "forged", "burned"]
"""``forged`` tokens were burned for another token, ``burned`` ones for none."""
type StemKey = tuple[str, str, str]
"""Slugs of song, layer and stem, which together identify a stem."""

TIERS: tuple[Tier, ...] = ("stem", "song", "album")
STATES: tuple[State, ...] = ("unrevealed", "revealed", "forged", "burned")
LEFT_OUT = -1
"""Index, in a choice, of a layer that is left out: 0 in a mix number, which counts from 1."""


@dataclass(frozen=True, slots=True)
class Stem:
    """One recording that can fill a layer.

    ``supply`` is an exact number of tokens; ``weight`` is relative to the layer's other stems.
    """

    slug: str
    name: str
    supply: int | None = None
    weight: float | None = None
    notes: str = ""

    @property
    def target_weight(self) -> float:
        """Intended share of the layer, relative to the other stems: supply, weight or 1."""
        if self.supply is not None:
            return float(self.supply)
        return 1.0 if self.weight is None else self.weight


@dataclass(frozen=True, slots=True)
class Layer:
    """One slot of a song's arrangement and the stems that can fill it.

    A layer with ``empty`` may be left out of a variation: that is the choice ``LEFT_OUT``, and
    ``empty`` its supply or weight, as that of a stem without a name.
    """

    slug: str
    name: str
    stems: tuple[Stem, ...]
    empty: Stem | None = None

    @property
    def options(self) -> tuple[Stem, ...]:
        """The stems and ``empty``, which is the last, so that the index ``LEFT_OUT`` finds it."""
        return self.stems if self.empty is None else (*self.stems, self.empty)

    @property
    def choices(self) -> Sequence[int]:
        """The index of every option, in the order of ``options``."""
        indices = range(len(self.stems))
        return indices if self.empty is None else (*indices, LEFT_OUT)

    @property
    def odds(self) -> tuple[float, ...]:
        """Probability of each option in a variation, 0 to 1."""
        total = sum(option.target_weight for option in self.options)
        return tuple(option.target_weight / total for option in self.options)

    @property
    def information(self) -> tuple[float, ...]:
        """Information content of each option in bits; higher is rarer."""
        return tuple(-log2(odds) for odds in self.odds)

    def index(self, stem: str) -> int:
        """Return the 0-based index of a stem by slug; KeyError if the layer has no such stem."""
        for index, candidate in enumerate(self.stems):
            if candidate.slug == stem:
                return index
        raise KeyError(stem)

    def index_in(self, stems: Mapping[str, str]) -> int:
        """Return the index of the stem that layer slug -> stem slug has for this layer.

        ``LEFT_OUT`` if it has none and the layer may be left out; KeyError names a missing slug.
        """
        if self.empty is not None and not stems.get(self.slug):
            return LEFT_OUT
        return self.index(stems[self.slug])


@dataclass(frozen=True, slots=True)
class Rule:
    """Constraint: if every layer in ``when`` plays a listed stem, the other two conditions apply.

    All three map layer slugs to stem slugs. A layer that is left out plays none of them.
    """

    when: Mapping[str, tuple[str, ...]] = field(hash=False)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    require: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def layers(self) -> frozenset[str]:
        """Slugs of all layers the rule mentions."""
        return frozenset((*self.when, *self.exclude, *self.require))

    def permits(self, stems: Mapping[str, str]) -> bool:
        """Return whether a choice of stems (layer slug -> stem slug) satisfies the rule."""
        if any(stems.get(layer) not in slugs for layer, slugs in self.when.items()):
            return True
        return not any(stems.get(layer) in slugs for layer, slugs in self.exclude.items()) and all(
            stems.get(layer) in slugs for layer, slugs in self.require.items()
        )


@dataclass(frozen=True, slots=True)
class Credit:
    """A person's contribution to a song."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a song, such as a verse: from a bar, counted from 1, to the next section."""

    name: str
    bar: int


@dataclass(frozen=True, slots=True)
class LyricLine:
    """A line of lyrics, and when it begins, in seconds; None if that is not known.

    A line without text is a pause, or what parts stanzas.
    """

    text: str
    time: float | None = None


@dataclass(frozen=True, slots=True)
class Lyrics:
    """A song's lyrics, in the order of their times if they have any.

    ``language`` is a language tag, or empty.
    """

    lines: tuple[LyricLine, ...]
    language: str = ""

    @property
    def is_timed(self) -> bool:
        """Whether the lines have times."""
        return any(line.time is not None for line in self.lines)

    @property
    def text(self) -> str:
        """All lines as one text."""
        return "\n".join(line.text for line in self.lines).strip()


@dataclass(frozen=True, slots=True)
class Song:
    """A song: its layers in mixer order, its rules and its metadata.

    ``track`` is its number on its album, from 1; 0: it is on none. ``released`` is a date such as
    "2026-03-20", empty if it is the album's. ``artist`` is a name.
    """

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
    sections: tuple[Section, ...] = ()
    story: str = ""
    pad: bool = False
    track: int = 0
    genre: str = ""
    artist: str = ""
    released: str = ""
    copyright: str = ""
    lyrics: Lyrics | None = None

    def layer(self, slug: str) -> Layer:
        """Return a layer by slug; KeyError if the song has no such layer."""
        for layer in self.layers:
            if layer.slug == slug:
                return layer
        raise KeyError(slug)

    @property
    def combinations(self) -> int:
        """Number of choices of one option per layer, ignoring rules."""
        return prod(len(layer.options) for layer in self.layers)

    def permits(self, variation: Variation) -> bool:
        """Return whether the rules allow a variation of this song."""
        if not self.rules:
            return True
        stems = variation.by_layer(self)
        return all(rule.permits(stems) for rule in self.rules)

    def variations(self) -> Iterator[Variation]:
        """Yield every permitted variation, sorted; exponential in the layers."""
        for choice in product(*(layer.choices for layer in self.layers)):
            variation = Variation(self.slug, choice)
            if self.permits(variation):
                yield variation

    def rule_groups(self) -> list[tuple[tuple[Layer, ...], tuple[Rule, ...]]]:
        """Partition the layers so that no rule spans two groups; return each with its rules."""
        groups: list[list[Layer]] = []
        for layer in self.layers:
            linked = {
                slug for rule in self.rules if layer.slug in rule.layers for slug in rule.layers
            }
            joined = [group for group in groups if any(other.slug in linked for other in group)]
            groups = [group for group in groups if group not in joined]
            groups.append([*(other for group in joined for other in group), layer])
        return [
            (tuple(group), tuple(rule for rule in self.rules if rule.layers & slugs))
            for group in groups
            for slugs in [{layer.slug for layer in group}]
        ]

    def count_permitted(self) -> int:
        """Return the number of permitted variations, enumerating only layers linked by rules."""
        return prod(
            sum(1 for _ in permitted_choices(group, rules)) if rules else len(group[0].options)
            for group, rules in self.rule_groups()
        )


def permitted_choices(layers: Sequence[Layer], rules: Sequence[Rule]) -> Iterator[dict[str, str]]:
    """Yield every choice of one option per layer that the rules allow, by the layer's slug.

    The value is the stem's slug, or that of ``empty``, which is none.
    """
    slugs = [layer.slug for layer in layers]
    for stems in product(*([option.slug for option in layer.options] for layer in layers)):
        choice = dict(zip(slugs, stems, strict=True))
        if all(rule.permits(choice) for rule in rules):
            yield choice


@dataclass(frozen=True, slots=True)
class Variation:
    """One stem for every layer of a song, as 0-based indices in layer order.

    ``LEFT_OUT`` stands for a layer that is left out; such variations come after those with a stem.
    """

    song: str
    choice: tuple[int, ...]

    @property
    def mix_number(self) -> str:
        """1-based stem positions joined by hyphens, such as ``3-1-4``; 0 where none plays."""
        return _mix_number(self.choice)

    def __lt__(self, other: Variation) -> bool:
        """Return whether this one comes first."""
        return self.sort_key < other.sort_key

    @property
    def sort_key(self) -> tuple[str, tuple[int, ...]]:
        """What variations are sorted by: the song, then the order of ``Layer.choices``."""
        if LEFT_OUT not in self.choice:
            return self.song, self.choice
        return self.song, tuple(maxsize if at == LEFT_OUT else at for at in self.choice)

    @classmethod
    def parse(cls, song: Song, mix_number: str) -> Variation:
        """Parse a mix number; ValueError names the valid range."""
        sizes = [len(layer.stems) for layer in song.layers]
        lowest = [1 if layer.empty is None else 0 for layer in song.layers]
        parts = mix_number.split("-")
        numbers = [int(part) if part.isascii() and part.isdigit() else -1 for part in parts]
        if len(numbers) != len(sizes) or any(
            not low <= number <= high
            for low, number, high in zip(lowest, numbers, sizes, strict=True)
        ):
            first, last = "-".join(map(str, lowest)), "-".join(map(str, sizes))
            raise ValueError(
                f"{mix_number!r} is not a mix number of {song.slug}: expected {len(sizes)} numbers "
                f"from {first} to {last}"
            )
        return cls(song.slug, tuple(number - 1 for number in numbers))

    @classmethod
    def from_stems(cls, song: Song, stems: Mapping[str, str]) -> Variation:
        """Build a variation from layer slug -> stem slug; KeyError names a missing slug."""
        return cls(song.slug, tuple(layer.index_in(stems) for layer in song.layers))

    def chosen(self) -> Iterator[tuple[int, int]]:
        """Yield the 0-based indices of layer and stem, without the layers that are left out."""
        for layer, stem in enumerate(self.choice):
            if stem != LEFT_OUT:
                yield layer, stem

    def stems(self, song: Song) -> tuple[Stem, ...]:
        """Return the stems that play, in layer order."""
        choices = zip(song.layers, self.choice, strict=True)
        return tuple(layer.stems[index] for layer, index in choices if index != LEFT_OUT)

    def by_layer(self, song: Song) -> dict[str, str]:
        """Return layer slug -> stem slug, without the layers that are left out."""
        return {
            layer.slug: layer.stems[index].slug
            for layer, index in zip(song.layers, self.choice, strict=True)
            if index != LEFT_OUT
        }


@lru_cache(maxsize=1 << 16)
def _mix_number(choice: tuple[int, ...]) -> str:
    return "-".join([str(index + 1) for index in choice])


@dataclass(frozen=True, slots=True)
class Token:
    """One NFT in the ledger; the tier decides which fields below ``state`` are set.

    A stem token has song, layer and stem, unless it is unrevealed; a song token has song, stems
    (layer slug -> stem slug, without layers that are left out) and burned; an album token has album
    and burned.

    ``id`` is unique within the collection: the number that the contract knows or, for a tier in a
    contract of its own, ``<tier>/<number>``. So are those in ``burned`` and ``into``.
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
    def number(self) -> str:
        """The ID within its contract."""
        return id_number(self.id)

    @property
    def stem_key(self) -> StemKey | None:
        """Key of the stem; None if unrevealed or of another tier."""
        return (self.song, self.layer, self.stem) if self.stem else None


def id_number(token_id: str) -> str:
    """Return the number that a contract knows a token by."""
    return token_id.rpartition("/")[2]


def id_order(token_id: str) -> tuple[int, str]:
    """Return what token IDs are sorted by: the number, then the tier of a contract of its own."""
    tier, _, number = token_id.rpartition("/")
    return int(number), tier


def stem_keys(songs: Sequence[Song]) -> Iterator[StemKey]:
    """Yield the key of every stem in song, layer and stem order."""
    for song in songs:
        for layer in song.layers:
            for stem in layer.stems:
                yield song.slug, layer.slug, stem.slug
