"""The loudest variation is found without mixing them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyodide_app.engine import loudness
from pyodide_app.engine.model import Layer, Rule, Song, Stem
from stempress.audio import loudest_mix as loudest
from stempress.audio.loudest_mix import loudest_mix
from stempress.audio.song_sound import SongSound
from stempress.audio.sound import decode
from tests.support.music import notes, sound_file

if TYPE_CHECKING:
    from pathlib import Path

FRAMES = 24000
SHAPE = (3, 2, 4)


def song(*rules: Rule) -> Song:
    layers = tuple(
        Layer(f"l{layer}", "", tuple(Stem(f"s{stem}", "") for stem in range(size)))
        for layer, size in enumerate(SHAPE)
    )
    return Song("one", "One", layers, rules)


def write_stems(folder: Path, seed: int) -> list[list[Path]]:
    """Write stems of different levels, some of them mono."""
    rng = np.random.default_rng(seed)
    paths = []
    for layer, size in enumerate(SHAPE):
        paths.append([folder / f"{layer}-{stem}.wav" for stem in range(size)])
        for stem, path in enumerate(paths[-1]):
            samples = rng.uniform(0.5, 1.5) * notes(int(rng.integers(1 << 30)), seconds=0.5)
            path.write_bytes(sound_file(samples[:, : 1 + stem % 2], subtype="PCM_24"))
    return paths


def peaks_by_mixing(paths: list[list[Path]], allowed: Song) -> dict[str, float]:
    """Mix every permitted variation; return mix number -> true peak."""
    stems = [
        [np.broadcast_to(decode(path).samples, (2, FRAMES)) for path in layer] for layer in paths
    ]
    peaks = {}
    for variation in allowed.variations():
        chosen = [stems[layer][stem] for layer, stem in variation.chosen()]
        peaks[variation.mix_number] = loudness.true_peak(np.sum(chosen, axis=0))
    return peaks


@pytest.mark.parametrize("seed", range(4))
def test_the_result_agrees_with_mixing_every_variation(tmp_path: Path, seed: int) -> None:
    paths = write_stems(tmp_path, seed)
    peaks = peaks_by_mixing(paths, song())
    result = loudest_mix(song(), paths, SongSound(48000, FRAMES))
    assert result is not None
    assert result.true_peak == pytest.approx(peaks[result.mix_number], abs=1e-6)
    assert result.true_peak >= 0.98 * max(peaks.values())


def test_a_forbidden_mix_is_never_returned(tmp_path: Path) -> None:
    paths = write_stems(tmp_path, 1)
    free = loudest_mix(song(), paths, SongSound(48000, FRAMES))
    assert free is not None
    first = f"s{int(free.mix_number.split('-')[0]) - 1}"
    last = f"s{int(free.mix_number.split('-')[2]) - 1}"
    ruled = song(Rule({"l0": (first,)}, exclude={"l2": (last,)}))
    result = loudest_mix(ruled, paths, SongSound(48000, FRAMES))
    assert result is not None
    assert result.mix_number in peaks_by_mixing(paths, ruled)
    assert result.true_peak <= free.true_peak


def test_only_a_few_of_thousands_of_variations_are_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(sound_file(notes(1, seconds=0.5)))
    layers = tuple(
        Layer(f"l{layer}", "", tuple(Stem(f"s{stem}", "") for stem in range(6)))
        for layer in range(12)
    )
    measured = []

    def record(_: object, choice: tuple[int, ...], __: float) -> float:
        measured.append(choice)
        return 1.0

    monkeypatch.setattr(loudest, "_true_peak", record)
    wide = Song("one", "One", layers)
    assert loudest_mix(wide, [[path] * 6] * 12, SongSound(48000, FRAMES)) is not None
    assert 0 < len(measured) <= 3 * 6  # half a second, and what is left of it


def test_a_mix_may_be_louder_without_a_layer(tmp_path: Path) -> None:
    sound, inverted = tmp_path / "sound.wav", tmp_path / "inverted.wav"
    samples = notes(1, seconds=0.5)
    sound.write_bytes(sound_file(samples, subtype="PCM_24"))
    inverted.write_bytes(sound_file(-0.9 * samples, subtype="PCM_24"))
    always = Layer("drums", "", (Stem("a", ""),))
    optional = Layer("fx", "", (Stem("b", ""),), empty=Stem("", ""))
    result = loudest_mix(
        Song("one", "One", (always, optional)), [[sound], [inverted]], SongSound(48000, FRAMES)
    )
    assert result is not None
    assert result.mix_number == "1-0"
