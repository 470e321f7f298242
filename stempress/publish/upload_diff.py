"""Differences between the built site and the published one: files to upload or to delete.

``stempress published`` records the digests of all files. From then on every build adds the files
that it writes to a list of candidates, and compares only these with the recorded digests.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.core.cache import file_digest
from stempress.core.errors import Fault, SiteError
from stempress.core.files import write_text_atomically
from stempress.output.output_check import MARKER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stempress.core.progress import Progress

STATE_FOLDER = "published"
UPLOAD_LIST = f"{STATE_FOLDER}/upload.txt"
"""Where an artist finds the files that differ from what was published."""
PUBLISHED_DIGESTS = f"{STATE_FOLDER}/files.json"
CANDIDATES = f"{STATE_FOLDER}/written.json"


@dataclass(frozen=True, slots=True)
class UploadDiff:
    """Addresses of files that are new or changed since publication, and of removed ones."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]


def record_published(site: Path, out: Path, progress: Progress) -> None:
    """Record the digests of all files in ``out`` as the published site."""
    if not (out / MARKER).is_file():
        hint = "build it first, or name it with --site"
        raise SiteError([Fault(str(out), "is not a built site", hint=hint)])
    addresses = sorted(_addresses(out))
    digests = {}
    with progress.track("Published files", len(addresses)) as step:
        for address in addresses:
            digests[address] = file_digest(out / address)
            step(address)
    write_text_atomically(site / PUBLISHED_DIGESTS, json.dumps(digests, indent=0) + "\n")
    write_text_atomically(site / CANDIDATES, "[]\n")
    progress.log(f"{len(digests)} files recorded as published; builds now report what differs")


def diff_published(site: Path, out: Path, written: Iterable[str]) -> UploadDiff | None:
    """Return the differences from the published site; None if none was recorded.

    ``written`` are the files that the build has just written. Writes the list of files to upload.
    """
    if not (site / PUBLISHED_DIGESTS).is_file():
        return None
    published = json.loads((site / PUBLISHED_DIGESTS).read_text("utf-8"))
    candidates = {*json.loads((site / CANDIDATES).read_text("utf-8")), *written}
    present = set(_addresses(out))
    candidates |= present - published.keys()
    changed = sorted(
        address
        for address in candidates & present
        if published.get(address) != file_digest(out / address)
    )
    write_text_atomically(
        site / CANDIDATES, json.dumps(sorted(candidates & present), indent=0) + "\n"
    )
    write_text_atomically(site / UPLOAD_LIST, "".join(f"{address}\n" for address in changed))
    return UploadDiff(tuple(changed), tuple(sorted(published.keys() - present)))


def _addresses(out: Path) -> Iterator[str]:
    """Yield the address of every file to publish: no dotfiles."""
    for folder, folders, files in os.walk(out):
        folders[:] = [name for name in folders if not name.startswith(".")]
        below = Path(folder).relative_to(out).as_posix()
        for name in files:
            if not name.startswith("."):
                yield name if below == "." else f"{below}/{name}"
