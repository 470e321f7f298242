"""Dead Reckoning: a crossing in one piece, 96 bpm, B minor, 3 minutes 40."""

from __future__ import annotations

from collections.abc import Sequence

from effects import chorus, curve, delay, drive, duck, eq, pan, reverb, squeeze, tremolo, width
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
    hits,
    line,
    pitch,
    strum,
)
from synth import bells, blend, choir, glide, gm, machine, noise, poly

CLOCK = Clock(bpm=96, bars=88)
# The first bar of each section, counted from 0.
VERSE, BUILD, CHORUS, BREAK, REBUILD, RETURN, END = 8, 24, 32, 48, 60, 64, 80
BARS = CLOCK.bars

_VERSE = (
    "A3 B3 D4 F#4 | G3 B3 D4 F#4 | A3 D4 E4 F#4 | A3 C#4 E4 |"
    "A3 B3 D4 F#4 | G3 B3 D4 F#4 | G3 B3 D4 E4 | A3 C#4 E4 F#4"
)
_RISE = "G3 B3 D4 F#4 | A3 C#4 E4 F#4 | G3 B3 D4 F#4"
_CHORUS = (
    "G3 B3 D4 F#4 | A3 C#4 E4 | A3 B3 D4 F#4 | A3 D4 F#4 |"
    "G3 B3 D4 G4 | A3 C#4 E4 F#4 | A3 D4 F#4 | A3 C#4 E4"
)
_BREAK = (
    "G3 B3 D4 F#4 | G3 B3 D4 F#4 | B3 D4 F#4 | B3 D4 F#4 | A3 B3 D4 F#4 | A3 B3 D4 F#4 |"
    "A3 C#4 E4 | A3 C#4 E4 | G3 B3 D4 F#4 | B3 D4 F#4 | F#3 B3 C#4 E4 | F#3 A#3 C#4 E4"
)
_LAST = (
    "A3 B3 D4 F#4 | G3 B3 D4 F#4 | A3 D4 E4 F#4 | A3 C#4 E4 |"
    "G3 B3 D4 F#4 | A3 C#4 E4 | F#3 B3 D4 | F#3 B3 C#4"
)
HARMONY = changes(
    "|".join(
        [_VERSE] * 3
        + [_RISE, "A3 B3 C#4 E4", _RISE, "A3 D4 E4 / A3 C#4 E4"]
        + [_CHORUS] * 2
        + [_BREAK, _RISE, "A3 D4 E4 / A3 C#4 E4"]
        + [_CHORUS] * 2
        + [_LAST]
    )
)
ROOTS = (
    "B1 B1 B1 B1 B1 B1 E2 F#1 " + "B1 G1 F#1 A1 B1 G1 E2 F#1 " * 2 + "E2 F#1 G1 A1 " * 2
    + "G1 A1 B1 F#1 G1 A1 D2 C#2 " * 2 + "E2 E2 G1 G1 B1 B1 C#2 C#2 E2 G1 F#1 F#1 E2 F#1 G1 A1 "
    + "G1 A1 B1 F#1 G1 A1 D2 C#2 " * 2 + "B1 G1 F#1 A1 G1 A1 B1 B1"
).split()  # fmt: skip


def over(
    start: int, end: int, patterns: Sequence[str], drum: int = 0, gain: float = 1.0
) -> list[Note]:
    """Patterns of one bar each, in turn, from bar `start` to before bar `end`."""
    notes = []
    for i, bar in enumerate(range(start, end)):
        notes += hits(patterns[i % len(patterns)], drum, bar * 4, gain=gain)
    return notes


def chords(start: int, end: int, octave: int = 0) -> list[tuple[float, list[int]]]:
    """The voicings from bar `start` to before bar `end`."""
    return [
        (beat, [p + 12 * octave for p in tones])
        for beat, tones in HARMONY
        if start * 4 <= beat < end * 4
    ]


def picked(
    start: int, end: int, pattern: str, length: float, velocity: int, octave: int = 0
) -> list[Note]:
    """The chords of some bars in sixteenths, as `figure` reads a pattern."""
    return figure(chords(start, end, octave), pattern, 0.25, length, end * 4, velocity)


