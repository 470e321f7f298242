"""Encrypted files of hidden tracks, copied as they were sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.output.output_files import OutputFile
from stempress.site.page_addresses import hidden_file_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stempress.collection.collection import Collection


def hidden_files(collection: Collection) -> Iterator[OutputFile]:
    """Yield the encrypted file of every sealed track."""
    for track in collection.sealed_tracks:
        if track.entry and track.sealed:
            yield OutputFile(hidden_file_address(track), track.sealed, track.entry.sha256)
