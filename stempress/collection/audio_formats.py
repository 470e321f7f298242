"""Audio formats of the site's files: containers, minimum bitrates, sample rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

type Codec = Literal["opus", "vorbis", "mp3", "flac"]
type Encoding = tuple[Codec, int]
"""A codec and a bitrate in kbit/s."""

OPUS_RATE = 48000
MIN_BITRATES: dict[Codec, tuple[int, str]] = {
    "opus": (56, "below that, Opus partly uses its speech codec, which is a frame or two early"),
    "mp3": (64, "below that, an MP3 frame is too small for the tag that states the padding"),
}
"""The lowest bitrate in kbit/s at which stems stay aligned, and the reason."""
PREVIEW_CODEC: Codec = "mp3"
_LOSSY_RATES = (48000, 44100, 32000)


@dataclass(frozen=True, slots=True)
class Format:
    """Container of a codec: file suffix, media type, what libsndfile calls it, the codec's name."""

    suffix: str
    type: str
    container: str
    subtype: str
    name: str


FORMATS: dict[Codec, Format] = {
    "opus": Format("ogg", "audio/ogg; codecs=opus", "OGG", "OPUS", "Opus"),
    "vorbis": Format("ogg", "audio/ogg; codecs=vorbis", "OGG", "VORBIS", "Vorbis"),
    "mp3": Format("mp3", "audio/mpeg", "MP3", "MPEG_LAYER_III", "MP3"),
    "flac": Format("flac", "audio/flac", "FLAC", "PCM_16", "FLAC"),
}


CODECS_BY_TYPE: dict[str, Codec] = {form.type: codec for codec, form in FORMATS.items()}


def web_rate(codec: Codec, rate: int) -> int:
    """Return the sample rate in Hz at which a codec carries material of a given rate."""
    if codec == "flac":
        return rate
    if codec == "opus":
        return OPUS_RATE
    return rate if rate in _LOSSY_RATES else OPUS_RATE


def total_bitrate(codec: Codec, bitrate: int, channels: int) -> float:
    """Return a file's bitrate in kbit/s: mono gets half, but at least the minimum for alignment."""
    return max(bitrate * channels / 2, MIN_BITRATES.get(codec, (0, ""))[0])
