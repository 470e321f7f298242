"""content/tokens.json -> Ledger: the tokens, their state, and who holds them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from stempress.fields import Table
from stempress.forging import check_forging
from stempress.settings import check_address
from stempress.texts import parse_json, read_text
from stempress.tokens import is_token_id, read_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song, Token
    from stempress.albums import Album
    from stempress.errors import Findings

WHERE = "content/tokens.json"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The list of tokens. ``owners`` maps a token's id to addresses and how many each holds.

    ``block`` is when that was so, and ``time`` when that block was made, in UTC (ISO 8601).
    """

    tokens: tuple[Token, ...] = ()
    owners: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    block: int | None = None
    time: str = ""


@dataclass(frozen=True, slots=True)
class Entries:
    """The ledger's entries: tokens by id, and the table that each was read from.

    ``sound`` are the ids whose own entry is without fault; the others are held against nothing.
    ``named`` are all ids that stand there, None if an entry does not tell its own.
    """

    tokens: dict[str, Token] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    sound: set[str] = field(default_factory=set)
    named: set[str | None] = field(default_factory=set)

    def lack(self, token_id: str) -> bool:
        """Say whether the ledger has no such token, as far as its entries tell."""
        return bool(self.named) and not {token_id, None} & self.named


def read_ledger(
    path: Path, songs: Mapping[str, Song], albums: Mapping[str, Album], findings: Findings
) -> Ledger:
    """Read tokens.json, an empty ledger where there is none."""
    if not path.exists():
        return Ledger()
    text = read_text(path, WHERE, findings)
    return Ledger() if text is None else parse_ledger(text, songs, albums, findings)


def parse_ledger(
    text: str, songs: Mapping[str, Song], albums: Mapping[str, Album], findings: Findings
) -> Ledger:
    """Read the text of tokens.json."""
    before = len(findings.faults)
    data = parse_json(text, WHERE, findings)
    if not isinstance(data, dict):
        if len(findings.faults) == before:
            findings.fault(WHERE, "must be an object", value=data, hint='{"tokens": [...]}')
        return Ledger()
    table = Table(data, WHERE, findings)
    entries = _entries(table, songs, albums)
    check_forging(entries, albums, findings)
    _check_supplies(table, entries.tokens.values(), songs)
    ledger = Ledger(
        # By id: another order could tell what an unrevealed token lies between.
        tokens=tuple(sorted(entries.tokens.values(), key=lambda token: int(token.id))),
        owners=dict(_owners(table.table("owners"), entries)),
        block=table.whole("block", 0, 0) if "block" in table.data else None,
        time=_time(table),
    )
    _warn_of_unknown(table)
    table.done(also=("owners", "block"))
    return ledger


def _warn_of_unknown(table: Table) -> None:
    """Warn of what a sync has found on the chain and this ledger does not know."""
    unknown = table.table("unknown").data
    if unknown:
        table.warn(
            "unknown",
            "are tokens of the chain that are not among the ledger's",
            sorted(unknown),
            "add them to tokens, or leave them: pages show what tokens say",
        )


def _time(table: Table) -> str:
    value = table.text("time")
    try:
        fine = not value or bool(TIME.fullmatch(value) and datetime.fromisoformat(value))
    except ValueError:
        fine = False
    if not fine:
        table.fault("time", "is not a time in UTC", value, 'such as "2026-09-01T12:00:00Z"')
    return value if fine else ""


def _entries(table: Table, songs: Mapping[str, Song], albums: Mapping[str, Album]) -> Entries:
    entries = Entries()
    faults = table.findings.faults
    for entry in table.tables("tokens"):
        before = len(faults)
        token = read_token(entry, songs, albums)
        name = entry.data.get("id")
        entries.named.add(str(name) if is_token_id(name) else None)
        if token is None:
            continue
        if token.id in entries.tokens:
            entry.fault("id", "stands twice in the ledger", token.id, "every id is one token")
            entries.sound.discard(token.id)
            continue
        entries.tokens[token.id], entries.tables[token.id] = token, entry
        if len(faults) == before:
            entries.sound.add(token.id)
    return entries


def _check_supplies(table: Table, tokens: Iterable[Token], songs: Mapping[str, Song]) -> None:
    """No more stem tokens than the exact supply."""
    counts = Counter[tuple[str, str, str]]()
    for token in tokens:
        if token.tier == "stem" and token.stem_key:
            counts[token.stem_key] += token.supply
    for song in songs.values():
        for layer in song.layers:
            for stem in layer.stems:
                count = counts[song.slug, layer.slug, stem.slug]
                if stem.supply is not None and count > stem.supply:
                    table.fault(
                        "tokens",
                        f"hold more of {song.slug}/{layer.slug}/{stem.slug} than its supply",
                        count,
                        f"the supply is {stem.supply}",
                    )


def _owners(table: Table, entries: Entries) -> Iterator[tuple[str, Mapping[str, int]]]:
    for token_id, value in table.data.items():
        if entries.lack(token_id):
            table.fault(token_id, "is not a token of the ledger", hint="remove the owner")
            continue
        holders = {value: 1} if isinstance(value, str) else value
        if not isinstance(holders, dict) or not all(
            isinstance(count, int) and not isinstance(count, bool) and count > 0
            for count in holders.values()
        ):
            table.fault(
                token_id,
                "must be an address, or addresses with counts",
                value,
                '"0x..." or {"0x...": 2}',
            )
            continue
        held = sum(holders.values())
        if token_id in entries.sound and held > entries.tokens[token_id].supply:
            supply = entries.tokens[token_id].supply
            table.fault(token_id, "is held more often than it exists", held, f"supply: {supply}")
        yield (
            token_id,
            {check_address(table, token_id, address): count for address, count in holders.items()},
        )
