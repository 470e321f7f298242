"""ISRC and UPC: what they look like and whether they hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stempress.core.tables import Table


def parse_isrc(text: str) -> str:
    """Return an ISRC's twelve characters; ValueError says what is wrong (ISO 3901)."""
    bare = re.sub(r"^ISRC", "", re.sub(r"[\s-]", "", text.upper()))
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", bare, re.ASCII):
        raise ValueError("two letters, three letters or digits, then seven digits: QZ-K6P-26-00001")
    return bare


def format_isrc(bare: str) -> str:
    """Return an ISRC as people read it: ``QZ-K6P-26-00001``."""
    return "-".join((bare[:2], bare[2:5], bare[5:7], bare[7:])) if bare else ""


def ambiguous_letters(text: str) -> list[str]:
    """Return the characters of an ISRC's registrant that are easily taken for others."""
    return [letter for letter in text[2:5] if letter in "OI"]


def parse_upc(text: str) -> str:
    """Return a UPC-A or EAN-13 without its spaces; ValueError says what is wrong (GS1)."""
    bare = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"\d{12,13}", bare, re.ASCII):
        raise ValueError("12 digits (UPC-A) or 13 (EAN-13)")
    right = check_digit(bare[:-1])
    if int(bare[-1]) != right:
        raise ValueError(f"the check digit of {bare[:-1]} is {right}")
    return bare


def check_digit(digits: str) -> int:
    """Return the GS1 check digit: weights 3 and 1 in turn, from the right."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return -total % 10


def read_identifier(table: Table, key: str) -> str:
    """Read the key ``isrc`` or ``upc`` of a table."""
    value = table.text(key)
    if not value:
        return ""
    try:
        return parse_isrc(value) if key == "isrc" else parse_upc(value)
    except ValueError as error:
        table.fault(key, f"is no {key.upper()}", value, str(error))
        return ""
