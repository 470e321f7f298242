"""Data model: songs, variations and rules."""

from __future__ import annotations

import pytest

from pyodide_app.engine.model import Layer, Rule, Song, Stem, Variation, stem_keys


def layer(slug: str, *stems: str) -> Layer:
    return Layer(slug, slug.title(), tuple(Stem(stem, stem.title()) for stem in stems))


SONG = Song(
    "undertow",
    "Undertow",
    (
        layer("drums", "amen", "brush", "box"),
        layer("bass", "sub", "slap"),
        layer("pad", "glass", "tape"),
    ),
    rules=(
        Rule({"drums": ("amen",)}, exclude={"bass": ("slap",)}),
        Rule({"bass": ("slap",)}, require={"pad": ("glass",)}),
    ),
)


def test_variations_follow_the_rules_in_mix_number_order() -> None:
    expected = ["1-1-1", "1-1-2", "2-1-1", "2-1-2", "2-2-1", "3-1-1", "3-1-2", "3-2-1"]
    assert expected == [variation.mix_number for variation in SONG.variations()]


def test_counting_equals_enumerating() -> None:
    assert SONG.count_permitted() == len(list(SONG.variations())) == 8
    assert SONG.combinations == 12


def test_layers_without_rules_are_counted_without_being_enumerated() -> None:
    many = tuple(layer(f"l{index}", *(f"s{n}" for n in range(10))) for index in range(12))
    song = Song("big", "Big", many, (Rule({"l0": ("s0",)}, exclude={"l1": ("s0",)}),))
    assert song.count_permitted() == 10**12 - 10**10


@pytest.mark.parametrize("mix_number", ["1-1-1", "3-2-2"])
def test_a_mix_number_round_trips(mix_number: str) -> None:
    assert Variation.parse(SONG, mix_number).mix_number == mix_number


@pytest.mark.parametrize(
    "mix_number", ["", "1-1", "1-1-1-1", "0-1-1", "4-1-1", "1-1-x", "1--1", "-1-1-1", "\u0661-1-1"]
)
def test_an_invalid_mix_number_names_the_valid_range(mix_number: str) -> None:
    with pytest.raises(ValueError, match="3 numbers from 1-1-1 to 3-2-2"):
        Variation.parse(SONG, mix_number)


def test_a_variation_converts_to_stems_and_back() -> None:
    chosen = {"drums": "brush", "bass": "sub", "pad": "tape"}
    variation = Variation.from_stems(SONG, chosen)
    assert variation.mix_number == "2-1-2"
    assert variation.by_layer(SONG) == chosen
    assert [stem.name for stem in variation.stems(SONG)] == ["Brush", "Sub", "Tape"]


def test_a_stem_of_another_layer_is_rejected() -> None:
    with pytest.raises(KeyError, match="sub"):
        Variation.from_stems(SONG, {"drums": "sub", "bass": "sub", "pad": "tape"})


def test_an_unknown_layer_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="lead"):
        SONG.layer("lead")


@pytest.mark.parametrize(
    ("stem", "weight"),
    [(Stem("a", "A"), 1.0), (Stem("a", "A", supply=40), 40.0), (Stem("a", "A", weight=2.5), 2.5)],
)
def test_the_target_weight_is_supply_or_weight_or_one(stem: Stem, weight: float) -> None:
    assert stem.target_weight == weight


def test_stem_keys_come_in_song_layer_and_stem_order() -> None:
    assert list(stem_keys([SONG]))[:4] == [
        ("undertow", "drums", "amen"),
        ("undertow", "drums", "brush"),
        ("undertow", "drums", "box"),
        ("undertow", "bass", "sub"),
    ]
