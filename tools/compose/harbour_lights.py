"""Harbour Lights: synth-pop, 120 bpm, D major."""

from __future__ import annotations

from effects import chorus, curve, delay, drive, duck, eq, pan, reverb, squeeze, tremolo, width
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
    figure,
    held,
    hits,
    line,
    strum,
)
from synth import bells, blend, choir, glide, gm, machine, noise, poly

CLOCK = Clock(bpm=120, bars=16)
TOTAL = CLOCK.total_beats
PULSE = [float(b) for b in range(TOTAL)]
HARMONY = changes(
    "A3 D4 E4 F#4 | A3 C#4 E4 | F#3 A3 B3 D4 | G3 B3 D4 F#4 |"
    "A3 D4 E4 F#4 | A3 C#4 E4 | A3 B3 D4 F#4 | G3 A3 B3 D4 |"
    "G3 B3 D4 E4 | G3 B3 D4 G4 | A3 D4 F#4 | A3 C#4 E4 |"
    "G3 B3 D4 E4 | F#3 A3 B3 D4 | G3 B3 D4 F#4 | A3 D4 E4 / A3 C#4 E4"
)
ROOTS = [
    (0, "D2"), (4, "C#2"), (8, "B1"), (12, "G1"), (16, "D2"), (20, "C#2"), (24, "B1"), (28, "G1"),
    (32, "E2"), (36, "G1"), (40, "F#1"), (44, "A1"), (48, "E2"), (52, "B1"), (56, "G1"), (60, "A1"),
]  # fmt: skip


def sixteen(bar: str, fills: dict[int, str]) -> list[str]:
    """Sixteen bars of one grid, some of them replaced (counted from 1)."""
    return [fills.get(i, bar) for i in range(1, 17)]


def lightship(take: Take) -> Audio:
    kick = sixteen(
        "X.......X.....x.", {4: "X.......X.x...x.", 8: "X.......X...X...", 16: "X...X..."}
    )
    snare = sixteen("....X.......X...", {8: "....X.......X.xX", 16: "....X...X.XXX.X."})
    hat = sixteen("o.-.x.-.o.-.x.-.", {1: "................", 2: "....o.-.o.-.x.-."})
    out = machine(take, "kick", bars(kick, 0), 0.95)
    out += machine(take, "gate", bars(snare, 0), 0.75)
    out += machine(take, "hat", bars(hat, 0), 0.42, 0.2)
    out += machine(take, "clap", bars(sixteen("............X...", {16: ""}), 0), 0.35, -0.2)
    out += machine(take, "high tom", hits("x..x..x.", 0, 30), 0.7)
    out += machine(take, "tom", hits("..x..x.x", 0, 62), 0.7)
    return reverb(drive(eq(out, hp=36), 0.9), take.rng, 0.12, 0.8, 5000)


def pier(take: Take) -> Audio:
    kick = sixteen("X...X...X...X...", {8: "X...X...X.....x.", 16: "X...X...X......."})
    hat = sixteen("..x...x...x...x.", {1: "................"})
    notes = bars(kick, 36) + bars(hat, 46, gain=0.72)
    notes += bars(sixteen("o-o-o-o-o-o-o-o-", {1: "", 16: "o-o-o-o-o.o....."}), 42, gain=0.6)
    notes += bars(sixteen("....x.......x...", {16: "....x..x.x.xXxXX"}), 40, gain=0.9)
    kit = gm(take, 24, notes, 0.003, drums=True)
    low = machine(take, "kick", bars(kick, 0))
    clap = machine(take, "clap", bars(sixteen("....x.......x...", {16: ""}), 0))
    kit = blend((0, eq(kit, hp=90)), (0, low), (-9, clap))
    return reverb(eq(squeeze(kit, 2, 2), hp=34), take.rng, 0.08, 0.6, 5000)


