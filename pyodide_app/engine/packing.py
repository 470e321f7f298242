"""Packing: how many choices fit into a limited number of copies of each item.

An integer program with a variable per permitted choice and a constraint per item. The linear
relaxation gives an upper bound and is nearly always integral; otherwise branch and bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    type Matrix = NDArray[np.float64]

MAX_NODES = 400
"""Relaxations solved before the search stops with an unproven answer."""
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Packing:
    """Number of times each choice is used; ``optimal`` if no packing has a larger total."""

    counts: tuple[int, ...]
    optimal: bool

    @property
    def total(self) -> int:
        """Number of choices packed."""
        return sum(self.counts)


def pack(choices: Sequence[Sequence[int]], copies: Sequence[int], *, upper_bound: int) -> Packing:
    """Pack as many choices as possible.

    Each choice lists item indices, ``copies`` counts each item, and no packing may exceed
    ``upper_bound``.
    """
    if not choices:
        return Packing((), optimal=True)
    usage = np.zeros((len(copies), len(choices)))
    for column, items in enumerate(choices):
        usage[list(items), column] = 1.0
    return _Search(usage, np.array(copies, dtype=np.float64), upper_bound).run()


class _Search:
    """Depth-first branch and bound on the count of single choices."""

    def __init__(self, usage: Matrix, copies: Matrix, upper_bound: int) -> None:
        self._usage, self._copies, self._upper_bound = usage, copies, upper_bound
        self._best: Matrix = np.zeros(usage.shape[1])

    def run(self) -> Packing:
        """Search until every branch is closed or ``MAX_NODES`` relaxations are solved."""
        size = self._usage.shape[1]
        self._round_and_keep(np.zeros(size))
        branches: list[tuple[Matrix, Matrix]] = [(np.zeros(size), np.full(size, np.inf))]
        solved = 0
        while branches and solved < MAX_NODES and self._best.sum() < self._upper_bound:
            low, high = branches.pop()
            solved += 1
            branches += self._branch(low, high)
        return Packing(
            tuple(int(count) for count in self._best),
            optimal=not branches or self._best.sum() >= self._upper_bound,
        )

    def _branch(self, low: Matrix, high: Matrix) -> list[tuple[Matrix, Matrix]]:
        """Solve one relaxation and keep its rounded solution; return the child branches."""
        remaining = self._copies - self._usage @ low
        if (remaining < 0).any():
            return []
        solution = low + solve_relaxation(self._usage, remaining, high - low)
        self._round_and_keep(solution)
        if np.floor(solution.sum() + TOLERANCE) <= self._best.sum():
            return []
        column = int(np.argmax(np.abs(solution - np.round(solution))))
        below, above = high.copy(), low.copy()
        below[column] = np.floor(solution[column] + TOLERANCE)
        above[column] = below[column] + 1
        return [(low, below), (above, high)]

    def _round_and_keep(self, solution: Matrix) -> None:
        """Round a solution down, fill the remaining copies greedily, and keep it if it is best."""
        counts = np.floor(solution + TOLERANCE)
        remaining = self._copies - self._usage @ counts
        for column in np.argsort(counts - solution):
            items = self._usage[:, column] > 0
            extra = remaining[items].min()
            counts[column] += extra
            remaining[items] -= extra
        if counts.sum() > self._best.sum():
            self._best = counts


def solve_relaxation(usage: Matrix, limits: Matrix, upper: Matrix) -> Matrix:
    """Maximise sum(x) subject to ``usage @ x <= limits`` and ``0 <= x <= upper``, by simplex."""
    size = usage.shape[1]
    bounded = np.flatnonzero(np.isfinite(upper))
    table = np.vstack([usage, np.eye(size)[bounded]])
    height = len(table)
    tableau: Matrix = np.hstack([table, np.eye(height), np.append(limits, upper[bounded])[:, None]])
    tableau = np.vstack([tableau, np.append(-np.ones(size), np.zeros(height + 1))])
    basis = np.arange(size, size + height)
    # Bland's rule (first improving column, lowest-index binding row) never cycles.
    while (improving := np.flatnonzero(tableau[-1, :-1] < -TOLERANCE)).size:
        column = improving[0]
        steps = np.full(height, np.inf)
        usable = tableau[:-1, column] > TOLERANCE
        steps[usable] = tableau[:-1, -1][usable] / tableau[:-1, column][usable]
        tied = np.flatnonzero(steps <= steps.min() + 1e-12)
        row = tied[np.argmin(basis[tied])]
        tableau[row] /= tableau[row, column]
        others = np.arange(height + 1) != row
        tableau[others] -= np.outer(tableau[others, column], tableau[row])
        basis[row] = column
    solution: Matrix = np.zeros(size + height)
    solution[basis] = tableau[:-1, -1]
    return np.maximum(solution[:size], 0.0)
