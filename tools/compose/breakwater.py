"""Breakwater: broken beat, 100 bpm, A dorian."""

from __future__ import annotations

from effects import chorus, curve, delay, drive, eq, pan, reverb, squeeze, tremolo, width
from score import (
    Audio,
    Clock,
    Layer,
    Note,
    Part,
    Song,
    Take,
    bars,
    block,
    changes,
    hits,
    line,
    strum,
    swing,
)
from synth import blend, glide, gm, machine, poly

CLOCK = Clock(bpm=100, bars=16)
TOTAL = CLOCK.total_beats
SWING = 0.57
HARMONY = changes(
    "G3 B3 C4 E4 | F#3 B3 C4 E4 | G3 B3 C4 E4 | F#3 B3 C4 E4 |"
    "A3 C4 E4 G4 | G3 B3 D4 E4 | G3 B3 C4 E4 | G3 A3 C4 E4 / F#3 A3 C4 E4 |"
    "A3 C4 E4 F4 | G3 B3 D4 E4 | B3 D4 E4 G4 | A3 C4 E4 G4 |"
    "F3 A3 C4 E4 | G3 B3 D4 E4 | A3 C4 E4 G4 | G#3 B3 D4 G4"
)


def bruk(take: Take) -> Audio:
    kick = ["X..x......x..x..", "x..X......x....."] * 8
    kick[7], kick[15] = "X..x......x..xx.", "X..x......x....."
    snare = ["....X..-.,..-.X.", "....X..-.,.X..-."] * 8
    snare[7], snare[15] = "....X..-.-.X-oXo", "....X.-X.-oXxoXX"
    hat = ["x-o-x-o-x-o-x-o-", "x-o-x-ox-oo-x-o-"] * 8
    hat[0] = "....x...o...x-o-"
    notes = bars(kick, 36) + bars(snare, 38) + bars(hat, 42, gain=0.72)
    notes += bars(["..........x....."] * 8 + [".." * 8] * 8, 46, gain=0.6)
    ride = [".." * 8] * 8 + ["x.o.x.ox.oo.x.o."] * 8
    notes += bars(ride, 51, gain=0.6) + hits("x", 49, 32, gain=0.75)
    kit = gm(take, 0, swing(notes, SWING), 0.007, 7, drums=True)
    kit = squeeze(eq(kit, hp=42, bells=[(65, 2, 1), (400, -2, 1)]), 3, 0)
    return reverb(width(kit, 0.6), take.rng, 0.09, 0.6, 5000)


def hands(take: Take) -> Audio:
    low = ["..x...x...x...x.", "..x...x..x..x.x.", "..x...x...x...x.", "..x..xx..x..xxx."] * 4
    high = ["x..-o..-x..-o..-", "x..-o.-.x..-o-.."] * 8
    slap = ["....x.......x...", "....x.......x..o"] * 8
    kick = ["x.........x.....", "x..x......x....."] * 8
    shake = ["o-x-o-x-o-x-o-x-"] * 7 + ["o-x-o-x-........"] + ["o-x-o-x-o-x-o-x-"] * 8
    clave = [".." * 8] * 8 + ["x..x..x...x.x..."] * 8
    notes = bars(low, 64) + bars(high, 63, gain=0.85) + bars(slap, 62)
    notes += bars(shake, 82, gain=0.55) + bars(clave, 75, gain=0.55) + bars(kick, 36)
    notes += hits("xxox", 60, 31) + hits("x.xo.xox", 61, 62)
    kit = gm(take, 0, swing(notes, SWING), 0.009, 8, drums=True)
    kit = eq(squeeze(kit, 2.5, 1), hp=45, lp=9000)
    return reverb(width(kit, 0.7), take.rng, 0.14, 0.9, 4500)