def sessions(take: Take) -> Audio:
    kick = ["X.....x.X.......", "X.....x.X.x....."] * 8
    kick[15] = "X.....x.X......."
    snare = ["....X..-....X...", "....X....-..X..-"] * 8
    snare[7], snare[15] = "....X.......X.xx", "....X..xX.xxXxxX"
    hat = ["x.o.x.o.x.o.x.o."] * 15 + ["x.o.x.o........."]
    ride = [".." * 8] * 8 + ["x...o...x...o..."] * 7 + ["x..............."]
    notes = bars(kick, 36) + bars(snare, 38) + bars(ride, 51, gain=0.7)
    notes += (
        bars(hat[:8], 42, gain=0.8) + hits("x", 46, 31.5, gain=0.8) + hits("x", 49, 32, gain=0.8)
    )
    notes += hits("xx..", 48, 63) + hits("..xx", 45, 63)
    kit = gm(take, 0, notes, 0.006, drums=True)
    kit = squeeze(eq(kit, hp=40, bells=[(70, 2, 1), (380, -3, 1)]), 3, 0)
    return reverb(width(kit, 0.6), take.rng, 0.1, 0.7, 5000)


def clockwork(take: Take) -> Audio:
    rim = sixteen("x..x..x...x.x...", {8: "x..x..x.x.xxx.x.", 16: "x..x..x.xx.xx.xx"})
    shake = sixteen("x-o-x-o-x-o-x-o-", {1: "................"})
    kick = sixteen("X.........x.....", {4: "X.........x..x..", 12: "X.........x..x.."})
    out = machine(take, "soft", bars(kick, 0), 1.0)
    out += machine(take, "rim", bars(rim, 0), 0.55, -0.25)
    out += machine(take, "shaker", bars(shake, 0), 0.35, 0.3)
    out += machine(take, "tick", bars(sixteen("....x.......x...", {}), 0), 0.7)
    block_hits = bars(sixteen("..........o..o..", {16: "..o..o..o..o.o.o"}), 76)
    wood = gm(take, 0, block_hits, drums=True)
    out = blend((0, out), (-14, wood))
    return reverb(delay(out, CLOCK, 0.75, 0.3, 0.1, 3000), take.rng, 0.1, 0.7, 5000)


def _bass(pattern: str, up: str, velocity: int = 92) -> list[Note]:
    """Roots in eighths: `x` root, `o` octave, `5` fifth, from `pattern`; `up` for the B-part."""
    notes = []
    for beat, name in ROOTS:
        low = line(name)[0].pitch
        for i, mark in enumerate(pattern if beat < 32 else up):
            step = {"x": 0, "o": 12, "5": 7}.get(mark)
            if step is not None:
                fifth = 5 if step == 7 and name == "C#2" else step
                notes.append(Note(beat + i * 0.5, 0.44, low + fifth - (2 if fifth == 5 else 0),
                                  velocity + (8 if i % 4 == 0 else 0)))  # fmt: skip
    return notes


def octaves(take: Take) -> Audio:
    notes = _bass("xoxoxoxo", "xoxxoxox")
    sweep = curve(CLOCK, [(0, -0.4), (28, 0.4), (32, 0), (60, 0.8), (63.5, -0.2)])
    tone = poly(
        take, notes, "saw", 420, 1.8, 0.09, 0.6, (0.003, 0.15, 0.55, 0.05), (0,), 0, track=sweep
    )
    low = poly(take, notes, "triangle", 500, 0, 1, 0, (0.003, 0.3, 0.7, 0.05), (0,), 0)
    return eq(drive(blend((0, tone), (0, low)), 1.1), hp=34, lp=3200)


def tide(take: Take) -> Audio:
    notes = line(
        "D2:3 A1:.5 D2:.5 | C#2:3 A1:1 | B1:3 F#2:1 | G1:3 A1:.5 B1:.5 | D2:3 A1:1 |"
        "C#2:3 E2:1 | B1:3 A1:1 | G1:3 B1:.5 D2:.5 | E2:3 B1:1 | G1:3 B1:.5 G1:.5 | F#1:3 A1:1 |"
        "A1:3 C#2:.5 A1:.5 | E2:3 D2:1 | B1:3 F#1:1 | G1:3 D2:1 | A1:2 E2:1 A1:1"
    )
    tone = poly(take, notes, "square", 260, 0.8, 0.4, 0.3, (0.02, 0.6, 0.8, 0.1), (-5, 5), 0.1)
    low = glide(take, notes, 0.05, 0, (1, 0.2, 0.08), 0.02, 0.08)
    return eq(duck(blend((0, low), (-4, tone)), CLOCK, PULSE, 0.55, 0.7), hp=32, lp=1600)


