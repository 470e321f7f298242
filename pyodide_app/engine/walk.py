"""Variations of a song from the cheapest on, without enumerating them all."""

from __future__ import annotations

from heapq import heappop, heappush
from operator import getitem
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
    prices = [[cost for cost, _ in costs] for costs in lists]
    stems = [[at for _, at in costs] for costs in lists]
    start = (0,) * len(lists)
    # Every choice but the first follows from one other alone, which costs no more and comes before
    # it: the one whose last place that is not 0 is one less.
    heap = [(sum(costs[0] for costs in prices), start, 0)]
    while heap:
        cost, places, last = heappop(heap)
        variation = Variation(song.slug, tuple(map(getitem, stems, places)))
        if song.permits(variation):
            yield cost, variation
        for layer in range(last, len(lists)):
            place = places[layer] + 1
            if place < len(prices[layer]):
                after = (*places[:layer], place, *places[layer + 1 :])
                heappush(heap, (sum(map(getitem, prices, after)), after, layer))
