"""Where a site's bytes are, and what other audio settings would make of them."""

from __future__ import annotations

from collections import Counter
from heapq import nlargest
from typing import TYPE_CHECKING

from stempress.collection.audio_formats import total_bitrate
from stempress.core.units import PAGES_LIMIT, megabytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stempress.audio.results import Sounds
    from stempress.collection.audio_formats import Codec
    from stempress.collection.settings import Audio

LARGEST_COUNT = 10
BITRATES = (64, 96, 128, 192, 256)
FLAC_RATIO = 0.55
"""What FLAC usually leaves of 16-bit words at 48 kHz; taken where no stem has been encoded so."""
_KIND_OF_SUFFIX = {
    "html": "pages", "json": "data", "xml": "data", "txt": "data",
    "svg": "pictures", "png": "pictures", "jpg": "pictures", "jpeg": "pictures",
}  # fmt: skip


def size_report(sizes: Mapping[str, int], sounds: Sounds, audio: Audio) -> list[str]:
    """Return the report's lines about files, of which the addresses and sizes are given."""
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
        *(f"  {megabytes(size):>10}  {kind}" for kind, size in kinds.most_common()),
        f"The {LARGEST_COUNT} largest files:",
        *(
            f"  {megabytes(size):>10}  {address}{names.get(address, '')}"
            for address, size in nlargest(LARGEST_COUNT, sizes.items(), key=lambda each: each[1])
        ),
        "Other settings of [audio], estimated from the stems' length:",
        *(f"  {line}" for line in _alternatives(sounds, audio)),
        _pages_limit(total),
    ]


def _bytes_by_kind(sizes: Mapping[str, int], sounds: Sounds) -> Counter[str]:
    """Return bytes by kind."""
    named = {file.address: "previews" for file in sounds.previews.values()}
    named |= {
        stem.lossless.address: "lossless stems" for stem in sounds.stems.values() if stem.lossless
    }
    named |= {stem.stream.address: "stems for the mixer" for stem in sounds.stems.values()}
    found: Counter[str] = Counter()
    for address, size in sizes.items():
        suffix = address.rsplit(".", 1)[-1].lower()
        kind = (
            "the mixer and its Python"
            if address.startswith("app/")
            else _KIND_OF_SUFFIX.get(suffix)
        )
        found[named.get(address) or kind or "the rest"] += size
    return found


def _alternatives(sounds: Sounds, audio: Audio) -> Iterator[str]:
    """Yield what the mixer's stems would take with another codec or bitrate."""
    now = sum(stem.stream.size for stem in sounds.stems.values())
    lossless = _flac_size(sounds)
    if audio.stream == "flac":
        yield from (_alternative("opus", each, sounds, now) for each in BITRATES)
        return
    yield from (
        _alternative(audio.stream, each, sounds, now) for each in BITRATES if each != audio.bitrate
    )
    yield _compare('stream = "flac"', lossless, now)
    if audio.lossless:
        yield _compare("lossless = false", now, now + lossless)


def _alternative(codec: Codec, bitrate: int, sounds: Sounds, now: int) -> str:
    size = sum(
        stem.seconds * total_bitrate(codec, bitrate, stem.channels) * 125
        for stem in sounds.stems.values()
    )
    return _compare(f'stream = "{codec}", bitrate = {bitrate}', size, now)


def _flac_size(sounds: Sounds) -> float:
    """Return what all stems take in FLAC: counted where they are there, else estimated."""
    return sum(
        stem.lossless.size
        if stem.lossless
        else stem.seconds * stem.channels * 48000 * 2 * FLAC_RATIO
        for stem in sounds.stems.values()
    )


def _compare(what: str, size: float, now: float) -> str:
    way = "saves" if size < now else "adds"
    return f"{what}: about {megabytes(size)}, {way} {megabytes(abs(size - now))}"


def _pages_limit(total: int) -> str:
    share, limit = 100 * total / PAGES_LIMIT, megabytes(PAGES_LIMIT)
    left = PAGES_LIMIT - total
    of = f"{megabytes(total)} are {share:.0f} % of what GitHub Pages takes ({limit})"
    return f"{of}: {megabytes(left)} left" if left >= 0 else f"{of}: {megabytes(-left)} too much"
