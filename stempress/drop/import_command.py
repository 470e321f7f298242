"""``stempress import``: imports a drop made with another tool into the ledger.

A table (``trait_table.py``) maps traits to their meaning; together, the traits of a token identify
what it is.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from stempress.collection.ledger import WHERE as LEDGER
from stempress.collection.ledger import parse_ledger
from stempress.core.errors import Fault, Findings, SiteError
from stempress.core.files import write_text_atomically
from stempress.core.program import program
from stempress.core.slugs import fold_case, slugify
from stempress.drop.drop_state import open_drop
from stempress.drop.external_metadata import read_folder
from stempress.drop.trait_table import COLUMNS, NONE, Meaning, fold_trait, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Layer, Song, Stem
    from stempress.core.progress import Progress
    from stempress.drop.drop_state import DropState, Entry
    from stempress.drop.external_metadata import ExternalToken, Trait
    from stempress.drop.trait_table import Meanings

TABLE = "traits.csv"


def import_drop(
    folder: Path,
    site: Path,
    progress: Progress,
    *,
    traits: Path | None = None,
    append: bool = False,
) -> None:
    """Add the tokens of a folder to the ledger; without a table, write one to complete."""
    drop = open_drop(site)
    if drop.entries and not append:
        hint = "use --append to add to them, or move the file away"
        raise SiteError([Fault(LEDGER, f"already has {len(drop.entries)} tokens", hint=hint)])
    findings = Findings()
    tokens = read_folder(folder, findings)
    findings.raise_faults()
    if traits is None:
        _write_table(drop, tokens, progress)
        return
    meanings = read_table(traits, drop.songs, findings)
    findings.raise_faults()
    _check_coverage(tokens, meanings, traits.name, findings)
    findings.raise_faults()
    _add_entries(drop, tokens, meanings, findings)
    drop.write_ledger()
    for warning in findings.warnings:
        progress.log(f"warning: {warning}")
    counts = Counter(f"{entry['state']} {entry['tier']}" for entry in drop.entries)
    summary = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    progress.log(f"{len(tokens)} tokens imported; the ledger has {summary} tokens")


def _add_entries(
    drop: DropState, tokens: Sequence[ExternalToken], meanings: Meanings, findings: Findings
) -> None:
    """Add entries for the tokens; SiteError if the ledger would not be valid."""
    existing = {entry["id"] for entry in drop.entries}
    unread: list[str] = []
    for token in tokens:
        entry = _entry(token, meanings, drop.songs, findings)
        if entry:
            entry["id"] = drop.token_id(entry["tier"], token.id)
        if entry.get("id") in existing:
            findings.fault(token.where, "is already in the ledger", value=token.id)
        if token.traits and entry.get("state") == "unrevealed":
            unread.append(token.id)
        drop.entries.append(entry)
    findings.raise_faults()
    if unread:
        message = f"have traits, none of which stands for a stem: {len(unread)} are unrevealed"
        hint = "give them a stem in the table, if they are revealed"
        findings.warn("import", message, value=unread[:3], hint=hint)
    albums = {album.slug: album for album in drop.collection.albums}
    own = drop.collection.settings.tier_contracts
    parse_ledger(drop.ledger_text(), drop.songs, albums, findings, own)
    findings.raise_faults()


def _write_table(drop: DropState, tokens: Sequence[ExternalToken], progress: Progress) -> None:
    """Write a table of all traits, filled in where names match."""
    counts = Counter(trait for token in tokens for trait in token.traits)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    filled = 0
    for trait in sorted(counts):
        meaning = _guess(trait, drop.songs)
        filled += meaning != Meaning()
        writer.writerow([*trait, meaning.song, meaning.layer, meaning.stem])
    path = drop.site / TABLE
    if path.exists():
        hint = f"use it with import DIR --traits {TABLE}, or move it away"
        raise SiteError([Fault(TABLE, "already exists", hint=hint)])
    write_text_atomically(path, text.getvalue())
    progress.log(
        f"{path}: {len(counts)} trait values, {filled} filled in; "
        f"complete it, then run: {program('import')} DIR --traits {TABLE} --site {drop.site}"
    )


def _guess(trait: Trait, songs: Mapping[str, Song]) -> Meaning:
    """Return the meaning of a trait whose words match a stem, layer or song, else an empty one."""
    name, value = trait
    layers = [(song, layer) for song in songs.values() for layer in song.layers]
    stems = [
        Meaning(song.slug, layer.slug, stem.slug)
        for song, layer in layers
        if layer in _called(name, song.layers)
        for stem in _called(value, layer.stems)
    ]
    if not stems and fold_case(value.strip()) in {"", NONE}:
        stems = [
            Meaning(song.slug, layer.slug, NONE)
            for song, layer in layers
            if layer.empty and layer in _called(name, song.layers)
        ]
    if stems:
        return stems[0] if len(stems) == 1 else _shared_meaning(stems)
    kind = slugify(name)
    if kind in ("song", "track"):
        slug = slugify(value)
        matches = [song.slug for song in songs.values() if slug in (song.slug, slugify(song.title))]
        return Meaning(matches[0]) if len(matches) == 1 else Meaning()
    if kind == "layer":
        return Meaning("", _only_slug(_called(value, [layer for _, layer in layers])))
    if kind == "stem":
        all_stems = [stem for _, layer in layers for stem in layer.stems]
        return Meaning("", "", _only_slug(_called(value, all_stems)))
    return Meaning()


def _shared_meaning(meanings: Sequence[Meaning]) -> Meaning:
    """Return what is true of stems of several songs: layer and stem, if their slugs agree."""
    shared = {replace(meaning, song="") for meaning in meanings}
    return shared.pop() if len(shared) == 1 else Meaning()


def _called[T: (Layer, Stem)](name: str, items: Iterable[T]) -> list[T]:
    """Return the items with a name; if none has it, those whose slug the name has."""
    items = list(items)
    exact = [item for item in items if fold_case(item.name) == fold_case(name)]
    return exact or [item for item in items if item.slug == slugify(name)]


def _only_slug(items: Iterable[Layer | Stem]) -> str:
    """Return the slug that all items have, else ""."""
    slugs = {item.slug for item in items}
    return slugs.pop() if len(slugs) == 1 else ""


def _check_coverage(
    tokens: Sequence[ExternalToken], meanings: Meanings, table: str, findings: Findings
) -> None:
    """Report every trait without a row in the table."""
    counts = Counter(trait for token in tokens for trait in token.traits)
    for trait, count in sorted(counts.items()):
        if meanings.get(trait) is None:
            line = io.StringIO()
            csv.writer(line).writerow([*trait, "song", "layer", "stem"])
            findings.fault(
                table,
                f"has no row for this trait; tokens with it: {count}",
                value=": ".join(trait),
                hint=f"{line.getvalue().strip()}, or with the last three empty to ignore it",
            )


def _entry(
    token: ExternalToken, meanings: Meanings, songs: Mapping[str, Song], findings: Findings
) -> Entry:
    """Return the token's ledger entry: a stem, a variation, or unrevealed if no trait says."""
    matched = [meanings.get(trait) or Meaning() for trait in token.traits]
    pairs = [(trait.layer, trait.stem) for trait in matched if trait.layer and trait.stem]
    layers = [trait.layer for trait in matched if trait.layer and not trait.stem]
    stems = [trait.stem for trait in matched if trait.stem and not trait.layer]
    if len(layers) == len(stems) == 1:
        pairs += zip(layers, stems, strict=True)
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
    matches = [
        song
        for slug, song in songs.items()
        if (not named or {slug} == named) and all(_has_stem(song, *pair) for pair in pairs)
    ]
    if len(matches) != 1:
        ambiguous = len(named) > 1 or matches
        message = "has traits of several songs" if ambiguous else "matches no song"
        value = ", ".join(f"{layer}/{stem}" for layer, stem in pairs)
        findings.fault(token.where, message, value=value, hint=f"songs: {', '.join(songs)}")
        return {}
    return _revealed_entry(token, matches[0], pairs, findings)


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
