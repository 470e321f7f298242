"""Streaming decoder: libsndfile decodes audio files block by block, soxr resamples.

Five minutes of stereo at 96 kHz are 230 MB of float32, so nothing here holds more than a block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr

from stempress.audio.ogg_pages import fault_at_end
from stempress.audio.repair import repaired

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound

    type Planar = NDArray[np.float32]

RATES = (8000, 384_000)
"""Lowest and highest sample rate of a stem in Hz."""
BLOCK_FRAMES = 1 << 16
"""Frames per block. Not larger, because libsndfile's Vorbis encoder keeps blocks on the stack."""
_TRUNCATED_CHUNK = re.compile(
    r"^\s*(?:data|SSND|Data Size) *: (\d+) \(should be (\d+)\)", re.MULTILINE
)
_TRUNCATED_FILE = re.compile(
    r"^\s*(?:riff|Riff size) *: (\d+) \(should be (\d+)\)$.*^\s*(?:data|Data size) *: (\d+)$",
    re.MULTILINE | re.DOTALL,
)
_MAX_DECLARED_BYTES = 0x7FFF_0000
_FULL_SCALE = np.float32(1 << 23)
_REASONS = {
    "Internal psf_fseek() failed": "it is damaged or cut off",
    "Supported file format but file is malformed": "it is damaged or cut off",
    "File does not exist or is not a regular file (possibly a pipe?)": "no sound is found in it",
    "Error : flac decoder lost sync": "it is damaged or cut off",
}
"""What libsndfile means."""


class UnreadableError(Exception):
    """An audio file cannot be used as a stem; the message gives the reason."""


@dataclass(frozen=True, slots=True)
class Source:
    """A usable audio file. ``bits``, 16 or 24, is the precision its samples need."""

    path: Path
    rate: int
    frames: int
    channels: int
    bits: int

    def blocks(self) -> Iterator[Planar]:
        """Yield float32 samples, shape (channels, up to ``BLOCK_FRAMES``)."""
        read = 0
        try:
            with soundfile.SoundFile(repaired(self.path)) as file:
                while (block := file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)).size:
                    if not np.isfinite(block).all():
                        raise UnreadableError("it contains samples that are not finite numbers")
                    read += len(block)
                    yield np.ascontiguousarray(block.T)
        except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
            raise UnreadableError(f"it cannot be decoded: {_reason(error)}") from None
        if not read:
            raise UnreadableError("it contains no audio")
        if read < self.frames:
            raise UnreadableError(f"it ends after {read} of {self.frames} frames")


def open_source(path: Path) -> Source:
    """Read the header of an audio file; UnreadableError if it cannot be a stem."""
    if path.stat().st_size == 0:
        raise UnreadableError("the file is empty")
    try:
        with soundfile.SoundFile(repaired(path)) as file:
            frames, channels = max(file.frames, _declared_frames(file)), file.channels
            rate, subtype = file.samplerate, file.subtype
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        reason = _other_content(path) or f"it cannot be decoded: {_reason(error)}"
        raise UnreadableError(reason) from None
    if fault := fault_at_end(path):
        raise UnreadableError(fault)
    if channels > 2:
        raise UnreadableError(f"it has {channels} channels; a stem must have 1 or 2")
    if not frames:
        raise UnreadableError("it contains no audio")
    if not RATES[0] <= rate <= RATES[1]:
        raise UnreadableError(
            f"its sample rate is {rate} Hz; a stem must have {RATES[0]} to {RATES[1]} Hz"
        )
    bits = 16 if subtype in ("PCM_16", "PCM_S8", "PCM_U8") else 24
    return Source(path, rate, frames, channels, bits)


def _other_content(path: Path) -> str:
    """Return what a file is that is no sound, "" if that cannot be told."""
    with path.open("rb") as file:
        start = file.read(256)
    if start.startswith(b"version https://git-lfs.github.com/spec/"):
        return "it is a Git LFS pointer, not the file itself (git lfs pull fetches it)"
    if start.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "it is a web page: its download has failed"
    if start[4:8] == b"ftyp":
        return "it is MPEG-4 (AAC or Apple Lossless), which stems cannot be: convert it"
    return "it holds nothing but zeros: a copy has failed" if start and not any(start) else ""


def copied_blocks(source: Source, copy: Path) -> Iterator[Planar]:
    """Yield a source's blocks, and write them to ``copy``; a disk that is full is ignored.

    16-bit samples are written as integers, all others as float32: both are exact.
    """
    file = _open_copy(source, copy)
    try:
        for block in source.blocks():
            if file and not _write_copy(file, block.T, source.bits):
                file.close()
                copy.unlink(missing_ok=True)
                file = None
            yield block
    finally:
        if file:
            file.close()


