"""Token IDs of collections whose tiers have contracts of their own.

A ledger says only the number that a contract knows; within the collection, ``song/7`` is token 7 of
the contract of the song tokens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from pyodide_app.engine.model import Tier, Token

PARTS: dict[Tier, Tier] = {"song": "stem", "album": "song"}
"""The tier of the tokens that are burned for one of another tier."""
WHOLES: dict[Tier, Tier] = {part: whole for whole, part in PARTS.items()}
"""The tier of the token that one of another tier is burned for."""


def collection_id(tier: Tier, number: str, own: Collection[Tier]) -> str:
    """Return a token's ID within the collection; ``own`` are tiers with a contract each."""
    return f"{tier}/{number}" if number and tier in own else number


def with_ids(token: Token, own: Collection[Tier]) -> Token:
    """Return a token as the ledger has it with IDs within the collection."""
    if not own:
        return token
    part, whole = PARTS.get(token.tier, token.tier), WHOLES.get(token.tier, token.tier)
    return replace(
        token,
        id=collection_id(token.tier, token.id, own),
        burned=tuple(collection_id(part, number, own) for number in token.burned),
        into=collection_id(whole, token.into, own),
    )
