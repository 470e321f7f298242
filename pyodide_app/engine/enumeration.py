"""Best-first enumeration of a song's variations, without building them all."""

from __future__ import annotations

from heapq import heappop, heappush
from operator import getitem, itemgetter
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyodide_app.engine.model import Song

type StemCosts = Sequence[tuple[float, int]]
"""(cost, index) of a layer's options; those that are not listed are never chosen."""


def cheapest_first(
    song: Song, layer_costs: Sequence[StemCosts]
) -> Iterator[tuple[float, Variation]]:
    """Yield (cost, variation) of the permitted variations in ascending order of cost.

    Ties are ordered by the options' ranks in their layers, sorted by cost.
    """
    ranked = [sorted(costs, key=itemgetter(0)) for costs in layer_costs]
    if not all(ranked):
        return
    prices = [[cost for cost, _ in costs] for costs in ranked]
    stems = [[index for _, index in costs] for costs in ranked]
    # Every choice of ranks but the first has one predecessor, which costs no more: the one whose
    # last non-zero rank is one less. So each is pushed once, after its predecessor was popped.
    heap = [(sum(costs[0] for costs in prices), (0,) * len(ranked), 0)]
    while heap:
        cost, ranks, last = heappop(heap)
        variation = Variation(song.slug, tuple(map(getitem, stems, ranks)))
        if song.permits(variation):
            yield cost, variation
        for layer in range(last, len(ranked)):
            rank = ranks[layer] + 1
            if rank < len(prices[layer]):
                successor = (*ranks[:layer], rank, *ranks[layer + 1 :])
                heappush(heap, (sum(map(getitem, prices, successor)), successor, layer))
