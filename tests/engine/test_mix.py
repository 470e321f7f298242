"""The mixer: what goes in comes out, whatever the blocks."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyodide_app.engine.limiter import CEILING
from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.ramps import gain
from pyodide_app.engine.timeline import Bars

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]

RATE = 8000
FRAMES = 4000


def stem(seed: int, channels: int = 2, level: int = 6000) -> StemAudio:
    words = np.random.default_rng(seed).integers(-level, level, (channels, FRAMES))
    return StemAudio(words.astype(np.int16))


def as_float(audio: StemAudio) -> Planar:
    both = audio.samples.astype(np.float32) * audio.scale
    return np.broadcast_to(both, (2, audio.frames))


def mixer(*stems: StemAudio) -> Mixer:
    made = Mixer(rate=RATE, frames=FRAMES, rows=len(stems))
    for row, each in enumerate(stems):
        made.place(row, each)
    return made


def busy() -> Mixer:
    """Return a mixer whose controls have all been moved while it played."""
    made = mixer(stem(1), stem(2, 1), stem(3, level=30000))
    made.adjust(0, RowSettings(-3.2, 0.4))
    made.set_loop((500, 3000))
    made.adjust(1, RowSettings(-9, -1), frame=700)
    made.adjust(1, RowSettings(2, 0, mute=True), frame=730)
    made.place(2, stem(4), frame=900)
    made.locate(200, frame=1300)
    made.set_master(-2.5, frame=1500)
    made.adjust(0, RowSettings(solo=True), frame=2000)
    return made


stems = st.builds(
    stem,
    seed=st.integers(0, 999),
    channels=st.sampled_from([1, 2]),
    level=st.sampled_from([1, 100, 6000, 12000]),
)
row_settings = st.builds(
    RowSettings,
    volume_db=st.floats(-70, 6),
    pan=st.floats(-1, 1),
    mute=st.booleans(),
    solo=st.booleans(),
)


@given(stems)
def test_unity_gain_returns_the_stem(one: StemAudio) -> None:
    assert np.array_equal(as_float(one), mixer(one).render(0, FRAMES))


@given(st.lists(row_settings, min_size=1, max_size=4), st.floats(-70, 6), st.integers(1, 3000))
def test_silence_in_is_silence_out(rows: list[RowSettings], master: float, at: int) -> None:
    nothing = StemAudio(np.zeros((2, FRAMES), dtype=np.int16))
    made = mixer(*[nothing] * len(rows))
    for row, each in enumerate(rows):
        made.adjust(row, each, at)
    made.set_master(master, at)
    made.place(0, nothing, at)
    assert not made.render(0, FRAMES).any()


@given(stems, row_settings, st.integers(1, 3000))
def test_an_inverted_twin_cancels(one: StemAudio, each: RowSettings, at: int) -> None:
    made = mixer(one, StemAudio(-one.samples))
    for row in range(2):
        made.adjust(row, each, at)
    # A ramp of the first row begins before the second row has its solo, or loses its own.
    assert not made.render(0, at).any()
    assert not made.render(at + made.ramp, FRAMES).any()


def test_an_empty_row_is_silent() -> None:
    assert not Mixer(rate=RATE, frames=FRAMES, rows=2).render(0, 100).any()


@settings(max_examples=25)
@given(st.lists(st.integers(1, 1500), min_size=1, max_size=12))
def test_block_size_never_matters(sizes: list[int]) -> None:
    whole = busy().render(0, sum(sizes))
    made, blocks, frame = busy(), [], 0
    for size in sizes:
        blocks.append(made.render(frame, size))
        frame += size
    assert np.array_equal(whole, np.concatenate(blocks, axis=1))


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 6000), st.integers(1, 900)), min_size=1, max_size=6))
def test_any_block_can_be_rendered_at_any_time(asked: list[tuple[int, int]]) -> None:
    whole, made = busy().render(0, 7000), busy()
    for frame, size in asked:
        assert np.array_equal(whole[:, frame : frame + size], made.render(frame, size))


type Change = Callable[[Mixer, int], None]

changes: st.SearchStrategy[Change] = st.one_of(
    st.tuples(st.integers(0, 2), row_settings).map(
        lambda drawn: lambda made, at: made.adjust(*drawn, at)
    ),
    st.tuples(st.integers(0, 2), st.none() | stems, st.booleans()).map(
        lambda drawn: lambda made, at: made.place(*drawn[:2], at, on_bar=drawn[2])
    ),
    st.integers(0, FRAMES - 1).map(lambda drawn: lambda made, at: made.locate(drawn, at)),
    st.floats(-20, 6).map(lambda drawn: lambda made, at: made.set_master(drawn, at)),
    st.sampled_from([None, (0, FRAMES), (700, 2500), (100, 130)]).map(
        lambda drawn: lambda made, at: made.set_loop(drawn, at)
    ),
)


def live(events: list[tuple[int, Change]], cuts: set[int], frames: int) -> Planar:
    """Play in blocks that end at the cuts, changing controls when their time has come."""
    made = Mixer(rate=RATE, frames=FRAMES, rows=3, bars=Bars(1000))
    for row in range(3):
        made.place(row, stem(row, level=14000))
    edges = sorted({0, frames, *cuts, *(at for at, _ in events)})
    blocks = []
    for start, end in pairwise(edges):
        for at, change in events:
            if at == start:
                change(made, at)
        blocks.append(made.render(start, end - start))
    return np.concatenate(blocks, axis=1)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 3000), changes), min_size=1, max_size=6),
    st.sets(st.integers(1, 4999), max_size=12),
)
def test_block_size_never_matters_while_controls_move(
    events: list[tuple[int, Change]], cuts: set[int]
) -> None:
    assert np.array_equal(live(events, set(), 5000), live(events, cuts, 5000))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 400), changes), min_size=1, max_size=6))
def test_a_change_leaves_what_has_been_played(events: list[tuple[int, Change]]) -> None:
    """The limiter looks back, and must not see another past; here it has nothing to do."""
    made, at = mixer(stem(1, level=300), stem(2), stem(3)), 0
    played: Planar = np.zeros((2, 0), dtype=np.float32)
    made.set_master(-25)
    made.bars = Bars(1000)
    for wait, change in events:
        played = np.concatenate((played, made.render(at, wait)), axis=1)
        at += wait
        change(made, at)
        back = min(at, 2 * RATE // 50)
        assert np.array_equal(played[:, at - back :], made.render(at - back, back))
        if np.abs(made.render(at, 600)).max() > 0.4:
            return


def test_a_muted_row_is_gone_once_its_ramp_is_over() -> None:
    made = mixer(stem(1), stem(2))
    made.adjust(1, RowSettings(mute=True), frame=1000)
    out = made.render(0, FRAMES)
    both, alone = mixer(stem(1), stem(2)).render(0, FRAMES), as_float(stem(1))
    assert np.array_equal(both[:, :1000], out[:, :1000])
    assert np.array_equal(alone[:, 1000 + made.ramp :], out[:, 1000 + made.ramp :])


def test_solo_silences_the_others() -> None:
    made = mixer(stem(1), stem(2), stem(3))
    made.adjust(1, RowSettings(solo=True))
    assert np.array_equal(as_float(stem(2)), made.render(0, FRAMES))


def test_mute_wins_over_solo() -> None:
    made = mixer(stem(1))
    made.adjust(0, RowSettings(mute=True, solo=True))
    assert not made.render(0, FRAMES).any()


@pytest.mark.parametrize("change", ["volume", "pan", "mute", "swap", "seek", "master", "solo"])
def test_no_change_makes_a_click(change: str) -> None:
    """A constant signal moves by no more than a full-scale ramp's step between two frames."""
    level = StemAudio(np.full((2, FRAMES), 12000, dtype=np.int16))
    other = StemAudio(np.full((2, FRAMES), -12000, dtype=np.int16))
    made = mixer(level, level)
    if change == "volume":
        made.adjust(0, RowSettings(-40), frame=500)
    elif change == "pan":
        made.adjust(0, RowSettings(pan=-1), frame=500)
    elif change == "mute":
        made.adjust(0, RowSettings(mute=True), frame=500)
    elif change == "solo":
        made.adjust(0, RowSettings(solo=True), frame=500)
    elif change == "swap":
        made.place(0, other, frame=500)
    elif change == "seek":
        made.locate(2000, frame=500)
    else:
        made.set_master(-60, frame=500)
    steps = np.abs(np.diff(made.render(0, 1500), axis=1)).max()
    # sqrt fades are steepest at their ends: sqrt(1 / ramp) of the level.
    assert steps < 12000 / 32768 * 2 * np.sqrt(1 / made.ramp) + 1e-3


