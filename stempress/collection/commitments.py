"""Commitments to unrevealed tokens, and what has been opened of them: content/provenance.json."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from pyodide_app.engine.model import id_number
from pyodide_app.provenance import ALGORITHM, TRACK_ALGORITHM, opened_salts, problems
from stempress.collection.token_parser import is_token_id
from stempress.collection.token_spec import item_of
from stempress.core.crash_log import working_on
from stempress.core.errors import Findings
from stempress.core.program import program
from stempress.core.tables import Table
from stempress.core.text_files import parse_json, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Token

WHERE = "content/provenance.json"
SHA256_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SealedTrack:
    """A hidden track in a seal: ``sha256`` is that of its encrypted file.

    It waits for so many of the seal's ``tokens``: those of the song, or all if that is empty.
    """

    slug: str
    song: str
    tokens: int
    sha256: str

    def content(self) -> dict[str, object]:
        """Return the track as it is written to JSON files."""
        return asdict(self)


@dataclass(frozen=True)
class Seal:
    """A commitment to what a range of tokens will be, one slot for each.

    A slot is named after the token it belonged to when it was sealed. ``opened`` maps slots to salt
    and item. ``starting_index`` is None until something has been opened.
    """

    tokens: tuple[str, ...]
    hashes: tuple[str, ...]
    final: str
    starting_index: int | None = None
    opened: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    hidden: tuple[SealedTrack, ...] = ()

    @cached_property
    def slots(self) -> dict[str, int]:
        """The 0-based index of every slot."""
        return {token: index for index, token in enumerate(self.tokens)}

    def slot_of(self, token_id: str) -> str:
        """Return the slot that holds a token's item."""
        return self.tokens[(self.slots[token_id] + (self.starting_index or 0)) % len(self.tokens)]

    def token_at(self, slot: str) -> str:
        """Return the token whose item is in a slot."""
        return self.tokens[(self.slots[slot] - (self.starting_index or 0)) % len(self.tokens)]

    def salts_of(self, track: SealedTrack) -> list[str]:
        """Return the published salts that open a hidden track, as many as its tokens at most."""
        return opened_salts(self.tokens, self.opened, track.song)

    def content(self) -> dict[str, object]:
        """Return the seal as it is written to JSON files."""
        hidden = {"hidden": [track.content() for track in self.hidden]} if self.hidden else {}
        return {
            "tokens": list(self.tokens),
            "final": self.final,
            "starting_index": self.starting_index,
            "opened": {
                slot: list(self.opened[slot]) for slot in self.tokens if slot in self.opened
            },
            "hashes": list(self.hashes),
            **hidden,
        }


def algorithms(seals: Sequence[Seal]) -> tuple[str, ...]:
    """Return how seals are made, in sentences to translate."""
    return (ALGORITHM, TRACK_ALGORITHM) if any(seal.hidden for seal in seals) else (ALGORITHM,)


def read_seals(path: Path, tokens: Sequence[Token], findings: Findings) -> tuple[Seal, ...]:
    """Read provenance.json and check the ledger against it; no file, no seals."""
    text = read_text(path, WHERE, findings) if path.exists() else None
    if text is None:
        return ()
    with working_on(WHERE):
        seals, seal_findings = _parse_seals(text)
        findings.add(seal_findings)
        if not seal_findings.faults:
            _check_seals(seals, tokens, findings)
    return seals


@lru_cache(maxsize=1)
def _parse_seals(text: str) -> tuple[tuple[Seal, ...], Findings]:
    """Parse the seals; cached, since a preview server builds again and again."""
    findings = Findings()
    data = parse_json(text, WHERE, findings)
    if not isinstance(data, dict):
        if data is not None:
            findings.fault(WHERE, "must be an object", value=data, hint='{"seals": [...]}')
        return (), findings
    table = Table(data, WHERE, findings)
    seals = tuple(_seals(table))
    table.finish()
    return seals, findings


def _seals(table: Table) -> Iterator[Seal]:
    for entry in table.tables("seals"):
        opened = entry.table("opened")
        is_open = entry.data.get("starting_index") is not None
        entry.mark_known("starting_index")
        seal = Seal(
            entry.texts("tokens", required=True),
            entry.texts("hashes", required=True),
            entry.text("final", required=True),
            entry.integer("starting_index", 0, 0) if is_open else None,
            {
                slot: (pair[0], pair[1])
                for slot in opened.data
                if len(pair := opened.texts(slot)) == 2
            },
            tuple(map(_sealed_track, entry.tables("hidden"))),
        )
        entry.finish()
        if not all(map(is_token_id, map(id_number, seal.tokens))):
            entry.fault("tokens", "must be token IDs")
        digests = *seal.hashes, seal.final, *(track.sha256 for track in seal.hidden)
        if not all(map(SHA256_HEX.fullmatch, digests)):
            entry.fault("hashes", "must be SHA-256 digests in lower-case hex")
        for slot, value in opened.data.items():
            if slot not in seal.opened:
                opened.fault(slot, "must be a salt and an item", value, '["salt", "item"]')
            elif slot not in seal.slots:
                opened.fault(slot, "is opened but was never sealed", hint="remove it")
        yield seal


def _sealed_track(table: Table) -> SealedTrack:
    track = SealedTrack(
        table.text("slug", required=True),
        table.text("song"),
        table.integer("tokens", 1, 1, required=True),
        table.text("sha256", required=True),
    )
    table.finish()
    return track


def _check_seals(seals: Sequence[Seal], tokens: Sequence[Token], findings: Findings) -> None:
    """Report every broken commitment: whatever is opened must match the ledger."""
    known = {token.id: item for token in tokens if (item := item_of(token))}
    ids = {token.id for token in tokens}
    sealed: set[str] = set()
    for number, seal in enumerate(seals):
        for problem in problems(seal.content(), known):
            findings.fault(
                WHERE,
                str(problem),
                key=f"seals[{number}]",
                hint=f"{program('reveal')} writes both files",
            )
        for token in seal.tokens:
            if token in sealed:
                findings.fault(WHERE, "is sealed twice", key=f"seals[{number}]", value=token)
            elif token not in ids:
                findings.fault(WHERE, "is not in the ledger", key=f"seals[{number}]", value=token)
        sealed.update(seal.tokens)
