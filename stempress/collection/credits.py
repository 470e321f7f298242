"""Credits of songs and takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide_app.engine.model import Credit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stempress.core.tables import Table


def read_credits(table: Table) -> tuple[Credit, ...]:
    """Read the list ``credits``."""
    return tuple(_credits(table))


def _credits(table: Table) -> Iterator[Credit]:
    for credit in table.tables("credits"):
        yield Credit(credit.text("name", required=True), credit.text("role"))
        credit.finish()
