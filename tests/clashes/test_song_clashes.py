"""Clashes: made material whose faults are known is found, named and ranked first."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyodide_app.engine.model import Rule
from stempress.audio.song_sound import SongSound
from stempress.clashes.level_check import LevelCheck
from stempress.clashes.song_clashes import find_clashes, pairs_that_meet
from stempress.clashes.stem_profile import profile
from tests.support.band import FRAMES, RATE, band, band_song, chord_at, delayed, hits, play

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from stempress.clashes.clash import Clash, Name, SongClashes
    from stempress.clashes.stem_profile import StemProfile

SOUND = SongSound(RATE, FRAMES)
PAD, TUNE, BUSY = ("keys", "pad"), ("lead", "tune"), ("drums", "busy")


@cache
def fitting() -> dict[Name, NDArray[np.float64]]:
    return band()


@cache
def fitting_profiles() -> dict[Name, StemProfile]:
    return {name: profiled(stem) for name, stem in fitting().items()}


def profiled(stem: NDArray[np.float64]) -> StemProfile:
    return profile([np.atleast_2d(stem).astype(np.float32)], RATE, FRAMES)


def clashes(
    changed: Mapping[Name, NDArray[np.float64]] | None = None,
    without: tuple[Name, ...] = (),
    key: str = "C major",
    **written: object,
) -> SongClashes:
    """Return the clashes of the band's song with other or more stems."""
    profiles = {
        **fitting_profiles(),
        **{name: profiled(stem) for name, stem in (changed or {}).items()},
    }
    profiles = {name: stem for name, stem in profiles.items() if name not in without}
    loudness = {name: 10 * np.log10(stem.channel_power) for name, stem in profiles.items()}
    song = replace(band_song(profiles, key), **written)  # type: ignore[arg-type]
    return find_clashes(song, SOUND, profiles, loudness)


def first(found: SongClashes) -> Clash:
    assert found.causes
    return found.causes[0]


def test_a_band_that_plays_together_has_no_clashes() -> None:
    assert clashes().causes == ()
    assert clashes(key="").causes == ()
    assert clashes(key="", bpm=None, bars=None).causes == ()


def chord_notes(length: float) -> list[tuple[float, int, float]]:
    """Return notes of the chords, one after the other."""
    beats = np.arange(0, 64, length).tolist()
    return [(beat, chord_at(beat)[1 + nth % 3] + 12, length) for nth, beat in enumerate(beats)]


MUSICAL = {
    "a drone on the leading note": play([(beat, 59, 4) for beat in range(0, 64, 4)], "held"),
    "a drone on the second": play([(beat, 62, 4) for beat in range(0, 64, 4)], "held"),
    "swung hats": hits([0, 2], [beat + off for beat in range(4) for off in (0, 2 / 3)], seed=4),
    "triplets": play(chord_notes(1 / 3), "pluck"),
    "a scale": play(
        [(n / 2, 60 + (0, 2, 4, 5, 7, 9, 11)[n % 7], 0.5) for n in range(128)], "pluck"
    ),
    "a chromatic scale": play([(n / 2, 60 + n % 12, 0.5) for n in range(128)], "pluck"),
    "laid back by 15 ms": delayed(play(chord_notes(0.5), "pluck"), 0.015),
}


@pytest.mark.parametrize("name", MUSICAL)
def test_what_is_played_on_purpose_is_no_clash(name: str) -> None:
    layers = {"swung hats": "drums", "laid back by 15 ms": "keys"}  # not beside their own sounds
    played = (layers.get(name, "lead"), "played")
    assert clashes({played: MUSICAL[name]}).causes == ()


def test_a_drone_that_is_foreign_to_the_harmony_is_named() -> None:
    drone = play([(beat, 66, 4) for beat in range(0, 64, 4)], "held")
    clash = first(clashes({("more", "drone"): drone, ("more", "noise"): noise()}))
    assert (clash.kind, clash.stems) == ("key", (("more", "drone"),))


