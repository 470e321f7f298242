"""Chance that a seed decides: the same on every machine and in every version of Python."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Dice:
    """Whole numbers from a seed: SHA-256 of the seed and a count, 64 bits at a time."""

    def __init__(self, seed: str) -> None:
        """Take any text."""
        self._seed, self._count = sha256(seed.encode()).digest(), 0
        self._left: list[int] = []

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to ``limit - 1``, all of them alike."""
        words = (limit.bit_length() + 63) // 64
        top = 1 << (64 * words)
        while True:
            number = 0
            for _ in range(words):
                number = number << 64 | self._word()
            if number < top - top % limit:  # the rest would favour small numbers
                return number % limit

    def shuffled[T](self, items: Sequence[T]) -> list[T]:
        """Return the items in an order of chance (Fisher and Yates)."""
        deck = list(items)
        for last in range(len(deck) - 1, 0, -1):
            other = self.below(last + 1)
            deck[last], deck[other] = deck[other], deck[last]
        return deck

    def _word(self) -> int:
        if not self._left:
            block = sha256(self._seed + self._count.to_bytes(8)).digest()
            self._left = [int.from_bytes(block[at : at + 8]) for at in (24, 16, 8, 0)]
            self._count += 1
        return self._left.pop()
