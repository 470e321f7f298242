"""Ledger, seals and secret file, as the drop commands read and write them.

Files are replaced atomically, so that an interrupted command leaves the old version.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyodide_app.engine.model import id_number, id_order
from stempress.collection.collection import read_collection
from stempress.collection.commitments import WHERE as SEALS
from stempress.collection.ledger import WHERE as LEDGER
from stempress.collection.settings_parser import read_settings
from stempress.collection.token_ids import collection_id, entry_with_ids, entry_with_numbers
from stempress.core.errors import Fault, Findings, SiteError
from stempress.core.files import write_text_atomically
from stempress.core.text_files import SECRET_FILE
from stempress.drop.secret_file import read_secret, write_secret

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song, Tier
    from stempress.collection.collection import Collection
    from stempress.collection.commitments import Seal
    from stempress.drop.secret_file import Secret

type Entry = dict[str, Any]
"""A token as written in tokens.json."""


@dataclass
class DropState:
    """A site's collection, ledger, secrets and seals.

    ``data`` is the ledger as in tokens.json, but with IDs within the collection.
    """

    site: Path
    collection: Collection
    data: dict[str, Any]
    secret: Secret
    seals: list[Seal]

    def seal_of(self, token_id: str) -> Seal | None:
        """Return the seal that contains a token, if any."""
        return next((seal for seal in self.seals if token_id in seal.slots), None)

    def secret_item(self, token_id: str) -> str:
        """Return the item of an unrevealed token; empty if the secret file does not list it."""
        seal = self.seal_of(token_id)
        return self.secret.items.get(seal.slot_of(token_id) if seal else token_id, "")

    def require_secret(self) -> None:
        """Report a secret file that is missing, once rather than for every token."""
        if not (self.site / SECRET_FILE).exists():
            hint = "restore your copy of it: nothing else has the items and salts of the tokens"
            raise SiteError([Fault(SECRET_FILE, "is missing", hint=hint)])

    @property
    def blind(self) -> bool:
        """Whether tokens are minted unrevealed."""
        drop = self.collection.settings.drop
        return drop is not None and drop.blind

    @property
    def songs(self) -> Mapping[str, Song]:
        """Songs by slug."""
        return {song.slug: song for song in self.collection.songs}

    @property
    def entries(self) -> list[Entry]:
        """Token entries, in file order."""
        entries: list[Entry] = self.data["tokens"]
        return entries

    def write_ledger(self) -> None:
        """Write tokens.json, ordered by id."""
        self.entries.sort(key=lambda entry: id_order(entry["id"]))
        write_text_atomically(self.site / LEDGER, self.ledger_text())

    def ledger_text(self) -> str:
        """Return the ledger as tokens.json has it."""
        return ledger_text({**self.data, "tokens": list(map(entry_with_numbers, self.entries))})

    def token_id(self, tier: Tier, number: str) -> str:
        """Return a token's ID within the collection."""
        return collection_id(tier, number, self.collection.settings.tier_contracts)

    def taken_numbers(self, tier: Tier) -> set[int]:
        """Return the numbers in use in the contract of a tier's tokens."""
        folder = self.token_id(tier, "0").removesuffix("0")
        ids = (entry["id"] for entry in self.entries)
        return {int(id_number(name)) for name in ids if name == folder + id_number(name)}

    def write_seals(self) -> None:
        """Write provenance.json."""
        content = {"seals": [seal.content() for seal in self.seals]}
        write_text_atomically(
            self.site / SEALS, json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        )

    def write_secret(self) -> None:
        """Write the secret file, readable by its owner only."""
        write_secret(self.site / SECRET_FILE, self.secret)


def open_drop(site: Path) -> DropState:
    """Read a site's drop; SiteError lists everything that is wrong with the site."""
    findings = Findings()
    collection = read_collection(site, read_settings(site, findings), findings)
    secret = read_secret(site / SECRET_FILE, findings)
    findings.raise_faults()
    path = site / LEDGER
    data = json.loads(path.read_text("utf-8-sig")) if path.exists() else {}
    own = collection.settings.tier_contracts
    tokens = [entry_with_ids(entry, own) for entry in data.get("tokens", [])]
    return DropState(site, collection, {**data, "tokens": tokens}, secret, list(collection.seals))


def ledger_text(data: Mapping[str, Any]) -> str:
    """Return the ledger as JSON with one line per token and per owner."""
    parts = []
    for name, value in data.items():
        if name == "tokens":
            lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in value)
            parts.append(f'"tokens": [\n{lines}\n]')
        elif isinstance(value, dict):
            lines = ",\n".join(
                f"{json.dumps(key)}: {json.dumps(item, ensure_ascii=False)}"
                for key, item in sorted(value.items(), key=lambda pair: _numeric_key(pair[0]))
            )
            parts.append(f"{json.dumps(name)}: {{\n{lines}\n}}")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _numeric_key(name: str) -> tuple[int, str]:
    is_id = re.fullmatch(r"([a-z]+/)?\d+", name, re.ASCII)
    return id_order(name) if is_id else (0, name)
