"""Where the pages of an Ogg file begin (RFC 3533), for players that fetch only a part."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from stempress.collection.audio_formats import OPUS_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_HEADER = struct.Struct("<4sBBqIIIB")
_HEADER_PAGES = 2
_LAST = 4


def page_starts(file: Path, seconds: int, rate: int) -> list[int]:
    """Return offsets in bytes: of the page to read for second 0, ``seconds``, twice that, ...

    ``rate`` is that of the granule positions: of Opus 48 kHz, of Vorbis the stream's own. Each page
    begins at or before its time; the first one is the file's first page, and none is the last one,
    whose position does not say where it begins.
    """
    starts = [0]
    begin = 0
    before = 0
    for number, (offset, flags, granule) in enumerate(_pages(file)):
        if number < _HEADER_PAGES:
            continue
        here = before if flags & _LAST else offset
        while (frame := len(starts) * seconds * rate) < granule:
            starts.append(here if frame >= begin else starts[-1])
        begin, before = granule, offset
    return starts


def page_offsets(file: Path, times: Sequence[float]) -> list[int]:
    """Return, for each time in seconds, the offset of the first page that begins then or later.

    ``file`` is Ogg Opus. ``times`` ascend from above 0; after the last page it is the file's size.
    """
    offsets: list[int] = []
    begin = 0
    for number, (offset, _, granule) in enumerate(_pages(file)):
        if number < _HEADER_PAGES:
            continue
        while times[len(offsets)] * OPUS_RATE <= begin:
            offsets.append(offset)
            if len(offsets) == len(times):
                return offsets
        begin = granule
    return offsets + [file.stat().st_size] * (len(times) - len(offsets))


def _pages(file: Path) -> Iterator[tuple[int, int, int]]:
    """Yield each page's offset, its flags and the granule position at its end."""
    with file.open("rb") as stream:
        offset = 0
        while header := stream.read(_HEADER.size):
            _, _, flags, granule, *_, segments = _HEADER.unpack(header)
            yield offset, flags, granule
            offset += _HEADER.size + segments + sum(stream.read(segments))
            stream.seek(offset)
