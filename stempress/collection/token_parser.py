"""One entry of the ledger -> Token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from pyodide_app.engine.model import STATES, TIERS, Token, Variation
from stempress.core.errors import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pyodide_app.engine.model import Song, State, Tier
    from stempress.core.tables import Table

_STEM_KEYS = ("song", "layer", "stem", "stems", "album", "burned")
TELLING = frozenset(_STEM_KEYS)
"""What an unrevealed token must not have."""
_TOKEN_ID = re.compile(r"0|[1-9]\d{0,77}", re.ASCII)
_DIGITS = 78
"""How many 2^256 has: whatever has fewer is less."""
_TOKEN_KEYS = (*_STEM_KEYS, "supply", "into")


def is_token_id(word: object) -> bool:
    """Say whether a value can be a token's id: 256 bits, decimal, as text."""
    if not (isinstance(word, str) and _TOKEN_ID.fullmatch(word)):
        return False
    return len(word) < _DIGITS or int(word) < 2**256


def read_token(table: Table, songs: Mapping[str, Song], albums: Collection[str]) -> Token | None:
    """Read one entry; None if it is open which token it is, or of what kind."""
    token_id = table.text("id", required=True)
    if token_id and not is_token_id(token_id):
        table.fault("id", "is not a token id", token_id, "a decimal number below 2^256, as text")
        token_id = ""
    tier = cast("Tier", table.choice("tier", "", TIERS, required=True))
    state = cast("State", table.choice("state", "", STATES, required=True))
    if not (token_id and tier and state):
        table.mark_known(*_TOKEN_KEYS)
        table.finish()
        return None
    supply = table.integer("supply", 1, 1)
    into = table.text("into")
    if into and state != "forged":
        table.fault("into", f"stands beside the state {state!r}", into, "leave out one of the two")
    if state == "unrevealed":
        return _unrevealed(table, Token(token_id, tier, state, supply=supply))
    token = _revealed(table, songs, albums, tier)
    table.finish(also=_STEM_KEYS)
    return Token(token_id, tier, state, **token, into=into, supply=supply)  # type: ignore[arg-type]


def _unrevealed(table: Table, token: Token) -> Token:
    """Drop what an unrevealed token must not tell."""
    told = [key for key in _STEM_KEYS if key in table.data]
    table.mark_known(*told)
    if told:
        table.warn(
            told[0],
            "is left out of the site: the token is unrevealed",
            hint="whoever reads tokens.json can see it; keep it elsewhere",
        )
    table.finish(also=_STEM_KEYS)
    return token


def _revealed(
    table: Table, songs: Mapping[str, Song], albums: Collection[str], tier: Tier
) -> dict[str, object]:
    """Return the fields that a token of this tier has."""
    if tier == "album":
        album = table.text("album", required=True)
        if album and album not in albums:
            table.fault("album", "is not an album", album, suggestion(album, albums))
        return {"album": album, "burned": table.texts("burned")}
    slug = table.text("song", required=True)
    song = songs.get(slug)
    if slug and song is None:
        table.fault("song", "is not a song", slug, suggestion(slug, songs))
    if tier == "song":
        stems = _chosen(table.table("stems", required=True), song)
        return {"song": slug, "stems": stems, "burned": table.texts("burned")}
    layer, stem = table.text("layer", required=True), table.text("stem", required=True)
    if song is not None and layer and stem:
        _check_stem(table, ("layer", "stem"), song, layer, stem)
    return {"song": slug, "layer": layer, "stem": stem}


def _check_stem(table: Table, keys: tuple[str, str], song: Song, layer: str, stem: str) -> None:
    """Note a fault, of the first or second key, for a stem that a song does not have."""
    for each in song.layers:
        if each.slug == layer and any(of_it.slug == stem for of_it in each.stems):
            return
    known = {each.slug: [each_stem.slug for each_stem in each.stems] for each in song.layers}
    if known and layer not in known:
        table.fault(keys[0], f"is not a layer of {song.slug}", layer, suggestion(layer, known))
    elif known.get(layer) and stem not in known[layer]:
        what = f"is not a stem of {song.slug}/{layer}"
        table.fault(keys[1], what, stem, suggestion(stem, known[layer]))


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
