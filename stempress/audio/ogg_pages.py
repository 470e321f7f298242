"""Where the pages of an Ogg Opus file begin (RFC 3533), for players that fetch only a part."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

OPUS_RATE = 48000
"""Granule positions count frames at this rate, whatever the stem's own."""
_HEADER = struct.Struct("<4sBBqIIIB")
_HEADER_PAGES = 2


def page_starts(file: Path, seconds: int) -> list[int]:
    """Return offsets in bytes: of the page to read for second 0, ``seconds``, twice that, ...

    Each page begins at or before its time; the first one is the file's first page.
    """
    starts = [0]
    begin = 0
    for number, (offset, granule) in enumerate(_pages(file)):
        if number < _HEADER_PAGES:
            continue
        while len(starts) * seconds * OPUS_RATE < granule:
            starts.append(offset if len(starts) * seconds * OPUS_RATE >= begin else starts[-1])
        begin = granule
    return starts


def page_offsets(file: Path, times: Sequence[float]) -> list[int]:
    """Return, for each time in seconds, the offset of the first page that begins then or later.

    ``times`` ascend from above 0; after the last page it is the file's size.
    """
    offsets: list[int] = []
    begin = 0
    for number, (offset, granule) in enumerate(_pages(file)):
        if number < _HEADER_PAGES:
            continue
        while times[len(offsets)] * OPUS_RATE <= begin:
            offsets.append(offset)
            if len(offsets) == len(times):
                return offsets
        begin = granule
    return offsets + [file.stat().st_size] * (len(times) - len(offsets))


def _pages(file: Path) -> Iterator[tuple[int, int]]:
    """Yield each page's offset and the granule position at its end."""
    with file.open("rb") as stream:
        offset = 0
        while header := stream.read(_HEADER.size):
            granule, segments = _HEADER.unpack(header)[3], header[-1]
            yield offset, granule
            offset += _HEADER.size + segments + sum(stream.read(segments))
            stream.seek(offset)
