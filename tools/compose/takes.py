"""Plays the take of Engine Room: content/takes/second-watch.take.

PYTHONPATH=. python tools/compose/takes.py
"""

from pathlib import Path

from pyodide_app.engine.take import Control, Move, Take, TakeLayer, TakeRow
from pyodide_app.engine.take_format import format_take

TAKES = Path(__file__).parents[2] / "content/takes"
RATE, FRAMES, BARS = 48000, 1_474_560, 16
BAR = FRAMES // BARS
BEAT = BAR // 4
LAYERS = (
    TakeLayer("drums", ("piston", "bilge", "half-deck")),
    TakeLayer("bass", ("hull", "turbine", "steel")),
    TakeLayer("chords", ("galley", "stab")),
    TakeLayer("signal", ("sonar", "foghorn")),
)
DRUMS, BASS, CHORDS, SIGNAL = range(4)


class Desk:
    """Both hands on the faders: what they do, by bar, counted from 1."""

    def __init__(self) -> None:
        self.moves: list[Move] = []

    def do(self, bar: float, control: Control, row: int = 0, value: int = 0, end: int = 0) -> None:
        """Move a control."""
        self.moves.append(Move(round((bar - 1) * BAR), control, row, value, end))

    def bring(self, bar: float, row: int) -> None:
        """Release Mute."""
        self.do(bar, Control.MUTE, row, 0)

    def cut(self, bar: float, row: int) -> None:
        """Press Mute."""
        self.do(bar, Control.MUTE, row, 1)

    def swap(self, bar: float, row: int, stem: str) -> None:
        """Choose a stem a beat early: it waits for the bar line."""
        index = LAYERS[row].stems.index(stem) + 1
        self.do(bar - 0.25, Control.STEM_ON_BAR, row, index)

    def ride(self, bar: float, bars: float, row: int, start: float, to: float) -> None:
        """Move a fader evenly, in steps of half a decibel."""
        self._ride(bar, bars, Control.VOLUME, row, start, to)

    def fade(self, bar: float, bars: float, start: float, to: float) -> None:
        """Move the master's fader in the same way."""
        self._ride(bar, bars, Control.MASTER, 0, start, to)

    def _ride(
        self, bar: float, bars: float, control: Control, row: int, start: float, to: float
    ) -> None:
        steps = round(abs(to - start) * 2)
        for step in range(1, steps + 1):
            decibels = round((start + (to - start) * step / steps) * 2) / 2
            self.do(bar + bars * step / steps, control, row, round(decibels * 100))

    def sweep(self, bar: float, bars: int, row: int, width: float) -> None:
        """Pan from the centre to one side, to the other, and back."""
        for step in range(1, 8 * bars + 1):
            turn = step / (8 * bars)
            side = 4 * turn if turn < 0.25 else 2 - 4 * turn if turn < 0.75 else 4 * turn - 4
            self.do(bar + bars * turn, Control.PAN, row, round(side * width * 20) * 50_000)

    def chop(self, bar: float, row: int, eighths: str) -> None:
        """Press Mute in eighths: x is heard."""
        for nth, (before, now) in enumerate(zip("x" + eighths, eighths, strict=False)):
            if before != now:
                self.do(bar + nth / 8, Control.MUTE, row, int(now != "x"))


def second_watch() -> Take:
    """Forty-four bars: sonar, heat, the beat, a breath, everything, and out."""
    desk = Desk()
    desk.bring(3, CHORDS)
    desk.ride(3, 2, CHORDS, -18, -3)
    desk.bring(5, BASS)
    desk.ride(5, 2, BASS, -12, 0)
    desk.chop(8, DRUMS, "------xx")
    desk.bring(9, DRUMS)
    desk.swap(13, CHORDS, "stab")
    desk.ride(13, 1, CHORDS, -3, 0)
    desk.sweep(13, 4, CHORDS, 0.6)
    desk.chop(16, DRUMS, "xx-xx-x-")
    desk.swap(17, BASS, "steel")
    desk.bring(17, DRUMS)
    desk.cut(21, DRUMS)
    desk.cut(21, CHORDS)
    desk.do(21, Control.LOOP, 0, 4 * BAR, 5 * BAR)
    desk.do(21, Control.SEEK, 0, 4 * BAR)
    desk.ride(21, 3, SIGNAL, -4, 1)
    desk.swap(23, SIGNAL, "foghorn")
    desk.chop(24, BASS, "xxxxxx--")
    desk.do(25, Control.LOOP, 0, 0, FRAMES)
    desk.do(25, Control.SEEK, 0, 0)
    desk.swap(25, DRUMS, "half-deck")
    desk.bring(25, DRUMS)
    desk.bring(25, BASS)
    desk.bring(25, CHORDS)
    desk.ride(25, 1, SIGNAL, 1, -4)
    desk.sweep(29, 4, SIGNAL, 0.8)
    desk.chop(32, DRUMS, "x-x-xxxx")
    desk.swap(33, DRUMS, "bilge")
    desk.swap(33, BASS, "turbine")
    desk.swap(33, CHORDS, "galley")
    desk.swap(37, SIGNAL, "sonar")
    desk.cut(39, DRUMS)
    desk.ride(39, 3, BASS, 0, -20)
    desk.cut(42, BASS)
    desk.fade(42, 3, 0, -40)
    rows = (
        TakeRow(1, 0, 0, mute=True),
        TakeRow(1, -1200, 0, mute=True),
        TakeRow(1, -1800, 0, mute=True),
        TakeRow(1, -400),
    )
    moves = tuple(sorted(desk.moves, key=lambda move: move.frame))
    return Take(
        song="engine-room",
        rate=RATE,
        frames=FRAMES,
        length=44 * BAR + BEAT,
        layers=LAYERS,
        rows=rows,
        loop=(0, FRAMES),
        moves=moves,
    )


if __name__ == "__main__":
    TAKES.mkdir(exist_ok=True)
    (TAKES / "second-watch.take").write_text(f"{format_take(second_watch())}\n", "ascii")
