"""What was heard is found in what the engine plays."""

from __future__ import annotations

import numpy as np

from tests.support.listening import difference, is_part_of, place_of, without_silence_before


def test_a_quiet_passage_is_found_though_a_louder_one_is_like_it() -> None:
    rng = np.random.default_rng(1)
    quiet = (0.1 * rng.standard_normal((2, 5000))).astype(np.float32)
    whole = np.concatenate([quiet, 8 * quiet + 0.01 * quiet[::-1]], axis=1)
    heard = quiet[:, 700:2700]
    assert place_of(heard, whole) == 700
    assert difference(heard, whole) == 0
    assert is_part_of(heard, whole)


def test_a_gap_is_a_difference() -> None:
    whole = np.random.default_rng(2).standard_normal((2, 5000)).astype(np.float32)
    heard = whole[:, 100:3000].copy()
    heard[:, 1500:1600] = 0
    assert difference(heard, whole) > 1
    assert not is_part_of(heard, whole)


def test_silence_before_the_first_sound_is_left_out() -> None:
    sound = np.array([[0.0, 0.5, 0.0], [0.1, 0.0, 0.0]], dtype=np.float32)
    heard = np.concatenate([np.zeros((2, 4), np.float32), sound], axis=1)
    assert np.array_equal(without_silence_before(heard), sound)
