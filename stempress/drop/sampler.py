"""Distinct variations that hold each stem as often as is wished.

First a deck for every layer, shuffled; then what rules or doubles forbid is mended by swaps between
two variations, which change no count; at last single stems are exchanged until the counts are met.
More than half of a space is picked by picking what is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.collection.variation_space import VariationSpace, variations_per_stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from pyodide_app.engine.model import Song
    from stempress.collection.variation_space import Choice
    from stempress.drop.seeded_rng import Dice

type Counts = Sequence[Sequence[int]]
"""Layer by layer, how often each stem is wished for, or stands there."""

SWAPS = 64
"""How many other variations are tried as partners of one that cannot stay."""
PATIENCE = 400
"""How many detours are made in a row that bring the counts no nearer."""


def pick(
    song: Song, wished: Counts, number: int, taken: AbstractSet[Choice], dice: Dice
) -> list[Choice]:
    """Return distinct permitted choices, none of them taken, with counts as wished or close by.

    ``number`` is at most what the space has left; every layer of ``wished`` sums to it.
    """
    space = VariationSpace(song)
    left = space.size - sum(1 for choice in taken if choice in space)
    if number * 2 <= left:
        return Picker(song, space, wished, taken, dice).picked(number)
    free = [choice for choice in space if choice not in taken]
    counts = count(song, free)
    others = [
        [have - wish for have, wish in zip(*pair, strict=True)]
        for pair in zip(counts, wished, strict=True)
    ]
    out = set(Picker(song, space, others, taken, dice).picked(left - number))
    return dice.shuffled([choice for choice in free if choice not in out])


def count(song: Song, choices: Sequence[Choice]) -> list[list[int]]:
    """Return how often each stem is in some choices."""
    counts = [[0] * len(layer.stems) for layer in song.layers]
    for choice in choices:
        for at, stem in enumerate(choice):
            counts[at][stem] += 1
    return counts


def room(song: Song, taken: AbstractSet[Choice]) -> list[list[int]]:
    """Return how many permitted choices that are not taken hold each stem."""
    space = VariationSpace(song)
    used = count(song, [choice for choice in taken if choice in space])
    return [
        [have - gone for have, gone in zip(*pair, strict=True)]
        for pair in zip(variations_per_stem(song), used, strict=True)
    ]


class Picker:
    """Picks at most half of what a space has left."""

    def __init__(
        self,
        song: Song,
        space: VariationSpace,
        wished: Counts,
        taken: AbstractSet[Choice],
        dice: Dice,
    ) -> None:
        self._song, self._space, self._wished, self._dice = song, space, wished, dice
        self._seen = set(taken)
        self._rows: list[Choice] = []
        self._over: list[list[int]] = []

    def picked(self, number: int) -> list[Choice]:
        """Return so many choices."""
        decks = [
            self._dice.shuffled([at for at, wish in enumerate(layer) for _ in range(max(wish, 0))])
            for layer in self._wished
        ]
        rows = [
            tuple(row) for row in zip(*(_of_length(deck, number) for deck in decks), strict=True)
        ]
        self._rows = self._mended(rows)
        have = count(self._song, self._rows)
        self._over = [
            [got - wish for got, wish in zip(*pair, strict=True)]
            for pair in zip(have, self._wished, strict=True)
        ]
        self._balance()
        return self._rows

    def _is_free(self, choice: Choice) -> bool:
        return choice not in self._seen and choice in self._space

    def _mended(self, rows: list[Choice]) -> list[Choice]:
        """Return rows that are all distinct and permitted."""
        clashing = []
        for at, row in enumerate(rows):
            if self._is_free(row):
                self._seen.add(row)
            else:
                clashing.append(at)
        bad = set(clashing)
        for at in clashing:
            if not self._swap(rows, at, bad):
                rows[at] = self._any_free()
                self._seen.add(rows[at])
            bad.discard(at)
        return rows

    def _swap(self, rows: list[Choice], at: int, bad: set[int]) -> bool:
        """Exchange one stem with another row, so that both are free: counts stay as they are."""
        for _ in range(SWAPS):
            other, layer = self._dice.below(len(rows)), self._dice.below(len(rows[at]))
            if other in bad or rows[other][layer] == rows[at][layer]:
                continue
            mine = _with(rows[at], layer, rows[other][layer])
            theirs = _with(rows[other], layer, rows[at][layer])
            if mine != theirs and self._is_free(mine) and self._is_free(theirs):
                self._seen.remove(rows[other])
                self._seen |= {mine, theirs}
                rows[at], rows[other] = mine, theirs
                return True
        return False

    def _any_free(self) -> Choice:
        """Return a free choice; at least half of them are."""
        while True:
            choice = self._space.nth(self._dice.below(self._space.size))
            if choice not in self._seen:
                return choice

    def _balance(self) -> None:
        """Exchange stems that are there too often for those that are lacking."""
        waited = 0
        while waited < PATIENCE and (pairs := list(self._pairs())):
            layer, surplus, lacking = pairs[self._dice.below(len(pairs))]
            if self._exchange(layer, surplus, lacking):
                waited = 0
            else:
                waited += 1
                self._detour(layer, surplus, lacking)

    def _pairs(self) -> Iterator[tuple[int, int, int]]:
        for layer, over in enumerate(self._over):
            for surplus, more in enumerate(over):
                if more > 0:
                    yield from (
                        (layer, surplus, lacking) for lacking, less in enumerate(over) if less < 0
                    )

    def _around(self, layer: int, stem: int) -> Iterator[int]:
        """Yield the places of all rows with a stem, from a place of chance on."""
        start = self._dice.below(len(self._rows))
        for step in range(len(self._rows)):
            at = (start + step) % len(self._rows)
            if self._rows[at][layer] == stem:
                yield at

    def _exchange(self, layer: int, surplus: int, lacking: int) -> bool:
        """Exchange one stem where nothing else has to change."""
        for at in self._around(layer, surplus):
            changed = _with(self._rows[at], layer, lacking)
            if self._is_free(changed):
                self._put(at, changed)
                return True
        return False

    def _detour(self, layer: int, surplus: int, lacking: int) -> None:
        """Exchange one stem together with another: what is too much moves to another layer."""
        for at in self._around(layer, surplus):
            changed = _with(self._rows[at], layer, lacking)
            others = [
                (self._over[there][stem] - self._over[there][changed[there]], there, stem)
                for there, over in enumerate(self._over)
                if there != layer
                for stem in range(len(over))
                if stem != changed[there] and self._is_free(_with(changed, there, stem))
            ]
            if others:
                least = min(others)[0]
                best = [each for each in others if each[0] <= max(least, 0)]
                _, there, stem = best[self._dice.below(len(best))]
                self._put(at, _with(changed, there, stem))
                return

    def _put(self, at: int, choice: Choice) -> None:
        for layer, (old, new) in enumerate(zip(self._rows[at], choice, strict=True)):
            self._over[layer][old] -= 1
            self._over[layer][new] += 1
        self._seen.remove(self._rows[at])
        self._seen.add(choice)
        self._rows[at] = choice


def _with(choice: Choice, layer: int, stem: int) -> Choice:
    return (*choice[:layer], stem, *choice[layer + 1 :])


def _of_length(deck: list[int], number: int) -> list[int]:
    """Return a deck of this length: cut, or filled with its own cards."""
    cards = deck or [0]
    return [cards[at % len(cards)] for at in range(number)]
