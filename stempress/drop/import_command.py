"""``stempress import``: imports a drop made with another tool into the ledger.

A table (``trait_table.py``) maps traits to their meaning; together, the traits of a token identify
what it is.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

from stempress.collection.ledger import WHERE as LEDGER
from stempress.collection.ledger import parse_ledger
from stempress.core.errors import Fault, Findings, SiteError
from stempress.core.files import write_text_atomically
from stempress.core.program import program
from stempress.drop.drop_state import open_drop
from stempress.drop.external_metadata import read_folder
from stempress.drop.imported_entry import imported_entry
from stempress.drop.trait_guess import guess_meaning
from stempress.drop.trait_table import COLUMNS, Meaning, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.drop.drop_state import DropState
    from stempress.drop.external_metadata import ExternalToken
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
        entry = imported_entry(token, meanings, drop.songs, findings)
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
        meaning = guess_meaning(trait, drop.songs)
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
