"""Leak check: a build's files must not disclose what unrevealed tokens are.

The first line of defence is that a build does not know: it does not use the secret, and drops what
the ledger says of unrevealed tokens. This is the second one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import partial
from math import sqrt
from typing import TYPE_CHECKING

from stempress.collection.ledger import WHERE as LEDGER
from stempress.commands.hidden_leaks import closed_tracks, hidden_needles
from stempress.core.errors import Findings
from stempress.core.program import program
from stempress.core.text_files import SECRET_FILE
from stempress.drop.secret_file import read_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Token
    from stempress.collection.collection import Collection
    from stempress.output.output_files import OutputFile
    from stempress.output.stager import Guard

MIN_SEED_BYTES = 16
"""A shorter seed could occur in a file by coincidence."""
_SALT = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def check_leaks(collection: Collection, files: Sequence[OutputFile], findings: Findings) -> None:
    """Add faults for metadata that tells unrevealed tokens apart, and warnings for the ledger."""
    hidden = [token for token in collection.tokens if token.state == "unrevealed"]
    if not hidden:
        return
    metadata = {file.address: file for file in files if file.address.startswith("metadata/")}
    written = [token for token in hidden if f"metadata/{token.id}.json" in metadata]
    for token, other in _find_differences(written, metadata):
        findings.fault(
            f"/metadata/{token.id}.json",
            f"differs from that of token {other.id}, though both are unrevealed",
            hint="it must not disclose anything but the token's id",
        )
    _warn_of_unshuffled_ids(collection.tokens, findings)
    if len({(token.tier, token.supply) for token in hidden}) > len({t.tier for t in hidden}):
        findings.warn(
            LEDGER,
            "has unrevealed tokens with different supplies, which may disclose what they are",
            key="supply",
            hint="give all of them the same supply, or reveal them together",
        )


def _warn_of_unshuffled_ids(tokens: Sequence[Token], findings: Findings) -> None:
    """Warn if revealed tokens with consecutive ids are the same stem too often to be shuffled.

    In a shuffled ledger the number of equal pairs is binomially distributed; the limit is six
    standard deviations above its mean.
    """
    stems = {
        int(token.number): token.stem_key for token in tokens if token.tier == "stem" and token.stem
    }
    pairs = [(stem, stems[number + 1]) for number, stem in stems.items() if number + 1 in stems]
    probability = sum((count / len(stems)) ** 2 for count in Counter(stems.values()).values())
    same = sum(one == other for one, other in pairs)
    mean = len(pairs) * probability
    if pairs and same - mean > 6 * sqrt(mean * (1 - probability)):
        findings.warn(
            LEDGER,
            f"discloses unrevealed tokens by the order of ids: {same} of {len(pairs)} consecutive "
            "pairs are the same stem",
            hint=f"{program('mint')} shuffles them",
        )


def _find_differences(
    hidden: Sequence[Token], metadata: dict[str, OutputFile]
) -> Iterator[tuple[Token, Token]]:
    """Yield tokens whose metadata differs from that of the first of their tier, and that one."""
    first: dict[str, tuple[Token, object]] = {}
    for token in hidden:
        mine = json.loads(metadata[f"metadata/{token.id}.json"].read())
        other, theirs = first.setdefault(token.tier, (token, mine))
        if not _is_same_but_id(theirs, mine, other.number, token.number):
            yield token, other


def _is_same_but_id(theirs: object, mine: object, their_id: str, my_id: str) -> bool:
    """Return whether two JSON values are equal except for the token's id, at most once a string."""
    if isinstance(theirs, dict) and isinstance(mine, dict):
        return list(theirs) == list(mine) and all(
            _is_same_but_id(theirs[key], mine[key], their_id, my_id) for key in theirs
        )
    if isinstance(theirs, list) and isinstance(mine, list):
        return len(theirs) == len(mine) and all(
            _is_same_but_id(*pair, their_id, my_id) for pair in zip(theirs, mine, strict=True)
        )
    if isinstance(theirs, str) and theirs != mine:
        spans = (match.span() for match in re.finditer(re.escape(their_id), theirs))
        return any(f"{theirs[:start]}{my_id}{theirs[end:]}" == mine for start, end in spans)
    return theirs == mine


def secret_guard(site: Path, collection: Collection) -> Guard | None:
    """Return a guard against files with a secret: the seed, a salt, the sound or key of a track."""
    tracks = list(closed_tracks(collection))
    if not tracks and not (site / SECRET_FILE).is_file():
        return None
    secret = read_secret(site / SECRET_FILE, Findings())
    shown = {salt for seal in collection.seals for salt, _ in seal.opened.values()}
    salts = {salt.encode() for salt in secret.salts.values() if salt not in shown}
    needles = hidden_needles(tracks, secret)
    if len(secret.seed.encode()) >= MIN_SEED_BYTES:
        needles[secret.seed.encode()] = f"the seed from {SECRET_FILE}"
    return partial(_refuse_secrets, salts, needles)


def _refuse_secrets(
    salts: set[bytes], needles: dict[bytes, str], address: str, content: bytes
) -> None:
    """Raise SiteError for content with one of the salts or needles, which map to what they are."""
    findings = Findings()
    if salts and not salts.isdisjoint(_SALT.findall(content)):
        findings.fault(f"/{address}", f"contains a salt from {SECRET_FILE}", hint="remove it")
    for needle, name in needles.items():
        if needle in content:
            findings.fault(f"/{address}", f"contains {name}", hint="remove it")
    findings.raise_faults()
