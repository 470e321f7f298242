"""content/provenance.json -> seals: what was promised of unrevealed tokens, and what was opened."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from pyodide_app.provenance import problems
from stempress.collection.token_parser import is_token_id
from stempress.collection.token_spec import item_of
from stempress.core.errors import Findings
from stempress.core.tables import Table
from stempress.core.text_files import parse_json, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Token

WHERE = "content/provenance.json"
HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Seal:
    """A commitment. A place is named after the token whose turn it was when it was sealed.

    ``opened`` maps places to their salt and item. None is the starting index of a seal of which
    nothing has been opened.
    """

    tokens: tuple[str, ...]
    hashes: tuple[str, ...]
    final: str
    starting_index: int | None = None
    opened: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[str, int]:
        """The 0-based number of every place."""
        return {token: at for at, token in enumerate(self.tokens)}

    def place_of(self, token_id: str) -> str:
        """Return the place whose item a token is."""
        return self.tokens[(self.places[token_id] + (self.starting_index or 0)) % len(self.tokens)]

    def token_at(self, place: str) -> str:
        """Return the token that is the item of a place."""
        return self.tokens[(self.places[place] - (self.starting_index or 0)) % len(self.tokens)]

    def content(self) -> dict[str, object]:
        """Return the seal as files have it."""
        return {
            "tokens": list(self.tokens),
            "final": self.final,
            "starting_index": self.starting_index,
            "opened": {
                place: list(self.opened[place]) for place in self.tokens if place in self.opened
            },
            "hashes": list(self.hashes),
        }


def read_seals(path: Path, tokens: Sequence[Token], findings: Findings) -> tuple[Seal, ...]:
    """Read provenance.json, and hold the ledger against it; no seals where there is none."""
    text = read_text(path, WHERE, findings) if path.exists() else None
    if text is None:
        return ()
    seals, noted = _parsed(text)
    findings.add(noted)
    if not noted.faults:
        _check(seals, tokens, findings)
    return seals


@lru_cache(maxsize=1)
def _parsed(text: str) -> tuple[tuple[Seal, ...], Findings]:
    """Read the seals; previews build again and again, and need not read the same twice."""
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
                place: (given[0], given[1])
                for place in opened.data
                if len(given := opened.texts(place)) == 2
            },
        )
        entry.finish()
        if not all(map(is_token_id, seal.tokens)):
            entry.fault("tokens", "must be token ids")
        if not all(map(HEX.fullmatch, (*seal.hashes, seal.final))):
            entry.fault("hashes", "must be SHA-256 in lower-case hex")
        for place, told in opened.data.items():
            if place not in seal.opened:
                opened.fault(place, "must be a salt and an item", told, '["salt", "item"]')
            elif place not in seal.places:
                opened.fault(place, "is opened and was not sealed", hint="remove it")
        yield seal


def _check(seals: Sequence[Seal], tokens: Sequence[Token], findings: Findings) -> None:
    """Note every promise that is broken: what is opened is shown, and must be true."""
    known = {token.id: item for token in tokens if (item := item_of(token))}
    ids = {token.id for token in tokens}
    sealed: set[str] = set()
    for at, seal in enumerate(seals):
        for problem in problems(seal.content(), known):
            findings.fault(
                WHERE, str(problem), key=f"seals[{at}]", hint="build.py reveal writes both files"
            )
        for token in seal.tokens:
            if token in sealed:
                findings.fault(WHERE, "is sealed twice", key=f"seals[{at}]", value=token)
            elif token not in ids:
                findings.fault(WHERE, "is not in the ledger", key=f"seals[{at}]", value=token)
        sealed.update(seal.tokens)
