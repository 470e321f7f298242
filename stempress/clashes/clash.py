"""Clash: a pair of stems, or a stem among the others, that does not fit, with figures and place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

type Name = tuple[str, str]
"""Slugs of layer and stem."""
type Kind = Literal["key", "timing", "tempo", "masking", "level", "phase"]

MAX_SEVERITY = 5.0
"""Beyond this a clash is not worse: without a limit, one inverted stem would hide all others."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A stem that fits none of the others, or a pair that does not fit.

    Of a pair the first stem is the one to look at, where that is known; of masking, the masker.
    ``severity`` is the measured value divided by its threshold, from 1 to ``MAX_SEVERITY``.
    ``message`` is a sentence with the figures. ``value`` is the main figure in ``unit``.
    ``seconds`` is where it is worst, ``bar`` the number of that bar, counted from 1; None if it
    holds everywhere, or bars are not known.
    """

    kind: Kind
    stems: tuple[Name, ...]
    severity: float
    message: str
    value: float
    unit: str
    seconds: float | None = None
    bar: int | None = None

    @property
    def place(self) -> str:
        """Where it is worst, such as "bar 9, 0:24"; empty if it holds everywhere."""
        if self.seconds is None:
            return ""
        minutes, seconds = divmod(int(self.seconds), 60)
        time = f"{minutes}:{seconds:02}"
        return time if self.bar is None else f"bar {self.bar}, {time}"

    def explains(self, pair: Clash) -> bool:
        """Return whether a pair clashes because of this stem: what is too quiet is masked, too.

        What a stem loses in mono explains nothing that two stems lose.
        """
        if pair.kind == "masking" and self.kind == "level":
            masker, masked = pair.stems
            return self.stems == ((masker if self.value > 0 else masked),)
        return pair.kind == self.kind != "phase" and self.stems[0] in pair.stems

    def __str__(self) -> str:
        return f"{self.message} ({self.place})" if self.place else self.message


class Check(Protocol):
    """What finds the clashes of a kind or two among the stems of a song."""

    def stems(self) -> Iterator[Clash]:
        """Yield the stems that fit none of the others."""

    def pair(self, first: Name, second: Name) -> Iterator[Clash]:
        """Yield how two stems that can sound together clash."""


def label(name: Name) -> str:
    """Return how a stem is called in messages: layer/stem."""
    return "/".join(name)


def counted(count: int, noun: str, nouns: str = "") -> str:
    """Return a count and its noun."""
    return f"{count} {noun if count == 1 else nouns or f'{noun}s'}"


@dataclass(frozen=True, slots=True)
class SongClashes:
    """Clashes of a song, the worst first.

    ``stems`` are stems that fit none of the others, ``pairs`` all pairs that clash, those with such
    stems included. ``compared`` is the number of pairs that some permitted variation contains.
    ``notes`` say what could not be compared, and why.
    """

    song: str
    compared: int
    stems: tuple[Clash, ...] = ()
    pairs: tuple[Clash, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def causes(self) -> tuple[Clash, ...]:
        """Stems, and the pairs that no such stem explains."""
        others = (
            pair for pair in self.pairs if not any(stem.explains(pair) for stem in self.stems)
        )
        return tuple(sorted((*self.stems, *others), key=lambda clash: -clash.severity))
