"""Lantern Waltz: ambient waltz in three, 90 bpm, G major."""

from __future__ import annotations

from effects import chorus, curve, delay, eq, reverb, squeeze, width, wow
from score import (
    Audio,
    Clock,
    Layer,
    Note,
    Part,
    Song,
    Take,
    block,
    changes,
    figure,
    held,
    line,
    strum,
)
from synth import bells, blend, choir, gm, noise, poly

CLOCK = Clock(bpm=90, bars=16, beats=3)
TOTAL = CLOCK.total_beats
HARMONY = changes(
    "B3 D4 F#4 | B3 D4 E4 | C4 E4 G4 | A3 D4 F#4 | B3 D4 G4 | C4 E4 G4 | A3 C4 G4 | A3 C4 F#4 |"
    "B3 E4 G4 | B3 D4 F#4 | C4 E4 G4 | B3 D4 G4 | A3 C4 E4 | A3 C4 Eb4 | B3 D4 G4 | A3 C4 D4 F#4",
    3,
)
ROOTS = [
    "G2",
    "E2",
    "C3",
    "D3",
    "B2",
    "C3",
    "A2",
    "D3",
    "E2",
    "B2",
    "C3",
    "B2",
    "A2",
    "C3",
    "D3",
    "D2",
]
TUNE = (
    "B4:2 D5:1 | G4:2 A4:1 | B4:1 C5:1 E5:1 | D5:3 | D5:2 G5:1 | E5:2 D5:1 | C5:1 B4:1 G4:1 |"
    "A4:2 r:1 | G5:2 F#5:1 | D5:2 B4:1 | E5:1 G5:1 E5:1 | D5:2 B4:1 | C5:2 E5:1 | Eb5:2 C5:1 |"
    "B4:1 D5:1 G5:1 | F#5:1 A4:2"
)


def upright(take: Take) -> Audio:
    notes = line(TUNE, 0, 84, 1.05)
    for i, (beat, tones) in enumerate(HARMONY):
        root = line(ROOTS[i])[0].pitch
        notes.append(Note(beat, 2.9, root, 72))
        low = [t for t in tones if t < 67][:3]
        if i % 4 == 3:
            notes += strum(low, beat + 1, 1.9, 54, 0.05)
        else:
            notes += block(low, beat + 1, 0.9, 54) + block(low, beat + 2, 0.9, 48)
    tone = gm(take, 0, notes, 0.012, 6, controls={64: 0})
    felt = eq(tone, hp=60, lp=2600, bells=[(250, -2, 1), (1500, 2, 1)])
    return reverb(wow(squeeze(felt, 2, 2), 7, 0.0005), take.rng, 0.2, 1.9, 3500)


def harp(take: Take) -> Audio:
    wide = []
    for i, (beat, tones) in enumerate(HARMONY):
        root = line(ROOTS[i])[0].pitch
        wide.append((beat, [root, *tones[:3], tones[0] + 12, tones[1] + 12, tones[2] + 12]))
    notes = figure(wide, "A12345", 0.5, 2.0, 24, 72) + line("G5:1.5 B5:1.5", 9, 64)
    notes = [n for n in notes if n.beat < 24]
    notes += [n for n in figure(wide, "A13564", 0.5, 2.0, TOTAL, 74) if n.beat >= 24]
    notes += [Note(b + 2.5, 1.5, c[-1] + 12, 62) for b, c in HARMONY[::2]]
    tone = gm(take, 46, notes, 0.01, 7)
    return reverb(eq(width(tone, 0.8), hp=65, lp=6000), take.rng, 0.24, 2.2, 4000)


