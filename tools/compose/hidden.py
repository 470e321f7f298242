"""Render hidden tracks: `python tools/compose/hidden.py MODULE ...` -> content/hidden/<slug>.mp3.

Their songs have one part in every layer. What is rendered is not in the repository: `ledger.py`
encrypts it.
"""

from __future__ import annotations

import sys

import lameenc
import numpy as np

from effects import limit, stereo
from levels import db, loudness
from render import PEAK, ROOT, level, render, song
from score import RATE, Audio, Song

BITRATE = 160


def mixed(work: Song) -> Audio:
    """The only mix of a song, shape (2, samples), levelled as stems and mixes are."""
    total = np.zeros((2, work.clock.samples))
    for slug, layer in work.layers.items():
        for name, part in layer.parts.items():
            sound = render(part, work.take(slug, name))
            total += stereo(level(sound, -20 + layer.level + part.trim, layer.ceiling))
    return limit(total * 10 ** ((work.target - loudness(total)) / 20), 10 ** (PEAK / 20))


def encode(sound: Audio) -> bytes:
    """MP3, which every browser plays."""
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_quality(2)
    encoder.set_bit_rate(BITRATE)
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(2)
    pcm = np.round(sound.T * 32767).astype("<i2")
    return bytes(encoder.encode(pcm.tobytes())) + bytes(encoder.flush())


def main() -> None:
    """Render the songs named."""
    for module in sys.argv[1:]:
        work = song(module)
        sound = mixed(work)
        path = ROOT / "content" / "hidden" / f"{work.slug}.mp3"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode(sound))
        seconds, size = work.clock.samples / RATE, path.stat().st_size / 1e6
        levels = f"{loudness(sound):.1f} LUFS, peak {db(float(np.abs(sound).max())):.1f} dBFS"
        print(f"{work.slug}: {seconds:.0f} s, {levels}, {size:.1f} MB")


if __name__ == "__main__":
    main()
