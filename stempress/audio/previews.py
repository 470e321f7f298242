"""Previews: the start of a variation, cut on a bar, faded out and normalised in loudness.

All previews of a site are normalised to ``TARGET_LUFS`` and limited to -1 dBTP. The power of a mix
is the sum of the cross products of its K-weighted stems, computed once for all variations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.limiter import Limiter
from pyodide_app.engine.mix import StemAudio
from pyodide_app.engine.weighting import KWeighting
from stempress.audio.decode import open_source
from stempress.audio.lame import encode_mp3
from stempress.audio.loudness_steps import (
    SPAN_SECONDS,
    integrated_loudness,
    step_frames,
    weighted_steps,
)
from stempress.audio.sample_blocks import fit_length, join_blocks
from stempress.audio.sound import Sound
from stempress.audio.stem_blocks import stem_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound

    type Planar = NDArray[np.float32]
    type Products = NDArray[np.float64]
    """Mean cross products of K-weighted stems per 100 ms, shape (steps, stems, stems)."""

TARGET_LUFS = -16.0
TOLERANCE_LU = 0.1
FADE_SECONDS = 1.0
_MAX_PASSES = 4
_BLOCK_FRAMES = 1 << 14


def decode_start(path: Path, sound: SongSound, frames: int) -> StemAudio:
    """Decode the first ``frames`` of a stem."""
    channels = open_source(path).channels
    return StemAudio.from_float(join_blocks(fit_length(stem_blocks(path, sound), channels, frames)))


def stem_products(stems: Sequence[StemAudio], rate: int) -> Products:
    """Return the cross products of the K-weighted stems."""
    size = step_frames(rate)
    span = SPAN_SECONDS * 10 * size
    weightings = [KWeighting(rate, stem.channels) for stem in stems]
    products: list[Products] = [np.zeros((0, len(stems), len(stems)))]
    for start in range(0, stems[0].frames // size * size, span):
        weighted = [
            weighted_steps(weighting, stem.samples[:, start : start + span] * stem.scale, rate)
            for weighting, stem in zip(weightings, stems, strict=True)
        ]
        stereo = np.stack([np.broadcast_to(stem, (2, *stem.shape[1:])) for stem in weighted])
        rows = stereo.transpose(2, 0, 1, 3).reshape(stereo.shape[2], len(stems), -1)
        products.append(rows @ rows.transpose(0, 2, 1) / size)
    return np.concatenate(products)


def render_preview(
    choice: Sequence[int],
    stems: Sequence[StemAudio],
    products: Products,
    sound: SongSound,
    bitrate: int,
) -> bytes:
    """Return the encoded preview of a variation; ``choice`` indexes ``stems``."""
    rows = [stems[index] for index in choice]
    powers = products[:, choice][:, :, choice].sum(axis=(1, 2))
    fade = fade_out(rows[0].frames, sound)
    faded_powers = powers * _mean_squares(fade[None], sound.rate)
    samples = match_loudness(sum_stems(rows) * fade, faded_powers, sound.rate)
    channels = max(row.channels for row in rows)
    return encode_mp3(Sound(samples[:channels], sound.rate, 24), bitrate)


def sum_stems(stems: Sequence[StemAudio]) -> Planar:
    """Return the sum of the stems, shape (2, frames)."""
    total = np.zeros((2, stems[0].frames), dtype=np.float32)
    for stem in stems:
        total += stem.samples * stem.scale
    return total


def fade_out(frames: int, sound: SongSound) -> NDArray[np.float32]:
    """Return gains that fade out at the end, unless the preview is the whole song."""
    gains = np.ones(frames, dtype=np.float32)
    if frames < sound.frames:
        length = min(frames, int(FADE_SECONDS * sound.rate))
        gains[-length:] = np.linspace(1, 0, length, dtype=np.float32)
    return gains


def match_loudness(mix: Planar, powers: NDArray[np.float64], rate: int) -> Planar:
    """Normalise a mix to the target, given its K-weighted power per 100 ms.

    The loudness lost in the limiter is compensated by more gain, in a few passes. A mix without a
    loudness, because it is shorter than 400 ms or very quiet, is limited only.
    """
    loudness = integrated_loudness(powers)
    if loudness == -float("inf"):
        return _limit(mix, rate)
    mix_powers = np.maximum(_mean_squares(mix, rate), 1e-20)
    gain_db = TARGET_LUFS - loudness
    for _ in range(_MAX_PASSES):
        limited = _limit(mix * np.float32(10 ** (gain_db / 20)), rate)
        limited_powers = powers * _mean_squares(limited, rate) / mix_powers
        deviation = TARGET_LUFS - integrated_loudness(limited_powers)
        if abs(deviation) <= TOLERANCE_LU / 2:
            break
        gain_db += deviation
    return limited


def _limit(mix: Planar, rate: int) -> Planar:
    frames = mix.shape[1]
    limiter = Limiter(rate)

    def source(frame: int, count: int) -> Planar:
        block = mix[:, frame : frame + count]
        missing = count - block.shape[1]
        return np.pad(block, ((0, 0), (0, missing))) if missing else block

    starts = range(0, frames, _BLOCK_FRAMES)
    return join_blocks(
        limiter.render(source, start, min(_BLOCK_FRAMES, frames - start)) for start in starts
    )


def _mean_squares(samples: Planar, rate: int) -> NDArray[np.float64]:
    """Return the mean square of each 100 ms."""
    size = step_frames(rate)
    steps = samples[:, : samples.shape[1] // size * size].reshape(len(samples), -1, size)
    squares: NDArray[np.float64] = np.einsum("csf,csf->s", steps, steps, dtype=np.float64)
    return squares / (len(samples) * size)