def accordion(take: Take) -> Audio:
    melody = line(TUNE, 0, 78, 0.94)
    notes = []
    for i, (beat, tones) in enumerate(HARMONY):
        root = line(ROOTS[i])[0].pitch
        notes += [Note(beat, 1.4, root, 84), Note(beat, 0.8, root + 12, 62)]
        low = [t for t in tones if t < 66]
        notes += block(low, beat + 1, 0.5, 50) + block(low, beat + 2, 0.45, 44)
    turns = line("C5:.5 B4:.5", 5, 70) + line("E5:.25 D5:.25 C5:.5", 17, 68)
    reeds = gm(take, 21, melody + turns, 0.012)
    box = gm(take, 23, notes, 0.01)
    swell = curve(CLOCK, [(0, 0.8), (8, 1), (23, 0.7), (24, 0.95), (40, 1.1), (47, 0.8)])
    tone = blend((0, reeds * swell), (-4, box))
    tone = eq(tone, hp=65, lp=4200, bells=[(900, -2, 1), (2600, -3, 1)])
    return reverb(tone, take.rng, 0.22, 1.6, 3500)


def ensemble(take: Take) -> Audio:
    low = line(
        "D4:3 | D4:3 | E4:3 | D4:3 | D4:3 | E4:3 | E4:3 | D4:3 |"
        "E4:3 | F#4:3 | E4:3 | D4:3 | E4:3 | Eb4:3 | D4:3 | C4:3",
        velocity=66,
    )
    high = line(
        "F#4:3 | G4:3 | G4:2 A4:1 | F#4:3 | G4:3 | G4:2 A4:1 | G4:3 | F#4:3 |"
        "B4:3 | A4:2 F#4:1 | G4:3 | G4:3 | A4:3 | G4:3 | G4:2 B4:1 | A4:2 F#4:1",
        velocity=72,
    )
    tone = blend((0, gm(take, 49, high + low, 0.02)), (-5, gm(take, 41, high, 0.02)))
    swell = curve(
        CLOCK, [(0, 0.5), (8, 0.9), (12, 0.6), (22, 0.9), (24, 0.7), (38, 1.2), (47, 0.6)]
    )
    tone = eq(tone * swell, hp=210, lp=4500)
    return reverb(chorus(tone, 5, 0.001, 0.3), take.rng, 0.24, 2.4, 3200)


def cello(take: Take) -> Audio:
    notes = line(
        "r:3 | r:1 B3:1 E4:1 | G3:3 | A3:2 F#3:1 | D3:3 | r:1 C4:1 E4:1 | E4:1 C4:1 A3:1 | F#3:3 |"
        "G3:2 B3:1 | F#3:2 D3:1 | E3:1 G3:1 C4:1 | B3:3 | A3:2 C4:1 | G3:2 Eb3:1 |"
        "D3:1 B3:1 D4:1 | C4:1 A3:1 F#3:1",
        velocity=84,
        gate=1.02,
    )
    tone = gm(take, 42, notes, 0.014)
    swell = curve(CLOCK, [(0, 0.7), (6, 1), (12, 0.8), (24, 1), (38, 1.15), (47, 0.7)])
    tone = eq(tone * swell, hp=95, lp=4200, bells=[(220, -2, 1), (2500, -2, 1)])
    return reverb(tone, take.rng, 0.26, 2.2, 3200)


def musicbox(take: Take) -> Audio:
    notes = [Note(n.beat, n.length, n.pitch + 12, n.velocity) for n in line(TUNE, 0, 78)]
    turn = line("r:2 D6:.5 B5:.5 | r:3 | r:2.5 F#6:.5 | A5:.5 F#5:.5 A5:.5 D6:.5 r:1", 0, 60)
    notes += turn + [Note(n.beat + 24, n.length, n.pitch, 58) for n in turn if n.beat < 2.9]
    notes += line("A5:.5 B5:.5 C6:.5 D6:.5", 22, 60)
    tone = gm(take, 10, notes, 0.008, 7)
    tine = bells(take, notes, 5.2, 0.5, 0.5, 0.3)
    tone = wow(blend((0, tone), (-8, tine)), 15, 0.0006)
    return reverb(eq(tone, hp=420, lp=7000), take.rng, 0.24, 2.0, 4500)


