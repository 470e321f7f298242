"""Sound files in, a piece at a time: libsndfile decodes, soxr resamples.

A stem of five minutes at 96 kHz is 230 MB of float32; nothing here ever holds more than a piece.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound

    type Planar = NDArray[np.float32]

RATES = (8000, 384_000)
"""The lowest and the highest rate that a stem can have, in Hz."""
PIECE = 1 << 16
"""Frames of a piece. libsndfile's Vorbis encoder keeps pieces on the stack: not larger."""
_CUT_CHUNK = re.compile(r"^\s*(?:data|SSND) : (\d+) \(should be (\d+)\)", re.MULTILINE)
_UNKNOWN = 0x7FFF_0000
_FULL = np.float32(1 << 23)


class UnreadableError(Exception):
    """A sound file that cannot be used, and why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A sound file, opened and found usable. ``bits`` is 16 or 24: what its words need."""

    path: Path
    rate: int
    frames: int
    channels: int
    bits: int

    def pieces(self) -> Iterator[Planar]:
        """Yield its samples, float32 of shape (channels, up to ``PIECE``)."""
        read = 0
        try:
            with soundfile.SoundFile(self.path) as file:
                while (block := file.read(PIECE, dtype="float32", always_2d=True)).size:
                    if not np.isfinite(block).all():
                        raise UnreadableError("it holds samples that are not numbers")
                    read += len(block)
                    yield np.ascontiguousarray(block.T)
        except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
            raise UnreadableError(f"it cannot be decoded: {_reason(error)}") from None
        if not read:
            raise UnreadableError("it holds no sound")
        if read < self.frames:
            raise UnreadableError(f"it breaks off after {read} of {self.frames} frames")


def open_source(path: Path) -> Source:
    """Read a sound file's head; UnreadableError says why it cannot be a stem."""
    if path.stat().st_size == 0:
        raise UnreadableError("the file is empty")
    try:
        with soundfile.SoundFile(path) as file:
            frames, channels = max(file.frames, _announced(file)), file.channels
            rate, subtype = file.samplerate, file.subtype
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        raise UnreadableError(f"it cannot be decoded: {_reason(error)}") from None
    if channels > 2:
        raise UnreadableError(f"it has {channels} channels; a stem has 1 or 2")
    if not frames:
        raise UnreadableError("it holds no sound")
    if not RATES[0] <= rate <= RATES[1]:
        raise UnreadableError(f"its rate is {rate} Hz; a stem has {RATES[0]} to {RATES[1]} Hz")
    bits = 16 if subtype in ("PCM_16", "PCM_S8", "PCM_U8") else 24
    return Source(path, rate, frames, channels, bits)


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


def stem_pieces(path: Path, song: SongSound) -> Iterator[Planar]:
    """Yield a stem at its song's rate and length, in 16- or 24-bit words: what FLAC can hold."""
    source = open_source(path)
    pieces = source.pieces()
    if source.rate != song.rate:
        pieces = resampled(pieces, source.channels, source.rate, song.rate)
    if source.rate != song.rate or source.bits > 16:
        pieces = map(_words, pieces)
    return fitted(pieces, source.channels, song.frames)


def stem_bits(path: Path, song: SongSound) -> int:
    """Return the word length, 16 or 24, of what ``stem_pieces`` yields."""
    source = open_source(path)
    return source.bits if source.rate == song.rate else 24


def resampled(pieces: Iterable[Planar], channels: int, rate: int, wanted: int) -> Iterator[Planar]:
    """Convert to another rate (soxr, very high quality)."""
    stream = soxr.ResampleStream(rate, wanted, channels, dtype="float32", quality="VHQ")
    for piece in pieces:
        yield np.ascontiguousarray(stream.resample_chunk(piece.T).T)
    rest = stream.resample_chunk(np.zeros((0, channels), dtype=np.float32), last=True)
    yield np.ascontiguousarray(rest.T)


def fitted(pieces: Iterable[Planar], channels: int, frames: int) -> Iterator[Planar]:
    """Yield exactly ``frames`` frames: cut, or padded with silence."""
    left = frames
    for piece in pieces:
        if piece.shape[1]:
            yield piece[:, :left]
            left -= min(left, piece.shape[1])
        if not left:
            return
    while left:
        count = min(left, PIECE)
        yield np.zeros((channels, count), dtype=np.float32)
        left -= count


def regrouped(pieces: Iterable[Planar], frames: int) -> Iterator[Planar]:
    """Yield the same sound in pieces of ``frames``; the last may be shorter."""
    held: list[Planar] = []
    count = 0
    for piece in pieces:
        held.append(piece)
        count += piece.shape[1]
        while count >= frames:
            whole = np.concatenate(held, axis=1)
            yield whole[:, :frames]
            held, count = [whole[:, frames:]], count - frames
    if count:
        yield np.concatenate(held, axis=1)


def _words(piece: Planar) -> Planar:
    """Return the nearest 24-bit words, as float32 holds them exactly."""
    words: Planar = np.clip(np.rint(piece * _FULL), -_FULL, _FULL - 1) / _FULL
    return words


def joined(pieces: Iterable[Planar]) -> Planar:
    """Return pieces as one array."""
    return np.concatenate(list(pieces), axis=1)
