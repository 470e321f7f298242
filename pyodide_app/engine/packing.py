"""How many choices, each of one item per kind, can be made at once of a few copies of each item.

An integer program: a variable for each choice that is allowed, a row for each item. Its linear
relaxation bounds it from above, and is nearly always whole; where it is not, branch and bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    type Matrix = NDArray[np.float64]

NODES = 400
"""How many relaxations are solved before an answer may stay unproven."""
NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Packing:
    """How often each choice is made, and in all; ``exact``: no packing has more."""

    times: tuple[int, ...]
    exact: bool

    @property
    def total(self) -> int:
        """Count the choices that are made."""
        return sum(self.times)


def pack(choices: Sequence[Sequence[int]], copies: Sequence[int], *, most: int) -> Packing:
    """Pack as many choices as there can be; each names its items, and an item has some copies.

    ``most`` is a number that no packing exceeds.
    """
    if not choices:
        return Packing((), exact=True)
    rows = np.zeros((len(copies), len(choices)))
    for column, items in enumerate(choices):
        rows[list(items), column] = 1.0
    return _Search(rows, np.array(copies, dtype=np.float64), most).run()


class _Search:
    """Branch and bound, depth first, over bounds of single choices."""

    def __init__(self, rows: Matrix, copies: Matrix, most: int) -> None:
        self._rows, self._copies, self._most = rows, copies, most
        self._best: Matrix = np.zeros(rows.shape[1])

    def run(self) -> Packing:
        """Search until every branch is closed, or for long enough."""
        size = self._rows.shape[1]
        self._keep(np.zeros(size))
        branches: list[tuple[Matrix, Matrix]] = [(np.zeros(size), np.full(size, np.inf))]
        solved = 0
        while branches and solved < NODES and self._best.sum() < self._most:
            low, high = branches.pop()
            solved += 1
            branches += self._branch(low, high)
        return Packing(
            tuple(int(times) for times in self._best),
            exact=not branches or self._best.sum() >= self._most,
        )

    def _branch(self, low: Matrix, high: Matrix) -> list[tuple[Matrix, Matrix]]:
        """Solve one relaxation, keep what it rounds to; return the branches left open below it."""
        left = self._copies - self._rows @ low
        if (left < 0).any():
            return []
        solution = low + relaxed(self._rows, left, high - low)
        self._keep(solution)
        if np.floor(solution.sum() + NEAR) <= self._best.sum():
            return []
        at = int(np.argmax(np.abs(solution - np.round(solution))))
        below, above = high.copy(), low.copy()
        below[at] = np.floor(solution[at] + NEAR)
        above[at] = below[at] + 1
        return [(low, below), (above, high)]

    def _keep(self, solution: Matrix) -> None:
        """Round a solution down, fill up what that leaves, and keep it if it is the best."""
        times = np.floor(solution + NEAR)
        left = self._copies - self._rows @ times
        for column in np.argsort(times - solution):
            items = self._rows[:, column] > 0
            more = left[items].min()
            times[column] += more
            left[items] -= more
        if times.sum() > self._best.sum():
            self._best = times


def relaxed(rows: Matrix, limits: Matrix, most: Matrix) -> Matrix:
    """Maximise the sum of x where ``rows @ x <= limits`` and ``0 <= x <= most``: the simplex."""
    size = rows.shape[1]
    bounded = np.flatnonzero(np.isfinite(most))
    table = np.vstack([rows, np.eye(size)[bounded]])
    height = len(table)
    tableau: Matrix = np.hstack([table, np.eye(height), np.append(limits, most[bounded])[:, None]])
    tableau = np.vstack([tableau, np.append(-np.ones(size), np.zeros(height + 1))])
    basis = np.arange(size, size + height)
    # Bland's rule: the first column that helps, the first row that binds; it never cycles.
    while (helpful := np.flatnonzero(tableau[-1, :-1] < -NEAR)).size:
        column = helpful[0]
        steps = np.full(height, np.inf)
        usable = tableau[:-1, column] > NEAR
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
