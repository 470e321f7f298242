"""Render the stems of the bundled collection: `python tools/compose/render.py [song ...]`."""

from __future__ import annotations

import importlib
import itertools
import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from effects import eq, limit, mono, stereo
from levels import db, loudness
from score import RATE, Audio, Part, Song, Take

ROOT = Path(__file__).resolve().parents[2]
SONGS = (
    "harbour_lights",
    "undertow",
    "engine_room",
    "breakwater",
    "lantern_waltz",
    "after_the_last_bus",
    "dead_reckoning",
)
PEAK = -1.9


def song(module: str) -> Song:
    """The song a module defines."""
    found = importlib.import_module(module).SONG
    if not isinstance(found, Song):
        raise TypeError(f"{module}.SONG is not a Song")
    return found


def render(part: Part, take: Take) -> Audio:
    """A finished stem before levelling."""
    sound = eq(part.recipe(take), hp=24, lp=part.top, steep=3)
    if part.mono:
        return mono(sound)
    sound = stereo(sound)
    side = eq((sound[0] - sound[1]) / 2, hp=180, lp=3800, steep=2)
    middle = (sound[0] + sound[1]) / 2
    return np.stack([middle + side, middle - side])


def pack(sound: Audio, bits: int) -> npt.NDArray[np.int16]:
    """Round to 16 bits or fewer; the side of a stereo stem to 14, for smaller files."""
    step = 1 << (16 - bits)
    if sound.ndim == 1:
        return (np.round(sound * 32767 / step) * step).astype(np.int16)
    middle = np.round((sound[0] + sound[1]) / 2 * 32767 / step) * step
    side = np.round((sound[0] - sound[1]) * 32767 / 8) * 4
    return np.stack([middle + side, middle - side]).astype(np.int16)


def level(sound: Audio, target: float, ceiling: float) -> Audio:
    """Bring a stem to a loudness, its peaks held under a ceiling."""
    for _ in range(3):
        sound = sound * 10 ** ((target - loudness(sound)) / 20)
        sound = limit(sound, 10 ** (ceiling / 20))
    return sound


def press(work: Song) -> None:
    """Render, level and write every stem of a song."""
    began = time.time()
    stems: dict[str, list[tuple[str, Audio]]] = {}
    for slug, layer in work.layers.items():
        stems[slug] = []
        for name, part in layer.parts.items():
            sound = render(part, work.take(slug, name))
            sound = level(sound, -20 + layer.level + part.trim, layer.ceiling)
            stems[slug].append((name, sound))
    mixes = list(itertools.product(*stems.values()))
    few = mixes[:: max(1, len(mixes) // 24)]
    middle = float(np.median([loudness(np.sum([stereo(s) for _, s in m], axis=0)) for m in few]))
    gain = 10 ** ((work.target - middle) / 20)
    peak, worst = highest([[stereo(s) for _, s in group] for group in stems.values()])
    if db(peak * gain) > PEAK:
        gain = 10 ** (PEAK / 20) / peak
    size = 0
    for slug, group in stems.items():
        for name, sound in group:
            path = ROOT / "stems" / work.slug / slug / f"{name}.flac"
            path.parent.mkdir(parents=True, exist_ok=True)
            data = sound * gain
            data = data - data.mean(axis=-1, keepdims=True)
            soundfile.write(
                path,
                pack(data, min(work.bits, 15) if slug == "drums" else work.bits).T,
                RATE,
                subtype="PCM_16",
                compression_level=1.0,
            )
            size += path.stat().st_size
            print(
                f"  {slug}/{name}: {loudness(data):6.1f} LUFS, peak {db(np.abs(data).max()):6.1f}, "
                f"{path.stat().st_size / 1e6:.2f} MB"
            )
    names = "-".join(str(i + 1) for i in worst)
    print(
        f"{work.slug}: {len(mixes)} mixes, median {middle + db(gain):.1f} LUFS, "
        f"worst peak {db(peak * gain):.2f} dBFS ({names}), {size / 1e6:.2f} MB, "
        f"{time.time() - began:.0f} s"
    )


def highest(layers: list[list[Audio]]) -> tuple[float, tuple[int, ...]]:
    """The highest peak of any sum of one stem per layer, and which sum it is."""
    small = [[s.astype(np.float32) for s in group] for group in layers]
    best: tuple[float, tuple[int, ...]] = (0.0, ())

    def walk(index: int, total: npt.NDArray[np.float32], path: tuple[int, ...]) -> None:
        nonlocal best
        if index == len(small):
            peak = float(max(total.max(), -total.min()))
            if peak > best[0]:
                best = (peak, path)
            return
        for i, sound in enumerate(small[index]):
            walk(index + 1, total + sound, (*path, i))

    walk(0, np.zeros_like(small[0][0]), ())
    return best


def main() -> None:
    """Render the songs named, or all."""
    for module in sys.argv[1:] or SONGS:
        press(song(module.replace("-", "_")))


if __name__ == "__main__":
    main()
