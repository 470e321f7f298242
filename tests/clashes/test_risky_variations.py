"""Risky variations: permitted, one for each cause, with the clashes that are heard in them."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import pytest

from pyodide_app.engine.model import Layer, Rule, Song, Stem
from stempress.clashes.clash import Clash, SongClashes
from stempress.clashes.risky_variations import clashes_in, risky_variations
from stempress.clashes.song_clashes import pairs_that_meet

SONG = Song(
    "one",
    "One",
    tuple(
        Layer(slug, slug.title(), tuple(Stem(name, name) for name in "abc"), empty)
        for slug, empty in (("drums", None), ("bass", Stem("", "")), ("keys", None), ("lead", None))
    ),
)
A, B, C = ("drums", "a"), ("bass", "b"), ("keys", "c")


def pair(severity: float, *stems: tuple[str, str], kind: str = "masking") -> Clash:
    return Clash(kind, stems, severity, "do not fit", 1, "%")  # type: ignore[arg-type]


def test_the_worst_pair_comes_first_with_what_else_clashes() -> None:
    pairs = (pair(3, A, B), pair(2, B, C), pair(1.5, ("lead", "b"), ("keys", "a")))
    clashes = SongClashes("one", 9, (), pairs)
    first, second = risky_variations(SONG, clashes)
    assert first.by_layer(SONG).items() >= dict((A, B, C)).items()
    assert clashes_in(SONG, first, clashes) == [*pairs[:2]]
    assert pairs[2] in clashes_in(SONG, second, clashes)


def test_a_stem_that_fits_none_is_offered_once() -> None:
    stem = Clash("key", (A,), 3, "is in another key", 1, "semitones")
    pairs = tuple(pair(2, A, (layer, "b"), kind="key") for layer in ("bass", "keys", "lead"))
    clashes = SongClashes("one", 9, (stem,), pairs)
    (only,) = risky_variations(SONG, clashes)
    assert only.mix_number == "1-2-2-2"
    assert clashes_in(SONG, only, clashes) == [*pairs]


def test_a_stem_that_cancels_in_mono_is_offered_alone() -> None:
    clashes = SongClashes("one", 9, (pair(2, A, kind="phase"),))
    (only,) = risky_variations(SONG, clashes)
    assert only.choice[0] == 0
    assert clashes_in(SONG, only, clashes) == [*clashes.stems]


def test_a_stem_that_no_pair_explains_is_a_reason() -> None:
    quiet = Clash("level", (A,), 3, "is too quiet", -27, "dB")
    clashes = SongClashes("one", 9, (quiet,), (pair(2, A, B),))
    (first, *_) = risky_variations(SONG, clashes)
    assert clashes_in(SONG, first, clashes)[0] == quiet


@pytest.mark.parametrize("seed", range(40))
def test_every_pair_that_can_sound_together_is_heard_whatever_the_rules(seed: int) -> None:
    rng = random.Random(seed)
    layers = [layer.slug for layer in SONG.layers]

    def side(layer: str) -> dict[str, tuple[str, ...]]:
        return {layer: tuple(rng.sample("abc", rng.randint(1, 2)))}

    rules = []
    for _ in range(rng.randint(0, 3)):
        when, then = rng.sample(layers, 2)
        rules.append(Rule(side(when), **{rng.choice(["exclude", "require"]): side(then)}))
    song = replace(SONG, rules=tuple(rules))
    met = {
        frozenset(stems)
        for variation in song.variations()
        for stems in combinations(variation.by_layer(song).items(), 2)
    }
    assert {frozenset(stems) for stems in pairs_that_meet(song)} == met
    chosen = [stems for stems in pairs_that_meet(song) if rng.random() < 0.2]
    clashes = SongClashes("one", 9, (), tuple(pair(rng.uniform(1, 5), *it) for it in chosen))
    variations = [*risky_variations(song, clashes)]
    assert all(map(song.permits, variations))
    heard = {clash for variation in variations for clash in clashes_in(song, variation, clashes)}
    assert heard == {*clashes.pairs}
