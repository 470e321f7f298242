"""The variations that a song's rules permit, counted layer by layer instead of enumerated.

How many ways the remaining layers can be filled depends on the stems chosen so far only where
undecided rules refer to them, so that a song with millions of variations is counted at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyodide_app.engine.model import Rule, Song

type Choice = tuple[int, ...]
"""0-based indices of the chosen stems, one for each layer; ``LEFT_OUT`` for one without."""
type Relevant = tuple[tuple[int, int], ...]
"""Indices of layer and chosen stem, for the layers that undecided rules ask for."""


class VariationSpace:
    """All permitted choices of a song, sorted as variations are. ``only`` fixes layers."""

    def __init__(self, song: Song, only: dict[int, int] | None = None) -> None:
        """Prepare the count; ``only`` maps a layer's index to the one stem it may hold."""
        self._slugs = [layer.slug for layer in song.layers]
        self._stems = [[option.slug for option in layer.options] for layer in song.layers]
        only = only or {}
        self._options = [
            [only[number]] if number in only else list(layer.choices)
            for number, layer in enumerate(song.layers)
        ]
        last_layers = [max(map(self._slugs.index, rule.layers)) for rule in song.rules]
        self._decided: list[list[Rule]] = [
            [rule for rule, last in zip(song.rules, last_layers, strict=True) if last == layer]
            for layer in range(len(self._slugs))
        ]
        self._relevant: list[list[int]] = [
            sorted(
                {
                    self._slugs.index(slug)
                    for rule, last in zip(song.rules, last_layers, strict=True)
                    if last > layer
                    for slug in rule.layers
                    if self._slugs.index(slug) <= layer
                }
            )
            for layer in range(len(self._slugs))
        ]
        self._counted: dict[tuple[int, Relevant], int] = {}

    @property
    def size(self) -> int:
        """How many choices there are."""
        return self._count_from(0, ())

    def __iter__(self) -> Iterator[Choice]:
        """Yield every choice, without trying dead ends."""
        return self._extend((), ())

    def __contains__(self, choice: Choice) -> bool:
        """Return whether the rules permit a choice."""
        relevant: Relevant = ()
        for layer, stem in enumerate(choice):
            after = self._step(layer, relevant, stem) if stem in self._options[layer] else None
            if after is None:
                return False
            relevant = after
        return True

    def nth(self, number: int) -> Choice:
        """Return the choice with a 0-based number; IndexError beyond the last."""
        if not 0 <= number < self.size:
            raise IndexError(number)
        choice: list[int] = []
        relevant: Relevant = ()
        for layer in range(len(self._slugs)):
            for stem, after in self._steps(layer, relevant):
                ways = self._count_from(layer + 1, after)
                if number < ways:
                    choice.append(stem)
                    relevant = after
                    break
                number -= ways
        return tuple(choice)

    def _extend(self, chosen: Choice, relevant: Relevant) -> Iterator[Choice]:
        layer = len(chosen)
        if layer == len(self._slugs):
            yield chosen
            return
        for stem, after in self._steps(layer, relevant):
            if self._count_from(layer + 1, after):
                yield from self._extend((*chosen, stem), after)

    def _count_from(self, layer: int, relevant: Relevant) -> int:
        """Count the ways to fill the layers from index ``layer`` on."""
        if layer == len(self._slugs):
            return 1
        if (layer, relevant) not in self._counted:
            steps = self._steps(layer, relevant)
            self._counted[layer, relevant] = sum(
                self._count_from(layer + 1, after) for _, after in steps
            )
        return self._counted[layer, relevant]

    def _steps(self, layer: int, relevant: Relevant) -> Iterator[tuple[int, Relevant]]:
        for stem in self._options[layer]:
            after = self._step(layer, relevant, stem)
            if after is not None:
                yield stem, after

    def _step(self, layer: int, relevant: Relevant, stem: int) -> Relevant | None:
        """Fill a layer; return the stems that later rules ask for, None if a rule forbids it."""
        chosen = {**dict(relevant), layer: stem}
        if self._decided[layer]:
            stems = {
                self._slugs[index]: self._stems[index][choice] for index, choice in chosen.items()
            }
            if not all(rule.permits(stems) for rule in self._decided[layer]):
                return None
        return tuple((index, chosen[index]) for index in self._relevant[layer])


def variations_per_stem(song: Song) -> Sequence[Sequence[int]]:
    """Return how many permitted variations use each of a layer's options, layer by layer."""
    return [
        [VariationSpace(song, {index: choice}).size for choice in layer.choices]
        for index, layer in enumerate(song.layers)
    ]