@pytest.mark.parametrize("semitones", [1, -1, 2, -3, 6])
@pytest.mark.parametrize("name", [("bass", "eighths"), PAD, ("keys", "arpeggio"), TUNE])
@pytest.mark.parametrize("key", ["C major", ""])
def test_a_stem_in_another_key_is_named(name: Name, semitones: int, key: str) -> None:
    transposed = band(transpose=name, semitones=semitones)[name]
    found = clashes({name: transposed}, key=key)
    clash = first(found)
    assert (clash.kind, clash.stems, clash.unit) == ("key", (name,), "semitones")
    assert (clash.value - semitones) % 12 == 0
    pairs = [pair.stems for pair in found.pairs if pair.kind == "key"]
    assert pairs
    assert all(name in pair for pair in pairs)
    assert not any(stem[0] == "drums" for pair in found.pairs for stem in pair.stems)


def test_of_two_stems_the_key_says_which_is_transposed() -> None:
    without = tuple(name for name in fitting() if name not in {PAD, TUNE})
    transposed = band(transpose=TUNE, semitones=1)[TUNE]
    clash = first(clashes({TUNE: transposed}, without))
    assert (clash.kind, clash.stems, clash.value) == ("key", (TUNE,), 1)
    (unnamed,) = clashes({TUNE: transposed}, without, key="").causes
    assert (unnamed.kind, set(unnamed.stems)) == ("key", {PAD, TUNE})


@pytest.mark.parametrize("milliseconds", [40, -40, 25])
@pytest.mark.parametrize("name", [BUSY, ("bass", "eighths"), ("keys", "arpeggio")])
def test_a_late_or_early_stem_is_named(name: Name, milliseconds: int) -> None:
    late = delayed(fitting()[name], milliseconds / 1000)
    for found in (clashes({name: late}), clashes({name: late}, bpm=None, bars=None)):
        clash = first(found)
        assert (clash.kind, clash.stems, clash.unit) == ("timing", (name,), "ms")
        assert clash.value == pytest.approx(milliseconds, abs=5)


def test_a_drift_is_found_and_measured() -> None:
    name = ("keys", "arpeggio")
    drifting = band(transpose=name, tempo=1 / (1 + 0.05 / 32))[name]
    clash = first(clashes({name: drifting}))
    assert (clash.kind, clash.stems, clash.unit) == ("tempo", (name,), "ms")
    assert clash.value == pytest.approx(50, abs=8)


def test_another_tempo_is_found_and_measured() -> None:
    name = ("keys", "arpeggio")
    clash = first(clashes({name: band(transpose=name, tempo=1.03)[name]}))
    assert (clash.kind, clash.stems, clash.unit) == ("tempo", (name,), "%")
    assert clash.value == pytest.approx(3, abs=0.3)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_same_stem_in_two_layers_is_found(sign: int) -> None:
    found = clashes({("more", "again"): sign * fitting()[PAD], ("more", "other"): noise()})
    clash = first(found)
    assert (clash.kind, set(clash.stems)) == ("phase", {PAD, ("more", "again")})
    assert clash.value == pytest.approx(sign, abs=0.02)
    assert ("inverted" in clash.message) == (sign < 0)


def test_a_delayed_double_is_found_with_its_delay() -> None:
    again = delayed(fitting()[PAD], 0.04)
    found = clashes({("more", "again"): again, ("more", "other"): noise()})
    assert {"phase", "masking"} <= {pair.kind for pair in found.pairs}
    (phase,) = (pair for pair in found.pairs if pair.kind == "phase")
    assert set(phase.stems) == {PAD, ("more", "again")}
    assert "40.0 ms apart" in phase.message


