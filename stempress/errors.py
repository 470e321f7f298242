"""What is wrong with a site: where, which key, which value, and what would be valid."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: ``where`` a file, ``key`` in it, ``hint`` the valid choice."""

    where: str
    what: str
    key: str = ""
    value: object = None
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: {self.key}" if self.key else self.where
        shown = "" if self.value is None else f" (got {shorten(self.value)})"
        hint = f"\n    -> {self.hint}" if self.hint else ""
        return f"{place}: {self.what}{shown}{hint}"


class SiteError(Exception):
    """Every fault of a site, together."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(slots=True)
class Findings:
    """Faults and warnings, collected while a site is read."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def fault(
        self, where: str, what: str, *, key: str = "", value: object = None, hint: str = ""
    ) -> None:
        """Note what stops the build."""
        self.faults.append(Fault(where, what, key, value, hint))

    def warn(
        self, where: str, what: str, *, key: str = "", value: object = None, hint: str = ""
    ) -> None:
        """Note what the artist should know and may ignore."""
        self.warnings.append(Fault(where, what, key, value, hint))

    def raise_faults(self) -> None:
        """Raise all faults as one SiteError, if there are any."""
        if self.faults:
            raise SiteError(self.faults)


def shorten(value: object, limit: int = 120) -> str:
    """Return ``repr(value)``, cut to ``limit`` characters: values come from strangers."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def nearest(word: str, valid: Iterable[str]) -> str:
    """Say what would be valid, the word closest to the one given first."""
    choices = sorted(valid)
    close = get_close_matches(word, choices, n=1, cutoff=0.5)
    listed = ", ".join(choices) if choices else "nothing"
    return f"did you mean {close[0]!r}? valid: {listed}" if close else f"valid: {listed}"
