"""``build.py import``: a drop that was made elsewhere, into a ledger.

A table says what traits mean. Each of its rows gives a trait's value a song, a layer, a stem, or
several of them; what the traits of a token give together is what the token is. A row that gives
nothing leaves the trait out, and ``*`` stands for every value that has no row of its own.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.ledger import WHERE as LEDGER
from stempress.collection.ledger import parse_ledger
from stempress.core.errors import Fault, Findings, SiteError, suggestion
from stempress.core.files import write_text_atomically
from stempress.core.tables import slugify
from stempress.core.text_files import read_text
from stempress.drop.drop_state import ledger_text, open_books
from stempress.drop.external_metadata import read_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song
    from stempress.core.progress import Progress
    from stempress.drop.drop_state import Books, Entry
    from stempress.drop.external_metadata import ForeignToken, Trait

COLUMNS = ("trait", "value", "song", "layer", "stem")
TABLE = "traits.csv"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one value of a trait says of a token: slugs, each of them perhaps empty."""

    song: str = ""
    layer: str = ""
    stem: str = ""


type Meanings = Mapping[Trait, Meaning]


def import_drop(
    folder: Path,
    site: Path,
    progress: Progress,
    *,
    traits: Path | None = None,
    append: bool = False,
) -> None:
    """Write a drop's tokens into the ledger; without a table, write a table to be filled in."""
    books = open_books(site)
    if books.entries and not append:
        hint = "--append adds to them; or move the file away"
        raise SiteError([Fault(LEDGER, f"holds {len(books.entries)} tokens already", hint=hint)])
    findings = Findings()
    tokens = read_folder(folder, findings)
    findings.raise_faults()
    if traits is None:
        _offer_table(books, tokens, progress)
        return
    meanings = read_table(traits, books.songs, findings)
    findings.raise_faults()
    _refuse_unnamed(tokens, meanings, traits.name, findings)
    findings.raise_faults()
    known = {entry["id"] for entry in books.entries}
    for token in tokens:
        if token.id in known:
            findings.fault(token.where, "is in the ledger already", value=token.id)
        books.entries.append(_entry(token, meanings, books.songs, findings))
    findings.raise_faults()
    albums = {album.slug: album for album in books.collection.albums}
    parse_ledger(ledger_text(books.data), books.songs, albums, findings)
    findings.raise_faults()
    books.write_ledger()
    for warning in findings.warnings:
        progress.log(f"warning: {warning}")
    states = Counter(f"{entry['state']} {entry['tier']}" for entry in books.entries)
    told = ", ".join(f"{number} {what}" for what, number in sorted(states.items()))
    progress.log(f"{len(tokens)} tokens imported; the ledger has {told} tokens")


def _offer_table(books: Books, tokens: Sequence[ForeignToken], progress: Progress) -> None:
    """Write a table of all traits, with what names tell already filled in."""
    counts = Counter(trait for token in tokens for trait in token.traits)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    filled = 0
    for trait in sorted(counts):
        meaning = _guess(trait, books.songs)
        filled += meaning != Meaning()
        writer.writerow([*trait, meaning.song, meaning.layer, meaning.stem])
    path = books.site / TABLE
    if path.exists():
        hint = f"import DIR --traits {TABLE} uses it; or move it away"
        raise SiteError([Fault(TABLE, "is there already", hint=hint)])
    write_text_atomically(path, text.getvalue())
    progress.log(
        f"{path}: {len(counts)} values of traits, {filled} filled in; "
        f"look through it, then: build.py import DIR --traits {TABLE} --site {books.site}"
    )


def _guess(trait: Trait, songs: Mapping[str, Song]) -> Meaning:
    """Return what a trait means where its words are those of one stem, or of a song."""
    name, value = map(slugify, trait)
    stems = [
        Meaning(song.slug, layer.slug, stem.slug)
        for song in songs.values()
        for layer in song.layers
        for stem in layer.stems
        if (layer.slug, stem.slug) == (name, value)
    ]
    if stems:
        return stems[0] if len(stems) == 1 else Meaning("", name, value)
    if name in ("song", "track"):
        found = [slug for slug, song in songs.items() if value in (slug, slugify(song.title))]
        return Meaning(found[0]) if len(found) == 1 else Meaning()
    every = {layer.slug for song in songs.values() for layer in song.layers}
    if name == "layer" and value in every:
        return Meaning("", value)
    stems_of = {stem.slug for s in songs.values() for layer in s.layers for stem in layer.stems}
    return Meaning("", "", value) if name == "stem" and value in stems_of else Meaning()