def glass(take: Take) -> Audio:
    notes = line(
        "r:2 F#5:1 | r:1 E5:2 | G5:3 | r:2 A5:1 | r:2 D5:1 | r:1 E5:2 | C6:3 | r:1 A5:2 |"
        "B5:3 | r:2 A5:1 | r:1 G5:2 | D6:3 | C6:3 | r:1 G5:2 | D6:2 B5:1 | A5:3",
        velocity=80,
    )
    low = line(
        "r:6 C5+E5:6 | r:6 | C5+G5:3 r:3 | B4+E5:6 r:3 | B4+G5:3 | A4+C5:3 | G5+Eb5:3 r:6", 0, 58
    )
    tone = bells(take, notes, 2.76, 0.9, 1.3, 0.5, 0.03) + bells(
        take, low, 1.0, 0.3, 1.8, 0.5, 0.12
    )
    return reverb(delay(eq(tone, hp=330, lp=6000), CLOCK, 1, 0.4, 0.25, 3500), take.rng, 0.3, 2.6)


def vibes(take: Take) -> Audio:
    notes = []
    for i, (beat, tones) in enumerate(HARMONY):
        top = [t + 12 for t in tones[:3]]
        if i % 4 == 0:
            notes += strum(top, beat, 2.8, 74, 0.09)
        elif i % 4 == 3:
            notes += strum(top, beat + 0.5, 2.2, 68, -0.25)
        else:
            notes += block(top[1:], beat + 1, 1.8, 66) + block(top[:1], beat + 2.5, 0.5, 56)
    tone = gm(take, 11, notes, 0.009, 6)
    return reverb(eq(tone, hp=260, lp=5500), take.rng, 0.2, 1.8, 4000)


def humming(take: Take) -> Audio:
    notes = [n for n in held(HARMONY, TOTAL, 70, 1.02) if n.pitch >= 60]
    morph = curve(CLOCK, [(0, 0), (20, 0.4), (24, 0.2), (38, 1), (46, 0.2)])
    tone = choir(take, notes, ("mm", "oo"), morph, 3, 0.35, 0.7)
    air = noise(take, 600, 2200, curve(CLOCK, [(0, 0.2), (11, 1), (14, 0.2), (36, 1), (40, 0.2)]))
    tone = blend((0, eq(tone, hp=200, lp=3000)), (-30, air))
    return reverb(tone, take.rng, 0.3, 2.8, 2800)


def descant(take: Take) -> Audio:
    notes = line(
        "r:3 | r:3 | G5:3 | F#5:2 A5:1 | G5:3 | r:3 | E5:1 G5:1 C6:1 | A5:2 r:1 |"
        "B5:2 G5:1 | A5:2 F#5:1 | G5:3 | G5:2 D5:1 | E5:2 A5:1 | G5:3 | G5:2 B5:1 | A5:2 F#5:1",
        velocity=78,
    )
    low = line(
        "r:6 | E5:3 | D5:3 | D5:3 | r:3 | C5:3 | D5:2 r:1 |"
        "E5:3 | D5:3 | E5:3 | D5:3 | C5:3 | Eb5:3 | D5:3 | C5:3",
        velocity=66,
    )
    voices = gm(take, 52, notes + low, 0.018)
    pure = poly(take, notes, "triangle", 1500, 0, 1, 0, (0.15, 1, 0.9, 0.4), (-5, 6), 0.4, 0.005)
    tone = eq(blend((0, voices), (-9, pure)), hp=300, lp=5000)
    return reverb(tone, take.rng, 0.32, 2.6, 3500)


SONG = Song(
    "lantern-waltz",
    CLOCK,
    {
        "keys": Layer(
            0,
            -7,
            {
                "felt-upright": Part(upright, top=6000),
                "harp": Part(harp, top=6500),
                "accordion": Part(accordion, mono=True, top=6500),
            },
        ),
        "strings": Layer(
            -3,
            -10,
            {
                "ensemble": Part(ensemble, top=6000),
                "cello": Part(cello, mono=True, top=6000),
            },
        ),
        "bells": Layer(
            -4.5,
            -11,
            {
                "music-box": Part(musicbox, mono=True, top=7500),
                "glass": Part(glass, top=6500),
                "vibraphone": Part(vibes, mono=True, top=6500),
            },
        ),
        "choir": Layer(
            -5,
            -11,
            {
                "humming": Part(humming, top=5000),
                "descant": Part(descant, mono=True, top=6000),
            },
        ),
    },
    target=-19.0,
)
