"""Length of previews."""

from __future__ import annotations

import pytest

from pyodide_app.engine.model import Layer, Song, Stem
from stempress.audio.song_sound import SongSound, preview_frames


def song(bars: int | None) -> Song:
    return Song("one", "One", (Layer("drums", "Drums", (Stem("a", "A"),)),), bars=bars)


@pytest.mark.parametrize(
    ("bars", "seconds", "expected"),
    [
        (None, 1, 1000),
        (None, 99, 9000),
        (9, 3, 3000),
        (9, 3.9, 3000),
        (7, 3, 2571),  # 2 of 7 bars of 1285.7 frames
        (9, 0.5, 500),  # not one bar
        (9, 99, 9000),
    ],
)
def test_a_preview_is_cut_on_a_bar(bars: int | None, seconds: float, expected: int) -> None:
    assert preview_frames(song(bars), SongSound(1000, 9000), seconds) == expected


def test_previews_of_any_number_of_bars_are_exact_to_the_frame() -> None:
    sound = SongSound(48000, 1_499_999)
    for bars in range(1, 64):
        for kept_bars in range(1, bars + 1):
            frames = -(-kept_bars * sound.frames // bars)
            cut = preview_frames(song(bars), sound, (frames + 0.5) / sound.rate)
            assert cut == kept_bars * sound.frames // bars