def picked(take: Take) -> Audio:
    notes = [n for n in _bass("x.xx.x5x", "xxxxxx5x", 88) if n.beat < 60]
    notes = [n for n in notes if n.beat not in (15.5, 31.5, 47.5)]
    notes += line("A1:.5 A1:.5 A1:.5 A1:.5 A1:.5 B1:.5 C#2:1", 60)
    tone = squeeze(drive(gm(take, 34, notes, 0.005), 0.9), 3, 0)
    return eq(tone, hp=42, lp=3800, bells=[(90, 2, 1), (800, 2, 1)])


def sails(take: Take) -> Audio:
    sweep = curve(CLOCK, [(0, -0.8), (16, 0), (31, 0.5), (32, 0), (60, 1.1), (63, 0)])
    tone = poly(
        take, held(HARMONY, TOTAL, 78), "saw", 900, 0.3, 0.5, 0.3, (0.25, 1, 0.9, 0.5),
        (-11, 0, 10), 0.7, track=sweep,
    )  # fmt: skip
    tone = chorus(eq(tone, hp=210, lp=6000), 13, 0.002, 0.5)
    return reverb(duck(tone, CLOCK, PULSE, 0.4, 0.7), take.rng, 0.16, 1.8, 4000)


def stabs(take: Take) -> Audio:
    notes = []
    for i, (beat, tones) in enumerate(HARMONY):
        marks = "..x..x..|x..x..x." if i % 2 else "..x..x..|..x...x."
        if i >= 15:
            marks = "x.x."
        for k, mark in enumerate(marks.replace("|", "")[: 8 if i >= 15 else 16]):
            if mark == "x":
                notes += block([t + (12 if t < 57 else 0) for t in tones], beat + k / 4, 0.3, 86)
    tone = poly(take, notes, "pulse", 1100, 1.4, 0.12, 0.5, (0.003, 0.2, 0.4, 0.12), (-7, 7), 0.5)
    brass = gm(take, 62, notes, 0.004)
    tone = eq(blend((0, tone), (-8, brass)), hp=260, lp=5500)
    return reverb(delay(tone, CLOCK, 0.75, 0.35, 0.18, 2600), take.rng, 0.16, 1.2, 4500)


def grand(take: Take) -> Audio:
    notes = []
    for i, (beat, tones) in enumerate(HARMONY):
        full = beat < 60
        notes += strum(tones, beat, 1.4 if full else 1.9, 82, 0.01)
        if full:
            notes += block(tones[1:], beat + 1.5, 1.2, 68)
            notes += block(tones[:-1] if i % 2 else tones[1:], beat + 3, 0.9, 72)
    notes += line("A4:.5 F#4:.5", 15, 70) + line("D5:.5 B4:.5", 31, 72) + line("E5:1 C#5:1", 62, 76)
    tone = gm(take, 2, notes, 0.007)
    tone = chorus(eq(tone, hp=180, lp=7000, bells=[(350, -3, 1)]), 17, 0.0016, 0.45)
    return reverb(squeeze(tone, 2, 2), take.rng, 0.12, 1.2, 4500)


def glass(take: Take) -> Audio:
    up = [(b, [t + 12 for t in tones]) for b, tones in HARMONY]
    notes = figure(up, "A.2.3.1.2.4.3.2.", 0.25, 0.3, 32, 70)
    notes = [n for n in notes if n.beat < 32]
    notes += [n for n in figure(up, "A2314.23A4231.42", 0.25, 0.3, TOTAL, 72) if n.beat >= 32]
    tone = bells(take, notes, 2.0, 1.6, 0.28, 0.6, bright=0.25)
    tone = tone + 0.35 * bells(take, [n for n in notes if n.velocity > 80], 5.0, 1, 0.5)
    swell = curve(CLOCK, [(0, 0.75), (16, 1), (40, 0.9), (60, 1.15), (63, 0.8)])
    tone = eq(tone * swell, hp=400, lp=7500)
    return reverb(delay(tone, CLOCK, 0.75, 0.4, 0.25, 4000), take.rng, 0.18, 1.6, 5000)


