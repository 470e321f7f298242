"""Whether tokens that were forged are what was burned for them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyodide_app.engine.model import StemKey, Tier, Token
    from stempress.collection.ledger_entries import Entries

_AS_FORGED = 'add it: { "id": "...", "tier": "...", "state": "forged", "into": "..." }'


def check_forging(
    entries: Entries, albums: Mapping[str, Sequence[str]], unsure: frozenset[str]
) -> None:
    """Hold every token against what it lists as burned, and what it says it went into.

    ``albums`` maps their slugs to their songs'; those that are ``unsure`` have faults.
    """
    forged = [token for token in entries.tokens.values() if token.burned]
    burners: dict[str, list[str]] = defaultdict(list)
    for token in forged:
        for burned in token.burned:
            burners[burned].append(token.id)
    wrong = set(_wrong_lists(entries, burners))
    for token in forged:
        if token.id in wrong or token.album in unsure:
            continue
        if not entries.sound.issuperset((token.id, *token.burned)):
            continue
        if not _matches(entries, token, albums):
            wrong.add(token.id)
    for token in entries.tokens.values():
        if token.into and token.id in entries.sound and token.id not in burners:
            _check_into(entries, token, wrong)


def _wrong_lists(entries: Entries, burners: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the tokens that list what is not there, or what is listed elsewhere."""
    for burned, ids in burners.items():
        if entries.lack(burned):
            table = entries.entry(ids[-1])
            table.fault("burned", "names a token that is not in the ledger", burned, _AS_FORGED)
            yield from ids
        elif len(ids) > 1:
            table, what = entries.entry(ids[-1]), f"names token {burned} a second time"
            table.fault("burned", what, list(ids), "a token is forged into one other, once")
            yield from ids


def _matches(entries: Entries, token: Token, albums: Mapping[str, Sequence[str]]) -> bool:
    """Compare: a song token burned its stems, an album token one song token of each song."""
    parts = [entries.tokens[burned] for burned in token.burned]
    tier, wanted = _recipe(token, albums)
    given = sorted((part.song, part.layer, part.stem) for part in parts)
    if wanted != given or any(part.tier != tier for part in parts):
        lacking = ["/".join(filter(None, key)) for key in wanted if key not in given]
        entries.entry(token.id).fault(
            "burned",
            f"does not match what token {token.id} is",
            list(token.burned),
            f"no token for {lacking[0]}"
            if lacking
            else f"exactly one {tier} token for each part, no more",
        )
        return False
    for part in parts:
        if part.state != "forged" or part.into != token.id:
            table = entries.entry(part.id)
            note = table.fault if tier == "stem" else table.warn
            note(
                "state",
                f"does not say that it was burned for {token.id}",
                f"{part.state}, into {part.into or 'nothing'}",
                f'"state": "forged", "into": "{token.id}"',
            )
    return True


def _recipe(token: Token, albums: Mapping[str, Sequence[str]]) -> tuple[Tier, list[StemKey]]:
    """Return of which tier the burned tokens are, and what each of them is."""
    if token.tier == "song":
        return "stem", sorted((token.song, layer, stem) for layer, stem in token.stems.items())
    return "song", sorted((song, "", "") for song in albums[token.album])


def _check_into(entries: Entries, token: Token, wrong: set[str]) -> None:
    table = entries.entry(token.id)
    if entries.lack(token.into):
        table.fault("into", "names a token that is not in the ledger", token.into, "add it")
    elif token.into in entries.sound and token.into not in wrong:
        burned = entries.tokens[token.into].burned
        if burned:
            table.fault(
                "into",
                f"names a token that burned others than {token.id}",
                token.into,
                f"it lists {', '.join(burned)}",
            )
