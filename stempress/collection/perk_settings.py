"""Parser of [[perks]] in site.toml."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, cast

from stempress.collection.settings import Perk
from stempress.core.slugs import distinct_slugs

if TYPE_CHECKING:
    from pyodide_app.engine.model import Tier
    from stempress.core.tables import Table


def parse_perks(top: Table) -> tuple[Perk, ...]:
    """Return what holders get."""
    perks, tables = [], list(top.tables("perks"))
    titles = [table.text("title", required=True) for table in tables]
    slugs = _perk_slugs(titles)
    for table, title in zip(tables, titles, strict=True):
        tier = table.choice("tier", "", ("stem", "song", "album"))
        tokens = table.text("tokens")
        perks.append(
            Perk(
                title,
                slugs[title.casefold()],
                cast('Tier | Literal[""]', tier),
                _token_ranges(table, tokens),
                tokens,
            )
        )
        table.finish()
    return tuple(perks)


def _perk_slugs(titles: list[str]) -> dict[str, str]:
    """Return a slug for each title in lower case: its own, or else its number."""
    distinct = list(dict.fromkeys(map(str.casefold, titles)))
    slugs: dict[str, str] = {}
    for number, (title, slug) in enumerate(
        zip(distinct, distinct_slugs(distinct), strict=True), start=1
    ):
        is_free = bool(slug) and slug not in slugs.values()
        slugs[title] = slug if is_free else f"{slug or 'perk'}-{number}"
    return slugs


def _token_ranges(table: Table, text: str) -> tuple[tuple[int, int], ...]:
    try:
        return parse_ranges(text)
    except ValueError:
        table.fault("tokens", "is not a list of token ids", text, 'such as "1-100, 205"')
        return ()


def parse_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Parse ``"1-100, 205"`` into inclusive ranges of token IDs; ValueError if it is malformed."""
    ranges = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"(\d{1,78})(?:\s*-\s*(\d{1,78}))?", part, re.ASCII)
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if low > high:
            raise ValueError(text)
        ranges.append((low, high))
    return tuple(ranges)
