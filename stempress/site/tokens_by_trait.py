"""Tokens by trait."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from stempress.collection.traits import Trait, trait_key, traits_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyodide_app.engine.model import Token
    from stempress.collection.collection import Collection


def group_by_trait(
    collection: Collection, tokens: Iterable[Token]
) -> dict[Trait, tuple[Token, ...]]:
    """Return tokens by trait; traits that differ only in case or accents are one."""
    groups: dict[str, list[Token]] = defaultdict(list)
    trait_at: dict[str, Trait] = {}
    groups_of: dict[tuple[object, ...], Iterable[list[Token]]] = {}
    for token in tokens:
        key = trait_key(token)
        if key not in groups_of:
            traits = [(trait.address, trait) for trait in traits_of(collection, token)]
            for address, trait in traits:
                trait_at.setdefault(address, trait)
            groups_of[key] = {address: groups[address] for address, _ in traits}.values()
        for group in groups_of[key]:
            group.append(token)
    return {trait_at[address]: tuple(group) for address, group in groups.items()}
