"""The result of a build."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class WriteResult:
    """A finished write; ``changed`` are the addresses of the files that were written.

    ``sizes`` returns the size of every file, by address.
    """

    files: int
    size: int
    changed: tuple[str, ...]
    pruned: int
    pages: int = 0
    sizes: Callable[[], Mapping[str, int]] = field(default=dict, compare=False)


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A finished build; ``standards`` are those of contracts by tier, "" for a shared one.

    ``clashes`` is a line on stems that do not fit together, empty if all do.
    """

    written: WriteResult
    warnings: Sequence[object]
    standards: Mapping[str, str] = field(default_factory=dict)
    sizes: Sequence[str] = ()
    clashes: str = ""
