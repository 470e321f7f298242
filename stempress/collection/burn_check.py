"""Check of forged tokens: each must match the tokens that were burned for it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyodide_app.engine.model import StemKey, Tier, Token
    from stempress.collection.ledger_entries import Entries

_AS_FORGED = 'add it: { "id": "...", "tier": "...", "state": "forged", "into": "..." }'


def check_burns(
    entries: Entries, albums: Mapping[str, Sequence[str]], unsure: frozenset[str]
) -> None:
    """Check every token against what it lists as burned, and against what it was forged into.

    ``albums`` maps album slugs to their songs' slugs; those in ``unsure`` have faults of their own.
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
        if not entries.valid.issuperset((token.id, *token.burned)):
            continue
        if not _matches(entries, token, albums):
            wrong.add(token.id)
    for token in entries.tokens.values():
        if token.into and token.id in entries.valid and token.id not in burners:
            _check_into(entries, token, wrong)


def _wrong_lists(entries: Entries, burners: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield tokens that list as burned what is unknown, or what another token lists too."""
    for burned, ids in burners.items():
        if entries.is_unknown(burned):
            table = entries.entry(ids[-1])
            table.fault("burned", "lists a token that is not in the ledger", burned, _AS_FORGED)
            yield from ids
        elif len(ids) > 1:
            table, message = entries.entry(ids[-1]), f"burns token {burned} a second time"
            table.fault("burned", message, list(ids), "a token can be burned only once")
            yield from ids


def _matches(entries: Entries, token: Token, albums: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a token burned its recipe; report a fault if not.

    A song token burns its stems, an album token one song token for each of its songs.
    """
    parts = [entries.tokens[burned] for burned in token.burned]
    tier, expected = _recipe(token, albums)
    actual = sorted((part.song, part.layer, part.stem) for part in parts)
    if expected != actual or any(part.tier != tier for part in parts):
        missing = ["/".join(filter(None, key)) for key in expected if key not in actual]
        entries.entry(token.id).fault(
            "burned",
            f"does not match the recipe of token {token.id}",
            list(token.burned),
            f"a token for {missing[0]} is missing"
            if missing
            else f"exactly one {tier} token for each part",
        )
        return False
    for part in parts:
        if part.state != "forged" or part.into != token.id:
            table = entries.entry(part.id)
            report = table.fault if tier == "stem" else table.warn
            report(
                "state",
                f"must be forged into {token.id}, which lists it as burned",
                f"{part.state}, into {part.into or 'nothing'}",
                f'"state": "forged", "into": "{token.id}"',
            )
    return True


def _recipe(token: Token, albums: Mapping[str, Sequence[str]]) -> tuple[Tier, list[StemKey]]:
    """Return the tier of the tokens to burn, and the song, layer and stem of each."""
    if token.tier == "song":
        return "stem", sorted((token.song, layer, stem) for layer, stem in token.stems.items())
    return "song", sorted((song, "", "") for song in albums[token.album])


def _check_into(entries: Entries, token: Token, wrong: set[str]) -> None:
    table = entries.entry(token.id)
    if entries.is_unknown(token.into):
        table.fault("into", "names a token that is not in the ledger", token.into, "add that token")
    elif token.into in entries.valid and token.into not in wrong:
        burned = entries.tokens[token.into].burned
        if burned:
            table.fault(
                "into",
                f"names a token that does not list {token.id} as burned",
                token.into,
                f"it lists {', '.join(burned)}",
            )