def read_table(path: Path, songs: Mapping[str, Song], findings: Findings) -> dict[Trait, Meaning]:
    """Read the table of traits; every slug in it is checked."""
    text = read_text(path, path.name, findings) if path.exists() else None
    if text is None:
        if not path.exists():
            findings.fault(path.name, "is not there", hint="import DIR without it writes one")
        return {}
    rows = csv.DictReader(io.StringIO(text))
    if tuple(rows.fieldnames or ()) != COLUMNS:
        hint = ",".join(COLUMNS)
        findings.fault(path.name, "must begin with the names of its columns", hint=hint)
        return {}
    meanings: dict[Trait, Meaning] = {}
    for row in rows:
        trait = str(row["trait"]), str(row["value"])
        meaning = Meaning(*((row[key] or "").strip() for key in COLUMNS[2:]))
        where = f"line {rows.line_num}"
        for column, value, valid in _unknown(meaning, songs):
            hint = suggestion(value, valid)
            findings.fault(path.name, f"has no such {column}", key=where, value=value, hint=hint)
        if meanings.setdefault(trait, meaning) != meaning:
            findings.fault(path.name, "gives a trait two meanings", key=where, value=trait)
    return meanings


def _unknown(meaning: Meaning, songs: Mapping[str, Song]) -> Iterator[tuple[str, str, set[str]]]:
    """Yield column, value and what would be valid of slugs that no song has."""
    if meaning.song and meaning.song not in songs:
        yield "song", meaning.song, set(songs)
        return
    some = [songs[meaning.song]] if meaning.song else list(songs.values())
    layers = [layer for song in some for layer in song.layers]
    slugs = {layer.slug for layer in layers}
    if meaning.layer and meaning.layer not in slugs:
        yield "layer", meaning.layer, slugs
        return
    stems = {stem.slug for la in layers if meaning.layer in ("", la.slug) for stem in la.stems}
    if meaning.stem and meaning.stem not in stems:
        yield "stem", meaning.stem, stems


def _refuse_unnamed(
    tokens: Sequence[ForeignToken], meanings: Meanings, table: str, findings: Findings
) -> None:
    """Note every trait that the table does not speak of."""
    counts = Counter(trait for token in tokens for trait in token.traits)
    for trait, count in sorted(counts.items()):
        if trait not in meanings and (trait[0], "*") not in meanings:
            line = io.StringIO()
            csv.writer(line).writerow([*trait, "song", "layer", "stem"])
            findings.fault(
                table,
                f"does not say what this means: {count} tokens have it",
                value=": ".join(trait),
                hint=f"{line.getvalue().strip()}, or without the last three to leave it out",
            )


def _entry(
    token: ForeignToken, meanings: Meanings, songs: Mapping[str, Song], findings: Findings
) -> Entry:
    """Return a token as the ledger has it: a stem, a variation, or unrevealed if nothing tells."""
    told = [meanings.get(each) or meanings.get((each[0], "*"), Meaning()) for each in token.traits]
    chosen = [(each.layer, each.stem) for each in told if each.layer and each.stem]
    layers = [each.layer for each in told if each.layer and not each.stem]
    stems = [each.stem for each in told if each.stem and not each.layer]
    if len(layers) == len(stems) == 1:
        chosen += zip(layers, stems, strict=True)
    if not chosen:
        return {"id": token.id, "tier": "stem", "state": "unrevealed"}
    named = {each.song for each in told if each.song}
    fitting = [
        song
        for slug, song in songs.items()
        if (not named or {slug} == named) and all(_has(song, *each) for each in chosen)
    ]
    if len(fitting) != 1:
        what = "has traits of several songs" if len(named) > 1 or fitting else "fits no song"
        words = ", ".join(f"{layer}/{stem}" for layer, stem in chosen)
        findings.fault(token.where, what, value=words, hint=f"songs: {', '.join(songs)}")
        return {}
    return _fields(token, fitting[0], dict(chosen), len(chosen), findings)


def _fields(
    token: ForeignToken, song: Song, chosen: dict[str, str], number: int, findings: Findings
) -> Entry:
    entry: Entry = {"id": token.id, "tier": "stem", "state": "revealed", "song": song.slug}
    if number > len(chosen):
        findings.fault(token.where, "has two stems of one layer", value=dict(chosen))
    elif len(chosen) == 1:
        ((layer, stem),) = chosen.items()
        entry |= {"layer": layer, "stem": stem}
    elif len(chosen) < len(song.layers):
        lacking = [layer.slug for layer in song.layers if layer.slug not in chosen]
        what = f"has no stem for {', '.join(lacking)} of {song.slug}"
        findings.fault(token.where, what, value=chosen, hint="a token has one stem, or all")
    else:
        stems = {layer.slug: chosen[layer.slug] for layer in song.layers}
        entry |= {"tier": "song", "stems": stems, "burned": []}
    return entry


def _has(song: Song, layer: str, stem: str) -> bool:
    return any(
        each.slug == layer and any(known.slug == stem for known in each.stems)
        for each in song.layers
    )
