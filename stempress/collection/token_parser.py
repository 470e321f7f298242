"""Parser of a single ledger entry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from pyodide_app.engine.model import TIERS, Token, Variation
from stempress.core.errors import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pyodide_app.engine.model import Song, State, Tier
    from stempress.core.tables import Table

NONE = "remove it: a layer that is left out is not in stems"
_STEM_KEYS = ("song", "layer", "stem", "stems", "album", "burned")
REVEALING_KEYS = frozenset(_STEM_KEYS)
"""Keys that an unrevealed token must not have, because they would reveal it."""
_STATES = ("unrevealed", "revealed", "forged")
_TOKEN_ID = re.compile(r"0|[1-9]\d{0,77}", re.ASCII)
_MAX_DIGITS = 78  # of 2^256: any number with fewer digits is smaller
_TOKEN_KEYS = (*_STEM_KEYS, "supply", "into")


def is_token_id(value: object) -> bool:
    """Return whether a value is a token ID: a decimal number of up to 256 bits, as text."""
    if not (isinstance(value, str) and _TOKEN_ID.fullmatch(value)):
        return False
    return len(value) < _MAX_DIGITS or int(value) < 2**256


def read_token(table: Table, songs: Mapping[str, Song], albums: Collection[str]) -> Token | None:
    """Read one entry; None if its ID, tier or state is not clear."""
    token_id = table.text("id", required=True)
    if token_id and not is_token_id(token_id):
        table.fault("id", "is not a token ID", token_id, "a decimal number below 2^256, in quotes")
        token_id = ""
    tier = cast("Tier", table.choice("tier", "", TIERS, required=True))
    state = cast("State", table.choice("state", "", _STATES, required=True))
    if not (token_id and tier and state):
        table.mark_known(*_TOKEN_KEYS)
        table.finish()
        return None
    supply = table.integer("supply", 1, 1)
    into = table.text("into")
    if into and state != "forged":
        table.fault(
            "into", f"is not allowed in the state {state!r}", into, 'only "forged" tokens have it'
        )
    if state == "unrevealed":
        return _unrevealed(table, Token(token_id, tier, state, supply=supply))
    token = _revealed(table, songs, albums, tier)
    table.finish(also=_STEM_KEYS)
    return Token(token_id, tier, state, **token, into=into, supply=supply)  # type: ignore[arg-type]


def _unrevealed(table: Table, token: Token) -> Token:
    """Ignore what an unrevealed token must not have, with a warning."""
    keys = [key for key in _STEM_KEYS if key in table.data]
    table.mark_known(*keys)
    if keys:
        table.warn(
            keys[0],
            "is ignored: the token is unrevealed",
            hint="anybody who reads tokens.json can see it: keep it elsewhere",
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
    """Report a stem that a song does not have, as a fault of the layer's or the stem's key."""
    for candidate in song.layers:
        if candidate.slug == layer and any(variant.slug == stem for variant in candidate.stems):
            return
    known = {
        candidate.slug: [variant.slug for variant in candidate.stems] for candidate in song.layers
    }
    if known and layer not in known:
        table.fault(keys[0], f"is not a layer of {song.slug}", layer, suggestion(layer, known))
    elif known.get(layer) and stem not in known[layer]:
        message = f"is not a stem of {song.slug}/{layer}"
        is_none = keys[1] == layer and stem == "none" and song.layer(layer).empty
        table.fault(keys[1], message, stem, NONE if is_none else suggestion(stem, known[layer]))


def _chosen(table: Table, song: Song | None) -> dict[str, str]:
    """Read a song token's stems, one for every layer that is not left out."""
    faults_before = len(table.findings.faults)
    stems = {layer: table.text(layer, required=True) for layer in table.data}
    if song is None or table.absent:
        return stems
    for layer, stem in stems.items():
        if stem:
            _check_stem(table, (layer, layer), song, layer, stem)
    for missing_layer in song.layers if len(table.findings.faults) == faults_before else ():
        if missing_layer.slug not in stems and not missing_layer.empty:
            valid = ", ".join(variant.slug for variant in missing_layer.stems)
            table.fault(
                missing_layer.slug, "is missing: every layer needs a stem", hint=f"valid: {valid}"
            )
    is_sound = song.layers and all(layer.stems for layer in song.layers)
    if is_sound and len(table.findings.faults) == faults_before:
        _warn_of_rules(table, song, stems)
    return stems


def _warn_of_rules(table: Table, song: Song, stems: Mapping[str, str]) -> None:
    if not song.permits(Variation.from_stems(song, stems)):
        message = "are a combination that the song's rules do not permit"
        table.findings.warn(table.where, message, key=table.prefix, value=stems)
