"""What a build tells at its end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stempress.progress import Progress
    from stempress.settings import Contract

PAGES_LIMIT = 1_000_000_000  # GitHub Pages refuses larger sites
PAGES_NEAR = 0.8
EVENTS = {"erc721": "MetadataUpdate and BatchMetadataUpdate, ERC-4906", "erc1155": "URI"}
"""What tells marketplaces to read a token's metadata again."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: ``changed`` are the addresses of the files that it wrote."""

    files: int
    size: int
    changed: tuple[str, ...]
    pruned: int
    sizes: Mapping[str, int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Built:
    """The result of a build."""

    written: Written
    pages: int
    warnings: Sequence[object]
    contract: Contract | None = None
    sizes: Sequence[str] = ()


def tell(
    built: Built, seconds: float, out: str, progress: Progress, *, report: bool = False
) -> None:
    """Print warnings, where the bytes are if asked, one line of figures, and what is to be done."""
    for warning in built.warnings:
        progress.say(f"warning: {warning}")
    for line in built.sizes if report else ():
        progress.say(line)
    written, count = built.written, len(built.warnings)
    progress.say(
        f"{out}: {built.pages} pages, {written.files} files, {megabytes(written.size)} in "
        f"{seconds:.1f} s; {len(written.changed)} written, {written.pruned} pruned, "
        f"{count} {'warning' if count == 1 else 'warnings'}"
    )
    if written.size > PAGES_LIMIT * PAGES_NEAR:
        progress.say(
            f"warning: {megabytes(written.size)} is near or over the 1 GB that GitHub Pages takes"
        )
    is_first = len(written.changed) == written.files
    tokens = [] if is_first else changed_tokens(written.changed)
    if built.contract and tokens:
        event = EVENTS[built.contract.standard]
        progress.say(f"changed metadata ({event}): {ranges(tokens)}")


def changed_tokens(addresses: Iterable[str]) -> list[int]:
    """Return the ids of the tokens whose metadata is among these files, in order."""
    found = (re.fullmatch(r"metadata/(0|[1-9]\d*)\.json", address) for address in addresses)
    return sorted(int(match[1]) for match in found if match)


def ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as ``1-3, 7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in runs)


def megabytes(size: float) -> str:
    """Return a size in MB, as hosts count it."""
    return f"{size / 1e6:.1f} MB"
