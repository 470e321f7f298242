"""Stem profile: what is compared of a stem with others, measured once from its samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soxr

from stempress.audio.sample_blocks import BLOCK_FRAMES, regroup
from stempress.audio.stem_blocks import stem_blocks
from stempress.clashes.onsets import OnsetMeter
from stempress.clashes.spectrum import BARK_BANDS, PITCH_BINS, SpectrumMeter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound

    type Planar = NDArray[np.float32]

VERSION = 2
"""Increment when the same stem gives another profile."""
WAVE_RATE = 2000
"""Sample rate in Hz of the waveform that phase is measured from: what is below 1 kHz."""


@dataclass(frozen=True, slots=True)
class StemProfile:
    """What is compared of a stem. Powers are mean squares, of full scale.

    ``chroma`` has shape (frames, ``PITCH_BINS``): power of sustained tones by pitch class,
    in the mono sum. ``bark`` has shape (frames, ``BARK_BANDS``): mean power of the channels in
    critical bands. A frame begins every
    ``frame_seconds``. ``onsets`` are times in seconds. ``wave`` is the mono sum at ``WAVE_RATE``.
    ``channel_power`` is the mean power of the channels, ``mono_power`` that of the mono sum.
    """

    frame_seconds: float
    seconds: float
    chroma: NDArray[np.float32]
    bark: NDArray[np.float32]
    onsets: NDArray[np.float32]
    wave: NDArray[np.float32]
    channel_power: float
    mono_power: float


def profile_stem(path: Path, sound: SongSound) -> StemProfile:
    """Analyse a stem at its song's rate and length, holding a few seconds of it in memory."""
    return profile(stem_blocks(path, sound), sound.rate, sound.frames)


def profile(blocks: Iterable[Planar], rate: int, frames: int) -> StemProfile:
    """Return the profile of samples in blocks of shape (channels, frames)."""
    spectrum, onsets = SpectrumMeter(rate), OnsetMeter(rate)
    stream = soxr.ResampleStream(rate, WAVE_RATE, 1, dtype="float32", quality="LQ")
    wave: list[NDArray[np.float32]] = []
    channel_power = mono_power = 0.0
    for block in regroup(blocks, BLOCK_FRAMES):
        mono = block.mean(axis=0)
        channel_power += float(np.square(block).mean(axis=0).sum(dtype=np.float64))
        mono_power += float(np.square(mono).sum(dtype=np.float64))
        spectrum.add(block)
        onsets.add(mono)
        wave.append(stream.resample_chunk(mono))
    wave.append(stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
    length = round(frames * WAVE_RATE / rate)
    resampled = np.concatenate(wave)[:length]
    return StemProfile(
        frame_seconds=spectrum.hop / rate,
        seconds=frames / rate,
        chroma=np.array(spectrum.chroma, dtype=np.float32).reshape(-1, PITCH_BINS),
        bark=np.array(spectrum.bark, dtype=np.float32).reshape(-1, BARK_BANDS),
        onsets=onsets.times(),
        wave=np.pad(resampled, (0, length - len(resampled))),
        channel_power=channel_power / frames,
        mono_power=mono_power / frames,
    )
