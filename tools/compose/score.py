"""Notes, patterns, and the clock of a song."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

RATE = 48000
Audio = npt.NDArray[np.float64]
Rng = np.random.Generator

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCENTS = {"X": 118, "x": 102, "o": 80, "-": 58, ",": 40}


@dataclass(frozen=True)
class Note:
    """One note: position and length in beats, MIDI pitch, MIDI velocity."""

    beat: float
    length: float
    pitch: int
    velocity: int = 90


@dataclass(frozen=True)
class Clock:
    """Tempo and length of a song; the loop is exactly `samples` long."""

    bpm: int
    bars: int
    beats: int = 4

    @property
    def total_beats(self) -> int:
        """Length in beats."""
        return self.bars * self.beats

    @property
    def samples(self) -> int:
        """Length in samples, exactly."""
        exact = self.total_beats * 60 * RATE / self.bpm
        if exact != int(exact):
            raise ValueError(f"{self.bars} bars at {self.bpm} bpm is not a whole number of samples")
        return int(exact)

    @property
    def beat_seconds(self) -> float:
        """Length of a beat."""
        return 60.0 / self.bpm

    def at(self, beat: float) -> int:
        """Sample position of a beat."""
        return round(beat * self.beat_seconds * RATE)


@dataclass
class Take:
    """What a stem's recipe gets: the clock and its own seeded generator."""

    clock: Clock
    rng: Rng


Recipe = Callable[[Take], Audio]


@dataclass(frozen=True)
class Part:
    """One stem: its recipe, mono or stereo, a trim in dB, and where its treble ends in Hz."""

    recipe: Recipe
    mono: bool = False
    trim: float = 0.0
    top: float = 9000.0


@dataclass(frozen=True)
class Layer:
    """Interchangeable parts; `level` is their loudness in the mix, relative, in dB."""

    level: float
    ceiling: float
    parts: dict[str, Part]


@dataclass(frozen=True)
class Song:
    """A song as the renderer sees it; `target` is the loudness of its middle mix in LUFS.

    Its stems are rounded to `bits`, drums to 15 at most.
    """

    slug: str
    clock: Clock
    layers: dict[str, Layer] = field(default_factory=dict)
    target: float = -18.6
    bits: int = 16

    def take(self, layer: str, stem: str) -> Take:
        """The seeded take of one stem."""
        seed = zlib.crc32(f"{self.slug}/{layer}/{stem}".encode())
        return Take(self.clock, np.random.default_rng(seed))


def pitch(name: str) -> int:
    """MIDI number of a note name: C4 is 60."""
    found = re.fullmatch(r"([A-G])([#b]?)(-?\d)", name)
    if not found:
        raise ValueError(f"not a note: {name}")
    letter, sign, octave = found.groups()
    return _STEPS[letter] + {"#": 1, "b": -1, "": 0}[sign] + 12 * (int(octave) + 1)


def chord(names: str) -> list[int]:
    """MIDI numbers of several note names."""
    return [pitch(name) for name in names.split()]


def line(text: str, start: float = 0.0, velocity: int = 90, gate: float = 0.96) -> list[Note]:
    """A melody: `F#4:1.5 r:.5 A4+C5:2!` - pitches, length in beats, ! accent, ? soft."""
    notes: list[Note] = []
    beat = start
    for word in text.replace("|", " ").split():
        names, _, rest = word.partition(":")
        accent = 14 * rest.count("!") - 16 * rest.count("?")
        length = float(rest.strip("!?") or 1)
        if names != "r":
            together = [pitch(name) for name in names.split("+")]
            notes += block(together, beat, length * gate, velocity + accent)
        beat += length
    return notes


def hits(
    pattern: str, drum: int, start: float = 0.0, step: float = 0.25, gain: float = 1.0
) -> list[Note]:
    """Drum hits from a grid: X x o - , from loud to ghost, anything else a rest."""
    grid = pattern.replace("|", "").replace(" ", "")
    return [
        Note(start + i * step, step, drum, min(127, round(_ACCENTS[c] * gain)))
        for i, c in enumerate(grid)
        if c in _ACCENTS
    ]


