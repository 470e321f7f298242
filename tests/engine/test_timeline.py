"""Bars, loops and seeks map absolute frames to song frames."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.timeline import Bars, Timeline

FRAMES = 4000


def test_bars_divide_the_song_whatever_its_tempo() -> None:
    bars = Bars.from_song(frames=FRAMES, rate=48000, bars=3, bpm=120)
    assert bars is not None
    assert [bars.start(bar) for bar in range(4)] == [0, 1333, 2667, 4000]


def test_without_a_number_of_bars_the_tempo_is_in_4_4() -> None:
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
def test_positions_equal_the_position_of_every_frame(
    start: int, loop: tuple[int, int] | None, next_loop: tuple[int, int] | None, start_frame: int
) -> None:
    timeline = Timeline(0, start, loop).with_loop(next_loop, start_frame, 0)
    for frame, count in ((0, 7000), (start_frame, 1), (max(start_frame - 3, 0), 700), (6500, 40)):
        index = timeline.positions(frame, count)
        assert np.r_[index].tolist() == [
            timeline.position(offset) for offset in range(frame, frame + count)
        ]


@given(st.integers(0, FRAMES), st.none() | loops, st.floats(100, 5000), st.integers(0, 9000))
def test_the_next_bar_is_the_first_frame_where_a_bar_starts(
    start: int, loop: tuple[int, int] | None, length: float, frame: int
) -> None:
    timeline, bars = Timeline(0, start, loop), Bars(length)
    next_bar = timeline.next_bar(frame, bars, FRAMES)
    bar_lines = {bars.start(bar) for bar in range(50)}
    barless = timeline.active_loop and not bar_lines.intersection(range(*timeline.active_loop))
    previous = None
    for candidate in range(frame, frame + 3 * FRAMES):
        position = timeline.position(candidate)
        wrapped = barless and previous is not None and position <= previous
        if position in bar_lines or position >= FRAMES or wrapped:
            assert next_bar == candidate
            return
        previous = position
    pytest.fail("there is no such frame")


def test_a_new_loop_does_not_change_frames_already_played() -> None:
    timeline = Timeline(0, 0, (100, 200)).with_loop((0, 50), 250, horizon=0)
    assert [timeline.position(frame) for frame in (199, 200, 249, 250)] == [199, 100, 149, 150]
