"""content/tokens.json -> Ledger: the tokens, their state, and who holds them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Song, StemKey
from stempress.collection.burn_check import check_forging
from stempress.collection.ledger_entries import Entries
from stempress.collection.owners import read_owners
from stempress.collection.token_fast_path import PlainTokens
from stempress.collection.token_parser import is_token_id, read_token
from stempress.core.errors import Findings
from stempress.core.tables import Table
from stempress.core.text_files import parse_json, read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Token
    from stempress.collection.albums import Album

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
    ledger, noted = _parsed(
        text,
        tuple(Song(song.slug, "", song.layers, song.rules) for song in songs.values()),
        tuple((album.slug, tuple(song.slug for song in album.songs)) for album in albums.values()),
        frozenset(slug for slug in albums if findings.has_fault(f"content/albums/{slug}/index.md")),
    )
    findings.add(noted)
    return ledger


@lru_cache(maxsize=1)
def _parsed(
    text: str,
    songs: tuple[Song, ...],
    albums: tuple[tuple[str, tuple[str, ...]], ...],
    unsure: frozenset[str],
) -> tuple[Ledger, Findings]:
    """Read a ledger; previews build again and again, and need not read the same twice.

    Of songs it is held against layers and rules, of albums against slugs of songs; those that are
    ``unsure`` have faults.
    """
    findings = Findings()
    data = parse_json(text, WHERE, findings)
    if not isinstance(data, dict):
        if not findings.faults:
            findings.fault(WHERE, "must be an object", value=data, hint='{"tokens": [...]}')
        return Ledger(), findings
    table = Table(data, WHERE, findings)
    entries = _entries(table, {song.slug: song for song in songs}, dict(albums))
    check_forging(entries, dict(albums), unsure)
    _check_supplies(table, entries.tokens.values(), songs)
    ledger = Ledger(
        # By id: another order could tell what an unrevealed token lies between.
        tokens=tuple(sorted(entries.tokens.values(), key=lambda token: int(token.id))),
        owners=dict(read_owners(table.table("owners"), entries)),
        block=table.integer("block", 0, 0) if "block" in table.data else None,
        time=_time(table),
    )
    _warn_of_unknown(table)
    table.finish(also=("owners", "block"))
    return ledger, findings


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


def _entries(table: Table, songs: Mapping[str, Song], albums: Collection[str]) -> Entries:
    tokens: dict[str, Token] = {}
    places: dict[str, int] = {}
    faulty: set[str] = set()
    others: set[str | None] = set()
    faults, plain = table.findings.faults, PlainTokens(songs, albums)
    for place, item in enumerate(table.items("tokens")):
        before = len(faults)
        token = plain.token(item)
        if token is None:
            entry = table.item("tokens", place, item)
            token = read_token(entry, songs, albums)
            if token is None:
                name = entry.data.get("id")
                others.add(str(name) if is_token_id(name) else None)
                continue
        if token.id in tokens:
            entry = table.item("tokens", place, item)
            entry.fault("id", "stands twice in the ledger", token.id, "every id is one token")
            faulty.add(token.id)
            continue
        tokens[token.id], places[token.id] = token, place
        if len(faults) > before:
            faulty.add(token.id)
    return Entries(table, tokens, places, tokens.keys() - faulty, others.union(tokens))


def _check_supplies(table: Table, tokens: Iterable[Token], songs: Iterable[Song]) -> None:
    """No more stem tokens than the exact supply."""
    supplies = {
        (song.slug, layer.slug, stem.slug): stem.supply
        for song in songs
        for layer in song.layers
        for stem in layer.stems
        if stem.supply is not None
    }
    counts = Counter[StemKey]()
    for token in tokens if supplies else ():
        if token.stem_key in supplies:
            counts[token.stem_key] += token.supply
    for key, supply in supplies.items():
        if counts[key] > supply:
            what = f"hold more of {'/'.join(key)} than its supply"
            table.fault("tokens", what, counts[key], f"the supply is {supply}")