def at(bar: int, text: str, velocity: int = 84, gate: float = 0.96) -> list[Note]:
    """A melody that begins with a bar."""
    return line(text, bar * 4, velocity, gate)


def moves(*points: tuple[float, float]) -> Audio:
    """An automation curve from (bar, value) points."""
    return curve(CLOCK, [(bar * 4, value) for bar, value in points])


def deckhand(take: Take) -> Audio:
    turn = "X.....x...X.x.x."
    kick = over(8, 16, ["X.........x.....", "X.....x...x....."], 36, 0.85)
    kick += over(16, 24, ["X.....x...X.....", "X.....x.x.X....."], 36)
    kick += over(24, 31, ["X...x...X...x..."], 36, 0.9)
    kick += over(32, 48, ["X..x..x...X.....", "X..x..x...X..x..", "X..x..x...X.....", turn], 36)
    kick += over(60, 63, ["X...X...X...X..."], 36, 0.9)
    kick += over(64, 72, ["X..x..x...X..x..", "X..x..x.x.X..x.."], 36)
    kick += over(72, 80, ["X..x..x...X..x.."] * 3 + [turn], 36)
    kick += over(80, 84, ["X.........x....."], 36, 0.8)
    snare = over(8, 16, ["....x.......x..."], 37, 0.8)
    snare += over(16, 24, ["....X..-.,..X...", "....X..,.-..X..,"], 38, 0.9)
    snare += over(23, 24, ["..........,-ox.X"], 38, 0.85)
    toms = over(24, 31, ["x.-o..x.-.o.x.o.", "x.-o..x.-.o.xoxo"], 45, 0.66)
    toms += over(26, 31, ["....o.......o.-o"], 48, 0.66) + hits(
        "X.xxX.xxXxXxXXXX", 41, 31 * 4, gain=0.85
    )
    snare += hits("........x.x.xxXX", 38, 31 * 4)
    back = ["....X..-....X...", "....X..-.-..X..,", "....X..,....X..-", "....X..-.-..X-oX"]
    snare += over(32, 48, back, 38) + over(64, 80, back, 38)
    roll = ["-,-,-,-,-,-,-,-,", "-,-,-,-,o,-,o,-,", "o-o-o-o-x-o-x-o-", "xoxoxoxoXxXxXXXX"]
    snare += over(60, 64, roll, 38)
    snare += over(80, 84, ["....x.......x..."], 37, 0.7)
    hat = over(8, 16, ["o.-.o.-.o.-.o.-."], 42, 0.75)
    hat += over(16, 24, ["x.o-x.o.x.o-x.o."], 42, 0.8)
    hat += over(80, 84, ["o.-.o.-.o.-.o.-."], 42, 0.6)
    ride = over(32, 48, ["x.o.x.o.x.o.x.o."], 51, 0.75) + over(
        64, 80, ["x.oox.oox.oox.oo"], 51, 0.8
    )
    crash = [n for bar in (32, 40, 48, 64, 72, 80) for n in hits("x", 49, bar * 4, gain=0.85)]
    kit = gm(take, 0, kick + snare + toms + hat + ride + crash, 0.006, drums=True)
    kit = squeeze(eq(kit, hp=40, bells=[(68, 2, 1), (380, -3, 1)]), 3, 0)
    return reverb(width(kit, 0.6), take.rng, 0.12, 0.9, 4500)


