"""After the Last Bus: nocturne, 72 bpm, E flat major."""

from __future__ import annotations

from effects import chorus, curve, delay, drive, eq, reverb, squeeze, tremolo, wow
from score import Audio, Clock, Layer, Note, Part, Song, Take, changes, figure, held, line, strum
from synth import bells, blend, choir, gm, noise, poly

CLOCK = Clock(bpm=72, bars=12)
TOTAL = CLOCK.total_beats
HARMONY = changes(
    "G3 Bb3 D4 | G3 Bb3 Eb4 | Ab3 C4 Eb4 | Ab3 Cb4 Eb4 | G3 Bb3 Eb4 | Ab3 C4 Eb4 |"
    "Ab3 C4 Eb4 / Ab3 C4 D4 | G3 Bb3 D4 / F3 Ab3 D4 | G3 Bb3 Eb4 | G3 A3 Eb4 |"
    "Ab3 Cb4 Eb4 | Ab3 C4 Eb4 / Ab3 Bb3 D4".replace("Cb4", "B3")
)
LOW = changes(
    "Eb2 Bb2 | C2 G2 | Ab2 Eb3 | Ab2 Eb3 | G2 Bb2 | F2 C3 | Bb1 F2 / Bb1 F2 | Eb2 Bb2 / D2 Bb2 |"
    "C2 G2 | F2 C3 | B1 Ab2 | Bb1 F2 / Bb1 F2"
)


def piano(take: Take) -> Audio:
    wide = [(b, low + tones) for (b, low), (_, tones) in zip(LOW, HARMONY, strict=True)]
    notes = figure(wide, "A1234323", 0.5, 1.6, TOTAL, 56)
    notes += line(
        "r:2 Bb4:.5 C5:.5 D5:1 | Eb5:2 D5:.5 C5:.5 G4:1 | r:1 C5:1 Eb5:1 G5:1 |"
        "F5:1.5 Eb5:.5 B4:2 |"
        "Bb4:1.5 C5:.5 Eb5:2 | r:1 Ab5:1 G5:.5 F5:.5 C5:1 | Eb5:2 D5:1 C5:1 | Bb4:2 r:2 |"
        "r:.5 Eb5:.5 G5:.5 Bb5:.5 C6:1 G5:1 | A5:1.5 G5:.5 Eb5:2 | Ab5:1 F5:.5 Eb5:.5 B4:2 |"
        "C5:1 Eb5:1 D5:1 F4:1",
        velocity=80,
        gate=1.1,
    )
    tone = gm(take, 0, notes, 0.014, 6)
    tone = eq(squeeze(tone, 2, 2), hp=50, lp=5500, bells=[(280, -2, 1)])
    return reverb(tone, take.rng, 0.18, 2.0, 3800)


def tines(take: Take) -> Audio:
    notes: list[Note] = []
    for i, ((beat, low), (_, tones)) in enumerate(zip(LOW, HARMONY, strict=True)):
        half = i in (6, 7, 8, 9, 14, 15)
        notes += strum(low, beat, 1.8 if half else 3.4, 66, 0.04)
        notes += strum(tones, beat + 0.5, 1.4 if half else 1.6, 68, 0.02)
        if not half:
            notes += strum([t + 12 for t in tones[1:]], beat + 2.5, 1.3, 58, 0.03)
    notes += line("r:3 F4:.5 G4:.5", 0, 66) + line("r:2 Eb5:.67 D5:.67 B4:.66", 12, 68)
    notes += line("r:3 Ab4:.5 Bb4:.5", 20, 66) + line("G4:.5 Bb4:.5 D5:1", 28, 66)
    notes += line("r:2 C5:.67 B4:.67 Ab4:.66", 40, 70)
    tone = gm(take, 5, notes, 0.012, 6)
    tone = chorus(eq(drive(tone, 0.8), hp=60, lp=5000, bells=[(300, -3, 1)]), 23, 0.0012, 0.4)
    return reverb(tremolo(tone, 148, 0.25), take.rng, 0.16, 1.8, 3500)


