"""The Other Side: the chorus of Dead Reckoning once more, slowly, with the engine off."""

from __future__ import annotations

from effects import curve, delay, eq, reverb, squeeze, width
from score import Audio, Clock, Layer, Part, Song, Take, changes, figure, held, line, strum
from synth import bells, blend, choir, gm, noise

CLOCK = Clock(bpm=60, bars=18)
END = 64
"""The beat at which nothing new begins; what sounds then rings out."""
HARMONY = changes(
    "B2 F#3 D4 | B2 F#3 D4 |"
    "G2 D3 B3 F#4 | A2 E3 C#4 | B2 F#3 A3 D4 | D3 A3 F#4 |"
    "G2 D3 B3 G4 | A2 E3 C#4 F#4 | D3 A3 F#4 | A2 E3 C#4 |"
    "G2 D3 B3 | A2 E3 C#4 | F#2 C#3 A3 E4 | B2 F#3 A3 D4 |"
    "E2 B2 G3 D4 | F#2 C#3 A#3 E4"
)
TUNE = (
    "r:8 | F#4:1 G4:.5 B4:1.5 A4:1 | C#5:2 B4:.5 A4:1.5 | D5:1.5 C#5:.5 B4:2 | A4:3 F#4:1 |"
    "B4:1 D5:.5 E5:1.5 D5:1 | C#5:1 F#5:1.5 E5:1.5 | D5:2 A4:1 F#4:1 | E4:3 r:1 |"
    "G4:1 B4:1 D5:2 | C#5:1.5 B4:.5 A4:2 | E5:1.5 C#5:.5 A4:2 | D5:2 C#5:1 B4:1 |"
    "B4:1 G4:1 E4:2 | E4:1.5 F#4:.5 A#4:1 C#5:1"
)


def piano(take: Take) -> Audio:
    notes = figure(HARMONY, "A123213.", 0.5, 1.9, END, 50, gate=1.1)
    notes += line(TUNE, velocity=74, gate=1.1)
    notes += strum([35, 47, 54, 59, 63, 66], END, 7, 62, 0.09)  # B major: home
    tone = gm(take, 0, notes, 0.016, 6)
    tone = eq(squeeze(tone, 2, 2), hp=45, lp=5200, bells=[(280, -2, 1)])
    return reverb(tone, take.rng, 0.24, 2.8, 3600)


def hum(take: Take) -> Audio:
    top = [(beat, tones[-2:]) for beat, tones in HARMONY if beat >= 8]
    notes = held(top, END, 62, 0.98) + line("r:64 F#4+D#4:5", velocity=60)
    swell = curve(
        CLOCK, [(0, 0.2), (8, 0.3), (24, 0.8), (40, 0.6), (56, 1.1), (64, 0.8), (70, 0.1)]
    )
    tone = choir(take, notes, ("mm", "oo"), swell, 4, 0.5, 0.9)
    return width(reverb(eq(tone, hp=160, lp=2600) * swell, take.rng, 0.4, 3.2, 2600), 1.1)


def cello(take: Take) -> Audio:
    notes = line(
        "r:40 | D3:2 B2:2 | C#3:2 E3:2 | A3:3 G3:1 | F#3:4 | E3:2 G3:2 | F#3:3 E3:1 | D#3:5",
        velocity=78,
        gate=1.02,
    )
    swell = curve(CLOCK, [(0, 0.1), (38, 0.2), (48, 1), (58, 1.15), (66, 0.8), (70, 0)])
    tone = eq(gm(take, 42, notes, 0.016), hp=90, lp=3600, bells=[(240, -3, 1)])
    return reverb(tone * swell, take.rng, 0.3, 2.6, 3000)


def sea(take: Take) -> Audio:
    waves = curve(
        CLOCK,
        [
            (0, 0.05),
            (3, 1),
            (7, 0.4),
            (12, 0.8),
            (20, 0.3),
            (30, 0.6),
            (44, 0.3),
            (60, 0.7),
            (70, 0.02),
        ],
    )
    buoy = bells(
        take, line("F#5:8 B5:8 F#5:16 D6:8 B5:8 F#5:16 B5:4", 1.5, 58), 2.76, 0.7, 1.6, 0.4
    )
    bed = noise(take, 240, 1400, waves, 0.7)
    tone = blend((-6, bed), (0, delay(eq(buoy, hp=300, lp=5000), CLOCK, 1.5, 0.4, 0.3)))
    return reverb(tone, take.rng, 0.35, 3, 3000)


SONG = Song(
    "the-other-side",
    CLOCK,
    {
        "hands": Layer(0, -6, {"piano": Part(piano, top=6000)}),
        "voice": Layer(-7, -12, {"hum": Part(hum, top=4000)}),
        "strings": Layer(-8, -12, {"cello": Part(cello, mono=True, top=5000)}),
        "watch": Layer(-15, -16, {"sea": Part(sea, top=6000)}),
    },
    target=-19.0,
)
