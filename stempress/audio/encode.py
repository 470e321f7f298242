"""Sound files out, through libsndfile: formats, bitrates, and what keeps them aligned.

Stems must begin at the same frame after ``decodeAudioData``. In Chromium 156, as
tests/web/test_alignment_browser.py measures it over rates, channels, bitrates and odd lengths:

- FLAC begins and ends on the frame, with every 16- and 24-bit word as it was.
- Opus begins and ends on the frame. Files below 56 kbit/s are in part coded as speech (hybrid
  mode), which sounds one or two frames early.
- Vorbis begins on the frame and loses up to 128 frames at its end: silence is encoded behind it.
- MP3 begins and ends on the frame if its first frame has room for the tag that states the padding,
  from 64 kbit/s on. Without it, it begins 1105 frames late.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import lameenc
import numpy as np
import soundfile
import soxr
from mutagen.ogg import OggPage

from stempress.audio.decode import (
    PIECE,
    UnreadableError,
    joined,
    open_source,
    resampled,
    stem_bits,
    stem_pieces,
)
from stempress.collection.audio_formats import FORMATS, total_bitrate, web_rate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound
    from stempress.collection.audio_formats import Codec, Encoding

    type Planar = NDArray[np.float32]

_TAIL: dict[Codec, int] = {"vorbis": 1024}
"""Frames of silence behind the stem, for decoders to lose."""
_VORBIS_QUALITY = ((48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320), np.arange(-1, 10) / 10)
_MP3_LEVELS = ((240, 1.0), (208, 0.98), (176, 0.97), (0, 0.95))
"""From how many kbit/s on LAME turns its input down by which factor, as measured."""
_MP3_QUALITY = 3  # LAME's own default
_SERIAL = 1


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
    source = open_source(path)
    try:
        return Sound(joined(source.pieces()), source.rate, source.bits)
    except MemoryError:
        raise UnreadableError("it is too long to be held in memory") from None


def encode(sound: Sound, codec: Codec, bitrate: int) -> bytes:
    """Return a file of the codec. ``bitrate`` is kbit/s for stereo; mono gets half, if it can."""
    encoder = Encoder(codec, bitrate, sound.rate, sound.channels, sound.bits)
    for start in range(0, sound.frames, PIECE):
        encoder.write(sound.samples[:, start : start + PIECE])
    return encoder.finish()


def encode_mp3(sound: Sound, bitrate: int) -> bytes:
    """Return an MP3 file through LAME itself, which is three times as fast as through libsndfile.

    It does not state its padding, so it begins a few milliseconds late: not for stems.
    """
    rate = web_rate("mp3", sound.rate)
    samples = sound.samples
    if rate != sound.rate:
        samples = joined(resampled([samples], sound.channels, sound.rate, rate))
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_quality(_MP3_QUALITY)
    encoder.set_bit_rate(round(total_bitrate("mp3", bitrate, sound.channels)))
    encoder.set_in_sample_rate(rate)
    encoder.set_channels(sound.channels)
    gain = np.float32(32768 / _turned_down(bitrate, sound.channels))
    words = np.clip(np.rint(samples.T * gain), -32768, 32767).astype("<i2")
    return bytes(encoder.encode(words.tobytes())) + bytes(encoder.flush())


def encode_stem(path: Path, song: SongSound, wanted: Sequence[Encoding]) -> list[bytes]:
    """Encode a stem at its song's rate and length, decoded once for all that is wanted."""
    channels, bits = open_source(path).channels, stem_bits(path, song)
    encoders = [Encoder(codec, rate, song.rate, channels, bits) for codec, rate in wanted]
    for piece in stem_pieces(path, song):
        for encoder in encoders:
            encoder.write(piece)
    return [encoder.finish() for encoder in encoders]


class Encoder:
    """Makes a file of a codec, a piece at a time."""

    def __init__(self, codec: Codec, bitrate: int, rate: int, channels: int, bits: int) -> None:
        """Take kbit/s for stereo (mono gets half of it), and what the pieces are."""
        self.codec, self._rate, self._wanted = codec, rate, web_rate(codec, rate)
        self._channels, self._read, self._written = channels, 0, 0
        self._stream: soxr.ResampleStream | None = None
        if rate != self._wanted:
            self._stream = soxr.ResampleStream(rate, self._wanted, channels, quality="VHQ")
        self._gain = np.float32(1 / _turned_down(bitrate, channels) if codec == "mp3" else 1)
        form = FORMATS[codec]
        self._buffer = io.BytesIO()
        self._file = soundfile.SoundFile(
            self._buffer,
            "w",
            self._wanted,
            channels,
            "PCM_24" if codec == "flac" and bits > 16 else form.subtype,
            format=form.container,
            compression_level=_level(codec, bitrate, channels),
            bitrate_mode="CONSTANT" if codec == "mp3" else None,
        )

    def write(self, piece: Planar) -> None:
        """Take the next piece, at most ``PIECE`` frames."""
        self._read += piece.shape[1]
        self._put(self._stream.resample_chunk(piece.T) if self._stream else piece.T)

    def finish(self) -> bytes:
        """Return the whole file."""
        length = round(self._read * self._wanted / self._rate)
        if self._stream:
            nothing = np.zeros((0, self._channels), dtype=np.float32)
            rest = self._stream.resample_chunk(nothing, last=True)
            self._put(rest[: length - self._written])
        missing = length - self._written + _TAIL.get(self.codec, 0)
        self._put(np.zeros((missing, self._channels), dtype=np.float32))
        self._file.close()
        data = self._buffer.getvalue()
        return _steady_ogg(data) if FORMATS[self.codec].container == "OGG" else data

    def _put(self, interleaved: Planar) -> None:
        """Write frames. Whole numbers for FLAC: floats are scaled by libsndfile as it pleases."""
        for start in range(0, len(interleaved), PIECE):
            part = interleaved[start : start + PIECE] * self._gain
            self._file.write(_left_aligned(part) if self.codec == "flac" else part)
        self._written += len(interleaved)


def _left_aligned(samples: Planar) -> NDArray[np.int32]:
    """Return 24-bit words in the upper bits of 32."""
    full = np.float32(1 << 23)
    words: NDArray[np.int32] = np.clip(np.rint(samples * full), -full, full - 1).astype(np.int32)
    return words << 8


def _turned_down(bitrate: int, channels: int) -> float:
    """Return the factor that LAME applies before it encodes."""
    total = total_bitrate("mp3", bitrate, channels)
    return next(factor for least, factor in _MP3_LEVELS if total >= least)


def _level(codec: Codec, bitrate: int, channels: int) -> float:
    """Return libsndfile's compression level (0 to 1) for a bitrate, as measured with 1.2.2."""
    total = total_bitrate(codec, bitrate, channels)
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
