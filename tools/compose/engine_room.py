"""Engine Room: dub techno, 125 bpm, C minor."""

from __future__ import annotations

from effects import curve, delay, drive, duck, eq, reverb, squeeze, tremolo, width, wow
from score import Audio, Clock, Layer, Note, Part, Song, Take, bars, block, changes, figure, line
from synth import bells, blend, glide, gm, machine, noise, poly

CLOCK = Clock(bpm=125, bars=16)
TOTAL = CLOCK.total_beats
PULSE = [float(b) for b in range(TOTAL)]
HARMONY = changes(
    "G3 Bb3 Eb4 D4 | G3 Bb3 Eb4 D4 | G3 Bb3 D4 Eb4 | G3 Bb3 D4 Eb4 |"
    "G3 Bb3 D4 Eb4 | G3 Bb3 D4 Eb4 | G3 Ab3 C4 Eb4 | G3 Ab3 C4 Eb4 |"
    "G3 Bb3 C4 Eb4 | G3 Bb3 C4 Eb4 | F3 G3 Bb3 D4 | F3 G3 Bb3 D4 |"
    "G3 Ab3 C4 Eb4 | G3 Ab3 C4 Eb4 | F3 Bb3 D4 | F3 G3 Bb3 D4"
)
ROOTS = ["C2"] * 6 + ["F1", "F1", "Ab1", "Ab1", "Bb1", "Bb1", "F1", "F1", "G1", "G1"]


def piston(take: Take) -> Audio:
    kick = ["X...X...X...X..."] * 15 + ["X...X...X.....,."]
    hat = ["..x...x...x...x."] * 7 + ["..x...x...x.o.x."] + ["..x.,.x...x.,.x."] * 8
    tick = ["................"] * 4 + ["-.,--.,--.,--.,-"] * 11 + ["-.,--.,-........"]
    clap = ["................"] * 2 + ["....o.......o..."] * 13 + ["....o.......o.-o"]
    out = machine(take, "kick", bars(kick, 0), 1.0)
    out += machine(take, "open", bars(hat, 0), 0.36, 0.15)
    out += machine(take, "hat", bars(tick, 0), 0.42, -0.2)
    echo = delay(machine(take, "clap", bars(clap, 0), 0.5), CLOCK, 0.75, 0.45, 0.3, 2500)
    out += reverb(echo, take.rng, 0.3, 1.8, 3500)
    out += machine(take, "rim", bars([".......x..x....."] * 16, 0), 0.25, 0.3)
    return drive(eq(out, hp=34), 0.8)


def halfdeck(take: Take) -> Audio:
    kick = ["X.........o.....", "X..........x....", "X.........o.....", "X.....x....x...."] * 4
    snap = ["........X......."] * 7 + ["........X.....-o"] + ["........X......."] * 8
    snap[15] = "........X..o.x-X"
    rim = ["...x..x......x..", "...x..x...x....."] * 8
    shake = ["................"] * 2 + ["o.-.o.-.o.-.o.--"] * 14
    out = machine(take, "boom", bars(kick, 0), 1.0)
    out += reverb(machine(take, "gate", bars(snap, 0), 0.55), take.rng, 0.5, 1.6, 3500)
    out += delay(machine(take, "rim", bars(rim, 0), 0.4, -0.3), CLOCK, 0.75, 0.5, 0.4, 2200)
    out += machine(take, "shaker", bars(shake, 0), 0.3, 0.3)
    return drive(eq(out, hp=32), 0.9)