def test_a_stem_that_is_12_db_too_loud_is_named() -> None:
    for name in (("drums", "busy"), ("bass", "halves")):
        sibling = next(key for key in fitting() if key[0] == name[0] and key != name)
        found = clashes({name: 4 * fitting()[name]})
        level = next(clash for clash in found.causes if clash.kind == "level")
        assert any(f"{'/'.join(name)} is 12 dB too loud beside" in str(c) for c in found.pairs)
        assert (level.stems, level.unit) == ((name,), "dB")
        assert level.value == pytest.approx(12, abs=0.5)
        assert first(found).kind in {"level", "masking"}
        assert name in first(found).stems
        assert sibling not in {stem for clash in found.causes for stem in clash.stems}


def named(found: SongClashes) -> set[Name]:
    return {stem for clash in found.causes for stem in clash.stems}


def test_of_three_stems_only_the_quiet_one_is_named_and_what_masks_it_is_not_listed() -> None:
    quiet, other = ("drums", "quiet"), ("drums", "other")
    straight = fitting()[("drums", "straight")]
    found = clashes({quiet: 0.04 * straight, other: delayed(straight, 2)})
    level = next(clash for clash in found.causes if clash.kind == "level")
    assert (level.stems, round(level.value)) == ((quiet,), -28)
    assert named(found) == {quiet}
    assert any(pair.kind == "masking" and pair.stems[1] == quiet for pair in found.pairs)


@pytest.mark.parametrize("decibels", [-45, -12, 12, 30])
@pytest.mark.parametrize("name", [("lead", "other"), ("drums", "busy")])
def test_of_two_stems_the_one_unlike_the_other_layers_is_named(name: Name, decibels: float) -> None:
    stem = fitting().get(name, fitting()[TUNE])
    found = clashes({name: 10 ** (decibels / 20) * stem})
    assert named(found) == {name}
    for pair in found.pairs:
        if pair.kind == "level":
            assert pair.stems[0] == name
            assert abs(pair.value) <= abs(decibels) + 0.5


LOUDNESS = {
    "two groups": ((0, 0, -28, -28), ()),
    "one between two outliers": ((0, -20, 20), (1, 2)),
    "one louder": ((0, 1, 2, 14), (3,)),
    "two louder, ten apart": ((0, 0, 0, 20, 30), (3, 4)),
}


@pytest.mark.parametrize("name", LOUDNESS)
def test_only_outliers_of_a_layer_are_named(name: str) -> None:
    levels, outliers = LOUDNESS[name]
    loudness: dict[Name, float] = {
        ("drums", f"d{nth}"): -20 + level for nth, level in enumerate(levels)
    }
    check = LevelCheck(band_song([*loudness, PAD]), {**loudness, PAD: -20.0})
    assert {clash.stems for clash in check.stems()} == {(("drums", f"d{nth}"),) for nth in outliers}


def test_a_stem_as_loud_as_another_is_not_too_loud_beside_it() -> None:
    loud, soft = ("drums", "loud"), ("bass", "soft")
    loudness = {loud: -20.0, ("drums", "a"): -32.0, ("drums", "b"): -32.0, PAD: -20.0, soft: -34.0}
    check = LevelCheck(band_song(loudness), loudness)
    assert [clash.stems for clash in check.stems()] == [(loud,)]
    assert list(check.pair(loud, PAD)) == []
    assert [clash.stems for clash in check.pair(loud, soft)] == [(loud, soft)]


def test_a_stem_under_noise_is_masked() -> None:
    found = clashes({("more", "storm"): 8 * noise(), ("more", "rain"): 8 * noise()})
    masked = [pair for pair in found.pairs if pair.kind == "masking"]
    assert masked
    assert all(("more", "storm") in pair.stems or ("more", "rain") in pair.stems for pair in masked)


@pytest.mark.parametrize("second", [1, -0.98])
def test_what_is_in_the_stereo_difference_alone_is_not_masked(second: float) -> None:
    tune = fitting()[TUNE]
    found = clashes({TUNE: np.stack([tune, second * tune])})
    assert not any(clash.kind == "masking" for clash in found.pairs)
    assert [clash.kind for clash in found.causes] == ["phase"] * (second < 0)