def bars(
    patterns: Sequence[str], drum: int, beats: int = 4, step: float = 0.25, gain: float = 1.0
) -> list[Note]:
    """One grid per bar, from the first bar on."""
    return [
        note for i, grid in enumerate(patterns) for note in hits(grid, drum, i * beats, step, gain)
    ]


def block(pitches: Iterable[int], beat: float, length: float, velocity: int = 80) -> list[Note]:
    """A chord, all notes at once."""
    return [Note(beat, length, p, velocity) for p in pitches]


def strum(
    pitches: Sequence[int], beat: float, length: float, velocity: int = 80, spread: float = 0.03
) -> list[Note]:
    """A chord, one note after the other; a negative spread goes downwards."""
    order = list(pitches) if spread >= 0 else list(reversed(pitches))
    gap = abs(spread)
    return [Note(beat + i * gap, length - i * gap, p, velocity - i) for i, p in enumerate(order)]


def shift(notes: Iterable[Note], beats: float = 0.0, semitones: int = 0) -> list[Note]:
    """The same notes elsewhere."""
    return [replace(n, beat=n.beat + beats, pitch=n.pitch + semitones) for n in notes]


def swing(notes: Iterable[Note], amount: float = 0.58, unit: float = 0.25) -> list[Note]:
    """Delay every second `unit`; 0.5 is straight, 0.667 a triplet."""
    late = (amount - 0.5) * 2 * unit
    result = []
    for note in notes:
        odd = round(note.beat / unit) % 2 == 1 and abs(note.beat / unit % 1) < 0.01
        result.append(replace(note, beat=note.beat + late) if odd else note)
    return result


def human(
    take: Take, notes: Iterable[Note], seconds: float = 0.006, velocity: float = 5.0
) -> list[Note]:
    """Small seeded errors of timing and touch."""
    result = []
    for note in notes:
        off = float(take.rng.normal(0, seconds)) / take.clock.beat_seconds
        touch = round(note.velocity + float(take.rng.normal(0, velocity)))
        result.append(replace(note, beat=note.beat + off, velocity=max(8, min(127, touch))))
    return result


def changes(text: str, length: float = 4.0) -> list[tuple[float, list[int]]]:
    """Voicings between bars `|`, each `length` beats; `/` splits a bar in two halves."""
    result: list[tuple[float, list[int]]] = []
    for i, bar in enumerate(text.split("|")):
        halves = bar.split("/")
        for j, names in enumerate(halves):
            result.append((i * length + j * length / len(halves), chord(names)))
    return result


def figure(
    harmony: Sequence[tuple[float, list[int]]],
    pattern: str,
    step: float,
    length: float,
    total: float,
    velocity: int = 80,
    gate: float = 0.95,
) -> list[Note]:
    """Arpeggiate: digits pick a chord tone (0 lowest; wraps up an octave), anything else rests.

    The pattern starts again with every chord. An upper-case letter is an accented digit, A = 0.
    """
    notes = []
    for i, (beat, tones) in enumerate(harmony):
        end = harmony[i + 1][0] if i + 1 < len(harmony) else total
        for k in range(round((end - beat) / step)):
            mark = pattern[k % len(pattern)]
            if not mark.isalnum():
                continue
            index = int(mark) if mark.isdigit() else ord(mark) - ord("A")
            loud = velocity + (12 if mark.isalpha() else 0)
            tone = tones[index % len(tones)] + 12 * (index // len(tones))
            notes.append(Note(beat + k * step, length * gate, tone, loud))
    return notes


def held(
    harmony: Sequence[tuple[float, list[int]]], total: float, velocity: int = 75, gate: float = 0.99
) -> list[Note]:
    """Every chord for its full length."""
    notes = []
    for i, (beat, tones) in enumerate(harmony):
        end = harmony[i + 1][0] if i + 1 < len(harmony) else total
        notes += block(tones, beat, (end - beat) * gate, velocity)
    return notes