def telegraph(take: Take) -> Audio:
    """The rim taps D and R in Morse: -.. .-."""
    code = "x..x.x.x.x..x..."
    kick = over(8, 24, ["X.....X...x.....", "X.....X...x..x.."]) + over(
        24, 31, ["X...X...X...X..."]
    )
    kick += over(32, 48, ["X...X...X...X...", "X...X...X...X..x"])
    kick += over(62, 63, ["X...X...X...X..."])
    kick += over(64, 80, ["X...X...X...X...", "X...X..xX...X.x."]) + over(
        80, 84, ["X.........x....."]
    )
    snap = over(12, 24, ["....x.......x...", "....x.......x..-"])
    snap += over(24, 32, ["....x.......x..."] * 7 + ["x.x.x.x.xxxxXXXX"])
    roll = over(62, 64, ["o...o...o.o.o.o.", "x.x.x.x.xxxxXXXX"])
    clap = over(32, 48, ["....X.......X..."])
    clap += over(64, 80, ["....X.......X...", "....X.......X.x."])
    hat = over(6, 8, ["..-...-...-...-."]) + over(8, 24, ["o-x-o-x-o-x-o-x-"])
    hat += over(64, 80, ["xoo-xoo-xoo-xoox"]) + over(80, 84, ["o.-.o.-.o.-.o.-."])
    opened = over(32, 48, ["..x...x...x...x."]) + over(72, 80, ["..x...x...x...x."])
    rim = over(8, 24, [code, ""]) + over(52, 60, [code, "", "", ""]) + over(80, 84, [code, ""])
    toms = hits("x..x..x.x..xx.xx", 0, 47 * 4) + hits("x..x..x.x..xx.xx", 0, 79 * 4)
    out = machine(take, "kick", kick, 0.95)
    out += machine(take, "tick", snap, 0.75) + machine(take, "gate", roll, 0.5)
    out += machine(take, "clap", clap, 0.6, -0.15)
    out += machine(take, "hat", hat, 0.4, 0.2) + machine(take, "open", opened, 0.34, 0.2)
    out += delay(machine(take, "rim", rim, 0.5), CLOCK, 0.75, 0.4, 0.3, 2500)
    out += machine(take, "tom", toms, 0.6)
    return reverb(drive(eq(out, hp=36), 0.9), take.rng, 0.1, 0.8, 4500)


def rigging(take: Take) -> Audio:
    steady, shy = ["o,-,o,-,o,-,o,-o"], ["o.-.o.-.o.-.o.-."]
    shaker = over(16, 32, steady, 82, 0.8) + over(60, 64, steady, 82, 0.8)
    shaker += over(80, 83, shy, 82, 0.7)
    wood = over(10, 12, ["......x...o....."], 76, 0.6)
    wood += over(16, 24, ["......x...o.....", "......x..o..x..."], 76, 0.6)
    bell = over(40, 48, ["x.-.x.-.x.-.x.-."], 54, 0.8)
    bell += over(64, 80, ["x-ooX-oox-ooX-oo"], 54, 0.8)
    low = over(24, 31, ["..x...xx..x..xx."], 64, 0.8)
    low += over(64, 80, ["..x..xx...x..xx.", "..x..xx..xx.xxx."], 64, 0.8)
    high = over(72, 80, ["x..-o..-x..-o.--"], 63, 0.75)
    kit = gm(take, 0, shaker + wood + bell + low + high, 0.008, 8, drums=True)
    return reverb(eq(squeeze(kit, 2, 2), hp=120, lp=8500), take.rng, 0.12, 0.8, 4500)


def _pulse(start: int, end: int, pattern: str, velocity: int) -> list[Note]:
    """Eighths over the roots: x root, X root accented, o octave, 5 fifth."""
    notes = []
    for bar in range(start, end):
        root = pitch(ROOTS[bar])
        fifth = 7 if ROOTS[bar] != "C#2" else 8  # A over C#: its third below, its root above
        steps = {"x": 0, "X": 0, "o": 12, "5": fifth}
        for i, mark in enumerate(pattern):
            if mark in steps:
                loud = velocity + (10 if mark == "X" else 0)
                notes.append(Note(bar * 4 + i / 2, 0.45, root + steps[mark], loud))
    return notes