def muted(take: Take) -> Audio:
    up = [(b, [t + (12 if t < 58 else 0) for t in sorted(tones)]) for b, tones in HARMONY]
    notes = figure(up, "A00A00A0A00A00A0", 0.25, 0.2, 32, 70)
    lift = figure(up, "A02A01A3A02A01A2", 0.25, 0.2, TOTAL, 70)
    notes = [n for n in notes if n.beat < 32] + [n for n in lift if n.beat >= 32]
    tone = gm(take, 28, notes, 0.004, 7)
    tone = eq(drive(tone, 0.8), hp=240, lp=5500, bells=[(1800, 3, 1)])
    return pan(delay(tone, CLOCK, 0.75, 0.3, 0.16, 3000), 0.1)


def marimba(take: Take) -> Audio:
    up = [(b, [t + 12 for t in tones[-3:]]) for b, tones in HARMONY]
    notes = figure(up, "A..1..2..1..2.1.", 0.25, 0.5, 32, 82)
    lift = figure(up, "A.1A.12.A.1A.132", 0.25, 0.5, TOTAL, 78)
    notes = [n for n in notes if n.beat < 32] + [n for n in lift if n.beat >= 32]
    tone = gm(take, 12, notes, 0.005, 7)
    return reverb(eq(tone, hp=230, lp=6000), take.rng, 0.2, 1.2, 4500)


def square(take: Take) -> Audio:
    notes = line(
        "r:4 | r:1 E5:.5 F#5:.5 E5:1 C#5:1 | D5:1.5 B4:.5 r:1 A4:.5 B4:.5 | D5:2 B4:1 r:1 |"
        "r:1 F#5:.5 E5:.5 D5:1 A4:1 | E5:1.5 C#5:.5 r:1 A4:.5 C#5:.5 |"
        "D5:1 F#5:1 E5:.5 D5:1 B4:.5 | D5:3 r:1 |"
        "G5:1.5 F#5:.5 E5:1 B4:1 | D5:1.5 E5:.5 D5:1 B4:1 | F#5:1.5 E5:.5 D5:1 A4:1 |"
        "C#5:2 E5:2 | G5:1.5 F#5:.5 E5:1 G5:1 | F#5:1 D5:1 B4:1 D5:1 |"
        "B4:1 D5:1 F#5:1 G5:1 | E5:2.5 r:1.5",
        velocity=88,
    )
    tone = glide(take, notes, 0.05, 0.005, (1, 0, 0.33, 0, 0.18, 0, 0.1, 0, 0.05), 0.02, 0.12)
    tone = eq(drive(tone, 0.9), hp=280, lp=3800)
    return reverb(delay(tone, CLOCK, 0.75, 0.4, 0.22, 2600), take.rng, 0.14, 1.4, 4000)


def oohs(take: Take) -> Audio:
    notes = line(
        "r:2 D5:1 E5:1 | C#5:3 r:1 | r:1 B4:1 D5:1 F#5:1 | D5:3 r:1 |"
        "r:2 D5:1 E5:1 | C#5:2 A4:1 r:1 | r:1 B4:1 D5:1 B4:1 | A4:3 r:1 |"
        "B4:2 E5:2 | D5:2 B4:2 | A4:2 D5:2 | E5:3 r:1 |"
        "B4:2 E5:2 | F#5:2 D5:1 B4:1 | D5:2 B4:2 | D5:2 C#5:1.5 r:.5",
        velocity=86,
    )
    low = line("r:32 G4:4 | G4:4 | F#4:4 | A4:3 r:1 | G4:4 | D4+F#4:4 | G4:4 | A4:3.5", velocity=70)
    morph = curve(CLOCK, [(0, 0.05), (24, 0.3), (31, 0.1), (36, 0.8), (58, 1), (63, 0.2)])
    tone = choir(take, notes + low, ("oo", "ah"), morph, 4)
    return reverb(eq(tone, hp=230), take.rng, 0.22, 1.8, 4000)


