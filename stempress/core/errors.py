"""Faults and warnings about a site: file, key, value and the valid choice."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stempress.core.notation import show_first, show_key, show_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault or warning.

    ``where`` is a file, an address or an option, ``key`` a key or a line in it. ``message``
    completes the sentence that ``where`` begins; ``hint`` says what would be valid or what to do.
    ``item`` names the item of a list that ``key`` is in, where it has a name.
    """

    where: str
    message: str
    key: str = ""
    value: object = None
    hint: str = ""
    item: str = ""

    def __str__(self) -> str:
        as_json = self.where.endswith(".json")
        key = show_key(self.key, as_json=as_json, item=self.item)
        subject = f"{self.where}: {key}" if key else self.where
        value = "" if self.value is None else show_value(self.value, as_json=as_json)
        shown = value and f" (got {value})"
        hint = f"\n    -> {printable(self.hint)}" if self.hint else ""
        return f"{printable(f'{subject}: {self.message}{shown}')}{hint}"


class SiteError(Exception):
    """All faults of a site, one per line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[type[SiteError], tuple[tuple[Fault, ...]]]:
        """Pickle as the faults: the default would pass the text to the constructor."""
        return SiteError, (self.faults,)


@dataclass(slots=True)
class Findings:
    """Faults and warnings that are collected while a site is read."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def fault(
        self, where: str, message: str, *, key: str = "", value: object = None, hint: str = ""
    ) -> None:
        """Add a fault, which stops the build."""
        self.faults.append(Fault(where, message, key, value, hint))

    def warn(
        self, where: str, message: str, *, key: str = "", value: object = None, hint: str = ""
    ) -> None:
        """Add a warning, which the artist may ignore."""
        self.warnings.append(Fault(where, message, key, value, hint))

    def add(self, other: Findings) -> None:
        """Add all faults and warnings of another collection."""
        self.faults += other.faults
        self.warnings += other.warnings

    def has_fault(self, where: str) -> bool:
        """Return whether a file has a fault."""
        return any(fault.where == where for fault in self.faults)

    def raise_faults(self) -> None:
        """Raise all faults as one SiteError, grouped by file, if there are any."""
        by_file: dict[str, list[Fault]] = {}
        for fault in self.faults:
            by_file.setdefault(fault.where, []).append(fault)
        if by_file:
            raise SiteError(fault for faults in by_file.values() for fault in faults)


OS_ERROR_HINTS = {
    errno.EACCES: "check that you have permission to read and write it",
    errno.EPERM: "check that you have permission to read and write it",
    errno.EROFS: "choose a folder that is writable",
    errno.ENOENT: "check the name, and create the folder if it is missing",
    errno.ENOTDIR: "check the name: part of the path is a file, not a folder",
    errno.ENOSPC: "free up disk space, then try again",
    errno.EDQUOT: "free up disk space, then try again",
}


def fault_from_os_error(error: OSError) -> Fault:
    """Return an operating system's error as a fault of its file, with a hint."""
    where = str(error.filename) if error.filename is not None else "this computer"
    reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    message = reason[:1].lower() + reason[1:]
    return Fault(where, message, hint=OS_ERROR_HINTS.get(error.errno or 0, ""))


def report_faults(error: SiteError, log: Callable[[str], object]) -> None:
    """Log every fault, and how many there are."""
    for fault in error.faults:
        log(f"error: {fault}")
    count = len(error.faults)
    log(f"{count} {'error' if count == 1 else 'errors'}")


def printable(text: str) -> str:
    """Return a line with invisible and control characters escaped: a terminal would obey them."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


MIN_SIMILARITY = 0.65
"""Of a word to the one that was meant, as difflib's ratio: "codec" isn't meant for "collection"."""


def closest(word: str, valid: Iterable[str]) -> str | None:
    """Return the valid word that was probably meant, None if no word is similar."""
    from difflib import get_close_matches  # noqa: PLC0415 - few builds have faults

    by_case = {choice.casefold(): choice for choice in sorted(valid, reverse=True)}
    matches = get_close_matches(word[:100].casefold(), by_case, n=1, cutoff=MIN_SIMILARITY)
    return by_case[matches[0]] if matches else None


MAX_LISTED = 40
"""How many valid words a hint lists."""


def suggestion(word: str, valid: Iterable[str]) -> str:
    """Return a hint that lists the valid words, the most similar one first."""
    choices = sorted(valid)
    if not choices:
        return "there are none yet"
    match = closest(word, choices)
    listed = show_first(choices, MAX_LISTED)
    return f"did you mean {match!r}? valid: {listed}" if match else f"valid: {listed}"
