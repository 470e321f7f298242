"""Traits of tokens, and the lists of tokens that share one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stempress.collection.traits import Trait, traits_of
from stempress.core.slugs import is_slug
from tests.support.small_site import SmallSite, small_site

if TYPE_CHECKING:
    from pyodide_app.engine.model import Token


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    return small_site(tmp_path_factory.mktemp("small"))


def token(small: SmallSite, number: str) -> Token:
    return next(token for token in small.collection.tokens if token.id == number)


@pytest.mark.parametrize(
    ("number", "traits"),
    [
        ("7", {"Tier": "Stem", "State": "Unrevealed"}),
        (
            "5",
            {
                "Tier": "Stem",
                "State": "Revealed",
                "Album": "Tides",
                "Song": "Two",
                "Layer": "Bass",
                "Stem": "Live",
            },
        ),
        (
            "91",
            {
                "Tier": "Song",
                "State": "Forged",
                "Album": "Tides",
                "Song": "One",
                "Drums": "Live",
                "Bass": "Synth",
            },
        ),
        ("99", {"Tier": "Album", "State": "Revealed", "Album": "Tides"}),
    ],
)
def test_a_token_has_the_traits_of_its_tier(
    small: SmallSite, number: str, traits: dict[str, str]
) -> None:
    found = traits_of(small.collection, token(small, number))
    assert {trait.name: trait.value for trait in found} == traits


def test_every_trait_of_every_token_has_a_list_with_that_token(small: SmallSite) -> None:
    for member in small.collection.tokens:
        for trait in traits_of(small.collection, member):
            assert member in small.plan.traits[trait]


@pytest.mark.parametrize("text", ["Größe", "音楽", "!?", "x" * 300, "", "a/b", "..", "State"])
def test_an_address_has_three_valid_segments_for_any_text(text: str) -> None:
    top, name, value, end = Trait(text, text).address.split("/")
    assert (top, end) == ("traits", "")
    assert all(is_slug(segment) and len(segment) < 64 for segment in (name, value))


def test_values_that_give_the_same_slug_have_different_addresses() -> None:
    assert Trait("Stem", "音").address != Trait("Stem", "楽").address
    assert Trait("Stem", "a" * 60).address != Trait("Stem", "a" * 61).address


def test_an_address_is_made_of_slugs() -> None:
    assert Trait("Lead Guitar", "Amen (dry)").address == "traits/lead-guitar/amen-dry/"


def test_stems_with_slugs_of_their_own_have_lists_of_their_own() -> None:
    natural, sharp = (
        Trait("Stem", "Pad C", value_slug="pad-c"),
        Trait("Stem", "Pad C#", value_slug="pad-c-sharp"),
    )
    assert (natural.address, sharp.address) == ("traits/stem/pad-c/", "traits/stem/pad-c-sharp/")
