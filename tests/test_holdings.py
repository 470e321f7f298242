"""What tokens open and what can be forged with them."""

from __future__ import annotations

from pyodide_app.engine.holdings import opened, song_holding
from pyodide_app.engine.model import Layer, Rule, Song, Stem, Token

SONG = Song(
    "song",
    "Song",
    (
        Layer("drums", "Drums", (Stem("amen", "Amen"), Stem("brush", "Brush"))),
        Layer("bass", "Bass", (Stem("sub", "Sub"), Stem("slap", "Slap"))),
    ),
    rules=(Rule({"drums": ("amen",)}, exclude={"bass": ("slap",)}),),
)


def held(token_id: str, layer: str, stem: str, state: str = "revealed") -> Token:
    return Token(token_id, "stem", state, song="song", layer=layer, stem=stem)  # type: ignore[arg-type]


def test_stem_and_song_tokens_open_their_stems() -> None:
    forged = Token("9", "song", "revealed", song="song", stems={"drums": "brush", "bass": "sub"})
    unrevealed = Token("2", "stem", "unrevealed")
    assert opened([held("1", "drums", "amen"), unrevealed, forged]) == {
        ("song", "drums", "amen"),
        ("song", "drums", "brush"),
        ("song", "bass", "sub"),
    }


def test_missing_layers_are_named() -> None:
    holding = song_holding(SONG, [held("1", "drums", "amen"), held("2", "drums", "amen")])
    assert (holding.held, holding.missing, holding.choices) == (1, ("bass",), 0)
    assert holding.stems["drums"]["amen"] == ("1", "2")
    assert list(holding.forgeable()) == []


def test_only_permitted_variations_can_be_forged() -> None:
    tokens = [held("1", "drums", "amen"), held("2", "drums", "brush"), held("3", "bass", "slap")]
    holding = song_holding(SONG, tokens)
    assert holding.choices == 2
    assert [variation.mix_number for variation in holding.forgeable()] == ["2-2"]


def test_burned_and_foreign_tokens_do_not_count() -> None:
    other = Token("5", "stem", "revealed", song="other", layer="bass", stem="sub")
    holding = song_holding(SONG, [held("1", "drums", "amen", "forged"), other])
    assert holding.held == 0
