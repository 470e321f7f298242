"""Where the pages of an Ogg file begin (RFC 3533), for players that fetch only a part."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

from stempress.collection.audio_formats import OPUS_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_HEADER = struct.Struct("<4sBBqIIIB")
_HEADER_PAGES = 2
_LAST = 4
_MAX_PAGE = 65_307


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


def fault_at_end(file: Path) -> str:
    """Return why an Ogg file is not one whole stream, "" if it is, or is not Ogg."""
    with file.open("rb") as stream:
        start = stream.read(_HEADER.size)
        if len(start) < _HEADER.size or start[:4] != b"OggS":
            return ""
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 2 * _MAX_PAGE))
        tail = stream.read()
    page = tail[max(0, tail.rfind(b"OggS")) :]
    if len(page) < _HEADER.size:
        return "it is cut off: its last Ogg page is missing"
    _, _, flags, _, serial, *_, segments = _HEADER.unpack_from(page)
    sizes = page[_HEADER.size : _HEADER.size + segments]
    if not flags & _LAST or len(page) < _HEADER.size + segments + sum(sizes):
        return "it is cut off: its last Ogg page is missing"
    return "it holds several Ogg streams, not one" if serial != _HEADER.unpack(start)[4] else ""


def _pages(file: Path) -> Iterator[tuple[int, int, int]]:
    """Yield each page's offset, its flags and the granule position at its end."""
    with file.open("rb") as stream:
        offset = 0
        while header := stream.read(_HEADER.size):
            _, _, flags, granule, *_, segments = _HEADER.unpack(header)
            yield offset, flags, granule
            offset += _HEADER.size + segments + sum(stream.read(segments))
            stream.seek(offset)