def whistle(take: Take) -> Audio:
    notes = line(
        "r:3 A5:.5 B5:.5 | A5:2 E5:1 r:1 | r:2 F#5:.5 A5:.5 B5:1 | A5:1.5 F#5:1.5 r:1 |"
        "r:3 A5:.5 B5:.5 | C#6:2 A5:1 r:1 | B5:1 A5:.5 F#5:1.5 D5:1 | B5:2 A5:1 r:1 |"
        "r:1 B5:1 G5:1 E5:1 | D6:1.5 B5:.5 G5:2 | r:1 A5:1 F#5:1 D5:1 | C#6:1.5 B5:.5 A5:2 |"
        "B5:1 G5:1 E5:1 G5:1 | F#5:2 B5:2 | A5:1 B5:1 D6:1 B5:1 | A5:1 E5:1 C#5:1 r:1",
        velocity=80,
    )
    tone = glide(take, notes, 0.06, 0.008, (1, 0.04, 0.02), 0.05, 0.12)
    flute = gm(take, 79, notes, 0.008)
    tone = eq(blend((0, tone), (-6, flute)), hp=400, lp=5000)
    return reverb(delay(tone, CLOCK, 1.0, 0.3, 0.16, 3000), take.rng, 0.2, 1.8, 4500)


def wash(take: Take) -> Audio:
    wave = curve(
        CLOCK,
        [(0, 0.25), (6, 1), (14, 0.2), (22, 0.9), (30, 0.25), (39, 1.1), (47, 0.25), (56, 1),
         (62, 0.3)],
    )  # fmt: skip
    sea = noise(take, 380, 1500, wave, 0.3)
    pad = gm(take, 91, held([(b, [t + 12 for t in c[-2:]]) for b, c in HARMONY], TOTAL, 66))
    buoy = bells(take, line("D6:8 A5:8 F#5:8 B5:8 E6:8 A5:8 G5:8 A5:8", 3, 60), 1.41, 2.2, 2.2)
    tone = blend((-7, sea), (-2, eq(pad, hp=500, lp=4000)), (-8, buoy))
    return reverb(tone, take.rng, 0.2, 2.4, 3500)


def cassette(take: Take) -> Audio:
    top = [(b, [t + 12 for t in tones]) for b, tones in HARMONY]
    gated = figure(top, "1.11.1.11.1.11.1", 0.25, 0.22, TOTAL, 70)
    gated += figure(top, "2.22.2.22.2.22.2", 0.25, 0.22, TOTAL, 66)
    tone = choir(take, gated, ("ah", "oh"), None, 2, 0.012, 0.06)
    tamb = machine(take, "shaker", bars(["....x.......x..."] * 15 + ["....x...x.x.x.xx"], 0))
    tone = blend((0, tremolo(tone, 16, 0.5)), (-13, tamb))
    return reverb(eq(tone, hp=450, lp=6000), take.rng, 0.16, 1.2, 4000)


SONG = Song(
    "harbour-lights",
    CLOCK,
    {
        "drums": Layer(
            0,
            -7,
            {
                "lightship": Part(lightship, mono=True),
                "pier": Part(pier, mono=True),
                "sessions": Part(sessions, mono=True),
                "clockwork": Part(clockwork, mono=True, trim=-1.5, top=7500),
            },
        ),
        "bass": Layer(
            -4,
            -11,
            {
                "octaves": Part(octaves, mono=True),
                "tide": Part(tide, mono=True, trim=-2.5),
                "picked": Part(picked, mono=True),
            },
        ),
        "chords": Layer(
            -5,
            -12,
            {
                "sails": Part(sails, top=6500),
                "stabs": Part(stabs, mono=True, top=7000),
                "grand": Part(grand, mono=True),
            },
        ),
        "arp": Layer(
            -7.5,
            -13,
            {
                "glass": Part(glass, mono=True, top=8000),
                "muted": Part(muted, mono=True, top=7000),
                "marimba": Part(marimba, mono=True, top=7000),
            },
        ),
        "lead": Layer(
            -5,
            -11.5,
            {
                "square": Part(square, mono=True, top=6000),
                "oohs": Part(oohs, mono=True, top=6000),
                "whistle": Part(whistle, mono=True, top=6500),
            },
        ),
        "texture": Layer(
            -10,
            -15,
            {
                "wash": Part(wash, mono=True, top=5000),
                "cassette": Part(cassette, mono=True, top=7000),
            },
        ),
    },
)