def winch(take: Take) -> Audio:
    kick = ["X......X..X.....", "X..X......X..X.."] * 8
    snap = ["....X.......X...", "....X......X...."] * 8
    snap[15] = "....X..X.X..XXxX"
    hat = ["..x-..xo..x-..xx"] * 15 + ["..x-..x........."]
    rim = [".x....x..x......", "......x..x...x.."] * 8
    out = machine(take, "kick", swing(bars(kick, 0), SWING), 1.0)
    out += machine(take, "tick", swing(bars(snap, 0), SWING), 0.9)
    out += machine(take, "clap", swing(bars([".." * 8] * 8 + ["....x.......x..."] * 8, 0)), 0.4)
    out += machine(take, "hat", swing(bars(hat, 0), SWING), 0.42, 0.2)
    out += machine(take, "rim", swing(bars(rim, 0), SWING), 0.45, -0.3)
    out += machine(take, "high tom", swing(hits("o..o.o..", 0, 30), SWING), 0.6)
    return reverb(drive(eq(out, hp=36), 0.9), take.rng, 0.08, 0.6, 4500)


def moog(take: Take) -> Audio:
    notes = line(
        "A1:.75 r:.75 A1:.25 G1:.25 A1:.5 r:.5 C2:.5 A1:.5 | D2:.75 r:.75 D2:.5 C2:.5 A1:.5 r:1 |"
        "A1:.75 r:.75 A1:.25 G1:.25 A1:.5 r:.5 E2:.5 G2:.5 | F#2:.75 r:.75 D2:.5 A1:.5 D2:.5 r:1 |"
        "F1:.75 r:.75 F1:.5 A1:.5 C2:.5 r:.5 D2:.5 | E1:.75 r:.75 E1:.5 G1:.5 B1:.5 r:1 |"
        "A1:.75 r:.75 A1:.25 G1:.25 A1:.5 r:.5 C2:.5 A1:.5 |"
        "D2:.75 r:1.25 D2:.5 F#2:.5 A2:.5 G2:.5 |"
        "F1:1 r:.5 C2:.5 F2:.5 r:.5 E2:.5 F2:.5 | G1:1 r:.5 D2:.5 G2:.5 r:.5 F#2:.5 G2:.5 |"
        "E1:1 r:.5 B1:.5 E2:.5 r:.5 D2:.5 B1:.5 | A1:1 r:.5 E2:.5 G2:.5 r:.5 E2:.5 C2:.5 |"
        "D2:1 r:.5 A1:.5 F2:.5 r:.5 E2:.5 D2:.5 | E1:1 r:.5 B1:.5 D2:.5 r:.5 E2:.5 E1:.5 |"
        "F1:1 r:.5 C2:.5 E2:.5 r:.5 F2:.5 G2:.5 | E1:1 G#1:.5 B1:.5 D2:.5 E2:.5 G#1:.5 r:.5"
    )
    notes = swing(notes, SWING)
    tone = poly(take, notes, "saw", 300, 1.9, 0.13, 0.7, (0.003, 0.25, 0.6, 0.06), (-4, 4), 0.0)
    low = poly(take, notes, "triangle", 400, 0, 1, 0, (0.004, 0.3, 0.8, 0.06), (0,), 0)
    return eq(drive(blend((0, tone), (0, low)), 1.2), hp=34, lp=2400)


