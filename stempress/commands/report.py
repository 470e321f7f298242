"""The report at the end of a build."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stempress.core.units import PAGES_LIMIT, consecutive_runs, format_ranges, format_size
from stempress.publish.upload_diff import UPLOAD_LIST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stempress.core.progress import Progress
    from stempress.output.result import BuildResult
    from stempress.publish.upload_diff import UploadDiff

PAGES_WARNING_SHARE = 0.8


def report_build(  # noqa: PLR0913 - the parts of a report
    built: BuildResult,
    seconds: float,
    out: str,
    progress: Progress,
    unpublished: UploadDiff | None = None,
    *,
    report: bool = False,
) -> None:
    """Log warnings, clashes, one line of figures, and what to upload and announce.

    ``report`` adds what takes up the bytes. ``unpublished`` are the changes since the site was
    published; without it, changes since the last build are reported.
    """
    for warning in built.warnings:
        progress.log(f"warning: {warning}")
    if built.clashes:
        progress.log(built.clashes)
    for line in built.sizes if report else ():
        progress.log(line)
    written, count = built.written, len(built.warnings)
    progress.log(
        f"{out}: {written.pages} pages, {written.files} files, {format_size(written.size)} in "
        f"{seconds:.1f} s; {len(written.changed)} written, {written.pruned} pruned, "
        f"{count} {'warning' if count == 1 else 'warnings'}"
    )
    if written.size > PAGES_LIMIT * PAGES_WARNING_SHARE:
        progress.log(
            f"warning: {format_size(written.size)} is close to or over GitHub Pages' limit of 1 GB"
        )
    is_first = len(written.changed) == written.files
    if unpublished is not None:
        progress.log(
            f"since the site was published: {len(unpublished.changed)} files to upload "
            f"({UPLOAD_LIST}), {len(unpublished.removed)} to delete"
        )
        is_first, changed = False, unpublished.changed
    else:
        changed = written.changed
    for tier, standard in ({} if is_first else built.standards).items():
        if tokens := changed_tokens(changed, tier):
            which = f" of {tier} tokens" if tier else ""
            progress.log(f"changed metadata{which}: {metadata_events(standard, tokens)}")


def changed_tokens(addresses: Iterable[str], tier: str = "") -> list[int]:
    """Return the numbers of the tokens whose metadata is among these files, in ascending order.

    ``tier`` is that of a contract of its own, "" for the contract that tiers share.
    """
    name = re.compile(rf"metadata/{tier and f'{tier}/'}(0|[1-9]\d*)\.json")
    matches = map(name.fullmatch, addresses)
    return sorted(int(match[1]) for match in matches if match)


def metadata_events(standard: str, tokens: Sequence[int]) -> str:
    """Return the contract events that make marketplaces refresh these tokens' metadata.

    ERC-4906 has ranges for ERC-721; ERC-1155 has one event per id.
    """
    if standard == "erc1155":
        return f"URI for {format_ranges(tokens)}"
    return ", ".join(
        f"MetadataUpdate({low})" if low == high else f"BatchMetadataUpdate({low}, {high})"
        for low, high in consecutive_runs(tokens)
    )
