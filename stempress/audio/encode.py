"""Encoders, mostly through libsndfile: formats, bitrates and sample alignment.

Stems must start at the same frame after ``decodeAudioData``. In Chromium 156, measured by
tests/web/test_alignment_browser.py over rates, channels, bitrates and odd lengths:

- FLAC starts and ends on the exact frame and preserves every 16- and 24-bit sample.
- Opus starts and ends on the exact frame. Below 56 kbit/s parts of a file are coded in hybrid mode
  (speech), which plays one or two frames early.
- Vorbis starts on the exact frame and loses up to 128 frames at the end, so silence is appended.
- MP3 starts and ends on the exact frame if the first frame has room for the tag that states the
  padding, which is so from 64 kbit/s. Without the tag it starts 1105 frames late.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr

from stempress.audio.decode import open_source
from stempress.audio.lame import attenuation
from stempress.audio.ogg_rewrite import repaginate, with_fixed_serial
from stempress.audio.sample_blocks import BLOCK_FRAMES
from stempress.audio.stem_blocks import stem_bits, stem_blocks
from stempress.collection.audio_formats import FORMATS, total_bitrate, web_rate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound
    from stempress.audio.sound import Sound
    from stempress.collection.audio_formats import Codec, Encoding

    type Planar = NDArray[np.float32]

_TAIL: dict[Codec, int] = {"vorbis": 1024}
"""Frames of silence appended to a stem, for decoders to drop."""
_VORBIS_QUALITY = ((48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320), np.arange(-1, 10) / 10)


def encode(sound: Sound, codec: Codec, bitrate: int) -> bytes:
    """Encode audio; ``bitrate`` is in kbit/s for stereo, and mono gets half where possible."""
    encoder = Encoder(codec, bitrate, sound.rate, sound.channels, sound.bits)
    for start in range(0, sound.frames, BLOCK_FRAMES):
        encoder.write(sound.samples[:, start : start + BLOCK_FRAMES])
    return encoder.finish()


def encode_stem(path: Path, song: SongSound, encodings: Sequence[Encoding]) -> list[bytes]:
    """Encode a stem at its song's rate and length in several encodings, decoding it once."""
    channels, bits = open_source(path).channels, stem_bits(path, song)
    encoders = [Encoder(codec, rate, song.rate, channels, bits) for codec, rate in encodings]
    for block in stem_blocks(path, song):
        for encoder in encoders:
            encoder.write(block)
    return [encoder.finish() for encoder in encoders]


class Encoder:
    """Encodes an audio file block by block."""

    def __init__(self, codec: Codec, bitrate: int, rate: int, channels: int, bits: int) -> None:
        """Take the bitrate in kbit/s for stereo (mono gets half) and the format of the blocks."""
        self.codec, self._rate, self._target_rate = codec, rate, web_rate(codec, rate)
        self._channels, self._read, self._written = channels, 0, 0
        self._resampler: soxr.ResampleStream | None = None
        if rate != self._target_rate:
            self._resampler = soxr.ResampleStream(rate, self._target_rate, channels, quality="VHQ")
        self._gain = np.float32(1 / attenuation(bitrate, channels) if codec == "mp3" else 1)
        file_format = FORMATS[codec]
        self._buffer = io.BytesIO()
        self._file = soundfile.SoundFile(
            self._buffer,
            "w",
            self._target_rate,
            channels,
            "PCM_24" if codec == "flac" and bits > 16 else file_format.subtype,
            format=file_format.container,
            compression_level=_compression_level(codec, bitrate, channels),
            bitrate_mode="CONSTANT" if codec == "mp3" else None,
        )

    def write(self, block: Planar) -> None:
        """Encode the next block of at most ``BLOCK_FRAMES`` frames."""
        self._read += block.shape[1]
        self._write(self._resampler.resample_chunk(block.T) if self._resampler else block.T)

    def finish(self) -> bytes:
        """Return the complete file."""
        length = round(self._read * self._target_rate / self._rate)
        if self._resampler:
            empty = np.zeros((0, self._channels), dtype=np.float32)
            tail = self._resampler.resample_chunk(empty, last=True)
            self._write(tail[: length - self._written])
        missing = length - self._written + _TAIL.get(self.codec, 0)
        self._write(np.zeros((missing, self._channels), dtype=np.float32))
        self._file.close()
        data = self._buffer.getvalue()
        if self.codec == "opus":
            return repaginate(data)
        return with_fixed_serial(data) if self.codec == "vorbis" else data

    def _write(self, interleaved: Planar) -> None:
        """Write frames, for FLAC as integers, because libsndfile scales floats unpredictably."""
        for start in range(0, len(interleaved), BLOCK_FRAMES):
            frames = interleaved[start : start + BLOCK_FRAMES] * self._gain
            self._file.write(_left_justified(frames) if self.codec == "flac" else frames)
        self._written += len(interleaved)


def _left_justified(samples: Planar) -> NDArray[np.int32]:
    """Return 24-bit integers in the upper bits of 32."""
    full_scale = np.float32(1 << 23)
    scaled = np.clip(np.rint(samples * full_scale), -full_scale, full_scale - 1)
    integers: NDArray[np.int32] = scaled.astype(np.int32)
    return integers << 8


def _compression_level(codec: Codec, bitrate: int, channels: int) -> float:
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