def fingers(take: Take) -> Audio:
    notes = line(
        "A1:1.5 E2:.25 G2:.25 A2:.5 r:.5 G2:.5 E2:.5 | D2:1.5 A2:.5 C3:.5 r:.5 B2:.5 A2:.5 |"
        "A1:1.5 C2:.25 D2:.25 E2:.5 r:.5 G2:.5 A2:.5 | D2:1 F#2:.5 A2:.5 B2:.5 r:.5 A2:.5 F#2:.5 |"
        "F2:1.5 C2:.5 A1:.5 r:.5 C2:.5 E2:.5 | E2:1.5 B1:.5 G1:.5 r:.5 B1:.5 D2:.5 |"
        "A1:1.5 E2:.25 G2:.25 A2:.5 r:.5 E2:.5 C2:.5 | D2:1 A2:.5 G2:.5 F#2:1 D2:.5 E2:.5 |"
        "F2:.5 r:.5 F2:.5 A2:.5 C3:.5 A2:.5 F2:1 | G2:.5 r:.5 G2:.5 B2:.5 D3:.5 B2:.5 G2:1 |"
        "E2:.5 r:.5 E2:.5 G2:.5 B2:.5 G2:.5 E2:1 | A1:.5 r:.5 A1:.5 C2:.5 E2:.5 G2:.5 A2:1 |"
        "D2:.5 r:.5 D2:.5 F2:.5 A2:.5 C3:.5 A2:1 | E2:.5 r:.5 E2:.5 G2:.5 B2:.5 D3:.5 B2:1 |"
        "F2:1 A2:.5 C3:.5 E3:.5 C3:.5 A2:1 | E2:1 G#2:1 B2:.5 D3:.5 B2:.5 G#2:.5",
        velocity=92,
    )
    tone = gm(take, 33, swing(notes, SWING), 0.008, 7)
    return eq(squeeze(tone, 3, 0), hp=40, lp=3400, bells=[(100, 2, 1), (700, 1.5, 1)])


COMP = ["x..x......x..-..", "x.....x..x......"]


def rhodes(take: Take) -> Audio:
    notes = []
    for i, (beat, tones) in enumerate(HARMONY):
        if i in (7, 8):
            notes += strum(tones, beat, 1.6, 84, 0.01)
            continue
        for k, mark in enumerate(COMP[i % 2]):
            if mark in "x-":
                long = 1.2 if k == 0 else 0.4
                notes += block(tones if k == 0 else tones[1:], beat + k / 4, long,
                               84 if mark == "x" else 62)  # fmt: skip
    notes += line("r:2 A4:.5 C5:.5 B4:.5 G4:.5", 12, 76) + line("r:2.5 G4:.5 B4:.5 D5:.5", 20, 74)
    notes += line("r:2 D5:.5 B4:.5 G4:.5 A4:.5", 40, 76) + line("E5:.5 D5:.5 B4:.5 G#4:.5", 62, 80)
    tone = gm(take, 4, swing(notes, SWING), 0.008, 7)
    tone = tremolo(eq(drive(tone, 0.9), hp=160, lp=6000, bells=[(350, -2, 1)]), 180, 0.3)
    return reverb(tone, take.rng, 0.12, 1.1, 4000)


def clav(take: Take) -> Audio:
    notes = []
    for beat, tones in HARMONY:
        half = beat % 4 or beat == 28
        for k, mark in enumerate("x.-x.-x." if half else "x.-x.-x.,-x.-x,."):
            if mark in "x-,":
                loud = {"x": 92, "-": 66, ",": 48}[mark]
                voices = tones[1:] if mark == "x" else [tones[-1] if k % 3 else tones[0]]
                notes += block(voices, beat + k / 4, 0.16 if mark != "x" else 0.24, loud)
    tone = gm(take, 7, swing(notes, SWING), 0.005, 8)
    tone = eq(drive(tone, 1.0), hp=220, lp=5000, bells=[(1200, 3, 1.2)])
    return reverb(chorus(tone, 7, 0.0012, 0.35), take.rng, 0.08, 0.7, 4000)


def organ(take: Take) -> Audio:
    notes = []
    for i, (beat, tones) in enumerate(HARMONY):
        long = 2.0 if i in (7, 8) else 4.0
        if beat < 32:
            notes += block(tones, beat + 1.5, long - 1.6 if long > 2 else 0.4, 80)
        else:
            for k in (0, 1.5, 2.5):
                notes += block(tones, beat + k, 0.6 if k else 1.2, 84 if not k else 74)
    notes += line("r:.5 E5:.25 D5:.25 C5:.5", 12, 74) + line("A4:.5 B4:.5 C5:.5 D5:.5", 30, 76)
    tone = gm(take, 17, swing(notes, SWING), 0.007)
    tone = chorus(eq(drive(tone, 1.2), hp=200, lp=4500), 230, 0.0006, 0.5)
    return reverb(tone, take.rng, 0.12, 1.0, 4000)