def bilge(take: Take) -> Audio:
    kick = ["X.....X...x.....", "X..x......X...x.", "X.....X...x.....", "X..x......X....."] * 4
    clap = ["....X.......X..."] * 15 + ["....X.......X.X."]
    hat = ["o-xo-xo-o-xo-xo-", "o-xo-xo-o-x.-xoo"] * 8
    tom = ["................", "......o..o......", "................", "......o..o...oo."] * 4
    kit = gm(take, 25, bars(hat, 42, gain=0.7) + bars(clap, 39, gain=0.7), 0.003, drums=True)
    low = machine(take, "kick", bars(kick, 0))
    toms = delay(machine(take, "tom", bars(tom, 0)), CLOCK, 0.75, 0.4, 0.35, 1800)
    kit = blend((-4, eq(kit, hp=200, lp=8500)), (0, low), (-8, toms))
    return reverb(squeeze(kit, 2, 2), take.rng, 0.14, 1.2, 3500)


def _roots(pattern: str) -> list[Note]:
    """Sixteenths over the roots: x root, o octave, 7 minor seventh, 5 fifth."""
    notes = []
    for bar, name in enumerate(ROOTS):
        low = line(name)[0].pitch
        seventh = 11 if name == "Ab1" else 9 if name == "Bb1" else 10
        steps = {"x": 0, "X": 0, "o": 12, "5": 7, "7": seventh}
        for i, mark in enumerate(pattern):
            if mark in steps:
                loud = 104 if mark == "X" else 86
                notes.append(Note(bar * 4 + i / 4, 0.22, low + steps[mark], loud))
    return notes


def hull(take: Take) -> Audio:
    notes = []
    for bar, name in enumerate(ROOTS):
        notes += line(f"r:.5 {name}:1.25 r:.25 {name}:.5! r:.5 {name}:.75 r:.25", bar * 4)
    tone = glide(take, notes, 0.02, 0, (1, 0.35, 0.16, 0.08), 0.02, 0.09)
    return eq(duck(drive(tone, 1.5), CLOCK, PULSE, 0.6, 0.4), hp=30, lp=900)


def turbine(take: Take) -> Audio:
    notes = _roots(".xx7.xxo.xx5.x7o")
    notes = [n for n in notes if n.beat >= 2]
    sweep = curve(CLOCK, [(0, -0.8), (16, 0), (30, 0.6), (40, 0.2), (56, 1.0), (63, -0.6)])
    tone = poly(
        take, notes, "saw", 230, 1.6, 0.07, 0.9, (0.003, 0.12, 0.5, 0.04), (0,), 0, track=sweep
    )
    low = poly(take, notes, "triangle", 300, 0, 1, 0, (0.004, 0.2, 0.7, 0.05), (0,), 0)
    return eq(drive(blend((0, tone), (-1, low)), 1.1), hp=36, lp=2200)


def steel(take: Take) -> Audio:
    notes = _roots("..X...o...x.5...")
    tone = gm(take, 39, notes, 0.003)
    body = bells(take, notes, 1.0, 2.4, 0.22, 0.0, bright=0.5)
    tone = delay(eq(blend((0, tone), (-3, body)), hp=45, lp=2600), CLOCK, 0.75, 0.3, 0.12, 900)
    return squeeze(tone, 2.5, 1)


def stab(take: Take) -> Audio:
    notes = []
    rhythm = ["...x............", "...x......x.....", "...x............", "...x..x.......x."]
    for bar, (beat, tones) in enumerate(HARMONY):
        for i, mark in enumerate(rhythm[bar % 4]):
            if mark == "x":
                notes += block(tones, beat + i / 4, 0.22, 92 if i == 3 else 76)
    sweep = curve(CLOCK, [(0, -0.6), (20, 0), (32, 0.9), (44, 0.3), (56, 1.3), (63, -0.3)])
    tone = poly(
        take, notes, "saw", 650, 1.1, 0.1, 0.7, (0.004, 0.2, 0.35, 0.16), (-8, 8), 0.5, track=sweep
    )
    tone = delay(eq(tone, hp=230, lp=3800), CLOCK, 0.75, 0.62, 0.6, 2200)
    return duck(reverb(wow(tone, 11, 0.0006), take.rng, 0.35, 2.4, 3000), CLOCK, PULSE, 0.35, 0.5)


