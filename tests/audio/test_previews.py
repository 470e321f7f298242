"""Length and level of previews."""

from __future__ import annotations

import numpy as np
import pytest

from pyodide_app.engine.limiter import CEILING
from pyodide_app.engine.loudness import true_peak
from pyodide_app.engine.mix import StemAudio
from pyodide_app.engine.model import Layer, Song, Stem
from stempress.audio.previews import match_loudness, stem_products
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


@pytest.mark.parametrize("seconds", [0.05, 0.3, 0.399, 0.4, 0.9])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_previews_of_any_length_keep_below_the_ceiling(rate: int, seconds: float) -> None:
    frame = np.arange(round(rate * seconds))
    mix = np.stack([1.05 * np.sin(np.pi * frame / 2 + np.pi / 4)] * 2).astype(np.float32)
    powers = stem_products([StemAudio.from_float(mix)], rate)[:, 0, 0]
    assert true_peak(mix) > 1
    assert true_peak(match_loudness(mix, powers, rate)) <= CEILING * 1.001