def scratch(take: Take) -> Audio:
    notes: list[Note] = []
    for beat, tones in HARMONY:
        top = [t + 12 for t in tones[:3]]
        grid = "..x-..x...x-..x." if beat % 4 == 0 and beat != 28 else "..x-..x."
        for k, mark in enumerate(grid):
            if mark in "x-":
                gap = 0.012 if k % 4 < 2 else -0.012
                notes += strum(top, beat + k / 4, 0.2, 84 if mark == "x" else 58, gap)
    tone = gm(take, 28, swing(notes, SWING), 0.005, 7)
    clean = gm(take, 27, swing(notes, SWING), 0.005, 7)
    wah = curve(CLOCK, [(b, 1.0 if b % 4 == 2 else 0.15) for b in range(0, TOTAL, 2)])
    both = blend((0, tone), (-5, clean))
    dull, keen = eq(both, bells=[(600, 9, 2)], lp=2200), eq(both, bells=[(1900, 9, 2)], lp=5000)
    tone = eq(dull * (1 - wah) + keen * wah, hp=350)
    return pan(reverb(tone, take.rng, 0.08, 0.7, 4000), 0.25)


def octaves(take: Take) -> Audio:
    tune = line(
        "r:2.5 E4:.5 G4:.5 A4:.5 | B4:1 A4:.5 F#4:1 r:1.5 | r:1.5 E4:.5 G4:.5 A4:.5 C5:.5 B4:.5 |"
        "A4:1.5 F#4:.5 E4:1 r:1 | r:1 E4:.5 G4:.5 A4:.5 C5:1 r:.5 | B4:1.5 G4:.5 E4:1 r:1 |"
        "r:2.5 E4:.5 G4:.5 A4:.5 | C5:.5 A4:.5 G4:.5 E4:.5 F#4:1 r:1 |"
        "A4:1 C5:.5 F4:1 r:1.5 | B4:1 D5:.5 G4:1 r:1.5 | G4:.5 B4:.5 D5:1 B4:1 r:1 |"
        "C5:1 A4:.5 E4:1 r:1.5 | F4:.5 A4:.5 C5:1 E5:1 r:1 | D5:1 B4:.5 G4:1.5 r:1 |"
        "C5:1 A4:.5 E4:.5 G4:1 A4:1 | B4:1 G#4:1 D4:1 r:1",
        velocity=86,
    )
    notes = tune + [Note(n.beat, n.length, n.pitch - 12, n.velocity - 8) for n in tune]
    tone = gm(take, 26, swing(notes, SWING), 0.009, 7)
    tone = eq(squeeze(tone, 2, 1), hp=150, lp=4500, bells=[(280, -2, 1)])
    return pan(reverb(delay(tone, CLOCK, 0.75, 0.25, 0.1, 2500), take.rng, 0.14, 1.0, 4000), 0.2)


