"""What has changed since a site was last published: files to upload, tokens to announce.

``build.py published`` notes what has been uploaded. From then on every build adds what it writes to
a list of candidates, and compares these alone with what was noted.
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
    """Addresses of files that differ from what was published, and of those that are gone."""

    changed: tuple[str, ...]
    gone: tuple[str, ...]


def record_published(site: Path, out: Path, progress: Progress) -> None:
    """Note that ``out`` is what the public has."""
    if not (out / MARKER).is_file():
        hint = "build it first, or name it with --site"
        raise SiteError([Fault(str(out), "holds no pressed site", hint=hint)])
    addresses = sorted(_addresses(out))
    noted = {}
    with progress.track("Published files", len(addresses)) as step:
        for address in addresses:
            noted[address] = file_digest(out / address)
            step(address)
    write_text_atomically(site / PUBLISHED_DIGESTS, json.dumps(noted, indent=0) + "\n")
    write_text_atomically(site / CANDIDATES, "[]\n")
    progress.log(f"{len(noted)} files noted as published; builds tell what differs from now on")


def diff_published(site: Path, out: Path, written: Iterable[str]) -> UploadDiff | None:
    """Return what differs from what was published; None where nothing was noted.

    ``written`` are the files of the build that has just ended. The list of what to upload lies
    beside the note.
    """
    if not (site / PUBLISHED_DIGESTS).is_file():
        return None
    noted = json.loads((site / PUBLISHED_DIGESTS).read_text("utf-8"))
    candidates = {*json.loads((site / CANDIDATES).read_text("utf-8")), *written}
    there = set(_addresses(out))
    candidates |= there - noted.keys()
    changed = sorted(
        address
        for address in candidates & there
        if noted.get(address) != file_digest(out / address)
    )
    write_text_atomically(
        site / CANDIDATES, json.dumps(sorted(candidates & there), indent=0) + "\n"
    )
    write_text_atomically(site / UPLOAD_LIST, "".join(f"{address}\n" for address in changed))
    return UploadDiff(tuple(changed), tuple(sorted(noted.keys() - there)))


def _addresses(out: Path) -> Iterator[str]:
    """Yield every file that hosts would get: none that begins with a dot."""
    for folder, folders, files in os.walk(out):
        folders[:] = [name for name in folders if not name.startswith(".")]
        below = Path(folder).relative_to(out).as_posix()
        for name in files:
            if not name.startswith("."):
                yield name if below == "." else f"{below}/{name}"
