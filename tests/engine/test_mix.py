"""The mixer: gains, ramps, swaps, loops and seeks, in blocks of any size."""

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
    created = Mixer(rate=RATE, frames=FRAMES, rows=len(stems))
    for row, audio in enumerate(stems):
        created.place(row, audio)
    return created


def busy() -> Mixer:
    """Return a mixer with all controls changed during playback."""
    playing = mixer(stem(1), stem(2, 1), stem(3, level=30000))
    playing.adjust(0, RowSettings(-3.2, 0.4))
    playing.set_loop((500, 3000))
    playing.adjust(1, RowSettings(-9, -1), frame=700)
    playing.adjust(1, RowSettings(2, 0, mute=True), frame=730)
    playing.place(2, stem(4), frame=900)
    playing.locate(200, frame=1300)
    playing.set_master(-2.5, frame=1500)
    playing.adjust(0, RowSettings(solo=True), frame=2000)
    return playing


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
def test_silent_stems_give_silence(rows: list[RowSettings], master: float, frame: int) -> None:
    silence = StemAudio(np.zeros((2, FRAMES), dtype=np.int16))
    playing = mixer(*[silence] * len(rows))
    for row, controls in enumerate(rows):
        playing.adjust(row, controls, frame)
    playing.set_master(master, frame)
    playing.place(0, silence, frame)
    assert not playing.render(0, FRAMES).any()


@given(stems, row_settings, st.integers(1, 3000))
def test_a_stem_and_its_inverse_cancel(one: StemAudio, controls: RowSettings, frame: int) -> None:
    playing = mixer(one, StemAudio(-one.samples))
    for row in range(2):
        playing.adjust(row, controls, frame)
    # During the ramp the rows differ: the first was adjusted before the second had its solo.
    assert not playing.render(0, frame).any()
    assert not playing.render(frame + playing.ramp, FRAMES).any()


def test_an_empty_row_is_silent() -> None:
    assert not Mixer(rate=RATE, frames=FRAMES, rows=2).render(0, 100).any()


@settings(max_examples=25)
@given(st.lists(st.integers(1, 1500), min_size=1, max_size=12))
def test_block_size_never_matters(sizes: list[int]) -> None:
    whole = busy().render(0, sum(sizes))
    playing, blocks, frame = busy(), [], 0
    for size in sizes:
        blocks.append(playing.render(frame, size))
        frame += size
    assert np.array_equal(whole, np.concatenate(blocks, axis=1))


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 6000), st.integers(1, 900)), min_size=1, max_size=6))
def test_any_block_can_be_rendered_at_any_time(requests: list[tuple[int, int]]) -> None:
    whole, playing = busy().render(0, 7000), busy()
    for frame, size in requests:
        assert np.array_equal(whole[:, frame : frame + size], playing.render(frame, size))


type Change = Callable[[Mixer, int], None]

changes: st.SearchStrategy[Change] = st.one_of(
    st.tuples(st.integers(0, 2), row_settings).map(
        lambda drawn: lambda made, at: made.adjust(*drawn, at)
    ),
    st.tuples(
        st.integers(0, 2), st.none() | stems, st.sampled_from([None, "bar", 0, 1234, FRAMES])
    ).map(lambda drawn: lambda made, at: made.place(*drawn[:2], at, due=drawn[2])),
    st.integers(0, FRAMES - 1).map(lambda drawn: lambda made, at: made.locate(drawn, at)),
    st.floats(-20, 6).map(lambda drawn: lambda made, at: made.set_master(drawn, at)),
    st.sampled_from([None, (0, FRAMES), (700, 2500), (100, 130)]).map(
        lambda drawn: lambda made, at: made.set_loop(drawn, at)
    ),
)


