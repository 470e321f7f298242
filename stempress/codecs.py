"""Sound files in and out, through libsndfile; resampling through soxr."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr
from mutagen.ogg import OggPage

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.settings import Codec

    type Planar = NDArray[np.float32]

OPUS_RATE = 48000
RATES = (8000, 384_000)
"""The lowest and the highest rate that a stem can have, in Hz."""
_LOSSY_RATES = (48000, 44100, 32000, 24000, 22050, 16000)
_VORBIS_QUALITY = ((48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320), np.arange(-1, 10) / 10)
_SERIAL = 1
_CUT_CHUNK = re.compile(r"^\s*(?:data|SSND) : (\d+) \(should be (\d+)\)", re.MULTILINE)
_UNKNOWN = 0x7FFF_0000
_CHUNK = 1 << 16


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


class UnreadableError(Exception):
    """A sound file that cannot be used, and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Decoded sound: float32 of shape (channels, frames), its rate in Hz, its word length."""

    samples: Planar
    rate: int
    bits: int

    @property
    def frames(self) -> int:
        """Length in frames."""
        return int(self.samples.shape[1])

    @property
    def channels(self) -> int:
        """1 or 2."""
        return int(self.samples.shape[0])


def decode(path: Path) -> Sound:
    """Read a sound file whole; UnreadableError says what is wrong with it."""
    if path.stat().st_size == 0:
        raise UnreadableError("the file is empty")
    try:
        with soundfile.SoundFile(path) as file:
            samples = file.read(dtype="float32", always_2d=True)
            rate, subtype = file.samplerate, file.subtype
            promised = max(file.frames, _announced(file))
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        raise UnreadableError(f"it cannot be decoded: {_reason(error)}") from None
    except MemoryError:
        raise UnreadableError("it is too long to be held in memory") from None
    if samples.shape[1] > 2:
        raise UnreadableError(f"it has {samples.shape[1]} channels; a stem has 1 or 2")
    if len(samples) < promised:
        raise UnreadableError(f"it breaks off after {len(samples)} of {promised} frames")
    if not len(samples):
        raise UnreadableError("it holds no sound")
    if not RATES[0] <= rate <= RATES[1]:
        raise UnreadableError(f"its rate is {rate} Hz; a stem has {RATES[0]} to {RATES[1]} Hz")
    if not np.isfinite(samples).all():
        raise UnreadableError("it holds samples that are not numbers")
    bits = 16 if subtype in ("PCM_16", "PCM_S8", "PCM_U8") else 24
    return Sound(np.ascontiguousarray(samples.T), rate, bits)


def _announced(file: soundfile.SoundFile) -> int:
    """Return how many frames a WAV or AIFF file says it has; libsndfile counts what is there.

    What writes into a pipe does not know, and announces the most that fits into 31 or 32 bits.
    """
    found = _CUT_CHUNK.search(file.extra_info)
    said, held = map(int, found.groups()) if found else (0, 0)
    return int(file.frames) * said // held if held and said < _UNKNOWN else 0


def _reason(error: Exception) -> str:
    """Return libsndfile's words without the path it puts before them."""
    words = getattr(error, "error_string", None) or str(error).rsplit(": ", 1)[-1]
    return str(words).strip().rstrip(".")


def resample(sound: Sound, rate: int) -> Sound:
    """Convert to another rate (soxr, very high quality); the same object where it has it."""
    if sound.rate == rate:
        return sound
    frames = round(sound.frames * rate / sound.rate)
    interleaved = soxr.resample(sound.samples.T, sound.rate, rate, quality="VHQ")
    samples = fit(np.ascontiguousarray(interleaved.T, dtype=np.float32), frames)
    return Sound(samples, rate, 24)


def fit(samples: Planar, frames: int) -> Planar:
    """Return exactly ``frames`` frames: cut, or padded with silence."""
    if samples.shape[1] >= frames:
        return samples[:, :frames]
    padded = np.zeros((samples.shape[0], frames), dtype=np.float32)
    padded[:, : samples.shape[1]] = samples
    return padded


def web_rate(codec: Codec, rate: int) -> int:
    """Return the rate at which a codec carries material of a rate."""
    if codec == "flac":
        return rate
    if codec == "opus":
        return OPUS_RATE
    return rate if rate in _LOSSY_RATES else OPUS_RATE


def encode(sound: Sound, codec: Codec, bitrate: int) -> bytes:
    """Return a file of the codec. ``bitrate`` is kbit/s for stereo; mono gets half of it."""
    wanted = FORMATS[codec]
    converted = resample(sound, web_rate(codec, sound.rate))
    subtype = "PCM_24" if codec == "flac" and converted.bits > 16 else wanted.subtype
    buffer = io.BytesIO()
    samples = np.clip(converted.samples, -1, 1) if codec == "flac" else converted.samples
    with soundfile.SoundFile(
        buffer,
        "w",
        converted.rate,
        converted.channels,
        subtype,
        format=wanted.container,
        compression_level=_level(codec, bitrate, sound.channels),
        bitrate_mode="CONSTANT" if codec == "mp3" else None,
    ) as file:
        for start in range(0, converted.frames, _CHUNK):  # libsndfile's stack: not all at once
            file.write(samples.T[start : start + _CHUNK])
    data = buffer.getvalue()
    return _steady_ogg(data) if wanted.container == "OGG" else data


def _level(codec: Codec, bitrate: int, channels: int) -> float:
    """Return libsndfile's compression level (0 to 1) for a bitrate, as measured with 1.2.2."""
    total = bitrate * channels / 2
    if codec == "opus":
        level = (256 - total / channels) / 250
    elif codec == "mp3":
        level = (320 - total) / 288
    elif codec == "vorbis":
        level = 1 - float(np.interp(bitrate, *_VORBIS_QUALITY))
    else:
        return 1.0
    return min(max(level, 0.0), 0.99)


def _steady_ogg(data: bytes) -> bytes:
    """Give an Ogg stream a fixed serial number; libsndfile draws one from the clock."""
    source, out = io.BytesIO(data), io.BytesIO()
    while source.tell() < len(data):
        page = OggPage(source)  # type: ignore[no-untyped-call]
        page.serial = _SERIAL
        out.write(page.write())  # type: ignore[no-untyped-call]
    return out.getvalue()
