"""The loudest variation is found without trying them all."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyodide_app.engine import loudness
from pyodide_app.engine.model import Layer, Rule, Song, Stem, Variation
from stempress.audio import loudest_mix as loudest
from stempress.audio.encode import decode
from stempress.audio.loudest_mix import loudest_mix
from stempress.audio.song_sound import SongSound
from tests.support.music import notes, sound_file

if TYPE_CHECKING:
    from pathlib import Path

FRAMES = 24000
SHAPE = (3, 2, 4)


def song(*rules: Rule) -> Song:
    layers = tuple(
        Layer(f"l{at}", "", tuple(Stem(f"s{nth}", "") for nth in range(size)))
        for at, size in enumerate(SHAPE)
    )
    return Song("one", "One", layers, rules)


def written(folder: Path, seed: int) -> list[list[Path]]:
    """Write stems of different levels, some of them mono."""
    rng = np.random.default_rng(seed)
    paths = []
    for at, size in enumerate(SHAPE):
        paths.append([folder / f"{at}-{nth}.wav" for nth in range(size)])
        for nth, path in enumerate(paths[-1]):
            samples = rng.uniform(0.5, 1.5) * notes(int(rng.integers(1 << 30)), seconds=0.5)
            path.write_bytes(sound_file(samples[:, : 1 + nth % 2], subtype="PCM_24"))
    return paths


def by_trying(paths: list[list[Path]], allowed: Song) -> dict[str, float]:
    """Return the true peak of every permitted variation, by mixing them all."""
    stems = [
        [np.broadcast_to(decode(path).samples, (2, FRAMES)) for path in layer] for layer in paths
    ]
    found = {}
    for choice in product(*map(range, SHAPE)):
        variation = Variation("one", choice)
        if allowed.permits(variation):
            chosen = [layer[nth] for layer, nth in zip(stems, choice, strict=True)]
            found[variation.mix_number] = loudness.true_peak(np.sum(chosen, axis=0))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_one_that_trying_finds(tmp_path: Path, seed: int) -> None:
    paths = written(tmp_path, seed)
    peaks = by_trying(paths, song())
    found = loudest_mix(song(), paths, SongSound(48000, FRAMES))
    assert found is not None
    assert found.true_peak == pytest.approx(peaks[found.mix_number], abs=1e-6)
    assert found.true_peak >= 0.98 * max(peaks.values())


def test_a_forbidden_mix_is_not_named(tmp_path: Path) -> None:
    paths = written(tmp_path, 1)
    free = loudest_mix(song(), paths, SongSound(48000, FRAMES))
    assert free is not None
    first = f"s{int(free.mix_number.split('-')[0]) - 1}"
    last = f"s{int(free.mix_number.split('-')[2]) - 1}"
    ruled = song(Rule({"l0": (first,)}, exclude={"l2": (last,)}))
    found = loudest_mix(ruled, paths, SongSound(48000, FRAMES))
    assert found is not None
    assert found.mix_number in by_trying(paths, ruled)
    assert found.true_peak <= free.true_peak


def test_thousands_of_variations_are_not_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(sound_file(notes(1, seconds=0.5)))
    layers = tuple(
        Layer(f"l{at}", "", tuple(Stem(f"s{nth}", "") for nth in range(6))) for at in range(12)
    )
    measured = []

    def counted(_: object, __: object, choices: list[tuple[int, ...]]) -> list[float]:
        measured.extend(choices)
        return [1.0] * len(choices)

    monkeypatch.setattr(loudest, "true_peaks", counted)
    wide = Song("one", "One", layers)
    assert loudest_mix(wide, [[path] * 6] * 12, SongSound(48000, FRAMES)) is not None
    assert 0 < len(measured) <= loudest.MAX_CANDIDATES
