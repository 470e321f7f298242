"""Family trees of tokens: what each was forged from, and what it became part of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.model import TIERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyodide_app.engine.model import Token


@dataclass(frozen=True, slots=True)
class Branch:
    """A token of a family tree, and the tokens that were burned for it."""

    token: Token
    parts: tuple[Branch, ...] = ()

    def tokens(self) -> Iterator[Token]:
        """Yield the token and everything below it."""
        yield self.token
        for part in self.parts:
            yield from part.tokens()


def forged_into(token: Token, by_id: Mapping[str, Token]) -> list[Token]:
    """Return what a token was burned for, what that was burned for, and so on.

    Each is of a higher tier than the one before, so that this ends whatever a ledger claims.
    """
    ancestors: list[Token] = []
    while token.state == "forged":
        parent = by_id.get(token.into or "")
        if parent is None or TIERS.index(parent.tier) <= TIERS.index(token.tier):
            break
        ancestors.append(parent)
        token = parent
    return ancestors


def family_tree(token: Token, by_id: Mapping[str, Token]) -> Branch:
    """Return the whole family tree of a token, from the topmost token down.

    Tokens beside the token's own line are leaves, without what was burned for them: so a tree has
    at most the songs of an album and the layers of one song.
    """
    tree = _subtree(token, by_id)
    for parent in forged_into(token, by_id):
        siblings = [Branch(by_id[burned]) for burned in parent.burned if burned != tree.token.id]
        position = parent.burned.index(tree.token.id) if tree.token.id in parent.burned else 0
        tree = Branch(parent, (*siblings[:position], tree, *siblings[position:]))
    return tree


def _subtree(token: Token, by_id: Mapping[str, Token]) -> Branch:
    return Branch(token, tuple(_subtree(by_id[burned], by_id) for burned in token.burned))
