"""A ledger entry from the traits of an imported token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.drop.trait_table import NONE, Meaning, fold_trait

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pyodide_app.engine.model import Song
    from stempress.core.errors import Findings
    from stempress.drop.drop_state import Entry
    from stempress.drop.external_metadata import ExternalToken
    from stempress.drop.trait_table import Meanings


def imported_entry(
    token: ExternalToken, meanings: Meanings, songs: Mapping[str, Song], findings: Findings
) -> Entry:
    """Return the token's ledger entry: a stem, a variation, or unrevealed if no trait says."""
    matched = [meanings.get(trait) or Meaning() for trait in token.traits]
    pairs = _layers_with_stem(matched)
    if not pairs:
        return {"id": token.id, "tier": "stem", "state": "unrevealed"}
    if silent := _layers_without_stem(token, meanings, pairs):
        message = "has traits of layers without a stem"
        hint = (
            'give each a stem in the table, or "none" if its layer may be left out: '
            "empty = { weight = 1 } in the song's file"
        )
        findings.fault(token.where, message, value=silent, hint=hint)
        return {}
    named = {trait.song for trait in matched if trait.song}
    song = _song_with(pairs, named, songs, token, findings)
    return _revealed_entry(token, song, pairs, findings) if song else {}


def _layers_with_stem(matched: Sequence[Meaning]) -> list[tuple[str, str]]:
    """Return (layer, stem) of traits that name both, or of the one that names each."""
    pairs = [(trait.layer, trait.stem) for trait in matched if trait.layer and trait.stem]
    layers = [trait.layer for trait in matched if trait.layer and not trait.stem]
    stems = [trait.stem for trait in matched if trait.stem and not trait.layer]
    if len(layers) == len(stems) == 1:
        pairs += zip(layers, stems, strict=True)
    return pairs


def _song_with(
    pairs: Sequence[tuple[str, str]],
    named: AbstractSet[str],
    songs: Mapping[str, Song],
    token: ExternalToken,
    findings: Findings,
) -> Song | None:
    """Return the only song that has these stems and, if any is named, is named."""
    matches = [
        song
        for slug, song in songs.items()
        if (not named or {slug} == named) and all(_has_stem(song, *pair) for pair in pairs)
    ]
    if len(matches) == 1:
        return matches[0]
    ambiguous = len(named) > 1 or matches
    message = "has traits of several songs" if ambiguous else "matches no song"
    value = ", ".join(f"{layer}/{stem}" for layer, stem in pairs)
    findings.fault(token.where, message, value=value, hint=f"songs: {', '.join(songs)}")
    return None


def _layers_without_stem(
    token: ExternalToken, meanings: Meanings, pairs: Sequence[tuple[str, str]]
) -> list[str]:
    """Return the traits that name a layer in other tokens, and here have no stem: ``Bass: None``.

    A token with a stem for some of its layers would otherwise pass for a token of one stem.
    """
    filled = {layer for layer, _ in pairs}
    return [
        f"{name}: {value or 'null'}"
        for name, value in token.traits
        if (layer := meanings.layer_of.get(fold_trait((name, ""))[0])) and layer not in filled
    ]


def _revealed_entry(
    token: ExternalToken, song: Song, pairs: Sequence[tuple[str, str]], findings: Findings
) -> Entry:
    """Return the entry of a stem token or, if every layer has a stem, of a song token.

    A layer that may be left out has one if the token says so, or if it has several others.
    """
    entry: Entry = {"id": token.id, "tier": "stem", "state": "revealed", "song": song.slug}
    chosen = dict(pairs)
    missing = [la.slug for la in song.layers if not (la.slug in chosen or la.empty)]
    if len(pairs) > len(chosen):
        findings.fault(token.where, "has two stems of one layer", value=chosen)
    elif len(chosen) == 1 and NONE not in chosen.values():
        ((layer, stem),) = chosen.items()
        entry |= {"layer": layer, "stem": stem}
    elif missing:
        message = f"has no stem for {', '.join(missing)} of {song.slug}"
        findings.fault(token.where, message, value=chosen, hint="a token has one stem, or all")
    else:
        played = {layer: stem for layer, stem in chosen.items() if stem != NONE}
        stems = {la.slug: played[la.slug] for la in song.layers if la.slug in played}
        entry |= {"tier": "song", "stems": stems, "burned": []}
    return entry


def _has_stem(song: Song, layer_slug: str, stem_slug: str) -> bool:
    return any(
        layer.slug == layer_slug
        and (
            any(stem.slug == stem_slug for stem in layer.stems)
            or (layer.empty is not None and stem_slug == NONE)
        )
        for layer in song.layers
    )
