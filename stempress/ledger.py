"""content/tokens.json -> Ledger: the tokens, their state, and who holds them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, cast

from pyodide_app.engine.model import STATES, TIERS, Token, Variation
from stempress.errors import nearest
from stempress.fields import Table
from stempress.settings import check_address
from stempress.texts import parse_json, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song, State, Tier
    from stempress.catalog import Album
    from stempress.errors import Findings

WHERE = "content/tokens.json"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_AS_FORGED = 'add it: { "id": "...", "tier": "...", "state": "forged", "into": "..." }'
_STEM_KEYS = ("song", "layer", "stem", "stems", "album", "burned")


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
    before = len(findings.faults)
    data = parse_json(text, WHERE, findings)
    if not isinstance(data, dict):
        if len(findings.faults) == before:
            findings.fault(WHERE, "must be an object", value=data, hint='{"tokens": [...]}')
        return Ledger()
    table = Table(data, WHERE, findings)
    entries = _Entries(table, songs, albums)
    entries.check_burned()
    _check_supplies(table, entries.tokens, songs)
    ledger = Ledger(
        tokens=tuple(entries.tokens.values()),
        owners=dict(_owners(table, entries)),
        block=table.whole("block", 0, 0) if "block" in table.data else None,
        time=_time(table),
    )
    table.done(also=("owners", "block"))
    return ledger


def _time(table: Table) -> str:
    value = table.text("time")
    try:
        fine = not value or bool(TIME.fullmatch(value) and datetime.fromisoformat(value))
    except ValueError:
        fine = False
    if not fine:
        table.fault("time", "is not a time in UTC", value, 'such as "2026-09-01T12:00:00Z"')
    return value if fine else ""


class _Entries:
    """The ledger's entries: tokens by id, and the table that each was read from.

    ``sound`` are the ids whose own entry is without fault; the others are held against nothing.
    """

    def __init__(
        self, table: Table, songs: Mapping[str, Song], albums: Mapping[str, Album]
    ) -> None:
        self.tokens: dict[str, Token] = {}
        self.tables: dict[str, Table] = {}
        self.sound: set[str] = set()
        self._albums, self._findings = albums, table.findings
        self._named: set[object] = set()
        faults = table.findings.faults
        for entry in table.tables("tokens"):
            before = len(faults)
            token = _token(entry, songs, albums)
            self._named.add(str(entry.data["id"]) if "id" in entry.data else None)
            if token is None:
                continue
            if token.id in self.tokens:
                entry.fault("id", "stands twice in the ledger", token.id, "every id is one token")
                self.sound.discard(token.id)
                continue
            self.tokens[token.id], self.tables[token.id] = token, entry
            if len(faults) == before:
                self.sound.add(token.id)

    def lack(self, token_id: str) -> bool:
        """Say whether the ledger has no such token, as far as its entries tell their ids."""
        return bool(self._named) and not {token_id, None} & self._named

    def check_burned(self) -> None:
        """Hold every forged token against what was burned for it."""
        burners: dict[str, list[str]] = defaultdict(list)
        for token in self.tokens.values():
            for burned in token.burned:
                burners[burned].append(token.id)
        for burned, ids in burners.items():
            if self.lack(burned):
                self.tables[ids[0]].fault(
                    "burned", "names a token that is not in the ledger", burned, _AS_FORGED
                )
            elif len(ids) > 1:
                self.tables[ids[-1]].fault(
                    "burned",
                    f"names token {burned} a second time",
                    ids,
                    "a token is forged into one other, once",
                )
        known = {burned for burned, ids in burners.items() if len(ids) == 1} & self.sound
        for token in self.tokens.values():
            if token.id in self.sound:
                self._check_into(token)
                if token.burned and known.issuperset(token.burned):
                    self._check_recipe(token)

    def _check_into(self, token: Token) -> None:
        table = self.tables[token.id]
        if token.into and self.lack(token.into):
            table.fault("into", "names a token that is not in the ledger", token.into, "add it")
        elif token.into in self.sound:
            burned = self.tokens[token.into].burned
            if burned and token.id not in burned:
                table.fault(
                    "into",
                    f"names a token that burned others than {token.id}",
                    token.into,
                    f"it lists {', '.join(burned)}",
                )

    def _check_recipe(self, token: Token) -> None:
        """Compare: a song token burned its stems, an album token one song token of each song."""
        parts = [self.tokens[burned] for burned in token.burned]
        if token.tier == "song":
            tier = "stem"
            wanted = sorted((token.song, layer, stem) for layer, stem in token.stems.items())
        else:
            tier = "song"
            if self._findings.has_fault(f"content/albums/{token.album}/index.md"):
                return
            wanted = sorted((song.slug, "", "") for song in self._albums[token.album].songs)
        given = sorted((part.song, part.layer, part.stem) for part in parts)
        if wanted != given or any(part.tier != tier for part in parts):
            lacking = ["/".join(filter(None, key)) for key in wanted if key not in given]
            self.tables[token.id].fault(
                "burned",
                f"does not match what token {token.id} is",
                list(token.burned),
                f"no token for {lacking[0]}"
                if lacking
                else f"exactly one {tier} token for each part, no more",
            )
            return
        for part in parts:
            if part.state != "forged" or part.into != token.id:
                note = self.tables[part.id].fault if tier == "stem" else self.tables[part.id].warn
                note(
                    "state",
                    f"does not say that it was burned for {token.id}",
                    f"{part.state}, into {part.into or 'nothing'}",
                    f'"state": "forged", "into": "{token.id}"',
                )


def _token(table: Table, songs: Mapping[str, Song], albums: Mapping[str, Album]) -> Token | None:
    """Read one entry; None if it is open which token it is, or of what kind."""
    before = len(table.findings.faults)
    token_id = table.text("id", required=True)
    if token_id and not (
        re.fullmatch(r"0|[1-9]\d{0,77}", token_id, re.ASCII) and int(token_id) < 2**256
    ):
        table.fault("id", "is not a token id", token_id, "a decimal number below 2^256, as text")
    tier = cast("Tier", table.choice("tier", "", TIERS, required=True))
    state = cast("State", table.choice("state", "", STATES, required=True))
    if len(table.findings.faults) > before or table.absent:
        return None
    supply = table.whole("supply", 1, 1)
    into = table.text("into")
    if into and state != "forged":
        table.fault("into", f"stands beside the state {state!r}", into, "leave out one of the two")
    if state == "unrevealed":
        return _unrevealed(table, Token(token_id, tier, state, supply=supply))
    token = _revealed(table, songs, albums, tier)
    table.done(also=_STEM_KEYS)
    return Token(token_id, tier, state, **token, into=into, supply=supply)  # type: ignore[arg-type]


def _unrevealed(table: Table, token: Token) -> Token:
    """Drop what an unrevealed token must not tell."""
    told = [key for key in _STEM_KEYS if key in table.data]
    for key in told:
        table.mark(key)
    if told:
        table.warn(
            told[0],
            "is left out of the site: the token is unrevealed",
            hint="whoever reads tokens.json can see it; keep it elsewhere",
        )
    table.done(also=_STEM_KEYS)
    return token


def _revealed(
    table: Table, songs: Mapping[str, Song], albums: Mapping[str, Album], tier: Tier
) -> dict[str, object]:
    """Return the fields that a token of this tier has."""
    if tier == "album":
        album = table.text("album", required=True)
        if album and album not in albums:
            table.fault("album", "is not an album", album, nearest(album, albums))
        return {"album": album, "burned": table.texts("burned")}
    slug = table.text("song", required=True)
    song = songs.get(slug)
    if slug and song is None:
        table.fault("song", "is not a song", slug, nearest(slug, songs))
    if tier == "song":
        stems = _chosen(table.table("stems", required=True), song)
        return {"song": slug, "stems": stems, "burned": table.texts("burned")}
    layer, stem = table.text("layer", required=True), table.text("stem", required=True)
    if song is not None and layer and stem:
        _check_stem(table, ("layer", "stem"), song, layer, stem)
    return {"song": slug, "layer": layer, "stem": stem}


def _check_stem(table: Table, keys: tuple[str, str], song: Song, layer: str, stem: str) -> None:
    """Note a fault, of the first or second key, for a stem that a song does not have."""
    known = {each.slug: [each_stem.slug for each_stem in each.stems] for each in song.layers}
    if known and layer not in known:
        table.fault(keys[0], f"is not a layer of {song.slug}", layer, nearest(layer, known))
    elif known.get(layer) and stem not in known[layer]:
        what = f"is not a stem of {song.slug}/{layer}"
        table.fault(keys[1], what, stem, nearest(stem, known[layer]))


def _chosen(table: Table, song: Song | None) -> dict[str, str]:
    """Read a song token's stems: one for every layer."""
    before = len(table.findings.faults)
    stems = {layer: table.text(layer, required=True) for layer in table.data}
    if song is None or table.absent:
        return stems
    for layer, stem in stems.items():
        if stem:
            _check_stem(table, (layer, layer), song, layer, stem)
    for lacking in song.layers if len(table.findings.faults) == before else ():
        if lacking.slug not in stems:
            valid = ", ".join(each.slug for each in lacking.stems)
            table.fault(lacking.slug, "is required: a stem for every layer", hint=f"valid: {valid}")
    whole = song.layers and all(layer.stems for layer in song.layers)
    if whole and len(table.findings.faults) == before:
        _warn_of_rules(table, song, stems)
    return stems


