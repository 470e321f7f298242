"""Clashes of twelve stems of four minutes, beside what a build does with a stem anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soundfile

from bench._common import compare, print_versions, scratch, timed
from pyodide_app.engine.model import Layer, Song, Stem
from stempress.audio.encode import encode_stem
from stempress.audio.measure import measure_file
from stempress.audio.song_sound import SongSound
from stempress.clashes.song_clashes import find_clashes
from stempress.clashes.stem_profile import profile_stem
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.clashes.clash import Name
    from stempress.clashes.stem_profile import StemProfile

SECONDS, BARS, STEMS = 240, 120, 12


def main() -> None:
    """Print the tables."""
    print_versions("numpy", "soundfile", "soxr")
    sources = sorted((ROOT / "stems/harbour-lights").rglob("*.flac"))[:STEMS]
    with scratch() as folder:
        files = {("stems", path.stem): _repeated(path, folder) for path in sources}
        sound = SongSound(48000, SECONDS * 48000)
        path = next(iter(files.values()))
        compare(
            f"one stem of {SECONDS} s",
            {
                "profile": timed(lambda: profile_stem(path, sound)),
                "measure": timed(lambda: measure_file(path, "")),
                "encode as Opus": timed(lambda: encode_stem(path, sound, [("opus", 128)])),
            },
            ("measure", "encode as Opus"),
        )
        profiles = {name: profile_stem(path, sound) for name, path in files.items()}
        song, named = _song(profiles)
        loudness = dict.fromkeys(named, -20.0)
        compare(
            f"{STEMS} stems of {SECONDS} s, each in a layer of its own",
            {
                "profile": timed(lambda: [profile_stem(path, sound) for path in files.values()]),
                "compare": timed(lambda: find_clashes(song, sound, named, loudness)),
            },
            ("profile",),
        )


def _repeated(path: Path, folder: Path) -> Path:
    """Write a stem that repeats another one; return its path."""
    samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    copy = folder / path.name
    soundfile.write(copy, np.resize(samples, (SECONDS * rate, samples.shape[1])), rate)
    return copy


def _song(profiles: dict[Name, StemProfile]) -> tuple[Song, dict[Name, StemProfile]]:
    """Return a song in which each stem is alone in its layer, so that all can sound together."""
    layers = [Layer(stem, stem, (Stem(stem, stem),)) for _, stem in profiles]
    song = Song("bench", "Bench", tuple(layers), bpm=120, bars=BARS, key="D major")
    return song, {(stem, stem): profile for (_, stem), profile in profiles.items()}


if __name__ == "__main__":
    main()