def galley(take: Take) -> Audio:
    notes = []
    for bar, (beat, tones) in enumerate(HARMONY):
        for i in (2, 6, 10, 14) if bar % 4 < 3 else (2, 6, 9, 12):
            notes += block(tones[:3], beat + i / 4, 0.24, 84 if i == 6 else 74)
    answer = line("r:1 G4:.5 Bb4:.5 C5:1 r:1", 12, 54) + line("r:1 Eb5:.5 D5:.5 C5:1 Ab4:1", 28, 54)
    answer += line("r:1 D5:.5 Bb4:.5 G4:1 F4:1", 44, 54) + line("r:1 Bb4:.5 G4:.5 D4:1 r:1", 60, 54)
    tone = gm(take, 16, notes + answer, 0.005)
    tone = tremolo(eq(drive(tone, 1.0), hp=220, lp=3200), 150, 0.3)
    return reverb(delay(tone, CLOCK, 0.75, 0.4, 0.25, 1800), take.rng, 0.2, 1.5, 3000)


def foghorn(take: Take) -> Audio:
    notes = line(
        "r:4 | C3+G3:5 r:3 | r:4 | C3+G3:3 Bb2:2 r:3 | C3+F3:5 r:3 | Ab2+Eb3:5 r:3 |"
        "Bb2+F3:5 r:3 | C3+F3:5 r:3 | Bb2+D3:4",
        velocity=76,
    )
    horn = gm(take, 58, notes, 0.02)
    low = poly(take, notes, "saw", 280, 0.8, 0.8, 0.3, (0.5, 1, 0.9, 1.2), (-9, 7), 0.5, loose=0.02)
    steam = noise(take, 500, 1800, curve(CLOCK, [(0, 0.3), (14, 1), (20, 0.2), (44, 1), (60, 0.3)]))
    tone = blend((0, eq(horn, hp=150, lp=2500)), (-2, eq(low, hp=120, lp=1800)), (-14, steam))
    return duck(reverb(wow(tone, 9, 0.0006), take.rng, 0.4, 3.0, 2200), CLOCK, PULSE, 0.25, 0.5)


def sonar(take: Take) -> Audio:
    pings = line(
        "G5:4 r:4 | D6:2 C6:2 r:4 | G5:4 r:4 | C6:2 Eb6:2 r:4 |"
        "Eb6:4 Bb5:4 | D6:4 F5:4 | C6:4 Ab5:4 | D6:2 Bb5:2 G5:4",
        velocity=84,
    )
    ticks = figure([(b, [t + 24 for t in c]) for b, c in HARMONY], "..0..1....2..3..", 0.25, 0.2,
                   TOTAL, 46)  # fmt: skip
    tone = bells(take, pings, 1.0, 0.5, 0.7, 0.5) + 0.6 * bells(take, ticks, 3.0, 1.2, 0.09, 0.8)
    tone = delay(eq(tone, hp=400, lp=4500), CLOCK, 1.5, 0.55, 0.5, 2800)
    return reverb(width(tone, 0.8), take.rng, 0.4, 2.6, 3500)


SONG = Song(
    "engine-room",
    CLOCK,
    {
        "drums": Layer(
            0,
            -7,
            {
                "piston": Part(piston, mono=True, top=8500),
                "half-deck": Part(halfdeck, mono=True, top=7500),
                "bilge": Part(bilge, mono=True, top=8500),
            },
        ),
        "bass": Layer(
            -4,
            -10,
            {
                "hull": Part(hull, mono=True, trim=-2.5),
                "turbine": Part(turbine, mono=True),
                "steel": Part(steel, mono=True),
            },
        ),
        "chords": Layer(
            -4,
            -10,
            {
                "stab": Part(stab, top=6000),
                "galley": Part(galley, mono=True, top=6000),
            },
        ),
        "signal": Layer(
            -7,
            -13,
            {
                "foghorn": Part(foghorn, mono=True, top=4500),
                "sonar": Part(sonar, top=6500),
            },
        ),
    },
)
