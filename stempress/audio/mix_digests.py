"""SHA-256 digests of mixes, which a visitor's browser can recompute.

The digest covers the samples that ``build.py mix`` writes (unity gain, through the limiter, 24
bits, little-endian, interleaved) without the WAV header.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.pcm import pcm_bytes
from stempress.audio.decode import regroup, stem_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound

    type Planar = NDArray[np.float32]

BATCH_SIZE = 64
"""Mixes of a song that are rendered together, decoding each stem once."""
_WINDOW_SECONDS = 2
_MARGIN_SECONDS = 0.1  # longer than the limiter's look-back and look-ahead
_BLOCK_FRAMES = 1 << 14


def mix_digests(sound: SongSound, mixes: Sequence[Sequence[Path]]) -> list[str]:
    """Return the digest of each mix, given as its stems' files in layer order.

    Only a few seconds of each stem are held in memory.
    """
    paths = sorted(set(chain.from_iterable(mixes)))
    hashes = [sha256() for _ in mixes]
    streams = [_windows(stem_blocks(path, sound), sound.rate) for path in paths]
    for windows in zip(*streams, strict=True):
        stems = {
            path: StemAudio.from_float(samples)
            for path, (samples, _, _) in zip(paths, windows, strict=True)
        }
        _, start, end = windows[0]
        for mix, hasher in zip(mixes, hashes, strict=True):
            for block in _render([stems[path] for path in mix], sound.rate, start, end):
                hasher.update(pcm_bytes(block, 24))
    return [hasher.hexdigest() for hasher in hashes]


def _windows(blocks: Iterable[Planar], rate: int) -> Iterator[tuple[Planar, int, int]]:
    """Yield (samples, start, end): windows with a margin on either side of [start, end)."""
    margin = int(rate * _MARGIN_SECONDS)
    empty = np.zeros((1, 0), dtype=np.float32)
    previous: Planar = empty
    current: Planar = empty
    for following in chain(regroup(blocks, rate * _WINDOW_SECONDS), [empty]):
        if current.shape[1]:
            parts = [part for part in (previous, current, following[:, :margin]) if part.shape[1]]
            start = previous.shape[1]
            yield np.concatenate(parts, axis=1), start, start + current.shape[1]
        previous, current = current[:, -margin:], following


def _render(stems: Sequence[StemAudio], rate: int, start: int, end: int) -> Iterator[Planar]:
    mixer = Mixer(rate=rate, frames=stems[0].frames, rows=len(stems))
    for row, stem in enumerate(stems):
        mixer.place(row, stem)
    for frame in range(start, end, _BLOCK_FRAMES):
        yield mixer.render(frame, min(_BLOCK_FRAMES, end - frame))
