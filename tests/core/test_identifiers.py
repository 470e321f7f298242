"""ISRC and UPC."""

from __future__ import annotations

import pytest

from stempress.core import identifiers as codes


@pytest.mark.parametrize("text", ["QZK6P2600001", "QZ-K6P-26-00001", "isrc qz k6p 26 00001"])
def test_an_isrc_is_read_however_it_is_written(text: str) -> None:
    assert codes.parse_isrc(text) == "QZK6P2600001"
    assert codes.format_isrc(codes.parse_isrc(text)) == "QZ-K6P-26-00001"


@pytest.mark.parametrize(
    "text",
    ["", "QZK6P260000", "QZK6P26000011", "1ZK6P2600001", "QZK6P26O0001", "QZK6P260000\u0661"],
)
def test_what_is_no_isrc(text: str) -> None:
    with pytest.raises(ValueError, match="two letters"):
        codes.parse_isrc(text)


def test_letters_that_look_like_digits_are_found_in_the_registrant_alone() -> None:
    assert codes.ambiguous_letters("QZKIO2600001") == ["I", "O"]
    assert codes.ambiguous_letters("IOK6P2600001") == []


@pytest.mark.parametrize("text", ["036000291452", "0 36000 29145 2", "4006381333931"])
def test_upc_and_ean(text: str) -> None:
    assert codes.parse_upc(text) == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("036000291453", "of 03600029145 is 2"),
        ("12345", "12 digits"),
        ("03600029145x", "12 digits"),
    ],
)
def test_what_is_no_upc(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        codes.parse_upc(text)
