"""The ledger, content/tokens.json: tokens, their states, and who holds them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Song, StemKey, id_order
from stempress.collection.burn_check import check_burns
from stempress.collection.burned_tokens import living_owners, settle_burned
from stempress.collection.ledger_entries import Entries
from stempress.collection.ledger_faults import name_tokens
from stempress.collection.owners import read_owners
from stempress.collection.token_ids import with_ids
from stempress.collection.token_parser import is_token_id, read_token
from stempress.core.crash_log import working_on
from stempress.core.errors import Findings
from stempress.core.tables import Table
from stempress.core.text_files import parse_json, read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Tier, Token
    from stempress.collection.albums import Album

WHERE = "content/tokens.json"
EXAMPLE = 'such as: { "tokens": [{ "id": "1", "tier": "stem", "state": "unrevealed" }] }'
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True)
class Ledger:
    """All tokens. ``owners`` maps token IDs to addresses and how many copies each holds.

    ``block`` is the block number of that snapshot, ``time`` that block's time in UTC (ISO 8601).
    """

    tokens: tuple[Token, ...] = ()
    owners: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    block: int | None = None
    time: str = ""


def read_ledger(
    path: Path,
    songs: Mapping[str, Song],
    albums: Mapping[str, Album],
    findings: Findings,
    own: Collection[Tier] = (),
) -> Ledger:
    """Read tokens.json; without one, the ledger is empty.

    ``own`` are the tiers that have a contract of their own, and so IDs of their own.
    """
    if not path.exists():
        return Ledger()
    with working_on(WHERE):
        text = read_text(path, WHERE, findings)
        return Ledger() if text is None else parse_ledger(text, songs, albums, findings, own)


def parse_ledger(
    text: str,
    songs: Mapping[str, Song],
    albums: Mapping[str, Album],
    findings: Findings,
    own: Collection[Tier] = (),
) -> Ledger:
    """Parse the text of tokens.json."""
    ledger, ledger_findings = _parse(
        text,
        tuple(Song(song.slug, "", song.layers, song.rules) for song in songs.values()),
        tuple((album.slug, tuple(song.slug for song in album.songs)) for album in albums.values()),
        frozenset(slug for slug in albums if findings.has_fault(f"content/albums/{slug}/index.md")),
        frozenset(own),
    )
    findings.add(ledger_findings)
    return ledger


@lru_cache(maxsize=1)
def _parse(
    text: str,
    songs: tuple[Song, ...],
    albums: tuple[tuple[str, tuple[str, ...]], ...],
    unsure: frozenset[str],
    own: frozenset[Tier],
) -> tuple[Ledger, Findings]:
    """Parse a ledger; cached, since a preview server builds again and again.

    ``songs`` have only what tokens are checked against: slug, layers and rules. ``unsure`` are the
    slugs of albums with faults of their own, ``own`` tiers with a contract of their own.
    """
    findings = Findings()
    data = parse_json(text, WHERE, findings, EXAMPLE)
    if not isinstance(data, dict):
        if not findings.faults:
            findings.fault(WHERE, "must be an object", value=data, hint='{"tokens": [...]}')
        return Ledger(), findings
    table = Table(data, WHERE, findings)
    entries = _entries(table, {song.slug: song for song in songs}, dict(albums), own)
    check_burns(entries, dict(albums), unsure)
    _check_supplies(table, entries.tokens.values(), songs)
    owners_table = table.table("owners")
    owners = dict(read_owners(owners_table, entries))
    tokens = tuple(settle_burned(entries.tokens.values(), owners))
    ledger = Ledger(
        # By ID: any other order could hint at what an unrevealed token is.
        tokens=tuple(sorted(tokens, key=lambda token: id_order(token.id))),
        owners=living_owners(owners_table, owners, tokens),
        block=table.integer("block", 0, 0) if "block" in table.data else None,
        time=_time(table),
    )
    _warn_of_unknown(table)
    table.finish(also=("owners", "block"))
    name_tokens(findings, data.get("tokens"), own)
    return ledger, findings


def _warn_of_unknown(table: Table) -> None:
    """Warn of tokens that a sync has found on the chain but that are not in the ledger."""
    unknown = table.table("unknown").data
    if unknown:
        table.warn(
            "unknown",
            "are tokens on the chain that are not in the ledger",
            sorted(unknown),
            "add them to tokens, or ignore this: pages show only what tokens lists",
        )


def _time(table: Table) -> str:
    value = table.text("time")
    try:
        is_valid = not value or bool(UTC_TIME.fullmatch(value) and datetime.fromisoformat(value))
    except ValueError:
        is_valid = False
    if not is_valid:
        table.fault("time", "is not a time in UTC", value, 'such as "2026-09-01T12:00:00Z"')
    return value if is_valid else ""


def _entries(
    table: Table, songs: Mapping[str, Song], albums: Collection[str], own: Collection[Tier]
) -> Entries:
    tokens: dict[str, Token] = {}
    positions: dict[str, int] = {}
    invalid: set[str] = set()
    other_ids: set[str | None] = set()
    faults = table.findings.faults
    for position, item in enumerate(table.items("tokens")):
        faults_before = len(faults)
        entry = table.item("tokens", position, item)
        token = read_token(entry, songs, albums)
        if token is None:
            token_id = entry.data.get("id")
            # With contracts of their own, its tier would have to be known, too.
            other_ids.add(str(token_id) if is_token_id(token_id) and not own else None)
            continue
        token = with_ids(token, own)
        if token.id in tokens:
            entry.fault("id", "is in the ledger twice", token.id, "token IDs must be unique")
            invalid.add(token.id)
            continue
        tokens[token.id], positions[token.id] = token, position
        if len(faults) > faults_before:
            invalid.add(token.id)
    return Entries(table, tokens, positions, tokens.keys() - invalid, other_ids.union(tokens))


def _check_supplies(table: Table, tokens: Iterable[Token], songs: Iterable[Song]) -> None:
    """Report stems with more tokens than their supply."""
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
            message = f"exceed the supply of {'/'.join(key)}"
            table.fault("tokens", message, counts[key], f"the supply is {supply}")
