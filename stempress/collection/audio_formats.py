"""The formats of the site's sound files, and what bitrates and rates each can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

type Codec = Literal["opus", "vorbis", "mp3", "flac"]
type Wanted = tuple[Codec, int]
"""A codec and its bitrate."""

OPUS_RATE = 48000
LOWEST: dict[Codec, tuple[int, str]] = {
    "opus": (56, "below, Opus codes in part as speech, which comes a frame or two early"),
    "mp3": (64, "below, an MP3 frame has no room for the tag that states its padding"),
}
"""The lowest bitrate of a file, in kbit/s, at which stems stay aligned, and why."""
PREVIEW: Codec = "mp3"
"""The codec of previews."""
_LOSSY_RATES = (48000, 44100, 32000)


@dataclass(frozen=True, slots=True)
class Format:
    """A file format of the site."""

    suffix: str
    type: str
    container: str
    subtype: str


FORMATS: dict[Codec, Format] = {
    "opus": Format("ogg", "audio/ogg; codecs=opus", "OGG", "OPUS"),
    "vorbis": Format("ogg", "audio/ogg; codecs=vorbis", "OGG", "VORBIS"),
    "mp3": Format("mp3", "audio/mpeg", "MP3", "MPEG_LAYER_III"),
    "flac": Format("flac", "audio/flac", "FLAC", "PCM_16"),
}


def web_rate(codec: Codec, rate: int) -> int:
    """Return the rate at which a codec carries material of a rate."""
    if codec == "flac":
        return rate
    if codec == "opus":
        return OPUS_RATE
    return rate if rate in _LOSSY_RATES else OPUS_RATE


def total_bitrate(codec: Codec, bitrate: int, channels: int) -> float:
    """Return a file's bitrate: mono gets half, but no less than keeps it aligned."""
    return max(bitrate * channels / 2, LOWEST.get(codec, (0, ""))[0])
