"""Streaming decoder: libsndfile decodes audio files block by block.

Five minutes of stereo at 96 kHz are 230 MB of float32, so nothing here holds more than a block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from stempress.audio.ogg_pages import fault_at_end
from stempress.audio.repair import repaired
from stempress.audio.sample_blocks import BLOCK_FRAMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

RATES = (8000, 384_000)
"""Lowest and highest sample rate of a stem in Hz."""
_TRUNCATED_CHUNK = re.compile(
    r"^\s*(?:data|SSND|Data Size) *: (\d+) \(should be (\d+)\)", re.MULTILINE
)
_TRUNCATED_FILE = re.compile(
    r"^\s*(?:riff|Riff size) *: (\d+) \(should be (\d+)\)$.*^\s*(?:data|Data size) *: (\d+)$",
    re.MULTILINE | re.DOTALL,
)
_MAX_DECLARED_BYTES = 0x7FFF_0000
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
            frames = max(file.frames, _declared_frames(file))
            bits = 16 if file.subtype in ("PCM_16", "PCM_S8", "PCM_U8") else 24
            source = Source(path, file.samplerate, frames, file.channels, bits)
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        reason = _other_content(path) or f"it cannot be decoded: {_reason(error)}"
        raise UnreadableError(reason) from None
    if fault := fault_at_end(path) or _format_fault(source):
        raise UnreadableError(fault)
    return source


def _format_fault(source: Source) -> str:
    """Return why a file of this format cannot be a stem, "" if it can."""
    if source.channels > 2:
        return f"it has {source.channels} channels; a stem must have 1 or 2"
    if not source.frames:
        return "it contains no audio"
    if not RATES[0] <= source.rate <= RATES[1]:
        return f"its sample rate is {source.rate} Hz; a stem must have {RATES[0]} to {RATES[1]} Hz"
    return ""


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