def keel(take: Take) -> Audio:
    notes = at(
        8,
        "B1:2.5 r:.5 F#2:1 | G1:2.5 r:.5 B1:1 | F#1:2.5 r:.5 D2:1 | A1:2.5 r:.5 C#2:1 |"
        "B1:2.5 r:.5 D2:1 | G1:2.5 r:.5 D2:1 | E2:2.5 r:.5 B1:1 | F#1:2 A1:1 C#2:1",
        86,
    )
    notes += _pulse(16, 24, "X.xx.x5x", 84) + _pulse(24, 32, "xxxxxxxx", 84)
    notes += _pulse(32, 48, "Xxxxxxxo", 90) + at(56, "E2:4 | G1:4 | F#1:4 | F#1:3 F#2:1", 76)
    notes += _pulse(60, 64, "xxxxxxxx", 86) + _pulse(64, 72, "Xxxoxxxo", 92)
    notes += _pulse(72, 80, "Xxoxxxox", 94)
    notes += at(80, "B1:2.5 r:.5 F#2:1 | G1:2.5 r:.5 B1:1 | F#1:3 r:1 | A1:3 r:1", 78)
    notes += at(84, "G1:4 | A1:4 | B1:6", 76)
    tone = squeeze(drive(gm(take, 34, notes, 0.005), 0.9), 3, 0)
    return eq(tone, hp=40, lp=3400, bells=[(90, 2, 1), (800, 2, 1)])


def swell(take: Take) -> Audio:
    notes = []
    for bar in (*range(8, 48), *range(56, 86)):
        root = pitch(ROOTS[bar])
        root += 12 if root < pitch("F#1") else 0
        if bar < CHORUS or bar >= END or BREAK <= bar < REBUILD:
            notes.append(Note(bar * 4, 3.8, root, 84))
        else:
            notes += [Note(bar * 4, 1.4, root, 92), Note(bar * 4 + 1.5, 1.9, root, 86)]
            notes.append(Note(bar * 4 + 3.5, 0.45, root + (12 if bar % 2 else 7), 80))
    tone = glide(take, notes, 0.05, 0, (1, 0.3, 0.14, 0.07), 0.04, 0.12)
    beats = [float(b) for b in range(CHORUS * 4, BREAK * 4)]
    beats += [float(b) for b in range(RETURN * 4, END * 4)]
    return eq(duck(drive(tone, 1.4), CLOCK, beats, 0.45, 0.6), hp=30, lp=1000)


def piano(take: Take) -> Audio:
    notes = picked(0, 8, "A.2.1.3.2.1.3.2.", 0.6, 66, 1)
    notes += picked(16, 24, "A...2.3...1...3.", 0.9, 62)
    for beat, tones in chords(28, 32):
        steps = 2 if beat % 4 or beat == 31 * 4 else 4
        notes += [n for k in range(steps) for n in block(tones, beat + k, 0.8, 70)]
    for start in (CHORUS, RETURN):
        for beat, tones in chords(start, start + 16):
            notes += block(tones, beat, 1.4, 84) + block(tones[1:], beat + 1.5, 1.3, 72)
            notes += block(tones, beat + 3, 0.9, 76)
    notes += picked(64, 80, "..0.2.3...1.3.2.", 0.5, 66, 1)
    notes += at(
        48,
        "r:1 B4:1 D5:1 F#5:1 | G5:3 F#5:1 | D5:3 r:1 | r:1 B4:1 D5:1 A5:1 | F#5:3 E5:1 |"
        "D5:2 C#5:1 B4:1 | C#5:3 E5:1 | A4:4 | r:1 B4:1 E5:1 G5:1 | F#5:2 D5:2 | C#5:2 B4:2 |"
        "A#4:4",
        74,
        1.1,
    )
    low = [n for b, t in chords(48, 60) for n in strum(t, b, 3.9, 56, 0.06)]
    notes += low + [Note(bar * 4, 3.9, pitch(ROOTS[bar]) + 12, 58) for bar in range(48, 60)]
    notes += picked(80, 86, "A.2.1.3.2.1.3.2.", 0.6, 62, 1)
    notes += strum([59, 66, 71, 74], 86 * 4, 7, 60, 0.12)
    tone = gm(take, 0, notes, 0.01, 6)
    tone = eq(squeeze(tone, 2, 2), hp=90, lp=5500, bells=[(300, -3, 1)])
    return reverb(tone, take.rng, 0.2, 1.8, 4000)


