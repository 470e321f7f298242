"""Holdings: layers missing, variations forgeable."""

from __future__ import annotations

from pyodide_app.engine.holdings import SongHolding, song_holdings
from pyodide_app.engine.model import Layer, Rule, Song, Stem, Token, Variation

SONG = Song(
    "song",
    "Song",
    (
        Layer("drums", "Drums", (Stem("amen", "Amen"), Stem("brush", "Brush", weight=3))),
        Layer("bass", "Bass", (Stem("sub", "Sub"), Stem("slap", "Slap"))),
    ),
    rules=(Rule({"drums": ("amen",)}, exclude={"bass": ("slap",)}),),
)


def stem(token_id: str, layer: str, name: str, state: str = "revealed") -> Token:
    return Token(token_id, "stem", state, song="song", layer=layer, stem=name)  # type: ignore[arg-type]


def holding(*tokens: Token) -> SongHolding:
    return song_holdings([SONG], [(token, 1) for token in tokens])["song"]


def test_an_empty_holding_misses_every_layer() -> None:
    assert holding().missing_layers == SONG.layers


def test_layers_without_a_stem_are_missing() -> None:
    held = holding(stem("1", "drums", "amen"), stem("2", "drums", "amen"))
    assert (held.filled_layer_count, held.missing_layers, held.unrestricted_combinations) == (
        1,
        SONG.layers[1:],
        0,
    )
    assert held.stems("drums") == {"amen": {"1": 1, "2": 1}}
    assert held.combinations() == 0
    assert list(held.forgeable()) == []


def test_copies_of_one_token_are_counted() -> None:
    held = song_holdings([SONG], [(stem("1", "drums", "amen"), 10**30)])["song"]
    assert held.count("drums", "amen") == 10**30


def test_only_permitted_variations_can_be_forged() -> None:
    held = holding(
        stem("1", "drums", "amen"), stem("2", "drums", "brush"), stem("3", "bass", "slap")
    )
    assert (held.unrestricted_combinations, held.combinations()) == (2, 1)
    assert [variation.mix_number for variation in held.forgeable()] == ["2-2"]


def test_the_rarest_combination_comes_first() -> None:
    held = holding(
        stem("1", "drums", "amen"), stem("2", "drums", "brush"), stem("3", "bass", "sub")
    )
    assert [variation.mix_number for variation in held.forgeable()] == ["1-1", "2-1"]


def test_the_highest_id_is_burned_and_removed() -> None:
    held = holding(
        stem("9", "drums", "amen"), stem("10", "drums", "amen"), stem("3", "bass", "sub")
    )
    burned = held.tokens_to_burn(Variation("song", (0, 0)))
    assert burned == {"drums": "10", "bass": "3"}
    assert held.without(burned).copies == {"drums": {"amen": {"9": 1}}, "bass": {}}


def test_burned_tokens_and_tokens_of_other_songs_do_not_count() -> None:
    other = Token("5", "stem", "revealed", song="other", layer="bass", stem="sub")
    assert holding(stem("1", "drums", "amen", "forged"), other).filled_layer_count == 0
