"""Rarity: targets, counts, scores, ranks."""

from __future__ import annotations

import csv
from dataclasses import replace
from math import log2
from typing import TYPE_CHECKING

import pytest

from pyodide_app.engine.model import Layer, Rule, Song, Stem, Token, Variation
from stempress.collection.rarity import LeftOut, Rarity
from stempress.collection.song_rarity import ENUMERABLE, extremes
from stempress.render.rarity_data import rarity_csv
from tests.support.small_site import small_site

if TYPE_CHECKING:
    from pathlib import Path


def layer(slug: str, **supplies: int) -> Layer:
    stems = tuple(Stem(stem, stem.title(), supply=count) for stem, count in supplies.items())
    return Layer(slug, slug.title(), stems)


SONG = Song(
    "song",
    "Song",
    (layer("drums", amen=30, brush=10), layer("bass", sub=20, slap=20)),
    rules=(Rule({"drums": ("brush",)}, exclude={"bass": ("slap",)}),),
)
TOKENS = (
    Token("1", "stem", "revealed", song="song", layer="drums", stem="amen"),
    Token("2", "stem", "forged", song="song", layer="drums", stem="brush", into="9"),
    Token("3", "stem", "forged", song="song", layer="bass", stem="sub", into="9"),
    Token("4", "stem", "unrevealed"),
    Token("9", "song", "revealed", song="song", stems={"drums": "brush", "bass": "sub"}),
)
RARITY = Rarity([SONG], TOKENS)


def variation(mix_number: str) -> Variation:
    return Variation.parse(SONG, mix_number)


def test_odds_are_shares_of_the_layer() -> None:
    assert RARITY.odds(("song", "drums", "amen")) == 0.75


def test_minted_burned_and_remaining_add_up() -> None:
    count = RARITY.count(("song", "drums", "brush"), SONG.layers[0].stems[1])
    assert (count.supply, count.minted, count.burned, count.remaining, count.alive) == (
        10, 1, 1, 9, 0,
    )  # fmt: skip


def test_the_actual_share_counts_only_revealed_tokens() -> None:
    assert RARITY.actual(("song", "drums", "amen")) == 0.5
    assert Rarity([SONG], ()).actual(("song", "drums", "amen")) is None


def test_a_score_is_the_information_content() -> None:
    assert RARITY.score(SONG, variation("2-1")) == pytest.approx(log2(4) + log2(2))


def test_rank_1_is_the_rarest_and_ties_share_a_rank() -> None:
    ranks = {
        permitted.mix_number: RARITY.standing(SONG, permitted).rank
        for permitted in SONG.variations()
    }
    assert ranks == {"2-1": 1, "1-1": 2, "1-2": 2}


def test_odds_of_the_permitted_variations_sum_to_one() -> None:
    total = sum(RARITY.standing(SONG, permitted).odds for permitted in SONG.variations())
    assert total == pytest.approx(1)


def test_extremes_are_the_ends_of_the_ranking() -> None:
    rarest, commonest = extremes(SONG, 1)
    assert rarest == (variation("2-1"),)
    assert commonest[0].mix_number in {"1-1", "1-2"}


def test_extremes_of_a_huge_song_are_found_without_enumeration_and_obey_the_rules() -> None:
    layers = tuple(layer(f"l{at}", a=1, b=2, c=3, d=4, e=5) for at in range(14))
    song = Song("big", "Big", layers, (Rule({"l0": ("a",)}, exclude={"l1": ("a",)}),))
    assert song.combinations > ENUMERABLE
    rarity = Rarity([song], ())
    rarest, commonest = extremes(song, 8)
    assert rarest[0].mix_number.count("1") == 13
    assert commonest[0].mix_number == "-".join("5" * 14)
    assert all(song.permits(permitted) for permitted in rarest)
    assert rarity.standing(song, rarest[0]).rank is None


def test_an_unrevealed_token_can_be_any_remaining_stem() -> None:
    odds = RARITY.unrevealed_odds
    assert sum(odds.values()) == pytest.approx(1)
    assert odds["song", "drums", "amen"] == pytest.approx(29 / 77)


def test_odds_do_not_depend_on_what_unrevealed_tokens_are() -> None:
    other = (*TOKENS[:3], Token("4", "stem", "unrevealed", stem="amen"), TOKENS[4])
    assert Rarity([SONG], other).unrevealed_odds == RARITY.unrevealed_odds


def test_song_tokens_are_found_by_variation() -> None:
    assert [token.id for token in RARITY.tokens_of(variation("2-1"))] == ["9"]
    assert RARITY.tokens_of(variation("1-1")) == []


def test_target_and_revealed_counts_balance_in_every_layer(tmp_path: Path) -> None:
    small = small_site(tmp_path)
    rows = list(csv.DictReader(rarity_csv(small.rarity).splitlines()))
    assert [row["stem"] for row in rows[4:]] == ["live", "tape", "live", "synth"]
    for layer in {(row["song"], row["layer"]) for row in rows}:
        layer_rows = [row for row in rows if (row["song"], row["layer"]) == layer]
        assert sum(float(row["wished"]) for row in layer_rows) == sum(
            int(row["drawn"]) for row in layer_rows
        )
        assert sum(float(row["apart"]) for row in layer_rows) == 0
    two = next(row for row in rows if (row["song"], row["layer"]) == ("two", "bass"))
    assert (two["wished"], two["drawn"], two["apart"], two["alive"]) == ("1.00", "2", "1.00", "1")


OPTIONAL = Song(
    "song",
    "Song",
    (layer("drums", amen=30, brush=10), replace(layer("fx", hiss=10), empty=Stem("", "", 30))),
)
WITHOUT = (
    Token("1", "stem", "revealed", song="song", layer="fx", stem="hiss"),
    Token("8", "song", "revealed", song="song", stems={"drums": "amen", "fx": "hiss"}),
    Token("9", "song", "revealed", song="song", stems={"drums": "amen"}, supply=3),
)


def test_leaving_a_layer_out_has_odds_in_mixes_and_none_among_stem_tokens() -> None:
    rarity = Rarity([OPTIONAL], WITHOUT)
    without, with_hiss = (Variation.parse(OPTIONAL, mix) for mix in ("1-0", "1-1"))
    assert rarity.score(OPTIONAL, without) == pytest.approx(log2(4 / 3) * 2)
    assert rarity.score(OPTIONAL, with_hiss) == pytest.approx(log2(4 / 3) + 2)
    assert rarity.odds(("song", "fx", "hiss")) == 1
    assert rarity.unrevealed_odds["song", "fx", "hiss"] == pytest.approx(9 / 49)
    assert rarity.tokens_of(without) == [WITHOUT[2]]
    odds = [rarity.standing(OPTIONAL, each).odds for each in OPTIONAL.variations()]
    assert sum(odds) == pytest.approx(1)


def test_the_share_of_song_tokens_without_a_layer_is_counted() -> None:
    rarity = Rarity([OPTIONAL], WITHOUT)
    assert rarity.left_out(OPTIONAL, OPTIONAL.layers[0]) is None
    assert rarity.left_out(OPTIONAL, OPTIONAL.layers[1]) == LeftOut(0.75, 3, 0.75)
    assert Rarity([OPTIONAL], ()).left_out(OPTIONAL, OPTIONAL.layers[1]) == LeftOut(0.75, 0, None)


def test_the_rarest_mixes_may_be_without_a_layer() -> None:
    rarest, commonest = extremes(OPTIONAL, 1)
    assert [mix.mix_number for mix in (*rarest, *commonest)] == ["2-1", "1-0"]
