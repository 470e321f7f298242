"""Takes made up by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from pyodide_app.engine.take import Control, Move, Take, TakeLayer, TakeRow

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