def halyard(take: Take) -> Audio:
    notes = picked(4, 8, "A.....3.....2...", 0.9, 72, 1)
    notes += picked(16, 24, "A..2..3..1..2.3.", 0.5, 72, 1)
    notes += picked(24, 32, "A.0.0.0.0.0.0.0.", 0.3, 66, 1)
    for start, end in ((32, 48), (64, 80)):
        for beat, tones in chords(start, end, 1):
            for k, mark in enumerate("x.oxo.xo"):
                loud = {"x": 82, "o": 66}.get(mark)
                if loud:
                    notes += strum(tones[-3:], beat + k / 2, 0.45, loud, 0.012 if k % 2 else -0.012)
    notes += picked(60, 64, "A.0.0.0.0.0.0.0.", 0.3, 72, 1)
    notes += picked(80, 85, "A.....3.....2...", 0.9, 66, 1)
    tone = eq(drive(gm(take, 27, notes, 0.006, 7), 0.8), hp=240, lp=5500, bells=[(1800, 2, 1)])
    return pan(reverb(delay(tone, CLOCK, 0.75, 0.4, 0.26, 2800), take.rng, 0.16, 1.3, 4000), 0.2)


def logline(take: Take) -> Audio:
    notes = picked(4, 8, "A.2.0.3.2.0.3.1.", 0.2, 66, 1)
    notes += picked(12, 16, "A.2.0.3.2.0.3.1.", 0.2, 66, 1)
    notes += picked(16, 24, "A.203.2.1.302.1.", 0.2, 70, 1)
    notes += picked(24, 32, "A203120312031203", 0.2, 72, 1)
    notes += picked(32, 48, "A203A213A203A231", 0.2, 76, 1)
    notes += picked(60, 64, "A203120312031203", 0.2, 70, 1)
    notes += picked(64, 80, "A231A203A213A203", 0.2, 78, 1)
    notes += picked(80, 84, "A.2.0.3.2.0.3.1.", 0.2, 62, 1)
    track = moves(
        (0, -1.2), (8, -0.7), (16, -0.4), (24, -0.5), (31.5, 0.8), (32, 0.2), (46, 0.9), (48, 0),
        (60, -1.4), (63.8, 1.2), (64, 0.4), (79, 1.2), (80, 0), (84, -1.4),
    )  # fmt: skip
    tone = poly(take, notes, "pulse", 900, 1.3, 0.1, 0.6, (0.003, 0.14, 0.35, 0.08), (-5, 5), 0.4,
                track=track)  # fmt: skip
    tone = eq(tone * moves((0, 0.6), (8, 0.8), (32, 1), (80, 0.9), (84, 0.4)), hp=280, lp=6000)
    return reverb(delay(tone, CLOCK, 0.75, 0.38, 0.22, 3000), take.rng, 0.14, 1.2, 4500)


HIGH = "D5:4 | E5:4 | F#5:4 | F#5:2 A5:2 | G5:4 | F#5:2 E5:2 | F#5:4 | E5:4"
LOW = "G4:4 | A4:4 | B4:4 | A4:4 | B4:4 | A4:4 | A4:4 | A4:4"
ABOVE = (
    "B5:2 G5:2 | E5:2 A5:2 | B5:3 C#6:1 | D6:2 A5:2 | B5:2 D6:2 | C#6:2 A5:2 | F#5:2 A5:2 | E5:4"
)


