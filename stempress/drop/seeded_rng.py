"""Seeded random numbers, identical on every machine and in every version of Python."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class SeededRandom:
    """Random integers from a seed: SHA-256 of the seed and a counter, 64 bits at a time."""

    def __init__(self, seed: str) -> None:
        """Take any text as the seed."""
        self._seed, self._counter = sha256(seed.encode()).digest(), 0
        self._unused: list[int] = []

    def randbelow(self, limit: int) -> int:
        """Return a uniformly distributed integer from 0 to ``limit - 1``."""
        words = (limit.bit_length() + 63) // 64
        size = 1 << (64 * words)
        while True:
            number = 0
            for _ in range(words):
                number = number << 64 | self._word()
            if number < size - size % limit:  # the rest would favour small numbers
                return number % limit

    def shuffled[T](self, items: Sequence[T]) -> list[T]:
        """Return the items in random order (Fisher-Yates)."""
        shuffled = list(items)
        for last in range(len(shuffled) - 1, 0, -1):
            other = self.randbelow(last + 1)
            shuffled[last], shuffled[other] = shuffled[other], shuffled[last]
        return shuffled

    def _word(self) -> int:
        if not self._unused:
            block = sha256(self._seed + self._counter.to_bytes(8)).digest()
            self._unused = [int.from_bytes(block[start : start + 8]) for start in (24, 16, 8, 0)]
            self._counter += 1
        return self._unused.pop()
