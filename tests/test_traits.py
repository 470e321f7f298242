"""Where tokens that share a trait are listed."""

from __future__ import annotations

import pytest

from stempress.fields import is_slug
from stempress.traits import Trait


def test_a_trait_is_found_by_its_words() -> None:
    assert Trait("Lead Guitar", "Amen (dry)").address == "traits/lead-guitar/amen-dry/"


@pytest.mark.parametrize("value", ["!!!", "🎵", "a" * 300, "é" * 300])
def test_any_value_has_an_address_of_its_own(value: str) -> None:
    found, other = Trait("Song", value).address, Trait("Song", f"{value}?").address
    assert found != other
    assert found == Trait("Song", value).address
    name = found.split("/")[2]
    assert is_slug(name)
    assert len(name) < 60