def test_critical_bands_have_the_power_of_both_channels() -> None:
    tune = fitting()[TUNE]
    mono, side, left = (
        profiled(stem).bark
        for stem in (tune, np.stack([tune, -tune]), np.stack([np.sqrt(2) * tune, 0 * tune]))
    )
    assert side == pytest.approx(mono, rel=1e-4, abs=1e-9)
    assert left == pytest.approx(mono, rel=1e-4, abs=1e-9)


def test_a_stem_that_cancels_in_mono_is_named() -> None:
    tune = fitting()[TUNE]
    clash = first(clashes({TUNE: np.stack([tune, -0.8 * tune])}))
    assert (clash.kind, clash.stems, clash.place) == ("phase", (TUNE,), "")
    assert "in mono" in clash.message


def test_the_worst_bar_is_where_it_is_wrong() -> None:
    bar = FRAMES // 16
    tune, wrong = fitting()[TUNE].copy(), band(transpose=TUNE, semitones=1)[TUNE]
    tune[: 12 * bar] = wrong[: 12 * bar]
    clash = first(clashes({TUNE: tune}))
    assert clash.bar is not None
    assert clash.bar <= 12
    assert clash.seconds == pytest.approx((clash.bar - 1) * 2)


@pytest.mark.parametrize("frames", [1, 100, 5000, 30000])
def test_stems_of_any_length_can_be_compared(frames: int) -> None:
    stems = {name: stem[:frames] for name, stem in fitting().items()}
    profiles = {
        name: profile([stem[None].astype(np.float32)], RATE, frames) for name, stem in stems.items()
    }
    song = replace(band_song(stems), bpm=None, bars=None)
    found = find_clashes(song, SongSound(RATE, frames), profiles, dict.fromkeys(stems, -20.0))
    assert all(clash.kind in {"masking", "phase"} for clash in found.causes)


@pytest.mark.parametrize("rate", [8000, 44100, 96000])
def test_a_silent_stem_clashes_with_nothing_at_any_rate(rate: int) -> None:
    silence = np.zeros((2, 4 * rate), dtype=np.float32)
    profiles = {name: profile([silence], rate, 4 * rate) for name in (PAD, TUNE)}
    song = band_song(profiles)
    found = find_clashes(song, SongSound(rate, 4 * rate), profiles, dict.fromkeys(profiles, -70.0))
    assert (found.compared, found.causes) == (1, ())


def test_pairs_that_no_variation_contains_are_left_out() -> None:
    song = band_song(fitting())
    rule = Rule({"lead": ("tune",)}, exclude={"drums": ("busy",)})
    require = Rule({"bass": ("halves",)}, require={"keys": ("pad",)})
    pairs = set(map(frozenset, pairs_that_meet(replace(song, rules=(rule, require)))))
    everything = set(map(frozenset, pairs_that_meet(song)))
    assert len(everything) == 2 * 5 + 2 * 3 + 2
    assert everything - pairs == {
        frozenset({TUNE, BUSY}),
        frozenset({("bass", "halves"), ("keys", "arpeggio")}),
    } | {frozenset({BUSY, other}) for other in fitting() if other[0] in {"bass", "keys"}}


def test_a_stem_that_no_variation_contains_is_not_named() -> None:
    tune = band(transpose=TUNE, semitones=1)[TUNE]
    other = fitting()[TUNE]
    rules = tuple(
        Rule({"lead": ("tune",)}, exclude={"drums": (stem,)}) for stem in ("straight", "busy")
    )
    changed = {TUNE: tune, ("lead", "other"): other}
    assert named(clashes(changed)) == {TUNE}
    assert clashes(changed, rules=rules).causes == ()


def noise() -> NDArray[np.float64]:
    return 0.1 * np.random.default_rng(5).standard_normal(FRAMES)
