"""Undertow: slow trip-hop, 80 bpm, F# minor."""

from __future__ import annotations

from effects import chorus, curve, delay, drive, eq, reverb, squeeze, tremolo, width, wow
from score import (
    Audio,
    Clock,
    Layer,
    Part,
    Song,
    Take,
    bars,
    changes,
    figure,
    held,
    hits,
    line,
    strum,
    swing,
)
from synth import blend, choir, glide, gm, machine, noise, poly

CLOCK = Clock(bpm=80, bars=12)
TOTAL = CLOCK.total_beats
SWING = 0.585
HARMONY = changes(
    "A3 C#4 E4 G#4 | F#3 A3 C#4 F#4 | A3 C#4 D4 F#4 | G#3 B3 C#4 F#4 / G#3 B3 C#4 F4 |"
    "A3 C#4 E4 G#4 | A3 C#4 E4 F#4 | A3 B3 D4 E4 | G#3 B3 C#4 F#4 / G#3 B3 C#4 F4 |"
    "A3 C#4 D4 F#4 | G#3 B3 C#4 F#4 | A3 B3 C#4 E4 | G#3 B3 C#4 F#4 / G#3 B3 D4 F4"
)


def dusty(take: Take) -> Audio:
    kick = ["X.....x...x....."] * 3 + ["X.....x...x..x.."]
    kick = [*kick, *kick[:3], "X..x......x.....", *kick[:3], "X.....x........."]
    snare = ["....X..,....X..,", "....X..,.,..X...", "....X..,....X..,", "....X..,.,..X.,-"]
    snare = [*snare, *snare[:3], "....X..-....X-.o", *snare[:3], "....X..-.-o.X-ox"]
    hat = ["x.o.x.o.x.o.x.o,", "x.o.x.o,x.o.x.o."] * 5 + ["x.o.x.o,x.o.....", "x.o.x.o........."]
    notes = bars(kick, 36) + bars(snare, 38) + bars(hat, 42, gain=0.8)
    notes += hits("x", 46, 15.5, gain=0.7) + hits("x", 46, 31.5, gain=0.7)
    kit = gm(take, 8, swing(notes, SWING), drums=True)
    body = machine(take, "soft", swing(bars(kick, 0), SWING))
    kit = squeeze(blend((0, eq(kit, hp=70)), (-3, body)), 3, 1)
    kit = drive(wow(eq(kit, lp=8500, bells=[(220, 2, 1), (400, -3, 1)]), 9, 0.0003), 1.2)
    return reverb(width(kit, 0.6), take.rng, 0.1, 0.7, 3500)


def brushes(take: Take) -> Audio:
    stir = ["o-,-x-,-o-,-x-,-", "o-,-x-,-o-,-x,--"] * 6
    tap = ["....x.......x...", "....x.......x..-"] * 5 + ["....x.....-.x...", "....x..-o.-ox.oo"]
    kick = ["x.........o.....", "x.....o...o....."] * 6
    ride = ["x...o..-x...o...", "x...o...x..-o..-"] * 6
    notes = bars(stir, 42, gain=0.62) + bars(tap, 38, gain=0.85)
    notes += bars(kick, 36, gain=0.95) + bars(ride[4:], 51, gain=0.6)
    kit = gm(take, 40, swing(notes, 0.62), drums=True, loose=0.009)
    kit = eq(kit, hp=40, lp=8000, bells=[(90, 3, 1), (3000, -2, 1)])
    return reverb(width(squeeze(kit, 2, 2), 0.6), take.rng, 0.16, 1.1, 4000)


def lockgate(take: Take) -> Audio:
    boom = ["X.........x.....", "X......x........", "X.........x.....", "X......x..x...,."] * 3
    snap = ["........X.......", "........X.......", "........X.......", "........X.....-o"] * 3
    tick = ["..o...o...o...o.", "..o...o.-.o...oo", "..o...o...o.-.o.", "..o.-.o...o.oo.,"] * 3
    rim = ["...-......-..-..", "......-..-......"] * 6
    out = machine(take, "boom", swing(bars(boom, 0), SWING), 1.0)
    out += machine(take, "gate", swing(bars(snap, 0), SWING), 0.62)
    out += machine(take, "hat", swing(bars(tick, 0), SWING), 0.5, 0.25)
    out += machine(take, "rim", swing(bars(rim, 0), SWING), 0.7, -0.3)
    out += machine(take, "tom", swing(hits("x..o..x.", 0, 46), SWING), 0.8)
    out = delay(eq(out, hp=32, lp=9000), CLOCK, 0.75, 0.3, 0.12, 2200)
    return reverb(drive(out, 0.9), take.rng, 0.1, 0.9, 3500)


