"""Entries of the ledger while it is read: tokens, and where each stands in the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyodide_app.engine.model import Token
    from stempress.core.tables import Table


@dataclass(frozen=True, slots=True)
class Entries:
    """The ledger's entries: tokens by id, and the places that they stand in.

    ``sound`` are the ids whose own entry is without fault; the others are held against nothing.
    ``named`` are all ids that stand there, None if an entry does not tell its own.
    """

    table: Table
    tokens: Mapping[str, Token]
    places: Mapping[str, int]
    sound: set[str]
    named: set[str | None]

    def entry(self, token_id: str) -> Table:
        """Return the table that a token was read from."""
        place = self.places[token_id]
        return self.table.item("tokens", place, self.table.items("tokens")[place])

    def lack(self, token_id: str) -> bool:
        """Say whether the ledger has no such token, as far as its entries tell."""
        return bool(self.named) and not (token_id in self.named or None in self.named)