def nylon(take: Take) -> Audio:
    notes = []
    for (beat, low), (_, tones) in zip(LOW, HARMONY, strict=True):
        bass = [p + 12 if p < 40 else p for p in low]
        span = 2.0 if beat in (24, 26, 28, 30, 44, 46) else 4.0
        notes.append(Note(beat, span * 0.9, bass[0], 82))
        picks = [tones[0], tones[1], tones[2], tones[1] + 12, tones[2], tones[1], tones[2]]
        for k, p in enumerate(picks[: int(span * 2) - 1]):
            off = 0.5 * (k + 1)
            notes.append(Note(beat + off, 1.2, bass[1] if off == 2 and span == 4 else p, 66))
    notes += line("r:2 D5:.5 Bb4:1.5", 0, 78) + line("Eb5:1 C5:1", 10, 76)
    notes += line("B4:1 Eb5:1.5 r:.5", 13, 78) + line("r:1 G4:.5 Bb4:.5 Eb5:1.5", 16, 76)
    notes += line("F5:1 Eb5:.5 D5:1.5", 25, 80) + line("G5:1.5 Eb5:.5 C5:1", 33, 82)
    notes += line("r:1 Eb5:1 B4:1.5", 40, 78) + line("C5:1 Bb4:.5 Ab4:.5 F4:1", 44.5, 72)
    tone = gm(take, 24, notes, 0.012, 8)
    tone = eq(squeeze(tone, 2, 2), hp=75, lp=6000, bells=[(200, -2, 1)])
    return reverb(tone, take.rng, 0.2, 1.7, 4000)


def clarinet(take: Take) -> Audio:
    notes = line(
        "r:4 | r:1 G4:1 C5:1 Bb4:1 | C5:3 Bb4:.5 Ab4:.5 | B4:2 Ab4:1 r:1 | r:1 Eb4:1 G4:1 Bb4:1 |"
        "C5:2 Ab4:1 F4:1 | F4:1 G4:1 Ab4:1 F4:1 | G4:2 r:2 | Eb5:1.5 D5:.5 C5:2 |"
        "r:1 A4:1 C5:1 Eb5:1 | D5:.5 Eb5:.5 B4:1 Ab4:2 | G4:1 F4:1.5 r:1.5",
        velocity=82,
        gate=1.0,
    )
    tone = gm(take, 71, notes, 0.015)
    tone = eq(tone, hp=150, lp=4200, bells=[(1500, -2, 1)])
    swell = curve(CLOCK, [(0, 0.7), (10, 1), (16, 0.8), (22, 1), (32, 1.15), (42, 1), (47, 0.7)])
    return reverb(tone * swell, take.rng, 0.28, 2.2, 3500)


def cello(take: Take) -> Audio:
    notes = line(
        "r:1 Eb3:1 G3:1 Bb3:1 | G3:3 Eb3:1 | C4:3 Eb4:1 | B3:2 Ab3:2 | Bb3:3 G3:1 |"
        "Ab3:2 C4:1 Eb4:1 | D4:2 C4:1 Ab3:1 | G3:2 F3:2 | Eb3:1 G3:1 C4:2 | A3:2 F3:1 Eb4:1 |"
        "Eb4:1 B3:1 Ab3:2 | Ab3:1 G3:1 F3:1 D3:1",
        velocity=84,
        gate=1.02,
    )
    tone = gm(take, 42, notes, 0.016)
    tone = eq(tone, hp=100, lp=3800, bells=[(240, -3, 1), (2500, -2, 1)])
    swell = curve(CLOCK, [(0, 0.6), (9, 1), (16, 0.7), (24, 1.1), (30, 0.7), (36, 1.1), (47, 0.7)])
    return reverb(tone * swell, take.rng, 0.26, 2.2, 3200)


def choirboy(take: Take) -> Audio:
    notes = line(
        "r:2 G5:2 | Eb5:3 r:1 | r:2 C5:1 Eb5:1 | F5:2 Eb5:2 | r:2 Bb4:1 Eb5:1 | C5:2 F5:2 |"
        "F5:2 D5:2 | Eb5:2 D5:2 | r:1 C5:1 G5:2 | F5:2 Eb5:2 | Eb5:2 B4:2 | Bb4:2 D5:1.5 r:.5",
        velocity=80,
    )
    low = line(
        "r:4 | G4:3 r:1 | Ab4:4 | Ab4:4 | G4:4 | Ab4:4 | Ab4:4 | G4:2 F4:2 | G4:4 | A4:4 |"
        "Ab4:4 | Ab4:2 F4:1.5",
        velocity=62,
    )
    morph = curve(CLOCK, [(0, 0), (12, 0.5), (18, 0.2), (36, 1), (46, 0.1)])
    tone = choir(take, notes + low, ("oo", "oh"), morph, 3, 0.25, 0.6)
    return reverb(eq(tone, hp=260, lp=3600), take.rng, 0.34, 2.8, 3000)