def sub(take: Take) -> Audio:
    notes = line(
        "F#1:2.5 r:.5 F#1:.75 A1:.25 | D2:2.5 r:.5 C#2:1 | B1:2.5 r:.5 B1:1 | C#2:3 F1:.5 r:.5 |"
        "F#1:2.5 r:.5 F#1:.75 C#2:.25 | D2:3 E2:.5 D2:.5 | B1:2.5 r:.5 B1:.5 A1:.5 | C#2:3 r:1 |"
        "D2:2 r:1 D2:1 | E2:2.5 r:.5 E2:.5 E1:.5 | F#1:3 A1:.5 B1:.5 | C#2:1.5 G#1:1 C#2:1 F1:.5"
    )
    tone = glide(take, swing(notes, SWING), 0.05, 0, (1, 0.3, 0.14, 0.06), 0.03, 0.09)
    return eq(drive(tone, 1.5), hp=30, lp=900)


def upright(take: Take) -> Audio:
    notes = line(
        "F#1:1.5 r:.5 C#2:.5 E2:.5 F#2:1 | D2:1.5 r:.5 A1:.5 D2:.5 C#2:1 |"
        "B1:1.5 F#2:.5 r:.5 B1:.5 D2:1 | C#2:1.5 G#1:.5 r:.5 C#2:.5 F2:.5 G#2:.5 |"
        "F#2:1.5 r:.5 E2:.5 C#2:.5 F#1:1 | D2:1.5 r:.5 A2:.5 F#2:.5 E2:.5 D2:.5 |"
        "B1:1.5 r:.5 D2:.5 F#2:.5 A2:1 | G#2:1.5 F2:.5 C#2:1 G#1:.5 F1:.5 |"
        "D2:1.5 A2:.5 r:1 D2:.5 D#2:.5? | E2:1.5 B2:.5 r:1 G#2:.5 E2:.5 |"
        "F#2:1.5 r:.5 C#2:.5 A1:.5 F#1:1 | C#2:1 D2:1 F2:1 G#1:.5 F1:.5"
    )
    tone = gm(take, 32, swing(notes, 0.62, 0.5), loose=0.009)
    return reverb(eq(squeeze(tone, 3, 0), hp=38, lp=3800, bells=[(110, 2, 1)]), take.rng, 0.05, 0.6)


def fretless(take: Take) -> Audio:
    notes = line(
        "F#2:3 E2:.5 C#2:.5 | D2:2 A2:1.5 G#2:.5 | F#2:2 D2:1 B1:1 | C#2:2 F2:1 G#2:1 |"
        "A2:1.5 G#2:.5 F#2:2 | D2:3 E2:1 | B1:2.5 A2:1 B2:.5 | G#2:2 F2:2 |"
        "F#2:2 A2:1 D2:1 | E2:2.5 G#2:.5 B2:1 | A2:1.5 F#2:1.5 C#2:1 | C#2:2 D2:1 F2:1",
        velocity=84,
    )
    tone = gm(take, 35, notes, loose=0.01, controls={1: 12})
    low = glide(take, notes, 0.06, 0.003, (1, 0.1), 0.04, 0.12)
    both = blend((0, tone), (-4, low))
    return eq(chorus(squeeze(both, 2.5, 1), 11, 0.0012, 0.3), hp=45, lp=2600)


def rhodes(take: Take) -> Audio:
    notes = []
    for i, (beat, tones) in enumerate(HARMONY):
        long = 2.0 if i in (3, 4, 8, 9, 13, 14) else 3.4
        notes += strum(tones, beat, min(long, 3.4), 78, 0.02)
        if long > 2 and i % 2:
            notes += strum(tones[1:], beat + 2.75, 0.5, 60, 0.01)
    notes += line("r:3 B4:.5 G#4:.5", 4, 66) + line("E5:.5 C#5:.5 B4:1", 22, 66)
    notes += line("C#5:.5 E5:.5 G#5:1", 30, 64) + line("A4:.5 C#5:.5 E5:.75", 42, 68)
    tone = gm(take, 4, swing(notes, SWING), loose=0.01)
    tone = tremolo(eq(drive(tone, 0.9), hp=150, lp=5500, bells=[(350, -2, 1)]), 120, 0.35)
    return reverb(wow(tone, 17, 0.0005), take.rng, 0.16, 1.6, 3500)


