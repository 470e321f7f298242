"""A small site whose stems are long and loud enough to be measured, mixed and heard."""

from __future__ import annotations

import io
import json
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from tests.support.small_site import write

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    type Frames = NDArray[np.floating]

RATE = 48000
LAYERS = {"drums": ("a", "b"), "bass": ("a", "b"), "lead": ("a", "b", "c")}


@lru_cache(32)
def notes(seed: int, *, seconds: float = 4.0, rate: int = RATE, level: float = 0.2) -> Frames:
    """Return decaying notes in stereo, shape (frames, 2), at pitches that depend on the seed.

    They are read-only: tests share them.
    """
    rng = np.random.default_rng(seed)
    time = np.arange(round(rate * seconds)) / rate
    wave = np.zeros_like(time)
    for start in np.arange(0, seconds, 0.25):
        pitch, first = rng.uniform(80, 2000), np.searchsorted(time, start)
        sounding = time[first:]
        wave[first:] += np.sin(2 * np.pi * pitch * sounding) * np.exp(-9 * (sounding - start))
    both = np.stack([level * wave, level * np.roll(wave, 7)], axis=1)
    both.setflags(write=False)
    return both


def sound_file(
    samples: Frames, *, rate: int = RATE, form: str = "WAV", subtype: str = "PCM_16"
) -> bytes:
    """Return an audio file of samples of shape (frames, channels)."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=form, subtype=subtype)
    return buffer.getvalue()


def write_music(site: Path, audio: str = "") -> None:
    """Write a site of one song with twelve variations, two of which are tokens."""
    write(
        site / "site.toml",
        '[site]\ntitle = "A"\nartist = "B"\n[collection]\nname = "A"\nlicense = "C"\n'
        f"[audio]\npreview_seconds = 3\n{audio}\n",
    )
    write(site / "content/albums/x/index.md", '+++\ntitle = "X"\nsongs = ["one"]\n+++\n')
    layers = "".join(
        f'[[layers]]\nname = "{layer}"\n'
        + "".join(f'[[layers.stems]]\nname = "{stem}"\n' for stem in stems)
        for layer, stems in LAYERS.items()
    )
    rule = '[[rules]]\nif = { drums = "b" }\nexclude = { bass = ["b"] }\n'
    write(site / "content/albums/x/one.md", f'+++\ntitle = "One"\nbars = 4\n{layers}{rule}+++\n')
    seed = 0
    for layer, stems in LAYERS.items():
        for stem in stems:
            write(site / f"stems/one/{layer}/{stem}.wav", sound_file(notes(seed)))
            seed += 1
    tokens = [token("91", "a", "a", "a"), token("92", "a", "b", "c")]
    write(site / "content/tokens.json", json.dumps({"tokens": tokens}))


def token(number: str, *stems: str) -> dict[str, object]:
    """Return a song token of the ledger."""
    chosen = dict(zip(LAYERS, stems, strict=True))
    fields = {"id": number, "tier": "song", "state": "revealed", "song": "one"}
    return fields | {"stems": chosen, "burned": []}
