"""Parser of [drop] in site.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from stempress.collection.settings import PHASES, Drop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stempress.collection.settings import Phase
    from stempress.core.tables import Table


def parse_drop(top: Table) -> Drop | None:
    """Return the phase of the drop and where holders go; None without a table."""
    table = top.table("drop")
    if table.absent:
        return None
    drop = Drop(
        phase=cast("Phase", table.choice("phase", "closed", PHASES)),
        mint_url=table.url("mint_url"),
        blind=table.flag("blind"),
        forge_url=_secure_url(table, "forge_url", ("song", "album", "burn")),
        reveal_url=_secure_url(table, "reveal_url", ("token_id",)),
    )
    table.finish()
    return drop


def _secure_url(table: Table, key: str, placeholders: Sequence[str]) -> str:
    """Return a URL of a page where a wallet signs: https alone, its host without placeholders."""
    url = table.url(key, placeholders=placeholders)
    if not url:
        return ""
    if not url.lower().startswith("https://"):
        table.fault(key, "must begin with https://", url, "a wallet signs there")
        return ""
    if "{" in urlsplit(url).netloc:
        table.fault(key, "has a placeholder in its host", url, "https://host/...{...}")
        return ""
    return url