def cimbalom(take: Take) -> Audio:
    figured = figure(HARMONY, "A.3.2.31.2.3.1..", 0.25, 0.5, TOTAL, 76)
    answer = line("G#5:.25 F#5:.25 E5:.5 C#5:1", 2, 70) + line("E5:.5 C#5:.5 B4:1", 18, 70)
    answer += line("F#5:.25 E5:.25 D5:.5 C#5:.5 A4:.5", 34, 76)
    tone = gm(take, 15, swing(figured + answer, SWING), touch=8)
    tone = eq(tone, hp=190, lp=7000, bells=[(900, 2, 1)])
    tone = tremolo(tone, 240, 0.2, 0)
    return reverb(delay(width(tone, 0.7), CLOCK, 0.75, 0.35, 0.2, 2500), take.rng, 0.2, 1.8, 4000)


def section(take: Take) -> Audio:
    low = line(
        "r:4 | A4:4 | F#4:4 | G#4:2 F4:2 | A4:4 | C#5:4 | B4:4 | G#4:4 |"
        "A4:4 | B4:4 | C#5:2 A4:2 | B4:2 G#4:2",
        velocity=70,
    )
    high = line(
        "C#5:4 | C#5:3 D5:1 | D5:4 | C#5:4 | E5:4 | F#5:3 E5:1 | D5:4 | C#5:2 B4:2 |"
        "D5:2 F#5:2 | E5:3 F#5:1 | E5:4 | F5:3 D5:1",
        velocity=78,
    )
    tone = blend((0, gm(take, 48, low + high, 0.015)), (-7, gm(take, 49, high, 0.02)))
    swell = curve(CLOCK, [(0, 0.5), (8, 0.8), (16, 0.6), (30, 0.9), (40, 1.1), (47, 0.7)])
    tone = eq(tone * swell, hp=300, lp=5200, bells=[(2500, -2, 1)])
    return reverb(wow(width(tone, 0.6), 13, 0.0007), take.rng, 0.2, 2.2, 3500)


def pizzicato(take: Take) -> Audio:
    notes = line(
        "r:1 C#5:.5 E5:.5 r:1 G#4:.5 A4:.5 | r:1 F#5:.5 C#5:.5 r:2 |"
        "r:1 D5:.5 F#5:.5 r:1 C#5:.5 B4:.5 | r:1 C#5:.5 F#5:.5 F5:.5 r:.5 G#4:1 |"
        "r:1 C#5:.5 E5:.5 r:1 G#5:.5 E5:.5 | r:1 C#5:.5 F#5:.5 r:1 A4:1 |"
        "r:1 B4:.5 D5:.5 r:1 E5:.5 F#5:.5 | G#5:.5 F5:.5 C#5:.5 B4:.5 G#4:1 r:1 |"
        "A4:.5 D5:.5 F#5:.5 A5:.5 r:2 | G#5:.5 E5:.5 B4:.5 G#4:.5 r:2 |"
        "A4:.5 C#5:.5 E5:.5 F#5:.5 r:1 C#5:1 | D5:.5 B4:.5 G#4:.5 F4:.5 r:1 C#5:1",
        velocity=84,
    )
    pluck = gm(take, 45, swing(notes, 0.6, 0.5), 0.008)
    shiver = gm(take, 44, line("r:28 G#5+C#5:4 | A5+F#5:4 | G#5+B4:4 | A5+E5:4 | F5+B4:4", 0, 62))
    swell = curve(CLOCK, [(27, 0), (32, 0.6), (40, 1), (47.5, 0.7), (47.9, 0)])
    tone = eq(blend((0, pluck), (-9, eq(shiver, hp=500) * swell)), hp=220, lp=6000)
    return reverb(width(tone, 0.6), take.rng, 0.24, 1.7, 4000)


