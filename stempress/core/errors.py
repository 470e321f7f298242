"""What is wrong with a site: where, which key, which value, and what would be valid."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


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
        hint = f"\n    -> {printable(self.hint)}" if self.hint else ""
        return f"{printable(f'{place}: {self.what}{shown}')}{hint}"


class SiteError(Exception):
    """Every fault of a site, together."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[type[SiteError], tuple[tuple[Fault, ...]]]:
        """Cross from one process to another as the faults that it is made of."""
        return SiteError, (self.faults,)


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

    def add(self, noted: Findings) -> None:
        """Take over what was noted elsewhere."""
        self.faults += noted.faults
        self.warnings += noted.warnings

    def has_fault(self, where: str) -> bool:
        """Say whether a file has a fault."""
        return any(fault.where == where for fault in self.faults)

    def raise_faults(self) -> None:
        """Raise all faults as one SiteError, file by file, if there are any."""
        files: dict[str, list[Fault]] = {}
        for fault in self.faults:
            files.setdefault(fault.where, []).append(fault)
        if files:
            raise SiteError(fault for faults in files.values() for fault in faults)


OS_ERROR_HINTS = {
    errno.EACCES: "may you read and write there?",
    errno.EPERM: "may you read and write there?",
    errno.EROFS: "name a place that can be written to",
    errno.ENOENT: "look whether the name is right, and make the folder if it is missing",
    errno.ENOTDIR: "look whether the name is right: a part of it is a file",
    errno.ENOSPC: "make room on that disk, and run it again",
    errno.EDQUOT: "make room on that disk, and run it again",
}


def fault_from_os_error(error: OSError) -> Fault:
    """Say which file a disk or a system has refused, why, and what can be done."""
    where = str(error.filename) if error.filename is not None else "this machine"
    reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    what = reason[:1].lower() + reason[1:]
    return Fault(where, what, hint=OS_ERROR_HINTS.get(error.errno or 0, ""))


def shorten(value: object, limit: int = 120) -> str:
    """Return ``repr(value)``, cut to ``limit`` characters: values come from strangers."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # whole numbers of thousands of digits, lists in lists
        text = "a value too long to show"
    return text if len(text) <= limit else text[: limit - 3] + "..."


def report_faults(error: SiteError, say: Callable[[str], object]) -> None:
    """Tell every fault and their number."""
    for fault in error.faults:
        say(f"error: {fault}")
    count = len(error.faults)
    say(f"{count} {'fault' if count == 1 else 'faults'}")


def printable(text: str) -> str:
    """Return a line in which what does not show, or steers a terminal, is written out."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def closest(word: str, valid: Iterable[str]) -> str | None:
    """Return the valid word that was probably meant."""
    from difflib import get_close_matches  # noqa: PLC0415 - few builds have faults

    close = get_close_matches(word[:100], sorted(valid), n=1, cutoff=0.5)
    return close[0] if close else None


MAX_LISTED = 40
"""How many valid words are told."""


def suggestion(word: str, valid: Iterable[str]) -> str:
    """Say what would be valid, the word closest to the one given first."""
    choices = sorted(valid)
    if not choices:
        return "there is none to name yet"
    close = closest(word, choices)
    listed = ", ".join(choices[:MAX_LISTED])
    if len(choices) > MAX_LISTED:
        listed += f" and {len(choices) - MAX_LISTED} more"
    return f"did you mean {close!r}? valid: {listed}" if close else f"valid: {listed}"
