"""A song that a made-up band plays together: drums, bass, keys and lead that fit each other."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from pyodide_app.engine.model import Layer, Song, Stem
from tests.support.music import sound_file
from tests.support.small_site import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    type Name = tuple[str, str]
    type Mono = NDArray[np.float64]
    type Note = tuple[float, int, float]
    """Start and length in beats, and a MIDI note between them."""

RATE = 48000
BPM = 120.0
BARS = 16
CHORDS = ((48, 64, 67, 72), (45, 60, 64, 69), (41, 60, 65, 69), (43, 62, 65, 71))
"""C, A minor, F, G7: a bass note and a chord, two bars each."""
BEATS = 4 * BARS
FRAMES = round(BEATS * 60 / BPM * RATE)


def band(
    *, transpose: Name | None = None, semitones: int = 0, tempo: float = 1.0
) -> dict[Name, Mono]:
    """Return the stems of a song by layer and stem.

    ``transpose`` is a stem that is played higher by ``semitones``, and ``tempo`` times as fast.
    """

    def played(name: Name, notes: Iterable[Note], tone: str) -> Mono:
        is_odd = name == transpose
        return play(notes, tone, semitones if is_odd else 0, tempo if is_odd else 1.0)

    return {
        ("drums", "straight"): hits([0, 1, 2, 3], [0.5, 1.5, 2.5, 3.5], seed=1),
        ("drums", "busy"): hits([0, 1, 1.75, 2, 3], [0.25 * n for n in range(16)], seed=2),
        ("bass", "eighths"): played(("bass", "eighths"), _bass(0.5), "pluck"),
        ("bass", "halves"): played(("bass", "halves"), _bass(2), "pluck"),
        ("keys", "pad"): played(("keys", "pad"), _pad(), "held"),
        ("keys", "arpeggio"): played(("keys", "arpeggio"), _arpeggio(), "pluck"),
        ("lead", "tune"): played(("lead", "tune"), _tune(), "held"),
    }


def band_song(stems: Iterable[Name], key: str = "C major") -> Song:
    """Return the song of these stems."""
    layers: dict[str, list[Stem]] = {}
    for layer, stem in stems:
        layers.setdefault(layer, []).append(Stem(stem, stem.title()))
    return Song(
        "one",
        "One",
        tuple(Layer(slug, slug.title(), tuple(found)) for slug, found in layers.items()),
        bpm=BPM,
        bars=BARS,
        key=key,
    )


def write_band(site: Path, stems: Mapping[Name, Mono], key: str = "C major") -> None:
    """Write a site of one song that these stems play."""
    site_table = '[site]\ntitle = "A"\nartist = "B"\n'
    write(site / "site.toml", f'{site_table}[collection]\nname = "A"\nlicense = "C"\n')
    write(site / "content/albums/x/index.md", '+++\ntitle = "X"\nsongs = ["one"]\n+++\n')
    layers = ""
    for layer in dict.fromkeys(layer for layer, _ in stems):
        layers += f'[[layers]]\nname = "{layer}"\n'
        layers += "".join(
            f'[[layers.stems]]\nname = "{stem}"\n' for other, stem in stems if other == layer
        )
    front = f'title = "One"\nbars = {BARS}\nbpm = {BPM}\nkey = "{key}"\n{layers}'
    write(site / "content/albums/x/one.md", f"+++\n{front}+++\n")
    for (layer, stem), samples in stems.items():
        write(site / f"stems/one/{layer}/{stem}.wav", sound_file(samples, rate=RATE))


def chord_at(beat: float) -> tuple[int, ...]:
    """Return the chord that is played at a beat."""
    return CHORDS[int(beat // 8) % len(CHORDS)]


def _bass(length: float) -> Iterator[Note]:
    for beat in np.arange(0, BEATS, length).tolist():
        yield beat, chord_at(beat)[0], length


def _pad() -> Iterator[Note]:
    for beat in range(0, BEATS, 4):
        for note in chord_at(beat)[1:]:
            yield float(beat), note, 4.0


def _arpeggio() -> Iterator[Note]:
    for nth, beat in enumerate(np.arange(0, BEATS, 0.5).tolist()):
        yield beat, chord_at(beat)[1 + nth % 3] + 12, 0.5


def _tune() -> Iterator[Note]:
    for beat in range(0, BEATS, 2):
        yield float(beat), chord_at(beat)[1 + beat // 2 % 3] + 12, 1.5


def play(notes: Iterable[Note], tone: str, semitones: int = 0, tempo: float = 1.0) -> Mono:
    """Return notes with eight partials: plucked ones decay, held ones swell."""
    stem = np.zeros(FRAMES)
    for beat, note, length in notes:
        start = round(beat * 60 / BPM / tempo * RATE)
        count = min(round(length * 60 / BPM * RATE), FRAMES - start)
        if count > 0:
            stem[start : start + count] += _tone(note + semitones, count, tone)
    return normalised(stem)


@cache
def _tone(note: int, count: int, tone: str) -> Mono:
    time = np.arange(count) / RATE
    pitch = 440 * 2 ** ((note - 69) / 12)
    phases = np.random.default_rng(note).uniform(0, 6.28, 8)
    wave = sum(
        np.sin(2 * np.pi * pitch * nth * time + phases[nth - 1]) / nth for nth in range(1, 9)
    )
    ends = np.minimum(1, (count / RATE - time) / 0.01)
    shape = np.exp(-5 * time) if tone == "pluck" else np.minimum(1, time / 0.15)
    return np.asarray(wave * shape * ends)


def hits(kicks: Iterable[float], hats: Iterable[float], seed: int) -> Mono:
    """Return a drum pattern of one bar, repeated: low and high bursts of noise at beats."""
    rng = np.random.default_rng(seed)
    stem = np.zeros(FRAMES + RATE)
    time = np.arange(RATE // 5) / RATE
    for bar in range(BARS):
        for beat in kicks:
            burst = np.sin(2 * np.pi * (50 * time - 20 * np.exp(-30 * time))) * np.exp(-20 * time)
            _add(stem, bar, beat, burst)
        for beat in hats:
            burst = np.diff(rng.standard_normal(len(time) + 1)) * np.exp(-80 * time)
            _add(stem, bar, beat, 0.2 * burst)
    return normalised(stem[:FRAMES])


def _add(stem: Mono, bar: int, beat: float, burst: Mono) -> None:
    start = round((4 * bar + beat) * 60 / BPM * RATE)
    stem[start : start + len(burst)] += burst


def normalised(stem: Mono) -> Mono:
    """Return a stem at -20 dBFS RMS."""
    return np.asarray(0.1 * stem / np.sqrt(np.square(stem).mean()))


def delayed(stem: Mono, seconds: float) -> Mono:
    """Return a stem that begins later."""
    return np.roll(stem, round(seconds * RATE))