def hum(take: Take) -> Audio:
    notes = line(
        "r:2 C#5:1.5 B4:.5 | A4:3 r:1 | r:1 F#4:1 A4:1 B4:1 | C#5:2 B4:.5 G#4:1.5 |"
        "A4:2 r:1 E4:.5 F#4:.5 | F#4:3 r:1 | r:1 D5:1.5 C#5:.5 B4:1 | G#4:2 F4:1.5 r:.5 |"
        "F#4:1 A4:1 D5:2 | E5:2 B4:1.5 r:.5 | C#5:1.5 A4:.5 F#4:1.5 r:.5 | G#4:1.5 B4:.5 C#5:2",
        velocity=86,
    )
    under = line("r:32 D4:2 F#4:2 | G#4:4 | E4:3 r:1 | F4:4", velocity=66)
    morph = curve(CLOCK, [(0, 0), (8, 0.2), (30, 0.3), (36, 0.9), (44, 0.6), (47, 0)])
    tone = choir(take, notes + under, ("oo", "ah"), morph)
    return reverb(delay(eq(tone, hp=180), CLOCK, 1.5, 0.35, 0.16, 2000), take.rng, 0.22, 2.2, 3500)


def theremin(take: Take) -> Audio:
    notes = line(
        "r:1 C#5:3 | F#5:2 E5:.5 C#5:1.5 | D5:3 r:1 | C#5:2 F5:2 |"
        "G#5:3 F#5:1 | C#5:2.5 r:.5 E5:1 | D5:2 B4:1 D5:1 | C#5:3 r:1 |"
        "F#5:2 A5:2 | G#5:2 E5:1 B4:1 | C#5:3 r:1 | F5:1.5 D5:1 C#5:1.5",
        velocity=88,
        gate=1.0,
    )
    tone = glide(take, notes, 0.16, 0.009, (1, 0.12, 0.05), 0.16, 0.3)
    air = noise(take, 900, 3000, curve(CLOCK, [(0, 0.4), (20, 1), (40, 0.6)]), 0.2)
    tone = blend((0, eq(tone, hp=250, lp=4000)), (-34, air))
    tone = delay(wow(tone, 19, 0.0004), CLOCK, 0.75, 0.4, 0.25, 2200)
    return reverb(tone, take.rng, 0.24, 2.4, 3000)


def drawbar(take: Take) -> Audio:
    top = held(HARMONY, TOTAL, 70)
    tone = poly(take, top, "triangle", 1400, 0, 1, 0.1, (0.05, 1, 0.9, 0.4), (-4, 4), 0.4)
    tone = blend((0, tone), (-4, gm(take, 18, top, 0.01)))
    gate = figure(HARMONY, "3.2.", 0.5, 0.5, TOTAL, 60)
    tone = blend((0, tone), (-8, gm(take, 11, swing(gate, SWING, 0.5))))
    swell = curve(CLOCK, [(0, 0.7), (16, 1), (24, 0.8), (40, 1.1)])
    tone = tremolo(eq(drive(tone * swell, 1.0), hp=170, lp=3600), 204, 0.3)
    return reverb(tone, take.rng, 0.14, 1.4, 3000)


SONG = Song(
    "undertow",
    CLOCK,
    {
        "drums": Layer(
            0,
            -6.5,
            {
                "dusty": Part(dusty, mono=True, top=8000),
                "brushes": Part(brushes, mono=True, top=7500),
                "lock-gate": Part(lockgate, mono=True, top=8500),
            },
        ),
        "bass": Layer(
            -3.5,
            -10,
            {
                "sub": Part(sub, mono=True, trim=-3),
                "upright": Part(upright, mono=True, trim=-0.5),
                "fretless": Part(fretless, mono=True, trim=-0.5),
            },
        ),
        "keys": Layer(
            -4.5,
            -11,
            {
                "rhodes": Part(rhodes),
                "cimbalom": Part(cimbalom, mono=True, top=7000),
                "drawbar": Part(drawbar, mono=True),
            },
        ),
        "strings": Layer(
            -6,
            -13,
            {
                "section": Part(section, top=7000),
                "pizzicato": Part(pizzicato, mono=True),
            },
        ),
        "voice": Layer(
            -4,
            -11,
            {
                "hum": Part(hum),
                "theremin": Part(theremin, mono=True),
            },
        ),
    },
)
