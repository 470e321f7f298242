"""ISRC and UPC: parsing, check digits, formatting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stempress.core.tables import Table


def parse_isrc(text: str) -> str:
    """Return an ISRC's twelve characters; ValueError describes the valid form (ISO 3901)."""
    bare = re.sub(r"^ISRC", "", re.sub(r"[\s-]", "", text.upper()))
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", bare, re.ASCII):
        raise ValueError("two letters, three letters or digits, then seven digits: QZ-K6P-26-00001")
    return bare


def format_isrc(bare: str) -> str:
    """Return an ISRC with hyphens: ``QZ-K6P-26-00001``."""
    return "-".join((bare[:2], bare[2:5], bare[5:7], bare[7:])) if bare else ""


def ambiguous_letters(text: str) -> list[str]:
    """Return the letters of an ISRC's registrant that look like digits: O and I."""
    return [letter for letter in text[2:5] if letter in "OI"]


def parse_upc(text: str) -> str:
    """Return a UPC-A or EAN-13 without spaces and hyphens; ValueError says what is wrong (GS1)."""
    bare = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"\d{12,13}", bare, re.ASCII):
        raise ValueError("12 digits (UPC-A) or 13 (EAN-13)")
    expected = check_digit(bare[:-1])
    if int(bare[-1]) != expected:
        raise ValueError(f"the check digit of {bare[:-1]} is {expected}")
    return bare


def check_digit(digits: str) -> int:
    """Return the GS1 check digit: weights 3 and 1 alternate, from the right."""
    total = sum(
        int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(digits))
    )
    return -total % 10


def read_identifier(table: Table, key: str) -> str:
    """Return the key ``isrc`` or ``upc`` of a table, "" if it is missing or invalid."""
    value = table.text(key)
    if not value:
        return ""
    try:
        return parse_isrc(value) if key == "isrc" else parse_upc(value)
    except ValueError as error:
        table.fault(key, f"is not a valid {key.upper()}", value, str(error))
        return ""
