"""``stempress mint``: draws tokens and adds them to the ledger."""

from __future__ import annotations

import secrets
from collections import Counter
from itertools import count as counting
from typing import TYPE_CHECKING

from pyodide_app.engine.model import id_order, stem_keys
from stempress.collection.ledger import WHERE as LEDGER
from stempress.collection.token_spec import parse_item, stem_item, tier_of
from stempress.core.errors import Fault, SiteError
from stempress.core.files import check_writable
from stempress.core.text_files import SECRET_FILE
from stempress.drop.drop_state import DropState, open_drop
from stempress.drop.mint_checks import (
    check_append,
    check_editions,
    check_supplies,
    existing_items,
    parse_placed,
)
from stempress.drop.mint_draw import draw, song_to_mint
from stempress.drop.mint_errors import WHERE
from stempress.drop.mint_table import print_report
from stempress.drop.seeded_rng import SeededRandom

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stempress.core.progress import Progress
    from stempress.drop.drop_state import Entry
    from stempress.drop.mint_options import MintOptions

MIN_SEED_LENGTH = 16
"""Minimum length of the seed of a blind drop; shorter ones can be guessed by brute force."""


def mint(options: MintOptions, progress: Progress) -> None:
    """Draw tokens, write them to the ledger and report how far they deviate from the targets."""
    if options.csv:
        check_writable(options.csv.absolute(), "--csv")
    drop = open_drop(options.site)
    if options.song:
        song_to_mint(drop, options.song)
    check_append(drop, options)
    if options.editions:
        check_editions(drop, options)
    placed = parse_placed(drop, options.place)
    existing = existing_items(drop)
    minted = [*existing.elements(), *placed.values()]
    check_supplies(drop, minted)
    seed = options.seed or secrets.token_hex(16)
    size = None if options.size is None else options.size - len(placed)
    if size is not None and size < 0:
        message = "is less than the number of placed tokens"
        raise SiteError([Fault(WHERE, message, "size", options.size)])
    # Each part of a drop is a draw of its own, and still the same on every machine.
    rng = SeededRandom(f"{seed}\0{existing.total()}")
    items, lines = draw(drop, options, size, minted, rng)
    ids = _free_ids(drop, options, placed)
    copies = _copies(drop, items) if options.editions else {}
    drawn = zip(ids, copies or items, strict=False)
    tokens = dict(sorted([*placed.items(), *drawn], key=_by_id))
    supplies = {id_: 1 if id_ in placed else copies.get(item, 1) for id_, item in tokens.items()}
    _write(drop, tokens, supplies, seed)
    print_report(lines, progress, options.csv)
    total = f", {len(placed) + len(items)} copies of them," if copies else ""
    _log_result(drop, f"{len(tokens)} tokens{total}", seed, progress)


def _write(
    drop: DropState, tokens: Mapping[str, str], supplies: Mapping[str, int], seed: str
) -> None:
    """Add tokens (id -> item) to the ledger, and to the secret file if the drop is blind."""
    if drop.blind:
        drop.secret.seed = seed
        drop.secret.items |= tokens
        drop.write_secret()  # before the ledger: a token that nobody can reveal would be worse
    for token_id, item in tokens.items():
        drop.entries.append(_entry(drop, token_id, item, supplies[token_id]))
    drop.write_ledger()


def _log_result(drop: DropState, tokens: str, seed: str, progress: Progress) -> None:
    if not drop.blind:
        progress.log(f"{tokens} added to {LEDGER}; seed {seed}")
        return
    progress.log(f"{tokens} added to {LEDGER} and {SECRET_FILE}; seed {seed}; keep it secret")
    if len(seed) < MIN_SEED_LENGTH:
        progress.log(
            "warning: a short seed can be guessed, and reveals what every token is\n"
            "    -> omit --seed: a long one is generated and saved"
        )


def _by_id(pair: tuple[str, str]) -> tuple[int, str]:
    return id_order(pair[0])


def _copies(drop: DropState, items: Sequence[str]) -> dict[str, int]:
    """Return the number of copies of each stem, in song and layer order."""
    counts = Counter(items)
    all_items = map(stem_item, stem_keys(drop.collection.songs))
    return {item: counts[item] for item in all_items if item in counts}


def _free_ids(drop: DropState, options: MintOptions, placed: dict[str, str]) -> Iterator[str]:
    """Yield unused token ids, from ``first`` or from after the highest id in use."""
    taken = drop.taken_numbers(options.tier)
    start = options.first if options.first is not None else max(taken, default=0) + 1
    return (
        token_id
        for number in counting(start)
        if number not in taken
        and (token_id := drop.token_id(options.tier, str(number))) not in placed
    )


def _entry(drop: DropState, token_id: str, item: str, supply: int) -> Entry:
    entry: Entry = {"id": token_id, "tier": tier_of(item)}
    if drop.blind:
        return {**entry, "state": "unrevealed"}
    copies = {"supply": supply} if supply > 1 else {}
    return {**entry, "state": "revealed", **parse_item(item, drop.songs), **copies}
