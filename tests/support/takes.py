"""Takes: made up by hypothesis, and one of the small site."""

from __future__ import annotations

from hypothesis import strategies as st

from pyodide_app.engine.take import Control, Move, Take, TakeLayer, TakeRow
from pyodide_app.engine.take_format import format_take

LAYERS = (TakeLayer("drums", ("live", "tape")), TakeLayer("bass", ("synth",)))
_VOLUMES = st.integers(-6000, 600)
_PANS = st.integers(-1_000_000, 1_000_000)


@st.composite
def loops(draw: st.DrawFn, frames: int) -> tuple[int, int]:
    start = draw(st.integers(0, frames - 1))
    return start, draw(st.integers(start + 1, frames))


@st.composite
def moves(draw: st.DrawFn, frame: int, frames: int, layers: tuple[TakeLayer, ...]) -> Move:
    control = draw(st.sampled_from(Control))
    if control is Control.LOOP:
        return Move(frame, control, 0, *draw(st.one_of(st.just((0, 0)), loops(frames))))
    if control is Control.SEEK:
        return Move(frame, control, 0, draw(st.integers(0, frames - 1)))
    if control is Control.MASTER:
        return Move(frame, control, 0, draw(_VOLUMES))
    row = draw(st.integers(0, len(layers) - 1))
    values = {
        Control.STEM: st.integers(0, len(layers[row].stems)),
        Control.STEM_ON_BAR: st.integers(0, len(layers[row].stems)),
        Control.MUTE: st.integers(0, 1),
        Control.SOLO: st.integers(0, 1),
        Control.VOLUME: _VOLUMES,
        Control.PAN: _PANS,
    }
    return Move(frame, control, row, draw(values[control]))


@st.composite
def takes(
    draw: st.DrawFn,
    *,
    rate: int = 8000,
    frames: int = 8000,
    layers: tuple[TakeLayer, ...] = LAYERS,
    most_moves: int = 12,
) -> Take:
    length = draw(st.integers(1, frames))
    times = draw(st.lists(st.integers(0, length), max_size=most_moves))
    rows = tuple(
        TakeRow(
            draw(st.integers(0, len(layer.stems))),
            draw(_VOLUMES),
            draw(_PANS),
            draw(st.booleans()),
            draw(st.booleans()),
        )
        for layer in layers
    )
    return Take(
        song="undertow",
        rate=rate,
        frames=frames,
        length=length,
        layers=layers,
        rows=rows,
        master=draw(_VOLUMES),
        loop=draw(st.one_of(st.none(), loops(frames))),
        position=draw(st.integers(0, frames - 1)),
        moves=tuple(draw(moves(frame, frames, layers)) for frame in sorted(times)),
    )


def late_take(*, bass: str = "synth", mute: int = 100) -> str:
    """Return the text of a take of the small site's first song."""
    layers = (TakeLayer("drums", ("live",)), TakeLayer("bass", (bass,)))
    rows = (TakeRow(1), TakeRow(1))
    moves = (Move(mute, Control.MUTE, 0, 1),)
    return format_take(Take("one", 8000, 8000, 8000, layers, rows, moves=moves))
