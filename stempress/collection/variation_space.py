"""The variations that a song's rules permit, counted layer by layer instead of listed one by one.

What a layer leaves open depends on the stems chosen before it only as far as rules that are still
to be decided speak of them, so that songs of millions of variations are counted at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyodide_app.engine.model import Rule, Song

type Choice = tuple[int, ...]
"""0-based places of the chosen stems, in the order of the layers."""


class Space:
    """Every permitted choice of a song, in the order of mix numbers. ``only`` narrows layers."""

    def __init__(self, song: Song, only: dict[int, int] | None = None) -> None:
        """Take a song; ``only`` maps the place of a layer to the one stem that it may hold."""
        self._slugs = [layer.slug for layer in song.layers]
        self._stems = [[stem.slug for stem in layer.stems] for layer in song.layers]
        only = only or {}
        self._open = [
            [only[at]] if at in only else list(range(len(stems)))
            for at, stems in enumerate(self._stems)
        ]
        last = [max(map(self._slugs.index, rule.layers)) for rule in song.rules]
        self._decided: list[list[Rule]] = [
            [rule for rule, at in zip(song.rules, last, strict=True) if at == layer]
            for layer in range(len(self._slugs))
        ]
        self._needed: list[list[int]] = [
            sorted(
                {
                    self._slugs.index(slug)
                    for rule, at in zip(song.rules, last, strict=True)
                    if at > layer
                    for slug in rule.layers
                    if self._slugs.index(slug) <= layer
                }
            )
            for layer in range(len(self._slugs))
        ]
        self._known: dict[tuple[int, tuple[tuple[int, int], ...]], int] = {}

    @property
    def size(self) -> int:
        """How many choices there are."""
        return self._ways(0, ())

    def __iter__(self) -> Iterator[Choice]:
        """Yield every choice; nothing is tried that leads nowhere."""
        return self._below((), ())

    def __contains__(self, choice: Choice) -> bool:
        """Say whether the rules permit a choice."""
        held: tuple[tuple[int, int], ...] = ()
        for at, stem in enumerate(choice):
            after = self._after(at, held, stem) if stem in self._open[at] else None
            if after is None:
                return False
            held = after
        return True

    def nth(self, number: int) -> Choice:
        """Return the choice of a 0-based number; IndexError beyond the last."""
        if not 0 <= number < self.size:
            raise IndexError(number)
        choice: list[int] = []
        held: tuple[tuple[int, int], ...] = ()
        for at in range(len(self._slugs)):
            for stem, after in self._steps(at, held):
                ways = self._ways(at + 1, after)
                if number < ways:
                    choice.append(stem)
                    held = after
                    break
                number -= ways
        return tuple(choice)

    def _below(self, begun: Choice, held: tuple[tuple[int, int], ...]) -> Iterator[Choice]:
        at = len(begun)
        if at == len(self._slugs):
            yield begun
            return
        for stem, after in self._steps(at, held):
            if self._ways(at + 1, after):
                yield from self._below((*begun, stem), after)

    def _ways(self, at: int, held: tuple[tuple[int, int], ...]) -> int:
        """Count how the layers from ``at`` on can be filled; ``held`` is what rules ask about."""
        if at == len(self._slugs):
            return 1
        if (at, held) not in self._known:
            steps = self._steps(at, held)
            self._known[at, held] = sum(self._ways(at + 1, after) for _, after in steps)
        return self._known[at, held]

    def _steps(
        self, at: int, held: tuple[tuple[int, int], ...]
    ) -> Iterator[tuple[int, tuple[tuple[int, int], ...]]]:
        for stem in self._open[at]:
            after = self._after(at, held, stem)
            if after is not None:
                yield stem, after

    def _after(
        self, at: int, held: tuple[tuple[int, int], ...], stem: int
    ) -> tuple[tuple[int, int], ...] | None:
        """Return what has to be remembered once a layer is filled; None if a rule forbids it."""
        chosen = {**dict(held), at: stem}
        if self._decided[at]:
            named = {self._slugs[layer]: self._stems[layer][nth] for layer, nth in chosen.items()}
            if not all(rule.permits(named) for rule in self._decided[at]):
                return None
        return tuple((layer, chosen[layer]) for layer in self._needed[at])


def stem_counts(song: Song) -> Sequence[Sequence[int]]:
    """Return how many permitted variations hold each stem, layer by layer."""
    return [
        [Space(song, {at: nth}).size for nth in range(len(layer.stems))]
        for at, layer in enumerate(song.layers)
    ]