def quartet(take: Take) -> Audio:
    notes = at(4, "F#5:8 | E5:8", 62, 1.0)
    notes += at(16, "D5:4 | D5:4 | D5:2 F#5:2 | E5:4 | D5:4 | B4:2 D5:2 | E5:4 | C#5:4", 70)
    notes += at(16, "F#4:4 | G4:4 | A4:4 | A4:4 | F#4:4 | G4:4 | B4:4 | A4:4", 64)
    notes += held(chords(24, 32, 1), 32 * 4, 74)
    for bar in (32, 40, 64, 72):
        notes += at(bar, HIGH, 80) + at(bar, LOW, 74)
    notes += at(64, ABOVE, 82) + at(72, ABOVE, 86)
    notes += at(52, "B4:4 | D5:4 | C#5:4 | E5:4 | D5:4 | D5:4 | C#5:4 | C#5:4", 62)
    notes += at(54, "A4:4 | A4:4 | B4:4 | B4:4 | B4:4 | A#4:4", 58)
    notes += held(chords(60, 64, 1), 64 * 4, 76)
    notes += at(80, "D5:4 | D5:4 | D5:4 | C#5:4 | B4:4 | C#5:4 | D5:8", 66)
    notes += at(80, "F#4:4 | G4:4 | A4:4 | A4:4 | G4:4 | A4:4 | F#4:7", 60)
    tone = blend((0, gm(take, 48, notes, 0.016)), (-7, gm(take, 49, notes, 0.02)))
    level = moves(
        (4, 0.15), (6, 0.45), (8, 0.2), (16, 0.5), (24, 0.45), (31.5, 1), (32, 0.8), (48, 0.75),
        (52, 0.4), (59, 0.6), (60, 0.5), (63.8, 1.05), (64, 0.9), (79, 1.05), (81, 0.6), (88, 0.1),
    )  # fmt: skip
    tone = eq(tone * level, hp=260, lp=5200, bells=[(2600, -2, 1)])
    return reverb(width(tone, 0.5), take.rng, 0.18, 1.8, 3500)


TUNE = (
    "B4:1.5 D5:.5 F#5:2 | E5:1.5 C#5:.5 A4:2 | D5:1.5 C#5:.5 B4:1 F#5:1 | A5:2.5 F#5:.5 D5:1 |"
    "B4:1.5 D5:.5 G5:2 | F#5:1 E5:1 C#5:1 A4:1 | D5:1 E5:.5 F#5:1.5 A5:1 | E5:3 r:1"
)
AGAIN = TUNE.replace("D5:1 E5:.5 F#5:1.5 A5:1", "F#5:1 A5:1.5 B5:.5 A5:1")
CALL = "r:2 F#4:.5 A4:.5 D5:1 | C#5:1.5 A4:.5 E4:1.5 r:.5"


def flugelhorn(take: Take) -> Audio:
    notes = at(10, CALL, 74)
    notes += at(
        16,
        "r:1 F#4:.5 B4:.5 D5:2 | B4:3 r:1 | r:1 A4:.5 D5:.5 F#5:1.5 E5:.5 | C#5:2.5 r:1.5 |"
        "r:1 F#4:.5 B4:.5 D5:1 F#5:1 | D5:2 B4:2 | G4:1 B4:1 E5:1.5 D5:.5 | C#5:3 r:1",
        80,
    )
    for bar in (32, 64):
        notes += at(bar, TUNE, 88) + at(bar + 8, AGAIN, 92)
    notes += at(56, "r:2 E5:2 | D5:3 r:1 | r:2 C#5:2 | E5:4", 70)
    notes += at(82, CALL, 72) + at(86, "r:1 B4:5", 66)
    horn = blend((0, gm(take, 56, notes, 0.014, 6)), (-2, gm(take, 60, notes, 0.016, 6)))
    tone = eq(horn, hp=200, lp=3600, bells=[(1400, -2, 1)])
    return reverb(delay(tone, CLOCK, 1.0, 0.3, 0.12, 2400), take.rng, 0.24, 2.0, 3800)


