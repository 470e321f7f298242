"""The secret file of a drop: what unrevealed tokens are, and the salts of seals."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stempress.core.files import write_text_atomically
from stempress.core.tables import Table
from stempress.core.text_files import SECRET_FILE, parse_json, read_text

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.errors import Findings


@dataclass
class Secret:
    """Contents of the secret file: the seed, the items of unrevealed tokens, the salts of seals.

    ``items`` and ``salts`` are keyed by the token for whose position they were drawn. ``hidden``
    has the SHA-256 of the sound file of every hidden track, by slug, as it was sealed.
    """

    seed: str = ""
    items: dict[str, str] = field(default_factory=dict)
    salts: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)


def read_secret(path: Path, findings: Findings) -> Secret:
    """Read the secret file; empty if it does not exist."""
    text = read_text(path, SECRET_FILE, findings) if path.exists() else None
    data = parse_json(text, SECRET_FILE, findings) if text is not None else {}
    table = Table(data if isinstance(data, dict) else {}, SECRET_FILE, findings)
    if data is not None and not isinstance(data, dict):
        findings.fault(SECRET_FILE, "must be an object", value=data)
    maps = (table.table(key) for key in ("items", "salts", "hidden"))
    secret = Secret(
        table.text("seed"), *({name: each.text(name) for name in each.data} for each in maps)
    )
    table.finish()
    return secret


def write_secret(path: Path, secret: Secret) -> None:
    """Write the secret file, readable by its owner only."""
    content = {"seed": secret.seed, "items": secret.items, "salts": secret.salts}
    if secret.hidden:
        content["hidden"] = secret.hidden
    write_text_atomically(path, json.dumps(content, indent=1) + "\n", mode=0o600)
