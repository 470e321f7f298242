"""Tokens by the song that they are known to be of, and the relatives of a song's tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.collection.family_tree import forged_into

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyodide_app.engine.model import Token


def tokens_by_song(tokens: Iterable[Token]) -> dict[str, list[Token]]:
    """Return tokens by song; "" has album tokens and those that are unrevealed."""
    by_song: dict[str, list[Token]] = {}
    for token in tokens:
        slug = "" if token.state == "unrevealed" else token.song
        by_song.setdefault(slug, []).append(token)
    return by_song


def with_relatives(tokens: Iterable[Token], by_id: Mapping[str, Token]) -> list[Token]:
    """Return tokens, then all others that are in their family trees."""
    found = {token.id: token for token in tokens}
    parents: set[str] = set()
    for token in list(found.values()):
        for parent in (token, *forged_into(token, by_id)):
            if parent.burned and parent.id not in parents:
                parents.add(parent.id)
                found[parent.id] = parent
                found |= {burned: by_id[burned] for burned in parent.burned}
    return list(found.values())