def voice(take: Take) -> Audio:
    first = (
        "r:1 D5:1 B4:2 | C#5:3 E5:1 | D5:2 F#5:2 | F#5:3 r:1 |"
        "r:1 E5:1 D5:1 B4:1 | C#5:2 A4:2 | F#5:2 D5:2 | E5:2 C#5:1.5 r:.5"
    )
    second = first.replace("F#5:2 D5:2 | E5:2 C#5:1.5 r:.5", "F#5:1 A5:2 F#5:1 | E5:3.5 r:.5")
    under = "r:1 G4:3 | A4:4 | B4:4 | A4:3 r:1 | r:1 G4:3 | A4:4 | A4:4 | A4:3.5 r:.5"
    notes = at(10, "r:3 F#4:1 | E4:3 r:1", 74)
    notes += at(
        16,
        "r:2 D5:1 C#5:1 | B4:3 r:1 | r:2 A4:1 B4:1 | C#5:3 r:1 | r:2 D5:1 F#5:1 | D5:3 r:1 |"
        "r:1 E5:1 D5:1 B4:1 | C#5:3.5 r:.5",
        80,
    )
    notes += at(28, "B4+E5:4 | C#5+F#5:4 | D5+G5:4 | E5+A5:3.5", 82)
    for bar in (32, 64):
        notes += at(bar, first, 88) + at(bar + 8, second, 92)
        notes += at(bar, under, 68) + at(bar + 8, under, 72)
    notes += at(50, "r:2 B4:2 | D5:3 r:1 | r:2 D5:2 | C#5:3 r:1", 68)
    notes += at(62, "D5+G5:4 | E5+A5:3.5", 84)
    notes += at(82, "r:3 F#4:1 | E4:3 r:1 | r:2 D5:2 | C#5:3 r:1 | B4:6", 70)
    morph = moves((0, 0), (20, 0.2), (28, 0.3), (32, 0.9), (48, 0.7), (50, 0), (64, 1), (80, 0))
    tone = choir(take, notes, ("oo", "ah"), morph, 3)
    return reverb(delay(eq(tone, hp=200), CLOCK, 1.5, 0.3, 0.14, 2200), take.rng, 0.24, 2.2, 3500)


BUOYS = {
    0: "B5", 3: "F#5", 6: "E5", 10: "F#5", 47: "A5", 50: "B5", 53: "F#5", 56: "B5", 59: "C#6",
    79: "A5", 82: "F#5", 85: "B5",
}  # fmt: skip


def watch(take: Take) -> Audio:
    swell = moves(
        (0, 0.9), (4, 0.5), (7, 1), (10, 0.2), (12, 0), (47, 0), (50, 0.9), (54, 0.5), (57, 1),
        (60, 0.2), (62, 0), (79, 0), (83, 0.7), (87, 1),
    )  # fmt: skip
    sea = noise(take, 350, 1500, swell, 0.3)
    rings = [Note(bar * 4 + 2.5, 2, pitch(name), 66) for bar, name in BUOYS.items()]
    buoy = bells(take, rings, 1.41, 2.0, 2.2)
    light = held(chords(0, 8, 1), 8 * 4, 62) + held(chords(64, 80, 1), 80 * 4, 68)
    pad = poly(
        take, light, "triangle", 1400, 0, 1, 0.1, (0.8, 1, 0.9, 1.2), (-9, 9), 0.5, loose=0.02
    )
    tone = blend((-5, sea), (-3, eq(tremolo(pad, 440, 0.3), hp=400, lp=4000)), (-6, buoy))
    return reverb(chorus(tone, 61, 0.0014, 0.3), take.rng, 0.24, 2.2, 3500)


SONG = Song(
    "dead-reckoning",
    CLOCK,
    {
        "drums": Layer(
            0,
            -7.5,
            {
                "deckhand": Part(deckhand, mono=True, top=7500),
                "telegraph": Part(telegraph, mono=True, top=7500),
            },
        ),
        "hands": Layer(-8, -14, {"rigging": Part(rigging, mono=True, top=7000)}),
        "bass": Layer(
            -3.5,
            -11,
            {
                "keel": Part(keel, mono=True),
                "swell": Part(swell, mono=True, trim=-2.5),
            },
        ),
        "keys": Layer(-5, -12, {"cabin-piano": Part(piano, mono=True, top=5500)}),
        "guitar": Layer(-7, -14, {"halyard": Part(halyard, mono=True, top=6000)}),
        "sequence": Layer(-8, -15, {"log-line": Part(logline, mono=True, top=6000)}),
        "strings": Layer(-6, -13, {"quartet": Part(quartet, top=5500)}),
        "lead": Layer(
            -4.5,
            -12,
            {
                "flugelhorn": Part(flugelhorn, mono=True, top=5500),
                "voice": Part(voice, mono=True, top=5500),
            },
        ),
        "watch": Layer(-10, -16, {"middle-watch": Part(watch, mono=True, top=5000)}),
    },
    bits=14,
)