def section(take: Take) -> Audio:
    notes = line(
        "r:4 | r:2.5 E4+B4+D5:.25 r:.25 E4+A4+C5:.75 r:.25 | r:4 |"
        "r:1.5 C5+E5:.25 r:.25 B4+D5:.25 r:.25 A4+F#5:1 r:.5 |"
        "A4+E5:1.5 G4+C5:.5 r:2 | G4+D5:1.5 E4+B4:.5 r:2 | r:3 G4+C5:.5 A4+E5:.5 |"
        "C5+E5:1.5 r:2.5 |"
        "A4+C5+F5:1.5 r:.5 A4+C5+F5:.25 r:.25 G4+C5+E5:.5 r:1 |"
        "B4+D5+G5:1.5 r:.5 B4+D5+G5:.25 r:.25 A4+D5+F#5:.5 r:1 |"
        "G4+B4+E5:2.5 r:1.5 | A4+C5+E5:2.5 r:1.5 |"
        "A4+C5+F5:1.5 r:.5 F4+A4+C5:.25 r:.25 A4+C5+E5:.5 r:1 | G4+B4+D5:2.5 r:1.5 |"
        "A4+C5+E5:1 A4+C5+G5:1 A4+E5+G5:1 r:1 | G#4+D5+G5:2.5 r:1.5",
        velocity=92,
    )
    tone = gm(take, 61, swing(notes, SWING), 0.009)
    solo = gm(take, 56, swing([n for n in notes if n.pitch >= 72], SWING), 0.009)
    tone = eq(blend((0, tone), (-7, solo)), hp=260, lp=6000)
    return pan(reverb(tone, take.rng, 0.16, 1.2, 4500), -0.2)


def flute(take: Take) -> Audio:
    notes = line(
        "r:1 E5:.5 G5:.5 A5:1.5 r:.5 | B5:.5 A5:.5 F#5:1 E5:1 r:1 | r:1 C6:.5 B5:.5 A5:1 G5:1 |"
        "F#5:1.5 A5:.5 E5:1 r:1 | r:.5 E5:.5 A5:.5 C6:.5 B5:1 A5:1 | G5:1.5 E5:.5 D5:1 r:1 |"
        "E5:.5 G5:.5 A5:.5 B5:.5 C6:1 A5:1 | D6:.5 C6:.5 A5:.5 G5:.5 F#5:1 r:1 |"
        "F5:1 A5:.5 C6:1.5 r:1 | G5:1 B5:.5 D6:1.5 r:1 | E6:1 D6:.5 B5:.5 G5:1 E5:1 |"
        "A5:1 C6:.5 E5:1.5 r:1 | F5:.5 A5:.5 C6:.5 E6:.5 D6:1 A5:1 | B5:1.5 G5:.5 E5:1 r:1 |"
        "C6:1 A5:1 G5:.5 A5:.5 C6:1 | B5:1 G#5:1 E5:1.5 r:.5",
        velocity=86,
    )
    notes = swing(notes, SWING)
    tone = gm(take, 73, notes, 0.01, 7)
    breath = glide(take, notes, 0.03, 0.006, (1, 0.2), 0.04, 0.08)
    tone = eq(blend((0, tone), (-10, breath)), hp=320, lp=6500)
    return pan(reverb(delay(tone, CLOCK, 0.75, 0.3, 0.14, 3000), take.rng, 0.18, 1.4, 4500), -0.2)


SONG = Song(
    "breakwater",
    CLOCK,
    {
        "drums": Layer(
            0,
            -7,
            {
                "bruk": Part(bruk, mono=True, top=7500),
                "hands": Part(hands, mono=True, top=8000),
                "winch": Part(winch, mono=True, top=8500),
            },
        ),
        "bass": Layer(
            -3.5,
            -10,
            {
                "moog": Part(moog, mono=True, trim=-0.5),
                "fingers": Part(fingers, mono=True),
            },
        ),
        "keys": Layer(
            -5,
            -11,
            {
                "rhodes": Part(rhodes, top=6500),
                "clav": Part(clav, mono=True, top=6500),
                "organ": Part(organ, mono=True, top=6500),
            },
        ),
        "guitar": Layer(
            -6.5,
            -13,
            {
                "scratch": Part(scratch, mono=True, top=6500),
                "octaves": Part(octaves, mono=True, top=6500),
            },
        ),
        "winds": Layer(
            -5,
            -11.5,
            {
                "section": Part(section, mono=True, top=6500),
                "flute": Part(flute, mono=True, top=6500),
            },
        ),
    },
)
