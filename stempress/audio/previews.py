"""Previews: the beginning of a variation, cut on a bar, faded, at one loudness.

All previews of a site are brought to ``TARGET_LUFS`` and limited to -1 dBTP. The loudness of a sum
follows from the K-weighted products of its stems, which are computed once for all variations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.limiter import Limiter
from pyodide_app.engine.mix import StemAudio
from pyodide_app.engine.weighting import KWeighting
from stempress.audio.decode import fitted, joined, open_source, stem_pieces
from stempress.audio.encode import Sound, encode_mp3
from stempress.audio.loudness_steps import (
    SPAN_SECONDS,
    integrated_loudness,
    step_frames,
    weighted_steps,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound

    type Planar = NDArray[np.float32]
    type Products = NDArray[np.float64]
    """Mean products of K-weighted stems in every 100 ms: (steps, stems, stems)."""

TARGET_LUFS = -16.0
TOLERANCE_LU = 0.1
FADE_SECONDS = 1.0
_ROUNDS = 4
_BLOCK = 1 << 14


def decode_cut(path: Path, sound: SongSound, frames: int) -> StemAudio:
    """Decode the first frames of a stem."""
    channels = open_source(path).channels
    return StemAudio.from_float(joined(fitted(stem_pieces(path, sound), channels, frames)))


def stem_products(stems: Sequence[StemAudio], rate: int) -> Products:
    """Return how each stem's weighted sound correlates with every other's, over time."""
    size = step_frames(rate)
    span = SPAN_SECONDS * 10 * size
    weightings = [KWeighting(rate, stem.channels) for stem in stems]
    found: list[Products] = [np.zeros((0, len(stems), len(stems)))]
    for start in range(0, stems[0].frames // size * size, span):
        weighted = [
            weighted_steps(weighting, stem.samples[:, start : start + span] * stem.scale, rate)
            for weighting, stem in zip(weightings, stems, strict=True)
        ]
        both = np.stack([np.broadcast_to(each, (2, *each.shape[1:])) for each in weighted])
        rows = both.transpose(2, 0, 1, 3).reshape(both.shape[2], len(stems), -1)
        found.append(rows @ rows.transpose(0, 2, 1) / size)
    return np.concatenate(found)


def preview(
    chosen: Sequence[int],
    stems: Sequence[StemAudio],
    products: Products,
    sound: SongSound,
    bitrate: int,
) -> bytes:
    """Return the preview of the variation that these of a song's stems make, encoded."""
    rows = [stems[nth] for nth in chosen]
    powers = products[:, chosen][:, :, chosen].sum(axis=(1, 2))
    fade = fade_out(rows[0].frames, sound)
    samples = matched(summed(rows) * fade, powers * _squares(fade[None], sound.rate), sound.rate)
    channels = max(row.channels for row in rows)
    return encode_mp3(Sound(samples[:channels], sound.rate, 24), bitrate)


def summed(stems: Sequence[StemAudio]) -> Planar:
    """Sum stems, shape (2, frames)."""
    total = np.zeros((2, stems[0].frames), dtype=np.float32)
    for stem in stems:
        total += stem.samples * stem.scale
    return total


def fade_out(frames: int, sound: SongSound) -> NDArray[np.float32]:
    """Return gains that end at 0 where the song goes on."""
    gains = np.ones(frames, dtype=np.float32)
    if frames < sound.frames:
        length = min(frames, int(FADE_SECONDS * sound.rate))
        gains[-length:] = np.linspace(1, 0, length, dtype=np.float32)
    return gains


def matched(mixed: Planar, powers: NDArray[np.float64], rate: int) -> Planar:
    """Bring a mix to the target; ``powers`` are its weighted mean squares in every 100 ms.

    What the limiter takes away is given back by more gain, as long as that helps.
    """
    level = integrated_loudness(powers)
    if level == -float("inf"):
        return mixed
    gain_db = TARGET_LUFS - level
    for _ in range(_ROUNDS):
        louder = mixed * np.float32(10 ** (gain_db / 20))
        limited = _limited(louder, rate)
        before = np.maximum(_squares(mixed, rate), 1e-20)
        missing = TARGET_LUFS - integrated_loudness(powers * _squares(limited, rate) / before)
        if abs(missing) <= TOLERANCE_LU / 2:
            break
        gain_db += missing
    return limited


def _limited(mixed: Planar, rate: int) -> Planar:
    frames = mixed.shape[1]
    limiter = Limiter(rate)

    def source(frame: int, count: int) -> Planar:
        piece = mixed[:, frame : frame + count]
        missing = count - piece.shape[1]
        return np.pad(piece, ((0, 0), (0, missing))) if missing else piece

    blocks = range(0, frames, _BLOCK)
    return joined(limiter.render(source, at, min(_BLOCK, frames - at)) for at in blocks)


def _squares(samples: Planar, rate: int) -> NDArray[np.float64]:
    """Return the mean square of every 100 ms."""
    size = step_frames(rate)
    steps = samples[:, : samples.shape[1] // size * size].reshape(len(samples), -1, size)
    squares: NDArray[np.float64] = np.einsum("csf,csf->s", steps, steps, dtype=np.float64)
    return squares / (len(samples) * size)
