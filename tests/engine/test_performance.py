"""A take renders to the samples of a mixer whose controls are moved while it plays."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pyodide_app.engine.chunked_stem import ChunkedStem, NotArrivedError
from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.performance import Performance, perform
from pyodide_app.engine.take import Control, Move, Take, TakeRow
from pyodide_app.engine.timeline import Bars
from tests.support.takes import LAYERS, takes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyodide_app.engine.mix import Due

    type Planar = NDArray[np.float32]

RATE = 8000
FRAMES = 8000
_WORDS = np.random.default_rng(3).integers(-30000, 30000, (3, 2, FRAMES))
STEMS = {
    key: StemAudio.from_float((words / 32768).astype(np.float32))
    for key, words in zip(((0, "live"), (0, "tape"), (1, "synth")), _WORDS, strict=True)
}
TAKE = Take(
    "undertow", RATE, FRAMES, 6000, LAYERS, (TakeRow(1), TakeRow(1)), loop=(1000, 3000), position=0
)


def new_mixer() -> Mixer:
    return Mixer(rate=RATE, frames=FRAMES, rows=2, bars=Bars(FRAMES / 7))


def performance(take: Take) -> Performance:
    return perform(take, new_mixer(), lambda row, slug: STEMS[row, slug])


def render(take: Performance, block: int) -> Planar:
    blocks = [
        take.render(frame, min(block, take.frames - frame))
        for frame in range(0, take.frames, block)
    ]
    return np.concatenate(blocks, axis=1)


def command(mixer: Mixer, take: Take, move: Move, rows: list[RowSettings]) -> None:
    """Do to a mixer what a mixer's page does."""
    stem = take.stem(move.row, move.value) if move.control <= Control.STEM_ON_BAR else None
    match move.control:
        case Control.STEM | Control.STEM_ON_BAR:
            audio = None if stem is None else STEMS[move.row, stem]
            due: Due | None = "bar" if move.control is Control.STEM_ON_BAR else None
            mixer.place(move.row, audio, move.frame, due=due)
        case Control.MASTER:
            mixer.set_master(move.value / 100, move.frame)
        case Control.SEEK:
            mixer.locate(move.value, move.frame)
        case Control.LOOP:
            mixer.set_loop((move.value, move.end) if move.end else None, move.frame)
        case _:
            field = {"MUTE": "mute", "SOLO": "solo", "VOLUME": "volume_db", "PAN": "pan"}
            scale = {Control.VOLUME: 100, Control.PAN: 1e6}.get(move.control)
            value = bool(move.value) if scale is None else move.value / scale
            changes: dict[str, Any] = {field[move.control.name]: value}
            rows[move.row] = replace(rows[move.row], **changes)
            mixer.adjust(move.row, rows[move.row], move.frame)


def played(take: Take, ahead: int) -> Planar:
    """Render as the mixer's worker does: ahead of what is heard, and anew from each change on."""
    mixer = new_mixer()
    rows = [RowSettings(row.volume / 100, row.pan / 1e6, row.mute, row.solo) for row in take.rows]
    for nth, row in enumerate(take.rows):
        slug = take.stem(nth, row.stem)
        mixer.place(nth, None if slug is None else STEMS[nth, slug])
        mixer.adjust(nth, rows[nth])
    mixer.set_master(take.master / 100)
    mixer.set_loop(take.loop)
    mixer.locate(take.position)
    out = np.zeros((2, take.length + ahead), dtype=np.float32)
    moves = [*take.moves, None]
    for move, following in pairwise([None, *moves]):
        start = move.frame if move else 0
        if move:
            command(mixer, take, move, rows)
        end = (following.frame if following else take.length) + ahead
        out[:, start:end] = mixer.render(start, end - start)
    return out[:, : take.length]


@settings(deadline=None)
@given(takes(), st.integers(1, 3000), st.integers(0, 500))
def test_a_take_gives_the_samples_that_were_played(take: Take, block: int, ahead: int) -> None:
    np.testing.assert_array_equal(render(performance(take), block), played(take, ahead))


def test_a_block_may_be_rendered_again() -> None:
    take = replace(TAKE, moves=(Move(700, Control.MUTE, 0, 1), Move(900, Control.STEM, 1, 0)))
    whole = render(performance(take), 6000)
    again = performance(take)
    again.render(0, 2000)
    np.testing.assert_array_equal(again.render(0, 2000), whole[:, :2000])
    again.render(2000, 500)
    np.testing.assert_array_equal(again.render(800, 5200), whole[:, 800:])


def test_moves_that_were_rendered_ahead_are_undone_when_the_visitor_interrupts() -> None:
    take = replace(TAKE, moves=(Move(700, Control.MASTER, 0, -600), Move(1500, Control.MUTE, 0, 1)))
    followed = performance(take)
    followed.render(0, 3000)
    followed.interrupt(1000)
    rest = render(performance(replace(take, moves=take.moves[:1])), 6000)
    np.testing.assert_array_equal(followed.render(1000, 5000), rest[:, 1000:])
    assert followed.song_frame(6000) is not None


def test_after_a_pause_the_moves_come_when_they_would_have() -> None:
    take = replace(TAKE, moves=(Move(100, Control.SEEK, 0, 2000), Move(4000, Control.MUTE, 1, 1)))
    whole = render(performance(take), 6000)
    paused = performance(take)
    paused.render(0, 4500)
    paused.rebase(3000)
    assert paused.frames == 3000
    rest = paused.render(0, 3000)
    # Ramps are completed, and the limiter begins anew.
    np.testing.assert_array_equal(rest[:, 1500:], whole[:, 4500:])
    assert paused.song_frame(3000) is None


def test_after_the_end_there_is_silence() -> None:
    samples = performance(TAKE).render(5000, 2000)
    assert samples[:, :1000].any()
    assert not samples[:, 1000:].any()


def test_samples_that_have_not_arrived_leave_no_trace() -> None:
    take = replace(TAKE, moves=(Move(1000, Control.STEM, 0, 2), Move(1200, Control.SEEK, 0, 7000)))
    arrived = set(range(8))

    def stem(row: int, slug: str) -> ChunkedStem:
        audio = STEMS[row, slug]

        def decode(chunk: int, target: Planar) -> bool:
            if chunk in arrived:
                samples = audio.read(np.arange(chunk * 500, chunk * 500 + 500)) * audio.scale
                target[:] = samples
            return chunk in arrived

        return ChunkedStem(decode, channels=2, frames=FRAMES, chunk_frames=500, slots=4)

    waiting = perform(take, new_mixer(), stem)
    whole = render(performance(take), 6000)
    done = 0
    misses = 0
    while done < take.length:
        count = waiting.run(done, 1 << 16)
        try:
            samples = waiting.render(done, min(count, 900))
        except NotArrivedError:
            misses += 1
            arrived.add(8 + misses)
            continue
        np.testing.assert_array_equal(samples, whole[:, done : done + samples.shape[1]])
        done += samples.shape[1]
    assert misses > 3