def _open_copy(source: Source, copy: Path) -> soundfile.SoundFile | None:
    subtype = "PCM_16" if source.bits == 16 else "FLOAT"
    try:
        return soundfile.SoundFile(copy, "w", source.rate, source.channels, subtype, format="W64")
    except (soundfile.LibsndfileError, RuntimeError, OSError):
        return None


def _write_copy(file: soundfile.SoundFile, interleaved: Planar, bits: int) -> bool:
    """Write frames; return whether that succeeded."""
    try:
        file.write(np.rint(interleaved * 32768).astype(np.int16) if bits == 16 else interleaved)
    except (soundfile.LibsndfileError, RuntimeError, OSError):
        return False
    return True


def _declared_frames(file: soundfile.SoundFile) -> int:
    """Return the frame count in the header of a truncated WAV, AIFF, AU or W64 file, else 0.

    libsndfile reports the frames present. Programs that write to a pipe cannot know the length and
    declare the maximum of 31 or 32 bits, which is ignored.
    """
    if match := _TRUNCATED_CHUNK.search(file.extra_info):
        declared, present = map(int, match.groups())
        is_known = declared < _MAX_DECLARED_BYTES
    elif match := _TRUNCATED_FILE.search(file.extra_info):  # lengths of 64 bits
        whole, found, declared = map(int, match.groups())
        present = declared - (whole - found)
        is_known = declared < 1 << 62
    else:
        return 0
    return int(file.frames) * declared // present if is_known and present > 0 else 0


def _reason(error: Exception) -> str:
    """Return libsndfile's message without the path that precedes it."""
    message = getattr(error, "error_string", None) or str(error).rsplit(": ", 1)[-1]
    reason = str(message).strip().rstrip(".")
    return _REASONS.get(reason, reason)


def stem_blocks(path: Path, song: SongSound) -> Iterator[Planar]:
    """Yield a stem at its song's rate and length, exact in 16 or 24 bits, as FLAC needs it."""
    source = open_source(path)
    blocks = source.blocks()
    if source.rate != song.rate:
        blocks = resample(blocks, source.channels, source.rate, song.rate)
    if source.rate != song.rate or source.bits > 16:
        blocks = map(_round_to_24_bits, blocks)
    return fit_length(blocks, source.channels, song.frames)


def stem_bits(path: Path, song: SongSound) -> int:
    """Return the word length of ``stem_blocks``, 16 or 24 bits."""
    source = open_source(path)
    return source.bits if source.rate == song.rate else 24


def resample(
    blocks: Iterable[Planar], channels: int, rate: int, target_rate: int
) -> Iterator[Planar]:
    """Convert to another sample rate (soxr, very high quality)."""
    stream = soxr.ResampleStream(rate, target_rate, channels, dtype="float32", quality="VHQ")
    for block in blocks:
        yield np.ascontiguousarray(stream.resample_chunk(block.T).T)
    tail = stream.resample_chunk(np.zeros((0, channels), dtype=np.float32), last=True)
    yield np.ascontiguousarray(tail.T)


def fit_length(blocks: Iterable[Planar], channels: int, frames: int) -> Iterator[Planar]:
    """Yield exactly ``frames`` frames, cut or padded with silence."""
    remaining = frames
    for block in blocks:
        if block.shape[1]:
            yield block[:, :remaining]
            remaining -= min(remaining, block.shape[1])
        if not remaining:
            return
    while remaining:
        count = min(remaining, BLOCK_FRAMES)
        yield np.zeros((channels, count), dtype=np.float32)
        remaining -= count


def regroup(blocks: Iterable[Planar], frames: int) -> Iterator[Planar]:
    """Yield the same audio in blocks of ``frames``; the last may be shorter."""
    pending: list[Planar] = []
    count = 0
    for block in blocks:
        pending.append(block)
        count += block.shape[1]
        while count >= frames:
            joined = np.concatenate(pending, axis=1)
            yield joined[:, :frames]
            pending, count = [joined[:, frames:]], count - frames
    if count:
        yield np.concatenate(pending, axis=1)


def _round_to_24_bits(block: Planar) -> Planar:
    """Round to the nearest 24-bit values, which float32 holds exactly."""
    scaled = np.clip(np.rint(block * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1)
    rounded: Planar = scaled / _FULL_SCALE
    return rounded


def join_blocks(blocks: Iterable[Planar]) -> Planar:
    """Concatenate blocks into one array."""
    return np.concatenate(list(blocks), axis=1)
