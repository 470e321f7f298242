"""The ledger as JSON, whole and in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.site.page_addresses import (
    token_address,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyodide_app.engine.model import Token
    from stempress.collection.collection import Collection
    from stempress.site.token_facts import TokenFacts, TokenTable

    type Owners = Mapping[str, Mapping[str, int]]
    """Addresses that hold a token, and how many copies, by the token's ID."""

TOKENS_PER_PART = 1000
"""Number of tokens in a part of the ledger, which keeps it below a megabyte."""


def tokens_data(collection: Collection, tokens: TokenTable) -> dict[str, object]:
    """Return the whole ledger."""
    return {
        "block": collection.ledger.block,
        "time": collection.ledger.time,
        "tokens": ledger_part_data(collection.ledger.owners, tokens, collection.tokens),
    }


def ledger_parts(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Return the tokens in parts that a page can load one by one."""
    return [
        tokens[start : start + TOKENS_PER_PART] for start in range(0, len(tokens), TOKENS_PER_PART)
    ]


def ledger_data(collection: Collection, parts: int) -> dict[str, object]:
    """Return the time of the ledger's snapshot and its number of parts."""
    ledger = collection.ledger
    return {"block": ledger.block, "time": ledger.time, "parts": parts}


def ledger_part_data(
    owners: Owners, tokens: TokenTable, part: Sequence[Token]
) -> list[dict[str, object]]:
    """Return one part of the ledger."""
    return [_token_data(owners, tokens[token]) for token in part]


def _token_data(owners: Owners, facts: TokenFacts) -> dict[str, object]:
    token = facts.token
    data: dict[str, object] = {
        "id": token.id,
        "tier": token.tier,
        "state": token.state,
        "title": facts.english_title,
        "address": token_address(token.id),
        "image": facts.cover,
        "song": token.song,
        "layer": token.layer,
        "stem": token.stem,
        "album": token.album,
        "stems": dict(token.stems),
        "burned": list(token.burned),
        "into": token.into,
        "owners": dict(owners.get(token.id, {})),
    }
    if facts.variation:
        data["mix"] = facts.variation.mix_number
    if token.supply != 1:
        data["supply"] = token.supply
    return {name: value for name, value in data.items() if value}