def shiver(take: Take) -> Audio:
    top = [(b, [t + 12 for t in tones[1:]]) for b, tones in HARMONY]
    notes = held(top, TOTAL, 62)
    bows = gm(take, 44, notes, 0.02)
    slow = gm(take, 49, line("G5:4 | G5:4 | Eb5:4 | Eb5:4 | Bb5:4 | Ab5:4 | F5:2 D5:2 | Bb5:4 |"
                             "G5:4 | A5:4 | Ab5:4 | G5:2 F5:2", 0, 66), 0.02)  # fmt: skip
    swell = curve(CLOCK, [(0, 0.3), (12, 1), (17, 0.4), (30, 1), (32, 0.6), (40, 1.2), (47, 0.4)])
    tone = eq(blend((0, bows), (-2, slow)) * swell, hp=450, lp=5000, bells=[(2800, -3, 1)])
    return reverb(tone, take.rng, 0.3, 2.6, 3200)


def rain(take: Take) -> Audio:
    gusts = curve(CLOCK, [(0, 0.5), (9, 1), (18, 0.5), (29, 1), (38, 0.6), (44, 0.9)])
    bed = noise(take, 700, 2600, gusts, 0.5)
    drops = []
    for beat, tones in HARMONY:
        for _ in range(5):
            where = beat + float(take.rng.uniform(0, 3.6 if beat % 4 == 0 else 1.8))
            high = int(take.rng.choice(tones)) + 24 + 12 * int(take.rng.integers(0, 2))
            drops.append(Note(where, 0.2, high, int(take.rng.integers(40, 84))))
    tin = bells(take, drops, 2.4, 0.8, 0.09, 0.8)
    tin = delay(tin, CLOCK, 0.75, 0.35, 0.3, 3500)
    gutter = bells(take, line("Eb6:8 G5:8 Bb5:8 F6:4 D6:4 C6:8 B5:4 Bb5:4", 2.5, 70), 1, 0.3, 1.2)
    tone = blend((-11, bed), (0, eq(tin, hp=600, lp=6000)), (-4, gutter))
    return reverb(tone, take.rng, 0.3, 2.2, 3500)


def neon(take: Take) -> Audio:
    top = [(b, [t + 12 for t in tones]) for b, tones in HARMONY]
    sweep = curve(CLOCK, [(0, -0.5), (14, 0.5), (20, -0.2), (40, 0.9), (47, -0.5)])
    tone = poly(
        take, held(top, TOTAL, 68), "saw", 700, 0, 1, 0.2, (0.9, 1, 0.9, 1.4), (-12, 0, 11), 0.8,
        track=sweep, loose=0.03,
    )  # fmt: skip
    flick = figure(top, "..2.....1...2...", 0.25, 0.3, TOTAL, 60)
    spark = bells(take, flick, 7.0, 0.8, 0.16, 0.7)
    tone = blend((0, eq(tone, hp=320, lp=3200)), (-11, delay(spark, CLOCK, 0.75, 0.4, 0.3)))
    return reverb(wow(tone, 13, 0.0007), take.rng, 0.26, 2.6, 3200)


SONG = Song(
    "after-the-last-bus",
    CLOCK,
    {
        "hands": Layer(
            0,
            -6,
            {
                "piano": Part(piano, top=6000),
                "tines": Part(tines, mono=True, top=6000),
                "nylon": Part(nylon, mono=True, top=6500),
            },
        ),
        "voice": Layer(
            -2,
            -9,
            {
                "clarinet": Part(clarinet, mono=True, top=6000),
                "cello": Part(cello, mono=True, top=5500),
                "treble": Part(choirboy, mono=True, top=5000),
            },
        ),
        "air": Layer(
            -6,
            -12,
            {
                "shiver": Part(shiver, mono=True, top=6000),
                "rain": Part(rain, mono=True, top=6000),
                "neon": Part(neon, top=5000),
            },
        ),
    },
    target=-19.0,
)
