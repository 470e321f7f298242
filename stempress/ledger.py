"""content/tokens.json -> Ledger: the tokens, their state, and who holds them."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from pyodide_app.engine.model import STATES, TIERS, Token, Variation
from stempress.errors import nearest
from stempress.fields import Table
from stempress.settings import check_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song, State, Tier
    from stempress.catalog import Album
    from stempress.errors import Findings

WHERE = "content/tokens.json"
_STEM_KEYS = ("song", "layer", "stem", "stems", "album", "burned")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The list of tokens. ``owners`` maps a token's id to addresses and how many each holds."""

    tokens: tuple[Token, ...] = ()
    owners: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    block: int | None = None


def read_ledger(
    path: Path, songs: Mapping[str, Song], albums: Mapping[str, Album], findings: Findings
) -> Ledger:
    """Read tokens.json, an empty ledger where there is none."""
    if not path.exists():
        return Ledger()
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        findings.fault(WHERE, f"is not valid JSON: {error}")
        return Ledger()
    if not isinstance(data, dict):
        findings.fault(WHERE, "must be an object", hint='{"tokens": [...]}')
        return Ledger()
    return parse_ledger(Table(data, WHERE, findings), songs, albums)


def parse_ledger(table: Table, songs: Mapping[str, Song], albums: Mapping[str, Album]) -> Ledger:
    """Read the parsed tokens.json."""
    tokens: dict[str, Token] = {}
    for entry in table.tables("tokens"):
        token = _token(entry, songs, albums)
        if token.id in tokens:
            entry.fault("id", "stands twice in the ledger", token.id, "every id is one token")
        elif token.id:
            tokens[token.id] = token
    _check_burned(table, tokens, albums)
    _check_supplies(table, tokens, songs)
    ledger = Ledger(
        tokens=tuple(tokens.values()),
        owners=dict(_owners(table, tokens)),
        block=table.whole("block", 0, 0) if "block" in table.data else None,
    )
    table.done(also=("owners", "block"))
    return ledger


def _token(table: Table, songs: Mapping[str, Song], albums: Mapping[str, Album]) -> Token:
    token_id = table.text("id", required=True)
    if token_id and not (re.fullmatch(r"0|[1-9]\d{0,77}", token_id) and int(token_id) < 2**256):
        table.fault("id", "is not a token id", token_id, "a decimal number below 2^256, as text")
        token_id = ""
    tier = cast("Tier", table.choice("tier", "stem", TIERS, required=True))
    state = cast("State", table.choice("state", "unrevealed", STATES, required=True))
    supply = table.whole("supply", 1, 1)
    into = table.text("into")
    if state == "unrevealed":
        return _unrevealed(table, Token(token_id, tier, state, supply=supply))
    token = _revealed(table, songs, albums, tier)
    table.done(also=("song", "layer", "stem", "stems", "album", "burned"))
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
        stems = _chosen(table, song)
        return {"song": slug, "stems": stems, "burned": table.texts("burned")}
    layer, stem = table.text("layer", required=True), table.text("stem", required=True)
    if song is not None and layer and stem:
        _check_stem(table, song, layer, stem)
    return {"song": slug, "layer": layer, "stem": stem}


def _check_stem(table: Table, song: Song, layer: str, stem: str) -> bool:
    known = {each.slug: [each_stem.slug for each_stem in each.stems] for each in song.layers}
    if layer not in known:
        table.fault("layer", f"is not a layer of {song.slug}", layer, nearest(layer, known))
    elif stem not in known[layer]:
        table.fault(
            "stem", f"is not a stem of {song.slug}/{layer}", stem, nearest(stem, known[layer])
        )
    else:
        return True
    return False


def _chosen(table: Table, song: Song | None) -> dict[str, str]:
    """Read a song token's stems: one for every layer."""
    stems = {str(layer): str(stem) for layer, stem in table.mapping("stems").items()}
    if song is None:
        return stems
    wanted = [layer.slug for layer in song.layers]
    missing = [layer for layer in wanted if layer not in stems]
    if missing:
        table.fault("stems", "lack a stem for a layer", missing[0], f"one for each of {wanted}")
    inner = Table(stems, table.where, table.findings, table.path("stems"))
    fine = [_check_stem(inner, song, layer, stem) for layer, stem in stems.items()]
    if all(fine) and not missing and not song.permits(Variation.from_stems(song, stems)):
        table.warn("stems", "are a variation that the song's rules do not permit", stems)
    return stems


def _check_burned(table: Table, tokens: Mapping[str, Token], albums: Mapping[str, Album]) -> None:
    """Hold every forged token against what was burned for it."""
    burned_in: dict[str, str] = {}
    for token in tokens.values():
        for burned in token.burned:
            if burned not in tokens:
                table.fault(
                    "tokens",
                    f"token {token.id} burned a token that is not in the ledger",
                    burned,
                    "add it, state forged",
                )
            elif burned in burned_in:
                table.fault(
                    "tokens",
                    f"token {burned} was burned twice",
                    [burned_in[burned], token.id],
                    "a token is forged into one other",
                )
            burned_in[burned] = token.id
        if token.burned and all(burned in tokens for burned in token.burned):
            _check_recipe(table, token, [tokens[burned] for burned in token.burned], albums)
    for token in tokens.values():
        if token.into and token.into not in tokens:
            table.fault(
                "tokens",
                f"token {token.id} went into a token that is not in the ledger",
                token.into,
            )
        elif token.into and burned_in.get(token.id) != token.into and tokens[token.into].burned:
            table.fault(
                "tokens",
                f"token {token.id} says it went into {token.into}, which does "
                "not list it as burned",
                token.into,
            )


def _check_recipe(
    table: Table, token: Token, burned: list[Token], albums: Mapping[str, Album]
) -> None:
    """Compare: a song token burned its stems, an album token one song token of each song."""
    if token.tier == "song":
        wanted = sorted((token.song, layer, stem) for layer, stem in token.stems.items())
        given = sorted((part.song, part.layer, part.stem) for part in burned)
        tier = "stem"
    else:
        songs = albums[token.album].songs if token.album in albums else ()
        wanted = sorted((song.slug, "", "") for song in songs)
        given = sorted((part.song, "", "") for part in burned)
        tier = "song"
    if wanted != given or any(part.tier != tier for part in burned):
        lacking = ["/".join(filter(None, key)) for key in wanted if key not in given]
        table.fault(
            "tokens",
            f"token {token.id}: the burned tokens do not match what it is",
            list(token.burned),
            f"no token for {lacking[0]}"
            if lacking
            else f"exactly one {tier} token for each part, no more",
        )
    for part in burned:
        if part.state != "forged" or part.into != token.id:
            note = table.fault if tier == "stem" else table.warn
            note(
                "tokens",
                f"token {part.id} was burned for {token.id}, but its entry differs",
                f"state {part.state}, into {part.into or 'nothing'}",
                f'"state": "forged", "into": "{token.id}"',
            )


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


def _owners(table: Table, tokens: Mapping[str, Token]) -> Iterator[tuple[str, dict[str, int]]]:
    inner = table.table("owners")
    for token_id, value in inner.data.items():
        if token_id not in tokens:
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
        if held > tokens[token_id].supply:
            inner.fault(token_id, "more are held than the token's supply", held)
        yield (
            token_id,
            {check_address(inner, token_id, address): count for address, count in holders.items()},
        )
