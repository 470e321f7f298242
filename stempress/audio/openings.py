"""Openings: the first seconds of a long song, the stems of its first mix interleaved in one file.

A player that streams a song fetches its opening first. What sounds soonest comes first, of all
stems, whatever the number of connections. The parts are of equal time: part 1 of every stem, then
part 2 of every stem, and so on; each consists of bytes of the stem's own file.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from stempress.audio.ogg_pages import page_offsets
from stempress.audio.results import Opening, WebFile
from stempress.audio.streaming import is_streamed
from stempress.collection.audio_formats import FORMATS
from stempress.core.cache import cache_root, digest, store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.results import StemSound

VERSION = 1
"""Increment when the same stems give another opening."""
LEAST_SECONDS = 4
"""What every opening has; of hosts that answer requests for ranges, no more is requested."""
_CONNECTIONS = 6
"""To a host that speaks HTTP/1.1. Without ranges, further files wait for whole others."""
_LINE_BITS = 10e6
"""Per second: on such a line an opening lasts until they have come."""
_RESERVE = 1.2
_PARTS_OF_FIRST_SECOND = 5
_TYPE = "application/octet-stream"


def build_openings(songs: Sequence[Song], stems: Mapping[StemKey, StemSound]) -> dict[str, Opening]:
    """Return the openings of all songs that may be streamed in Opus, by slug."""
    mixes = {song.slug: _first_mix(song, stems) for song in songs}
    return {slug: _build_opening(mix) for slug, mix in mixes.items() if _has_opening(mix)}


def _first_mix(song: Song, stems: Mapping[StemKey, StemSound]) -> list[StemSound]:
    """Return the stems of a song's first permitted variation, which its page shows."""
    names = next(song.variations()).by_layer(song)
    return [stems[song.slug, layer, stem] for layer, stem in names.items()]


def _has_opening(mix: Sequence[StemSound]) -> bool:
    opus = FORMATS["opus"].type
    return {sound.stream.type for sound in mix} == {opus} and is_streamed(opus, mix[0].seconds)


def _build_opening(mix: Sequence[StemSound]) -> Opening:
    stems = tuple({sound.stream.address: sound.stream for sound in mix}.values())
    times = part_times(opening_seconds([stem.size for stem in stems]))
    name = f"{digest(VERSION, times, [stem.address for stem in stems])[:24]}.bin"
    path = cache_root() / "audio" / name
    if not path.is_file():
        store(path, b"".join(interleave(stems, times)))
    return Opening(WebFile(f"audio/{name}", _TYPE, path.stat().st_size, path), times, stems)


def opening_seconds(sizes: Sequence[int]) -> int:
    """Return how long an opening lasts, given the sizes of the stems' files in bytes.

    A host without ranges sends whole files: those that find no connection wait for others.
    """
    rounds = ceil(len(sizes) / _CONNECTIONS)
    awaited = sum(sorted(sizes, reverse=True)[: _CONNECTIONS * (rounds - 1)])
    return LEAST_SECONDS + ceil(_RESERVE * 8 * awaited / _LINE_BITS)


def part_times(seconds: int) -> tuple[float, ...]:
    """Return where the parts of an opening end, in seconds."""
    first = [nth / _PARTS_OF_FIRST_SECOND for nth in range(1, _PARTS_OF_FIRST_SECOND)]
    return (*first, *range(1, seconds + 1))


def part_offsets(opening: Opening) -> list[list[int]]:
    """Return, for every stem, where the parts end in its file."""
    return [page_offsets(stem.file, opening.times) for stem in opening.stems]


def interleave(stems: Sequence[WebFile], times: Sequence[float]) -> Iterator[bytes]:
    """Yield the parts of an opening."""
    offsets = [[0, *page_offsets(stem.file, times)] for stem in stems]
    contents = [_read(stem, ends[-1]) for stem, ends in zip(stems, offsets, strict=True)]
    parts = zip(*(pairwise(ends) for ends in offsets), strict=True)
    for part in parts:
        for content, (start, end) in zip(contents, part, strict=True):
            yield content[start:end]


def _read(stem: WebFile, size: int) -> bytes:
    with stem.file.open("rb") as file:
        return file.read(size)
