"""Tokens by song, and their relatives."""

from __future__ import annotations

from pyodide_app.engine.model import Token
from stempress.site.tokens_by_song import tokens_by_song, with_relatives

TOKENS = (
    Token("1", "stem", "forged", song="one", layer="drums", stem="live", into="4"),
    Token("2", "stem", "forged", song="one", layer="bass", stem="live", into="4"),
    Token("3", "stem", "revealed", song="one", layer="bass", stem="live"),
    Token("4", "song", "forged", song="one", burned=("1", "2"), into="6"),
    Token("5", "song", "forged", song="two", burned=("7",), into="6"),
    Token("6", "album", "revealed", album="tides", burned=("4", "5")),
    Token("7", "stem", "forged", song="two", layer="drums", stem="live", into="5"),
    Token("8", "song", "unrevealed", song="two"),
)
BY_ID = {token.id: token for token in TOKENS}


def relatives(*ids: str) -> set[str]:
    """Return the IDs of all tokens that the family trees of some have."""
    return {token.id for token in with_relatives([BY_ID[each] for each in ids], BY_ID)}


def test_what_is_unrevealed_is_of_no_song() -> None:
    by_song = {slug: [token.id for token in of] for slug, of in tokens_by_song(TOKENS).items()}
    assert by_song == {"one": ["1", "2", "3", "4"], "two": ["5", "7"], "": ["6", "8"]}


def test_relatives_are_what_a_token_was_burned_with_and_for() -> None:
    assert relatives("3") == {"3"}
    assert relatives("1") == {"1", "2", "4", "5", "6"}
    assert relatives("5") == {"4", "5", "6", "7"}
    assert relatives("6") == {"4", "5", "6"}


def test_tokens_come_first_and_in_order() -> None:
    ordered = with_relatives([BY_ID["1"], BY_ID["3"], BY_ID["4"]], BY_ID)
    assert [token.id for token in ordered][:3] == ["1", "3", "4"]
