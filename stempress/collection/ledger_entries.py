"""Ledger entries while the ledger is being read: tokens and their positions in the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyodide_app.engine.model import Token
    from stempress.core.tables import Table


@dataclass(frozen=True, slots=True)
class Entries:
    """The ledger's entries: tokens by ID, and the position of each in the file.

    ``valid`` holds the IDs of entries without faults; only these are checked against each other.
    ``ids`` holds all IDs, and None if an entry has no usable one.
    """

    table: Table
    tokens: Mapping[str, Token]
    positions: Mapping[str, int]
    valid: set[str]
    ids: set[str | None]

    def entry(self, token_id: str) -> Table:
        """Return the table that a token was read from."""
        position = self.positions[token_id]
        return self.table.item("tokens", position, self.table.items("tokens")[position])

    def is_unknown(self, token_id: str) -> bool:
        """Return whether the ledger certainly has no such token."""
        return bool(self.ids) and not (token_id in self.ids or None in self.ids)
