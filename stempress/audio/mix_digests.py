"""SHA-256 digests of mixes, which a visitor's browser can recompute.

The digest covers the samples that ``stempress mix`` writes (unity gain, through the limiter, 24
bits, little-endian, interleaved) without the WAV header; or those of a mix of the files that the
mixer plays.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.pcm import pcm_bytes
from stempress.audio.sample_blocks import regroup
from stempress.audio.stem_blocks import stem_blocks

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound
    from stempress.audio.stream_decoder import EncodedStem, StreamDecoder

    type Planar = NDArray[np.float32]
    type Planars = list[Planar]
    """The same frames of several stems."""

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
    window = sound.rate * _WINDOW_SECONDS
    streams = [regroup(stem_blocks(path, sound), window) for path in paths]
    return _digests(sound.rate, paths, mixes, map(list, zip(*streams, strict=True)))


def stream_digests(
    sound: SongSound, mixes: Sequence[Sequence[EncodedStem]], decoder: StreamDecoder
) -> list[str]:
    """Return the digest of each mix of the files that the mixer plays, as browsers decode them."""
    stems = sorted(set(chain.from_iterable(mixes)))
    windows = decoder.decode(stems, sound, sound.rate * _WINDOW_SECONDS)
    return _digests(sound.rate, stems, mixes, windows)


def mix_blocks(sound: SongSound, mix: Sequence[Path]) -> Iterator[Planar]:
    """Yield the samples of a mix, shape (2, frames), given its stems' files in layer order."""
    window = sound.rate * _WINDOW_SECONDS
    streams = [regroup(stem_blocks(path, sound), window) for path in mix]
    windows = map(list, zip(*streams, strict=True))
    for samples, start, end in _with_margins(windows, int(sound.rate * _MARGIN_SECONDS)):
        yield from _render(list(map(StemAudio.from_float, samples)), sound.rate, start, end)


def _digests[Stem: Hashable](
    rate: int, stems: Sequence[Stem], mixes: Sequence[Sequence[Stem]], windows: Iterable[Planars]
) -> list[str]:
    """Return the digest of each mix; ``windows`` are the samples of all stems, in step."""
    hashes = [sha256() for _ in mixes]
    for samples, start, end in _with_margins(windows, int(rate * _MARGIN_SECONDS)):
        audio = dict(zip(stems, map(StemAudio.from_float, samples), strict=True))
        for mix, hasher in zip(mixes, hashes, strict=True):
            for block in _render([audio[stem] for stem in mix], rate, start, end):
                hasher.update(pcm_bytes(block, 24))
    return [hasher.hexdigest() for hasher in hashes]


def _with_margins(windows: Iterable[Planars], margin: int) -> Iterator[tuple[Planars, int, int]]:
    """Yield (samples, start, end): windows with a margin on either side of [start, end)."""
    previous: Planars = []
    current: Planars = []
    for following in chain(windows, [[]]):
        if current:
            before = [samples[:, -margin:] for samples in previous]
            after = [samples[:, :margin] for samples in following]
            parts = zip(*(part for part in (before, current, after) if part), strict=True)
            start = before[0].shape[1] if before else 0
            end = start + current[0].shape[1]
            yield [np.concatenate(part, axis=1) for part in parts], start, end
        previous, current = current, following


def _render(stems: Sequence[StemAudio], rate: int, start: int, end: int) -> Iterator[Planar]:
    mixer = Mixer(rate=rate, frames=stems[0].frames, rows=len(stems))
    for row, stem in enumerate(stems):
        mixer.place(row, stem)
    for frame in range(start, end, _BLOCK_FRAMES):
        yield mixer.render(frame, min(_BLOCK_FRAMES, end - frame))
