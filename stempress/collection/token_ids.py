"""Token IDs of collections whose tiers have contracts of their own.

A ledger says only the number that a contract knows; within the collection, ``song/7`` is token 7 of
the contract of the song tokens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pyodide_app.engine.model import id_number, id_order
from stempress.core.notation import show_first

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pyodide_app.engine.model import Tier, Token

PARTS: dict[Tier, Tier] = {"song": "stem", "album": "song"}
"""The tier of the tokens that are burned for one of another tier."""
WHOLES: dict[Tier, Tier] = {part: whole for whole, part in PARTS.items()}
"""The tier of the token that one of another tier is burned for."""


def collection_id(tier: Tier, number: str, own: Collection[str]) -> str:
    """Return a token's ID within the collection; ``own`` are tiers with a contract each."""
    return f"{tier}/{number}" if number and tier in own else number


def with_ids(token: Token, own: Collection[str]) -> Token:
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


def entry_with_ids(entry: dict[str, Any], own: Collection[str]) -> dict[str, Any]:
    """Return an entry of tokens.json with IDs within the collection."""
    tier = entry["tier"]
    changed: dict[str, Any] = {"id": collection_id(tier, entry["id"], own)}
    if "burned" in entry:
        part = PARTS.get(tier, tier)
        changed["burned"] = [collection_id(part, number, own) for number in entry["burned"]]
    if "into" in entry:
        changed["into"] = collection_id(WHOLES.get(tier, tier), entry["into"], own)
    return {**entry, **changed} if own else entry


def entry_with_numbers(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry as tokens.json has it: the reverse of ``entry_with_ids``."""
    changed: dict[str, Any] = {key: id_number(entry[key]) for key in ("id", "into") if key in entry}
    if "burned" in entry:
        changed["burned"] = list(map(id_number, entry["burned"]))
    return {**entry, **changed}


def show_ids(ids: Iterable[str]) -> str:
    """Return the first ten IDs in order and the number of the others, for messages."""
    return show_first(sorted(ids, key=id_order), 10)
