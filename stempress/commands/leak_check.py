"""What is pressed tells nothing of unrevealed tokens: looked for in the very files of a build.

That a build cannot know what they are is the first line of defence: it reads no secret, and what a
ledger tells of unrevealed tokens is dropped where it is read. This is the second one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from math import sqrt
from typing import TYPE_CHECKING

from stempress.collection.ledger import WHERE as LEDGER
from stempress.core.errors import Findings
from stempress.core.text_files import SECRET_FILE
from stempress.drop.drop_state import read_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Token
    from stempress.collection.collection import Collection
    from stempress.output.output_files import OutputFile
    from stempress.output.stager import Guard

MIN_SEED_BYTES = 16
"""A seed that is shorter may stand anywhere by chance."""
_SALT = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def check_leaks(collection: Collection, files: Sequence[OutputFile], findings: Findings) -> None:
    """Note what could tell an unrevealed token from another, as far as these files tell of them."""
    hidden = [token for token in collection.tokens if token.state == "unrevealed"]
    if not hidden:
        return
    metadata = {file.address: file for file in files if file.address.startswith("metadata/")}
    written = [token for token in hidden if f"metadata/{token.id}.json" in metadata]
    for token, other in _find_differences(written, metadata):
        findings.fault(
            f"/metadata/{token.id}.json",
            f"differs from that of token {other.id}, though both are unrevealed",
            hint="it must tell nothing but the token's number",
        )
    _warn_of_unshuffled_ids(collection.tokens, findings)
    if len({(token.tier, token.supply) for token in hidden}) > len({t.tier for t in hidden}):
        findings.warn(
            LEDGER,
            "has unrevealed tokens that differ in their copies, which may tell them apart",
            key="supply",
            hint="give all of them the same, or reveal them together",
        )


def _warn_of_unshuffled_ids(tokens: Sequence[Token], findings: Findings) -> None:
    """Warn where revealed tokens with neighbouring ids are the same stem far too often.

    Under chance, pairs that are the same follow a binomial distribution; six standard deviations
    above its mean are no chance.
    """
    known = {int(each.id): each.stem_key for each in tokens if each.tier == "stem" and each.stem}
    pairs = [(key, known[number + 1]) for number, key in known.items() if number + 1 in known]
    share = sum((count / len(known)) ** 2 for count in Counter(known.values()).values())
    same = sum(one == other for one, other in pairs)
    if pairs and same - len(pairs) * share > 6 * sqrt(len(pairs) * share * (1 - share)):
        findings.warn(
            LEDGER,
            f"tells by its ids what unrevealed tokens are: {same} of {len(pairs)} neighbours are "
            "the same stem",
            hint="build.py mint shuffles them",
        )


def _find_differences(
    hidden: Sequence[Token], metadata: dict[str, OutputFile]
) -> Iterator[tuple[Token, Token]]:
    """Yield unrevealed tokens whose metadata is not that of the first of their tier."""
    first: dict[str, Token] = {}
    for token in hidden:
        other = first.setdefault(token.tier, token)
        pair = other, token
        theirs, mine = (json.loads(metadata[f"metadata/{each.id}.json"].read()) for each in pair)
        if not _is_same_but_id(theirs, mine, other.id, token.id):
            yield token, other


def _is_same_but_id(theirs: object, mine: object, their_id: str, my_id: str) -> bool:
    """Say whether two values are the same but for the number of the token they speak of."""
    if isinstance(theirs, dict) and isinstance(mine, dict):
        return list(theirs) == list(mine) and all(
            _is_same_but_id(theirs[key], mine[key], their_id, my_id) for key in theirs
        )
    if isinstance(theirs, list) and isinstance(mine, list):
        return len(theirs) == len(mine) and all(
            _is_same_but_id(*pair, their_id, my_id) for pair in zip(theirs, mine, strict=True)
        )
    if isinstance(theirs, str) and theirs != mine:
        ends = (match.span() for match in re.finditer(re.escape(their_id), theirs))
        return any(f"{theirs[:begin]}{my_id}{theirs[end:]}" == mine for begin, end in ends)
    return theirs == mine


def secret_guard(site: Path, collection: Collection) -> Guard | None:
    """Return what refuses files that hold the seed, or a salt that no reveal has opened."""
    if not (site / SECRET_FILE).is_file():
        return None
    secret = read_secret(site / SECRET_FILE, Findings())
    shown = {salt for seal in collection.seals for salt, _ in seal.opened.values()}
    salts = {salt.encode() for salt in secret.salts.values() if salt not in shown}
    seed = secret.seed.encode()

    def refuse(address: str, content: bytes) -> None:
        findings = Findings()
        if salts and not salts.isdisjoint(_SALT.findall(content)):
            findings.fault(f"/{address}", f"holds a salt of {SECRET_FILE}", hint="take it out")
        if len(seed) >= MIN_SEED_BYTES and seed in content:
            findings.fault(f"/{address}", f"holds the seed of {SECRET_FILE}", hint="take it out")
        findings.raise_faults()

    return refuse
