"""What a build tells at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stempress.errors import Fault
    from stempress.output import Written
    from stempress.progress import Progress

PAGES_LIMIT = 1_000_000_000  # GitHub Pages refuses larger sites
PAGES_NEAR = 0.8


@dataclass(frozen=True, slots=True)
class Built:
    """The result of a build."""

    written: Written
    pages: int
    warnings: Sequence[Fault]
    sizes: Sequence[str] = ()


def tell(
    built: Built, seconds: float, out: str, progress: Progress, *, report: bool = False
) -> None:
    """Print warnings, then one line of figures; before it, if asked, where the bytes are."""
    for warning in built.warnings:
        progress.say(f"warning: {warning}")
    for line in built.sizes if report else ():
        progress.say(line)
    written = built.written
    progress.say(
        f"{out}: {built.pages} pages, {written.files} files, {megabytes(written.size)} in "
        f"{seconds:.1f} s; {written.changed} written, {written.pruned} pruned, "
        f"{len(built.warnings)} warnings"
    )
    if written.size > PAGES_LIMIT * PAGES_NEAR:
        progress.say(
            f"warning: {megabytes(written.size)} is near or over the 1 GB that GitHub Pages takes"
        )


def megabytes(size: float) -> str:
    """Return a size in MB, as hosts count it."""
    return f"{size / 1e6:.1f} MB"