def live(events: list[tuple[int, Change]], cuts: set[int], frames: int) -> Planar:
    """Render in blocks that end at the cuts, applying each change at its frame."""
    playing = Mixer(rate=RATE, frames=FRAMES, rows=3, bars=Bars(1000))
    for row in range(3):
        playing.place(row, stem(row, level=14000))
    edges = sorted({0, frames, *cuts, *(frame for frame, _ in events)})
    blocks = []
    for start, end in pairwise(edges):
        for frame, change in events:
            if frame == start:
                change(playing, frame)
        blocks.append(playing.render(start, end - start))
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
def test_a_change_leaves_frames_already_played_unchanged(events: list[tuple[int, Change]]) -> None:
    """The limiter reads past frames again and must get the same; here it never acts."""
    playing, frame = mixer(stem(1, level=300), stem(2), stem(3)), 0
    played: Planar = np.zeros((2, 0), dtype=np.float32)
    playing.set_master(-25)
    playing.bars = Bars(1000)
    for wait, change in events:
        played = np.concatenate((played, playing.render(frame, wait)), axis=1)
        frame += wait
        change(playing, frame)
        back = min(frame, 2 * RATE // 50)
        assert np.array_equal(played[:, frame - back :], playing.render(frame - back, back))
        if np.abs(playing.render(frame, 600)).max() > 0.4:
            return


def test_a_muted_row_is_silent_after_its_ramp() -> None:
    playing = mixer(stem(1), stem(2))
    playing.adjust(1, RowSettings(mute=True), frame=1000)
    out = playing.render(0, FRAMES)
    both, first_only = mixer(stem(1), stem(2)).render(0, FRAMES), as_float(stem(1))
    assert np.array_equal(both[:, :1000], out[:, :1000])
    assert np.array_equal(first_only[:, 1000 + playing.ramp :], out[:, 1000 + playing.ramp :])


def test_solo_silences_the_other_rows() -> None:
    playing = mixer(stem(1), stem(2), stem(3))
    playing.adjust(1, RowSettings(solo=True))
    assert np.array_equal(as_float(stem(2)), playing.render(0, FRAMES))


def test_mute_wins_over_solo() -> None:
    playing = mixer(stem(1))
    playing.adjust(0, RowSettings(mute=True, solo=True))
    assert not playing.render(0, FRAMES).any()


@pytest.mark.parametrize("change", ["volume", "pan", "mute", "swap", "seek", "master", "solo"])
def test_no_change_makes_a_click(change: str) -> None:
    """A constant signal never changes by more than one step of a full-scale ramp per frame."""
    level = StemAudio(np.full((2, FRAMES), 12000, dtype=np.int16))
    other = StemAudio(np.full((2, FRAMES), -12000, dtype=np.int16))
    playing = mixer(level, level)
    if change == "volume":
        playing.adjust(0, RowSettings(-40), frame=500)
    elif change == "pan":
        playing.adjust(0, RowSettings(pan=-1), frame=500)
    elif change == "mute":
        playing.adjust(0, RowSettings(mute=True), frame=500)
    elif change == "solo":
        playing.adjust(0, RowSettings(solo=True), frame=500)
    elif change == "swap":
        playing.place(0, other, frame=500)
    elif change == "seek":
        playing.locate(2000, frame=500)
    else:
        playing.set_master(-60, frame=500)
    steps = np.abs(np.diff(playing.render(0, 1500), axis=1)).max()
    # sqrt fades are steepest at their ends: sqrt(1 / ramp) of the level.
    assert steps < 12000 / 32768 * 2 * np.sqrt(1 / playing.ramp) + 1e-3


@pytest.mark.parametrize("change", ["unmute", "swap", "seek"])
def test_the_limiter_does_not_click_when_a_change_makes_it_act(change: str) -> None:
    """Frames already played cannot be attenuated in advance, so the gain must not jump."""
    quiet, loud = (StemAudio(np.full((2, FRAMES), level, np.int16)) for level in (9000, 30000))
    later = StemAudio(np.repeat(np.array([0, 30000], np.int16), FRAMES // 2)[None])
    playing = mixer(quiet, quiet, later if change == "seek" else loud)
    playing.adjust(2, RowSettings(mute=change != "seek"))
    blocks = [playing.render(0, 700)]
    if change == "unmute":
        playing.adjust(2, RowSettings(6), frame=700)
    elif change == "swap":
        playing.place(0, loud, frame=700)
        playing.place(1, loud, frame=700)
    else:
        playing.locate(3000, frame=700)
    blocks.append(playing.render(700, 1000))
    out = np.concatenate(blocks, axis=1)
    assert np.abs(np.diff(out)).max() < 0.2
    assert np.abs(out).max() <= CEILING


def test_of_two_changes_at_the_same_frame_the_last_wins() -> None:
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
    playing = mixer(levels[0])
    steps = StemAudio(np.repeat(np.array([9000, -9000], np.int16), FRAMES // 2)[None])
    if change == "seek":
        playing.place(0, steps)
    for index, frame in enumerate(range(500, 700, playing.ramp // 4)):
        if change == "swap":
            playing.place(0, levels[index % 2 - 1], frame)
        else:
            playing.locate([3000, 0][index % 2], frame)
    steepest = 9000 / 32768 * 2 * np.sqrt(1 / playing.ramp)
    assert np.abs(np.diff(playing.render(400, 600))).max() < steepest + 1e-3


def test_a_swap_is_complete_after_the_ramp() -> None:
    playing = mixer(stem(1))
    playing.place(0, stem(2), frame=1000)
    after = playing.render(1000 + playing.ramp, 500)
    assert np.array_equal(as_float(stem(2))[:, 1000 + playing.ramp :][:, :500], after)


def mixer_with_bars(bars: int = 4) -> Mixer:
    created = Mixer(rate=RATE, frames=FRAMES, rows=1, bars=Bars(FRAMES / bars))
    created.place(0, stem(1))
    return created


def swap_frame(playing: Mixer) -> int:
    """Return the frame at which the pending swap starts."""
    return next(frame for frame in range(3 * FRAMES) if not playing.pending_swaps(frame))


def test_a_swap_can_wait_for_the_next_bar() -> None:
    playing = mixer_with_bars()
    playing.place(0, stem(2), frame=1200, due="bar")
    assert playing.pending_swaps(1999) == [0]
    assert playing.pending_swaps(2000) == []
    out = playing.render(0, FRAMES)
    assert np.array_equal(as_float(stem(1))[:, :2000], out[:, :2000])
    assert np.array_equal(
        as_float(stem(2))[:, 2000 + playing.ramp :], out[:, 2000 + playing.ramp :]
    )


def test_a_swap_starts_at_the_frame_nearest_to_the_bar() -> None:
    playing = mixer_with_bars(3)
    playing.place(0, stem(2), frame=1400, due="bar")
    assert swap_frame(playing) == 2667


def test_on_a_bar_line_a_swap_does_not_wait() -> None:
    playing = mixer_with_bars()
    playing.place(0, stem(2), frame=2000, due="bar")
    assert swap_frame(playing) == 2000


def test_before_playback_a_swap_does_not_wait() -> None:
    playing = mixer_with_bars()
    playing.place(0, stem(2), due="bar")
    assert np.array_equal(as_float(stem(2)), playing.render(0, FRAMES))


def test_without_known_bars_a_swap_does_not_wait() -> None:
    playing = mixer(stem(1))
    playing.place(0, stem(2), frame=1234, due="bar")
    assert swap_frame(playing) == 1234


def test_in_a_loop_the_next_bar_may_come_after_the_jump_back() -> None:
    playing = mixer_with_bars()
    playing.set_loop((900, 1900))
    playing.place(0, stem(2), frame=1500, due="bar")
    assert swap_frame(playing) == 2000  # 400 frames to the loop's end, 100 from its start to bar 1


def test_a_loop_without_a_bar_line_counts_as_a_bar() -> None:
    playing = mixer_with_bars()
    playing.set_loop((1100, 1600))
    playing.place(0, stem(2), frame=1200, due="bar")
    assert swap_frame(playing) == 1600


def test_a_seek_moves_the_bar_that_a_swap_waits_for() -> None:
    playing = mixer_with_bars()
    playing.place(0, stem(2), frame=1200, due="bar")
    playing.locate(2900, frame=1500)
    assert swap_frame(playing) == 1600
    playing.set_loop((2800, 2950), frame=1520)
    assert swap_frame(playing) == 1550


def test_a_swap_can_wait_for_a_frame_of_the_song() -> None:
    playing = mixer_with_bars()
    playing.locate(500, frame=100)
    playing.place(0, stem(2), frame=1000, due=2345)
    assert swap_frame(playing) == 1945
    out, begin = playing.render(200, FRAMES - 600), 1945 - 200
    assert np.array_equal(as_float(stem(1))[:, 600:2345], out[:, :begin])
    after = begin + playing.ramp
    assert np.array_equal(as_float(stem(2))[:, 2345 + playing.ramp :], out[:, after:])


def test_a_swap_does_not_wait_for_a_frame_that_has_been_passed() -> None:
    playing = mixer_with_bars()
    playing.place(0, stem(2), frame=1200, due=1199)
    assert swap_frame(playing) == 1200


def test_a_seek_moves_the_frame_that_a_swap_waits_for() -> None:
    playing = mixer_with_bars()
    playing.place(0, stem(2), frame=1200, due=3000)
    playing.locate(2900, frame=1500)
    assert swap_frame(playing) == 1600


def test_another_swap_replaces_a_pending_one() -> None:
    playing = mixer_with_bars()
    playing.place(0, stem(2), frame=1200, due="bar")
    playing.place(0, stem(3), frame=1300)
    assert np.array_equal(as_float(stem(1))[:, :1300], playing.render(0, 1300))
    after = playing.render(1300 + playing.ramp, 500)
    assert np.array_equal(as_float(stem(3))[:, 1300 + playing.ramp :][:, :500], after)
    assert playing.pending_swaps(1300) == []


def test_rebasing_completes_a_pending_swap() -> None:
    playing = mixer_with_bars()
    playing.place(0, stem(2), frame=1200, due="bar")
    playing.rebase(1500)
    assert np.array_equal(as_float(stem(2))[:, 1500:2000], playing.render(0, 500))


def test_row_peaks_are_those_after_gain_and_pan() -> None:
    playing = mixer(stem(1), stem(2, 1), stem(3))
    playing.adjust(0, RowSettings(-6.02, 1))
    playing.adjust(2, RowSettings(mute=True))
    right = as_float(stem(1))[1, 500:900] * gain(-6.02) * np.float32(np.sqrt(2))
    mono = as_float(stem(2, 1))[:, 500:900]
    assert playing.row_peaks(500, 400) == pytest.approx(
        [np.abs(right).max(), np.abs(mono).max(), 0], rel=1e-6
    )


def test_the_lowest_gain_is_that_of_the_last_block() -> None:
    playing = mixer(stem(1, level=32000), stem(1, level=32000))
    block = playing.render(0, 2000)
    assert 0.25 < playing.lowest_gain < 0.5
    assert np.abs(block).max() <= CEILING
    playing.set_master(-12)
    playing.render(0, 2000)
    assert playing.lowest_gain == 1


@given(st.integers(0, FRAMES - 1), st.integers(1, 300), st.integers(0, FRAMES - 1))
def test_any_range_can_be_looped(start: int, length: int, position: int) -> None:
    playing, end = mixer(stem(1)), min(start + length, FRAMES)
    playing.set_loop((start, end))
    playing.locate(position)
    song_frames = [playing.song_frame(frame) for frame in range(700)]
    source = np.concatenate((as_float(stem(1)), np.zeros((2, 1), dtype=np.float32)), axis=1)
    index = [FRAMES if frame is None else frame for frame in song_frames]
    assert np.array_equal(source[:, index], playing.render(0, 700))


def test_a_loop_repeats_to_the_sample() -> None:
    playing = mixer(stem(1))
    playing.set_loop((100, 1100))
    out, source = playing.render(0, 3100), as_float(stem(1))
    assert np.array_equal(source[:, :1100], out[:, :1100])
    assert np.array_equal(source[:, 100:1100], out[:, 1100:2100])
    assert np.array_equal(source[:, 100:1100], out[:, 2100:3100])


def test_without_a_loop_the_song_ends_in_silence() -> None:
    playing = mixer(stem(1))
    assert not playing.render(FRAMES, 500).any()
    assert playing.song_frame(FRAMES - 1) == FRAMES - 1
    assert playing.song_frame(FRAMES) is None


def test_playback_continues_from_a_seek() -> None:
    playing = mixer(stem(1))
    playing.locate(3000, frame=1000)
    assert playing.song_frame(1000) == 3000
    out = playing.render(1000 + playing.ramp, 500)
    start = 3000 + playing.ramp
    assert np.array_equal(as_float(stem(1))[:, start : start + 500], out)


def test_a_seek_to_the_beginning_is_not_the_end() -> None:
    playing = mixer(stem(1))
    playing.locate(0, frame=1000)
    assert playing.song_frame(900) == 0
    assert playing.song_frame(1000 + FRAMES) is None


def test_a_loop_set_while_playing_keeps_the_position() -> None:
    playing = mixer(stem(1))
    playing.set_loop((0, 2000), frame=1500)
    assert [playing.song_frame(frame) for frame in (1499, 1500, 1999, 2000)] == [
        1499,
        1500,
        1999,
        0,
    ]
    playing.set_loop(None, frame=2500)
    assert playing.song_frame(3000) == 1000


@pytest.mark.parametrize("loop", [(-1, 10), (10, 10), (0, FRAMES + 1)])
def test_a_loop_outside_the_song_is_rejected(loop: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="a loop must lie within"):
        mixer(stem(1)).set_loop(loop)


def test_16_bit_samples_are_recovered_however_a_browser_scales_them() -> None:
    samples = np.arange(-32768, 32768, dtype=np.int16)[None]
    uniform = samples * np.float32(1 / 32768)
    chromium = np.where(samples > 0, samples * (np.float32(1) / np.float32(32767)), uniform)
    for planar in (uniform, chromium):
        assert np.array_equal(StemAudio.from_browser(planar).samples, samples)
    assert np.array_equal(StemAudio.from_float(chromium).samples, chromium)


def test_16_bit_material_is_stored_as_int16() -> None:
    samples = np.random.default_rng(0).integers(-32768, 32768, (1, 1000))
    audio = StemAudio.from_float((samples / 32768).astype(np.float32))
    assert audio.samples.dtype == np.int16
    assert np.array_equal(samples, audio.samples)
    assert audio.nbytes == 2000


def test_finer_material_stays_float() -> None:
    fine = np.full((2, 10), 1 / 65536, dtype=np.float32)
    audio = StemAudio.from_float(fine)
    assert np.array_equal(fine, audio.samples)
    assert audio.samples.dtype == np.float32


def test_full_scale_is_not_mistaken_for_16_bit() -> None:
    assert StemAudio.from_float(np.ones((1, 4), dtype=np.float32)).samples.dtype == np.float32


def test_a_stem_with_three_channels_is_rejected() -> None:
    with pytest.raises(ValueError, match="1 or 2 channels"):
        StemAudio.from_float(np.zeros((3, 4), dtype=np.float32))
