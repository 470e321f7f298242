"""Bars, loops and seeks: which frame of the song sounds when."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.timeline import Bars, Timeline

FRAMES = 4000


def test_bars_divide_the_song_whatever_their_beats() -> None:
    bars = Bars.from_song(frames=FRAMES, rate=48000, bars=3, bpm=120)
    assert bars is not None
    assert [bars.start(bar) for bar in range(4)] == [0, 1333, 2667, 4000]


def test_a_tempo_alone_is_in_four() -> None:
    assert Bars.from_song(frames=FRAMES, rate=48000, bpm=120) == Bars(96000)
    assert Bars.from_song(frames=FRAMES, rate=48000) is None


@given(st.floats(10, 5000), st.integers(0, 100_000))
def test_the_next_bar_line_is_the_nearest(length: float, frame: int) -> None:
    bars = Bars(length)
    lines = [bars.start(bar) for bar in range(frame // int(length) + 3)]
    assert bars.next_line(frame) == min(line for line in lines if line >= frame)


loops = st.tuples(st.integers(0, FRAMES - 1), st.integers(1, FRAMES)).map(
    lambda each: (min(each[0], each[1] - 1), each[1])
)


@given(st.integers(0, FRAMES), st.none() | loops, st.none() | loops, st.integers(0, 6000))
def test_positions_are_the_position_of_every_frame(
    start: int, loop: tuple[int, int] | None, later: tuple[int, int] | None, at: int
) -> None:
    line = Timeline(0, start, loop).with_loop(later, at, 0)
    for frame, count in ((0, 7000), (at, 1), (max(at - 3, 0), 700), (6500, 40)):
        index = line.positions(frame, count)
        assert np.r_[index].tolist() == [
            line.position(each) for each in range(frame, frame + count)
        ]


@given(st.integers(0, FRAMES), st.none() | loops, st.floats(100, 5000), st.integers(0, 9000))
def test_the_next_bar_is_the_first_frame_where_one_begins(
    start: int, loop: tuple[int, int] | None, length: float, frame: int
) -> None:
    line, bars = Timeline(0, start, loop), Bars(length)
    found = line.next_bar(frame, bars, FRAMES)
    lines = {bars.start(bar) for bar in range(50)}
    barless = line.active_loop and not lines.intersection(range(*line.active_loop))
    before = None
    for at in range(frame, frame + 3 * FRAMES):
        here = line.position(at)
        over = barless and before is not None and here <= before
        if here in lines or here >= FRAMES or over:
            assert found == at
            return
        before = here
    pytest.fail("there is no such frame")


def test_a_new_loop_does_not_touch_what_has_been_played() -> None:
    line = Timeline(0, 0, (100, 200)).with_loop((0, 50), 250, horizon=0)
    assert [line.position(frame) for frame in (199, 200, 249, 250)] == [199, 100, 149, 150]
