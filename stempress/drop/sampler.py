"""Random sampling of distinct variations with target counts of each stem.

First a deck of stems is shuffled for every layer and dealt into rows. Rows that are duplicates or
break rules are repaired by swapping stems with other rows, which keeps the counts. Finally single
stems are replaced until the counts are met. A sample of more than half of the space is drawn by
sampling the variations to leave out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.collection.variation_space import VariationSpace, variations_per_stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from pyodide_app.engine.model import Song
    from stempress.collection.variation_space import Choice
    from stempress.drop.seeded_rng import SeededRandom

type Counts = Sequence[Sequence[int]]
"""Number of times each option of a layer is targeted or used, by layer."""

MAX_SWAP_ATTEMPTS = 64
"""Partners tried when repairing a row."""
MAX_DETOURS = 400
"""Consecutive detours that do not improve the counts before giving up."""


def sample(
    song: Song, target: Counts, size: int, taken: AbstractSet[Choice], rng: SeededRandom
) -> list[Choice]:
    """Return ``size`` distinct permitted choices not in ``taken``, with the target counts or close.

    ``size`` must not exceed the choices left; every layer of ``target`` sums to it.
    """
    space = VariationSpace(song)
    available = space.size - sum(1 for choice in taken if choice in space)
    if size * 2 <= available:
        return Sampler(song, space, target, taken, rng).sample(size)
    free = [choice for choice in space if choice not in taken]
    complement = _subtract(count_stems(song, free), target)
    left_out = set(Sampler(song, space, complement, taken, rng).sample(available - size))
    return rng.shuffled([choice for choice in free if choice not in left_out])


def count_stems(song: Song, choices: Sequence[Choice]) -> list[list[int]]:
    """Return how often each option of a layer occurs in the choices."""
    counts = [[0] * len(layer.options) for layer in song.layers]
    for choice in choices:
        for layer, stem in enumerate(choice):
            counts[layer][stem] += 1
    return counts


def available_per_stem(song: Song, taken: AbstractSet[Choice]) -> list[list[int]]:
    """Return the number of permitted choices not in ``taken`` that contain each option."""
    space = VariationSpace(song)
    used = count_stems(song, [choice for choice in taken if choice in space])
    return _subtract(variations_per_stem(song), used)


def _subtract(minuend: Counts, subtrahend: Counts) -> list[list[int]]:
    return [
        [one - other for one, other in zip(*layer, strict=True)]
        for layer in zip(minuend, subtrahend, strict=True)
    ]


class Sampler:
    """Samples at most half of the choices that are left in a space."""

    def __init__(
        self,
        song: Song,
        space: VariationSpace,
        target: Counts,
        taken: AbstractSet[Choice],
        rng: SeededRandom,
    ) -> None:
        self._song, self._space, self._target, self._rng = song, space, target, rng
        self._options = [layer.choices for layer in song.layers]
        self._used = set(taken)
        self._rows: list[Choice] = []
        self._excess: list[list[int]] = []

    def sample(self, size: int) -> list[Choice]:
        """Return ``size`` choices."""
        decks = [
            self._rng.shuffled(
                [
                    stem
                    for stem, count in zip(options, layer, strict=True)
                    for _ in range(max(count, 0))
                ]
            )
            for options, layer in zip(self._options, self._target, strict=True)
        ]
        rows = [tuple(row) for row in zip(*(_fit_deck(deck, size) for deck in decks), strict=True)]
        self._rows = self._repair(rows)
        self._excess = _subtract(count_stems(self._song, self._rows), self._target)
        self._balance()
        return self._rows

    def _is_free(self, choice: Choice) -> bool:
        return choice not in self._used and choice in self._space

    def _repair(self, rows: list[Choice]) -> list[Choice]:
        """Make all rows distinct and permitted."""
        invalid = []
        for index, row in enumerate(rows):
            if self._is_free(row):
                self._used.add(row)
            else:
                invalid.append(index)
        unrepaired = set(invalid)
        for index in invalid:
            if not self._swap(rows, index, unrepaired):
                rows[index] = self._random_free()
                self._used.add(rows[index])
            unrepaired.discard(index)
        return rows

    def _swap(self, rows: list[Choice], index: int, unrepaired: set[int]) -> bool:
        """Swap one stem with another row so that both rows become valid; counts do not change."""
        for _ in range(MAX_SWAP_ATTEMPTS):
            other, layer = self._rng.randbelow(len(rows)), self._rng.randbelow(len(rows[index]))
            if other in unrepaired or rows[other][layer] == rows[index][layer]:
                continue
            first = _with_stem(rows[index], layer, rows[other][layer])
            second = _with_stem(rows[other], layer, rows[index][layer])
            if first != second and self._is_free(first) and self._is_free(second):
                self._used.remove(rows[other])
                self._used |= {first, second}
                rows[index], rows[other] = first, second
                return True
        return False

    def _random_free(self) -> Choice:
        """Return a random free choice; at least half of all choices are free."""
        while True:
            choice = self._space.nth(self._rng.randbelow(self._space.size))
            if choice not in self._used:
                return choice

    def _balance(self) -> None:
        """Replace stems that occur too often with stems that occur too rarely."""
        detours = 0
        while detours < MAX_DETOURS and (imbalances := list(self._imbalances())):
            layer, surplus, lacking = imbalances[self._rng.randbelow(len(imbalances))]
            if self._replace(layer, surplus, lacking):
                detours = 0
            else:
                detours += 1
                self._detour(layer, surplus, lacking)

    def _imbalances(self) -> Iterator[tuple[int, int, int]]:
        """Yield (layer, stem with too many, stem with too few) for all such pairs."""
        for layer, (options, excess) in enumerate(zip(self._options, self._excess, strict=True)):
            for surplus in options:
                if excess[surplus] > 0:
                    yield from (
                        (layer, surplus, lacking) for lacking in options if excess[lacking] < 0
                    )

    def _rows_with(self, layer: int, stem: int) -> Iterator[int]:
        """Yield the indices of all rows with a stem, starting at a random row."""
        start = self._rng.randbelow(len(self._rows))
        for step in range(len(self._rows)):
            index = (start + step) % len(self._rows)
            if self._rows[index][layer] == stem:
                yield index

    def _replace(self, layer: int, surplus: int, lacking: int) -> bool:
        """Replace one stem in a row where nothing else has to change."""
        for index in self._rows_with(layer, surplus):
            changed = _with_stem(self._rows[index], layer, lacking)
            if self._is_free(changed):
                self._set_row(index, changed)
                return True
        return False

    def _detour(self, layer: int, surplus: int, lacking: int) -> None:
        """Replace one stem together with a stem of another layer, moving the excess there."""
        for index in self._rows_with(layer, surplus):
            changed = _with_stem(self._rows[index], layer, lacking)
            swaps = [
                (self._excess[other][stem] - self._excess[other][changed[other]], other, stem)
                for other, options in enumerate(self._options)
                if other != layer
                for stem in options
                if stem != changed[other] and self._is_free(_with_stem(changed, other, stem))
            ]
            if swaps:
                lowest = min(swaps)[0]
                best = [swap for swap in swaps if swap[0] <= max(lowest, 0)]
                _, other, stem = best[self._rng.randbelow(len(best))]
                self._set_row(index, _with_stem(changed, other, stem))
                return

    def _set_row(self, index: int, choice: Choice) -> None:
        for layer, (old, new) in enumerate(zip(self._rows[index], choice, strict=True)):
            self._excess[layer][old] -= 1
            self._excess[layer][new] += 1
        self._used.remove(self._rows[index])
        self._used.add(choice)
        self._rows[index] = choice


def _with_stem(choice: Choice, layer: int, stem: int) -> Choice:
    return (*choice[:layer], stem, *choice[layer + 1 :])


def _fit_deck(deck: list[int], size: int) -> list[int]:
    """Return a deck of ``size`` cards, cut or filled by repeating its cards."""
    cards = deck or [0]
    return [cards[index % len(cards)] for index in range(size)]
