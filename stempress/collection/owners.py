"""Owners of the ledger's tokens: checksummed addresses, and how many copies each holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.collection.eth_addresses import ADDRESS, check_address, checksummed
from stempress.core.cache import cached_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from stempress.collection.ledger_entries import Entries
    from stempress.core.tables import Table


def read_owners(table: Table, entries: Entries) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Yield token IDs and their holders, burn addresses included."""
    checksums = _checksums(table.data.values())
    for token_id, value in table.data.items():
        if entries.is_unknown(token_id):
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
        copies = sum(holders.values())
        if token_id in entries.valid and copies > entries.tokens[token_id].supply:
            supply = entries.tokens[token_id].supply
            table.fault(token_id, "has more copies held than exist", copies, f"supply: {supply}")
        found = {
            check_address(table, token_id, address, checksums.__getitem__): count
            for address, count in holders.items()
        }
        yield token_id, found


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _checksums(values: Collection[object]) -> dict[str, str]:
    """Return every address with its EIP-55 checksum; nearly all are correct as they are."""
    texts = [value for value in values if isinstance(value, str)]
    texts += [address for value in values if isinstance(value, dict) for address in value]
    ids = set(filter(ADDRESS.fullmatch, texts))
    if not ids:
        return {}
    # Cached: importing Keccak takes longer than reading ten thousand tokens.
    corrections = cached_text(checksum_corrections, *sorted(ids))
    return {address: address for address in ids} | dict(
        line.split() for line in corrections.splitlines()
    )


def checksum_corrections(*addresses: str) -> str:
    """Return a line "<address> <checksummed address>" for every address without its checksum."""
    pairs = ((address, checksummed(address)) for address in addresses)
    return "\n".join(f"{address} {correct}" for address, correct in pairs if address != correct)
