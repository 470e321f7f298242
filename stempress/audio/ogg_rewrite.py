"""Ogg streams written again: with a fixed serial number, and Opus in short pages."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from mutagen.ogg import OggPage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SERIAL = 1
_PACKET_FRAMES = 960
"""Length of libsndfile's Opus packets; the last one may be shorter."""
_PAGE_PACKETS = 10
"""Packets on a page of Opus, as many as opus-stem.js decodes at a time."""


def with_fixed_serial(data: bytes) -> bytes:
    """Give an Ogg stream a fixed serial number; libsndfile derives one from the clock."""
    pages = list(_pages(data))
    for page in pages:
        page.serial = _SERIAL
    return _written(pages)


def repaginate(data: bytes) -> bytes:
    """Split an Opus stream into pages of 200 ms; libsndfile's are of a second.

    Players can decode a page once all of it has arrived.
    """
    head, tags, *pages = _pages(data)
    packets = [packet for page in pages for packet in page.packets]
    out = [head, tags]
    for start in range(0, len(packets), _PAGE_PACKETS):
        page = OggPage()
        page.packets = packets[start : start + _PAGE_PACKETS]
        page.position = (start + _PAGE_PACKETS) * _PACKET_FRAMES
        out.append(page)
    out[-1].position = pages[-1].position  # leaves out what the last packet has beyond the end
    out[-1].last = True
    for number, page in enumerate(out):
        page.serial, page.sequence = _SERIAL, number
    return _written(out)


def _pages(data: bytes) -> Iterator[OggPage]:
    source = io.BytesIO(data)
    while source.tell() < len(data):
        yield OggPage(source)


def _written(pages: Iterable[OggPage]) -> bytes:
    return b"".join(page.write() for page in pages)
