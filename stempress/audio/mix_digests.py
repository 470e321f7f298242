"""The SHA-256 of a variation's mix: what a visitor's browser computes as well.

Digested are the words of ``build.py mix``: unity gains, through the limiter, 24 bits,
little-endian, interleaved, without the WAV file's head.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.pcm import pcm_bytes
from stempress.audio.decode import regrouped, stem_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound

    type Planar = NDArray[np.float32]

BATCH = 64
"""Mixes of a song that are made side by side, the stems being decoded once for all of them."""
_WINDOW_SECONDS = 2
_MARGIN_SECONDS = 0.1  # more than the limiter looks back and ahead
_BLOCK = 1 << 14


def mix_digests(sound: SongSound, mixes: Sequence[Sequence[Path]]) -> list[str]:
    """Return the digest of every mix, given by its stems in the order of the layers.

    Holds a few seconds of each stem, however long the song is.
    """
    paths = sorted(set(chain.from_iterable(mixes)))
    hashes = [sha256() for _ in mixes]
    streams = [_windows(stem_pieces(path, sound), sound.rate) for path in paths]
    for windows in zip(*streams, strict=True):
        stems = {
            path: StemAudio.from_float(known)
            for path, (known, _, _) in zip(paths, windows, strict=True)
        }
        _, start, end = windows[0]
        for mix, hasher in zip(mixes, hashes, strict=True):
            for block in _mixed([stems[path] for path in mix], sound.rate, start, end):
                hasher.update(pcm_bytes(block, 24))
    return [hasher.hexdigest() for hasher in hashes]


def _windows(pieces: Iterable[Planar], rate: int) -> Iterator[tuple[Planar, int, int]]:
    """Yield stretches with some of what is before and behind: samples, first and last frame."""
    margin = int(rate * _MARGIN_SECONDS)
    empty = np.zeros((1, 0), dtype=np.float32)
    before: Planar = empty
    now: Planar = empty
    for behind in chain(regrouped(pieces, rate * _WINDOW_SECONDS), [empty]):
        if now.shape[1]:
            parts = [part for part in (before, now, behind[:, :margin]) if part.shape[1]]
            first = before.shape[1]
            yield np.concatenate(parts, axis=1), first, first + now.shape[1]
        before, now = now[:, -margin:], behind


def _mixed(stems: Sequence[StemAudio], rate: int, start: int, end: int) -> Iterator[Planar]:
    mixer = Mixer(rate=rate, frames=stems[0].frames, rows=len(stems))
    for row, stem in enumerate(stems):
        mixer.place(row, stem)
    for frame in range(start, end, _BLOCK):
        yield mixer.render(frame, min(_BLOCK, end - frame))
