"""Ethereum addresses and their checksums (EIP-55)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from stempress.core.tables import Table

ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
"""An Ethereum address, of a contract or an account."""

BURN_ADDRESSES = frozenset(
    {
        "0x0000000000000000000000000000000000000000",
        "0x0000000000000000000000000000000000000001",
        "0x000000000000000000000000000000000000dead",
        "0xdead000000000000000042069420694206942069",
        "0xdead000000000000000000000000000000000000",
    }
)
"""Addresses that nobody can transfer from: tokens are sent there to destroy them."""


def is_burn_address(address: str) -> bool:
    """Return whether what an address holds is burned."""
    return address.lower() in BURN_ADDRESSES


def checksummed(address: str) -> str:
    """Return an address with its EIP-55 checksum, a mixed case that reveals typing errors."""
    from eth_hash.auto import keccak  # noqa: PLC0415 - slow to import, rarely needed

    digits = address[2:].lower()
    nibbles = keccak(digits.encode()).hex()
    pairs = zip(digits, nibbles, strict=False)
    return "0x" + "".join(digit.upper() if nibble >= "8" else digit for digit, nibble in pairs)


def check_address(
    table: Table, key: str, value: str, checksum: Callable[[str], str] = checksummed
) -> str:
    """Return an address with its EIP-55 checksum, as ``checksum`` computes it.

    An address in mixed case must have the right checksum already.
    """
    if not ADDRESS.fullmatch(value):
        table.fault(key, "is not an Ethereum address", value, "0x and 40 hex digits")
        return value
    correct = checksum(value)
    if value != correct and value[2:] not in (value[2:].lower(), value[2:].upper()):
        table.fault(
            key, "has a wrong EIP-55 checksum", value, f"if the digits are right: {correct}"
        )
    return correct
