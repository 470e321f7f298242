"""Who holds the ledger's tokens: addresses in their EIP-55 form, and how many each holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.collection.settings import ADDRESS, check_address, checksummed
from stempress.core.cache import cached_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from stempress.collection.ledger_entries import Entries
    from stempress.core.tables import Table


def read_owners(table: Table, entries: Entries) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Yield tokens' ids, and who holds them."""
    right = _right_forms(table.data.values())
    for token_id, value in table.data.items():
        if entries.lack(token_id):
            table.fault(token_id, "is not a token of the ledger", hint="remove the owner")
            continue
        if isinstance(value, str):
            holders = {value: 1}
        elif isinstance(value, dict) and all(map(_is_count, value.values())):
            holders = value
        else:
            table.fault(
                token_id,
                "must be an address, or addresses with counts",
                value,
                '"0x..." or {"0x...": 2}',
            )
            continue
        held = sum(holders.values())
        if token_id in entries.sound and held > entries.tokens[token_id].supply:
            supply = entries.tokens[token_id].supply
            table.fault(token_id, "is held more often than it exists", held, f"supply: {supply}")
        yield (
            token_id,
            {
                check_address(table, token_id, address, right.__getitem__): count
                for address, count in holders.items()
            },
        )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _right_forms(values: Collection[object]) -> dict[str, str]:
    """Return the EIP-55 form of every address; nearly always it is the address itself."""
    words = [value for value in values if isinstance(value, str)]
    words += [word for value in values if isinstance(value, dict) for word in value]
    named = set(filter(ADDRESS.fullmatch, words))
    if not named:
        return {}
    # Remembered: Keccak alone takes longer to begin than ten thousand tokens take to read.
    others = cached_text(checksum_corrections, *sorted(named))
    return {word: word for word in named} | dict(line.split() for line in others.splitlines())


def checksum_corrections(*addresses: str) -> str:
    """Return the addresses that are not in their EIP-55 form, each with that: a line for each."""
    forms = ((address, checksummed(address)) for address in addresses)
    return "\n".join(f"{address} {right}" for address, right in forms if address != right)
