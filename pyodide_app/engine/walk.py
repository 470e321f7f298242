"""Variations of a song from the cheapest on, without enumerating them all."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyodide_app.engine.model import Song

type Costs = Sequence[tuple[float, int]]
"""What each stem of a layer costs, and its 0-based place; stems left out are not chosen."""


def cheapest_first(song: Song, layers: Sequence[Costs]) -> Iterator[tuple[float, Variation]]:
    """Yield what permitted variations cost, and them, in ascending order of cost.

    Variations of equal cost come in the order of the places in the sorted ``layers``.
    """
    lists = [sorted(costs) for costs in layers]
    if not all(lists):
        return
    start = (0,) * len(lists)
    heap = [(sum(costs[0][0] for costs in lists), start)]
    seen = {start}
    while heap:
        cost, places = heappop(heap)
        chosen = (costs[at][1] for costs, at in zip(lists, places, strict=True))
        variation = Variation(song.slug, tuple(chosen))
        if song.permits(variation):
            yield cost, variation
        for layer, costs in enumerate(lists):
            after = (*places[:layer], places[layer] + 1, *places[layer + 1 :])
            if after[layer] < len(costs) and after not in seen:
                seen.add(after)
                total = sum(c[at][0] for c, at in zip(lists, after, strict=True))
                heappush(heap, (total, after))
