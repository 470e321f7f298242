"""What a token was forged from and what it became part of: a family tree, of ids looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.model import TIERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyodide_app.engine.model import Token


@dataclass(frozen=True, slots=True)
class Branch:
    """A token of a family tree and the tokens that were burned for it."""

    token: Token
    parts: tuple[Branch, ...] = ()

    def tokens(self) -> Iterator[Token]:
        """Yield every token of the tree from here on."""
        yield self.token
        for part in self.parts:
            yield from part.tokens()


def became(token: Token, by_id: Mapping[str, Token]) -> list[Token]:
    """Return what a token was burned for, what that was burned for, and so on.

    A tier leads to a higher one alone, so that this ends whatever a ledger says.
    """
    found: list[Token] = []
    while token.state == "forged":
        above = by_id.get(token.into or "")
        if above is None or TIERS.index(above.tier) <= TIERS.index(token.tier):
            break
        found.append(above)
        token = above
    return found


def family(token: Token, by_id: Mapping[str, Token]) -> Branch:
    """Return the tree that a token stands in, from the topmost token down.

    Of what lies beside the token's own line the next tokens are named, and not what those were
    made of: a tree is as large as an album's songs and their layers make it.
    """
    tree = _made_of(token, by_id)
    for above in became(token, by_id):
        beside = [Branch(by_id[each]) for each in above.burned if each != tree.token.id]
        at = above.burned.index(tree.token.id) if tree.token.id in above.burned else 0
        tree = Branch(above, (*beside[:at], tree, *beside[at:]))
    return tree


def _made_of(token: Token, by_id: Mapping[str, Token]) -> Branch:
    return Branch(token, tuple(_made_of(by_id[each], by_id) for each in token.burned))