@pytest.mark.parametrize("change", ["unmute", "swap", "seek"])
def test_the_limiter_makes_no_click_where_a_change_calls_for_it(change: str) -> None:
    """What has been played could not be turned down in time: the gain must not jump."""
    quiet, loud = (StemAudio(np.full((2, FRAMES), level, np.int16)) for level in (9000, 30000))
    later = StemAudio(np.repeat(np.array([0, 30000], np.int16), FRAMES // 2)[None])
    made = mixer(quiet, quiet, later if change == "seek" else loud)
    made.adjust(2, RowSettings(mute=change != "seek"))
    blocks = [made.render(0, 700)]
    if change == "unmute":
        made.adjust(2, RowSettings(6), frame=700)
    elif change == "swap":
        made.place(0, loud, frame=700)
        made.place(1, loud, frame=700)
    else:
        made.locate(3000, frame=700)
    blocks.append(made.render(700, 1000))
    out = np.concatenate(blocks, axis=1)
    assert np.abs(np.diff(out)).max() < 0.2
    assert np.abs(out).max() <= CEILING


def test_two_changes_at_once_are_the_last_one() -> None:
    one, other = mixer(stem(1)), mixer(stem(1))
    for choice in (2, 3):
        one.place(0, stem(choice), frame=1000)
    one.locate(100, frame=1000)
    one.locate(2000, frame=1000)
    other.place(0, stem(3), frame=1000)
    other.locate(2000, frame=1000)
    assert np.array_equal(one.render(0, FRAMES), other.render(0, FRAMES))


@pytest.mark.parametrize("change", ["swap", "seek"])
def test_changes_in_quick_succession_do_not_click(change: str) -> None:
    levels = [StemAudio(np.full((2, FRAMES), level, np.int16)) for level in (9000, -9000)]
    made = mixer(levels[0])
    steps = StemAudio(np.repeat(np.array([9000, -9000], np.int16), FRAMES // 2)[None])
    if change == "seek":
        made.place(0, steps)
    for nth, at in enumerate(range(500, 700, made.ramp // 4)):
        if change == "swap":
            made.place(0, levels[nth % 2 - 1], at)
        else:
            made.locate([3000, 0][nth % 2], at)
    steepest = 9000 / 32768 * 2 * np.sqrt(1 / made.ramp)
    assert np.abs(np.diff(made.render(400, 600))).max() < steepest + 1e-3


def test_a_swap_is_complete_after_the_ramp() -> None:
    made = mixer(stem(1))
    made.place(0, stem(2), frame=1000)
    after = made.render(1000 + made.ramp, 500)
    assert np.array_equal(as_float(stem(2))[:, 1000 + made.ramp :][:, :500], after)


def in_bars(bars: int = 4) -> Mixer:
    made = Mixer(rate=RATE, frames=FRAMES, rows=1, bars=Bars(FRAMES / bars))
    made.place(0, stem(1))
    return made


def swapped(made: Mixer) -> int:
    """Return the frame at which a swap begins, as ``waiting`` tells it."""
    return next(frame for frame in range(3 * FRAMES) if not made.pending_swaps(frame))


def test_a_swap_can_wait_for_the_next_bar() -> None:
    made = in_bars()
    made.place(0, stem(2), frame=1200, on_bar=True)
    assert made.pending_swaps(1999) == [0]
    assert made.pending_swaps(2000) == []
    out = made.render(0, FRAMES)
    assert np.array_equal(as_float(stem(1))[:, :2000], out[:, :2000])
    assert np.array_equal(as_float(stem(2))[:, 2000 + made.ramp :], out[:, 2000 + made.ramp :])


def test_a_bar_of_three_divides_the_song() -> None:
    made = in_bars(3)
    made.place(0, stem(2), frame=1400, on_bar=True)
    assert swapped(made) == 2667


def test_on_a_bar_line_a_swap_does_not_wait() -> None:
    made = in_bars()
    made.place(0, stem(2), frame=2000, on_bar=True)
    assert swapped(made) == 2000


def test_before_anything_sounds_a_swap_does_not_wait() -> None:
    made = in_bars()
    made.place(0, stem(2), on_bar=True)
    assert np.array_equal(as_float(stem(2)), made.render(0, FRAMES))


def test_without_known_bars_a_swap_does_not_wait() -> None:
    made = mixer(stem(1))
    made.place(0, stem(2), frame=1234, on_bar=True)
    assert swapped(made) == 1234


def test_in_a_loop_the_next_bar_may_be_behind() -> None:
    made = in_bars()
    made.set_loop((900, 1900))
    made.place(0, stem(2), frame=1500, on_bar=True)
    assert swapped(made) == 2000  # 400 frames to the loop's end, 100 from its start to bar 1


def test_a_loop_without_a_bar_line_counts_as_a_bar() -> None:
    made = in_bars()
    made.set_loop((1100, 1600))
    made.place(0, stem(2), frame=1200, on_bar=True)
    assert swapped(made) == 1600


def test_a_seek_moves_the_bar_that_a_swap_waits_for() -> None:
    made = in_bars()
    made.place(0, stem(2), frame=1200, on_bar=True)
    made.locate(2900, frame=1500)
    assert swapped(made) == 1600
    made.set_loop((2800, 2950), frame=1520)
    assert swapped(made) == 1550


def test_another_choice_replaces_one_that_waits() -> None:
    made = in_bars()
    made.place(0, stem(2), frame=1200, on_bar=True)
    made.place(0, stem(3), frame=1300)
    assert np.array_equal(as_float(stem(1))[:, :1300], made.render(0, 1300))
    after = made.render(1300 + made.ramp, 500)
    assert np.array_equal(as_float(stem(3))[:, 1300 + made.ramp :][:, :500], after)
    assert made.pending_swaps(1300) == []


def test_settling_completes_a_swap_that_waits() -> None:
    made = in_bars()
    made.place(0, stem(2), frame=1200, on_bar=True)
    made.rebase(1500)
    assert np.array_equal(as_float(stem(2))[:, 1500:2000], made.render(0, 500))


def test_row_peaks_are_those_after_gain_and_pan() -> None:
    made = mixer(stem(1), stem(2, 1), stem(3))
    made.adjust(0, RowSettings(-6.02, 1))
    made.adjust(2, RowSettings(mute=True))
    right = as_float(stem(1))[1, 500:900] * gain(-6.02) * np.float32(np.sqrt(2))
    mono = as_float(stem(2, 1))[:, 500:900]
    assert made.row_peaks(500, 400) == pytest.approx(
        [np.abs(right).max(), np.abs(mono).max(), 0], rel=1e-6
    )


def test_the_lowest_gain_tells_of_the_block_that_was_rendered() -> None:
    made = mixer(stem(1, level=32000), stem(1, level=32000))
    block = made.render(0, 2000)
    assert 0.25 < made.lowest_gain < 0.5
    assert np.abs(block).max() <= CEILING
    made.set_master(-12)
    made.render(0, 2000)
    assert made.lowest_gain == 1


@given(st.integers(0, FRAMES - 1), st.integers(1, 300), st.integers(0, FRAMES - 1))
def test_any_range_can_be_looped(start: int, length: int, place: int) -> None:
    made, end = mixer(stem(1)), min(start + length, FRAMES)
    made.set_loop((start, end))
    made.locate(place)
    wanted = [made.song_frame(frame) for frame in range(700)]
    source = np.concatenate((as_float(stem(1)), np.zeros((2, 1), dtype=np.float32)), axis=1)
    index = [FRAMES if frame is None else frame for frame in wanted]
    assert np.array_equal(source[:, index], made.render(0, 700))


def test_a_loop_repeats_to_the_sample() -> None:
    made = mixer(stem(1))
    made.set_loop((100, 1100))
    out, source = made.render(0, 3100), as_float(stem(1))
    assert np.array_equal(source[:, :1100], out[:, :1100])
    assert np.array_equal(source[:, 100:1100], out[:, 1100:2100])
    assert np.array_equal(source[:, 100:1100], out[:, 2100:3100])


def test_without_a_loop_the_song_ends_in_silence() -> None:
    made = mixer(stem(1))
    assert not made.render(FRAMES, 500).any()
    assert made.song_frame(FRAMES - 1) == FRAMES - 1
    assert made.song_frame(FRAMES) is None


def test_a_seek_goes_on_from_there() -> None:
    made = mixer(stem(1))
    made.locate(3000, frame=1000)
    assert made.song_frame(1000) == 3000
    out = made.render(1000 + made.ramp, 500)
    start = 3000 + made.ramp
    assert np.array_equal(as_float(stem(1))[:, start : start + 500], out)


def test_a_seek_to_the_beginning_is_not_the_end() -> None:
    made = mixer(stem(1))
    made.locate(0, frame=1000)
    assert made.song_frame(900) == 0
    assert made.song_frame(1000 + FRAMES) is None


def test_a_loop_set_while_playing_keeps_the_place() -> None:
    made = mixer(stem(1))
    made.set_loop((0, 2000), frame=1500)
    assert [made.song_frame(at) for at in (1499, 1500, 1999, 2000)] == [1499, 1500, 1999, 0]
    made.set_loop(None, frame=2500)
    assert made.song_frame(3000) == 1000


@pytest.mark.parametrize("loop", [(-1, 10), (10, 10), (0, FRAMES + 1)])
def test_a_loop_outside_the_song_is_refused(loop: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="a loop must lie within"):
        mixer(stem(1)).set_loop(loop)


def test_words_come_out_the_same_however_a_browser_scales_them() -> None:
    words = np.arange(-32768, 32768, dtype=np.int16)[None]
    even = words * np.float32(1 / 32768)
    uneven = np.where(words > 0, words * (np.float32(1) / np.float32(32767)), even)
    for planar in (even, uneven):
        assert np.array_equal(StemAudio.from_browser(planar).samples, words)
    assert np.array_equal(StemAudio.from_float(uneven).samples, uneven)


def test_16_bit_material_is_held_as_int16() -> None:
    words = np.random.default_rng(0).integers(-32768, 32768, (1, 1000))
    held = StemAudio.from_float((words / 32768).astype(np.float32))
    assert held.samples.dtype == np.int16
    assert np.array_equal(words, held.samples)
    assert held.nbytes == 2000


def test_finer_material_stays_float() -> None:
    fine = np.full((2, 10), 1 / 65536, dtype=np.float32)
    held = StemAudio.from_float(fine)
    assert np.array_equal(fine, held.samples)
    assert held.samples.dtype == np.float32


def test_full_scale_is_not_taken_for_16_bit() -> None:
    assert StemAudio.from_float(np.ones((1, 4), dtype=np.float32)).samples.dtype == np.float32


def test_a_stem_of_three_channels_is_refused() -> None:
    with pytest.raises(ValueError, match="1 or 2 channels"):
        StemAudio.from_float(np.zeros((3, 4), dtype=np.float32))
