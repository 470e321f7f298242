"""``--report``: the sizes of a site's parts, and estimates for other audio settings."""

from __future__ import annotations

from collections import Counter
from heapq import nlargest
from typing import TYPE_CHECKING

from stempress.collection.audio_formats import total_bitrate
from stempress.core.units import PAGES_LIMIT, format_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stempress.audio.results import Sounds
    from stempress.collection.audio_formats import Codec
    from stempress.collection.settings import Audio

LARGEST_COUNT = 10
BITRATES = (64, 96, 128, 192, 256)
FLAC_RATIO = 0.55
"""Typical size of FLAC relative to 16-bit PCM at 48 kHz; used for stems without a FLAC file."""
_KIND_OF_SUFFIX = {
    "html": "pages", "json": "data", "xml": "data", "txt": "data",
    "svg": "pictures", "png": "pictures", "jpg": "pictures", "jpeg": "pictures",
}  # fmt: skip


def size_report(sizes: Mapping[str, int], sounds: Sounds, audio: Audio) -> list[str]:
    """Return the lines of the report; ``sizes`` are those of all files, by address."""
    total = sum(sizes.values())
    kinds = _bytes_by_kind(sizes, sounds)
    names = {
        file.address: f" ({'/'.join(key)})"
        for key, stem in sounds.stems.items()
        for file in (stem.stream, stem.lossless)
        if file
    }
    return [
        "Size by kind:",
        *(f"  {format_size(size):>10}  {kind}" for kind, size in kinds.most_common()),
        f"The {LARGEST_COUNT} largest files:",
        *(
            f"  {format_size(size):>10}  {address}{names.get(address, '')}"
            for address, size in nlargest(LARGEST_COUNT, sizes.items(), key=lambda item: item[1])
        ),
        "Other [audio] settings, estimated from the length of the stems:",
        *(f"  {line}" for line in _alternatives(sounds, audio)),
        _pages_limit(total),
    ]


def _bytes_by_kind(sizes: Mapping[str, int], sounds: Sounds) -> Counter[str]:
    """Return the total size in bytes by kind of file."""
    previews = (*sounds.previews.values(), *sounds.stem_previews.values())
    kinds = {file.address: "previews" for file in previews}
    kinds |= {file.address: "whole mixes" for files in sounds.mixes.values() for file in files}
    kinds |= {file.address: "videos" for file in sounds.videos.values()}
    kinds |= {
        stem.lossless.address: "lossless stems" for stem in sounds.stems.values() if stem.lossless
    }
    streams = [stem.stream for stem in sounds.stems.values()]
    openings = [opening.file for opening in sounds.openings.values()]
    kinds |= {file.address: "stems for the mixer" for file in (*streams, *openings)}
    totals: Counter[str] = Counter()
    for address, size in sizes.items():
        suffix = address.rsplit(".", 1)[-1].lower()
        kind = (
            "the mixer and its Python"
            if address.startswith("app/")
            else _KIND_OF_SUFFIX.get(suffix)
        )
        totals[kinds.get(address) or kind or "other files"] += size
    return totals


def _alternatives(sounds: Sounds, audio: Audio) -> Iterator[str]:
    """Yield a line for every other codec and bitrate of the mixer's stems."""
    current = sum(stem.stream.size for stem in sounds.stems.values())
    lossless = _flac_size(sounds)
    if mixes := sum(file.size for files in sounds.mixes.values() for file in files):
        yield f'downloads = "none": saves {format_size(mixes)}'
    if audio.stream == "flac":
        yield from (_alternative("opus", bitrate, sounds, current) for bitrate in BITRATES)
        return
    yield from (
        _alternative(audio.stream, bitrate, sounds, current)
        for bitrate in BITRATES
        if bitrate != audio.bitrate
    )
    yield _compare('stream = "flac"', lossless, current)
    if audio.lossless:
        yield _compare("lossless = false", current, current + lossless)


def _alternative(codec: Codec, bitrate: int, sounds: Sounds, current: int) -> str:
    size = sum(
        stem.seconds * total_bitrate(codec, bitrate, stem.channels) * 125
        for stem in sounds.stems.values()
    )
    return _compare(f'stream = "{codec}", bitrate = {bitrate}', size, current)


def _flac_size(sounds: Sounds) -> float:
    """Return the size of all stems in FLAC, estimated for those without a FLAC file."""
    return sum(
        stem.lossless.size
        if stem.lossless
        else stem.seconds * stem.channels * 48000 * 2 * FLAC_RATIO
        for stem in sounds.stems.values()
    )


def _compare(setting: str, size: float, current: float) -> str:
    verb = "saves" if size < current else "adds"
    return f"{setting}: about {format_size(size)}, {verb} {format_size(abs(size - current))}"


def _pages_limit(total: int) -> str:
    share, limit = 100 * total / PAGES_LIMIT, format_size(PAGES_LIMIT)
    left = PAGES_LIMIT - total
    usage = f"{format_size(total)} is {share:.0f}% of GitHub Pages' limit of {limit}"
    return f"{usage}: {format_size(abs(left))} {'left' if left >= 0 else 'over'}"