def _warn_of_rules(table: Table, song: Song, stems: Mapping[str, str]) -> None:
    if not song.permits(Variation.from_stems(song, stems)):
        what = "are a variation that the song's rules do not permit"
        table.findings.warn(table.where, what, key=table.prefix, value=stems)


def _check_supplies(table: Table, tokens: Mapping[str, Token], songs: Mapping[str, Song]) -> None:
    """No more stem tokens than the exact supply."""
    counts = Counter[tuple[str, str, str]]()
    for token in tokens.values():
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


def _owners(table: Table, entries: _Entries) -> Iterator[tuple[str, Mapping[str, int]]]:
    inner = table.table("owners")
    for token_id, value in inner.data.items():
        if entries.lack(token_id):
            inner.fault(token_id, "is not a token of the ledger", hint="remove the owner")
            continue
        holders = {value: 1} if isinstance(value, str) else value
        if not isinstance(holders, dict) or not all(
            isinstance(count, int) and not isinstance(count, bool) and count > 0
            for count in holders.values()
        ):
            inner.fault(
                token_id,
                "must be an address, or addresses with counts",
                value,
                '"0x..." or {"0x...": 2}',
            )
            continue
        held = sum(holders.values())
        if token_id in entries.sound and held > entries.tokens[token_id].supply:
            supply = entries.tokens[token_id].supply
            inner.fault(token_id, "is held more often than it exists", held, f"supply: {supply}")
        yield (
            token_id,
            {check_address(inner, token_id, address): count for address, count in holders.items()},
        )
