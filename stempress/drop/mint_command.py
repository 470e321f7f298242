"""``build.py mint``: draws tokens and adds them to the ledger."""

from __future__ import annotations

import csv
import secrets
from collections import Counter
from itertools import count as counting
from typing import TYPE_CHECKING

from rich.table import Table

from pyodide_app.engine.model import Variation, id_order, stem_keys
from stempress.collection.ledger import WHERE as LEDGER
from stempress.collection.token_parser import is_token_id
from stempress.collection.token_spec import item_of, parse_item, stem_item, tier_of, variation_item
from stempress.core.errors import Fault, Findings, SiteError, suggestion
from stempress.core.files import attach_filename, check_writable
from stempress.core.text_files import SECRET_FILE
from stempress.core.units import format_ranges
from stempress.drop.allocation import (
    WHERE,
    draw_approved,
    draw_stems,
    draw_variations,
    plan_stems,
)
from stempress.drop.audition import verdicts_on
from stempress.drop.drop_state import DropState, open_drop
from stempress.drop.mint_report import ReportLine, stem_report, variation_report
from stempress.drop.sampler import count_stems
from stempress.drop.seeded_rng import SeededRandom

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.collection.variation_space import Choice
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
    _check_append(drop, options)
    if options.editions:
        _check_editions(drop, options)
    placed = _parse_placed(drop, options.place)
    existing = _existing_items(drop)
    minted = [*existing.elements(), *placed.values()]
    _check_supplies(drop, minted)
    seed = options.seed or secrets.token_hex(16)
    size = None if options.size is None else options.size - len(placed)
    if size is not None and size < 0:
        raise _rejection("size", "is less than the number of placed tokens", options.size)
    # Each part of a drop is a draw of its own, and still the same on every machine.
    rng = SeededRandom(f"{seed}\0{existing.total()}")
    items, lines = _draw(drop, options, size, minted, rng)
    ids = _free_ids(drop, options, placed)
    copies = _copies(drop, items) if options.editions else {}
    drawn = zip(ids, copies or items, strict=False)
    tokens = dict(sorted([*placed.items(), *drawn], key=_by_id))
    supplies = {id_: 1 if id_ in placed else copies.get(item, 1) for id_, item in tokens.items()}
    _write(drop, tokens, supplies, seed)
    _report(lines, progress, options.csv)
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
        progress.log(f"{tokens} in {LEDGER}; seed {seed}")
        return
    progress.log(f"{tokens} in {LEDGER} and {SECRET_FILE}; seed {seed}; keep it secret")
    if len(seed) < MIN_SEED_LENGTH:
        progress.log(
            "warning: a short seed can be guessed, and reveals what every token is\n"
            "    -> omit --seed: a long one is generated and saved"
        )


def _by_id(pair: tuple[str, str]) -> tuple[int, str]:
    return id_order(pair[0])


def _check_append(drop: DropState, options: MintOptions) -> None:
    """Reject a second mint without ``--append``."""
    if drop.entries and not options.append:
        raise SiteError(
            [
                Fault(
                    LEDGER,
                    f"already has {len(drop.entries)} tokens",
                    hint="use --append to mint more, or move the file away to start again",
                )
            ]
        )


def _check_editions(drop: DropState, options: MintOptions) -> None:
    """Reject editions where tokens must be unique, or where copies would reveal the stem."""
    contract = drop.collection.settings.contract
    if contract and contract.standard != "erc1155":
        hint = 'standard = "erc1155" in [collection.contract], or mint without --editions'
        fault = Fault(WHERE, "require ERC-1155", "editions", contract.standard, hint)
    elif options.tier == "song":
        hint = "--tier stem"
        fault = Fault(WHERE, "are for stems only: a variation is unique", "editions", hint=hint)
    elif drop.blind:
        message = "cannot be blind: the number of copies of an id would reveal its stem"
        hint = "blind = false in [drop], or mint without --editions"
        fault = Fault(WHERE, message, "editions", hint=hint)
    else:
        return
    raise SiteError([fault])


def _copies(drop: DropState, items: Sequence[str]) -> dict[str, int]:
    """Return the number of copies of each stem, in song and layer order."""
    counts = Counter(items)
    all_items = map(stem_item, stem_keys(drop.collection.songs))
    return {item: counts[item] for item in all_items if item in counts}


def _existing_items(drop: DropState) -> Counter[str]:
    """Count the items in the ledger, taking those of unrevealed tokens from the secret file."""
    counts, unknown = Counter[str](), []
    for token in drop.collection.tokens:
        item = item_of(token) or drop.secret_item(token.id)
        if item:
            counts[item] += token.supply
        elif token.state == "unrevealed":
            unknown.append(int(token.number))
    if unknown:
        message = "are unrevealed and not in the secret file, so supplies cannot be counted"
        hint = f"restore {SECRET_FILE} from the mint that created them"
        raise SiteError([Fault(LEDGER, message, f"tokens {format_ranges(unknown)}", hint=hint)])
    return counts


def _parse_placed(drop: DropState, place: Sequence[str]) -> dict[str, str]:
    """Parse hand-made tokens (``ID=item``); return token id -> item."""
    findings = Findings()
    taken = {entry["id"] for entry in drop.entries}
    placed: dict[str, str] = {}
    for text in place:
        token_id, _, item = text.partition("=")
        try:
            fields = parse_item(item, drop.songs)
        except ValueError as error:
            findings.fault(WHERE, str(error), key="place", value=text)
            continue
        if not is_token_id(token_id):
            findings.fault(WHERE, "has no token id", key="place", value=text, hint="7=song/3-1-4")
        token_id = drop.token_id(tier_of(_canonical_item(drop, fields)), token_id)
        if token_id in taken or token_id in placed:
            findings.fault(WHERE, "is already a token", key="place", value=token_id)
        placed[token_id] = _canonical_item(drop, fields)
    findings.raise_faults()
    return placed


def _canonical_item(drop: DropState, fields: dict[str, object]) -> str:
    song = drop.songs[str(fields["song"])]
    if "stems" in fields:
        return variation_item(song, Variation.from_stems(song, fields["stems"]))  # type: ignore[arg-type]
    return stem_item((song.slug, str(fields["layer"]), str(fields["stem"])))


def _check_supplies(drop: DropState, items: Sequence[str]) -> None:
    """Reject more tokens of a stem than its supply, or two tokens of a variation."""
    findings = Findings()
    for item, number in Counter(items).items():
        if tier_of(item) == "song":
            if number > 1:
                findings.fault(WHERE, "is already minted: a variation is unique", value=item)
            continue
        slug, layer, name = item.split("/")
        supply = drop.collection.stem((slug, layer, name)).supply
        if supply is not None and number > supply:
            findings.fault(
                WHERE, "is minted more often than its supply", value=item, hint=f"supply: {supply}"
            )
    findings.raise_faults()


def _draw(
    drop: DropState,
    options: MintOptions,
    size: int | None,
    minted: Sequence[str],
    rng: SeededRandom,
) -> tuple[list[str], list[ReportLine]]:
    """Return the items drawn and the report on them."""
    if options.tier == "song":
        return _draw_variations(drop, options, size, minted, rng)
    songs = [_song(drop, options.song)] if options.song else list(drop.collection.songs)
    counts: Counter[StemKey] = Counter(
        (slug, layer, name)
        for item in minted
        if tier_of(item) == "stem"
        for slug, layer, name in [item.split("/")]
    )
    plan = plan_stems(songs, counts, size, rng if options.at_random else None)
    keys = draw_stems(plan, size, rng)
    return [stem_item(key) for key in keys], stem_report(songs, plan, keys)


def _draw_variations(
    drop: DropState,
    options: MintOptions,
    size: int | None,
    minted: Sequence[str],
    rng: SeededRandom,
) -> tuple[list[str], list[ReportLine]]:
    song = _song(drop, options.song)
    minted_choices = [
        Variation.from_stems(song, stems).choice
        for item in minted
        if tier_of(item) == "song" and item.startswith(f"{song.slug}/")
        for stems in [parse_item(item, drop.songs)["stems"]]
        if isinstance(stems, dict)
    ]
    if options.approved:
        approved = _choices_with_verdict(drop.site, song, "approved")
        choices = draw_approved(song, size, minted_choices, approved, rng)
        plan = count_stems(song, choices)
    elif size is None:
        raise _rejection("size", "is required: how many variations to mint", None)
    else:
        rejected = set(_choices_with_verdict(drop.site, song, "rejected"))
        choices, plan = draw_variations(
            song, size, minted_choices, rejected, rng, at_random=options.at_random
        )
    items = [variation_item(song, Variation(song.slug, choice)) for choice in choices]
    return items, variation_report(song, plan, choices)


def _choices_with_verdict(site: Path, song: Song, verdict: str) -> list[Choice]:
    """Return the variations that were given a verdict in the audition."""
    return [
        Variation.parse(song, mix).choice
        for mix, actual in verdicts_on(site, song).items()
        if actual == verdict
    ]


def _song(drop: DropState, slug: str) -> Song:
    songs = drop.songs
    if not slug and len(songs) == 1:
        return next(iter(songs.values()))
    if slug not in songs:
        message = "is not a song" if slug else "is required: which song to mint"
        raise SiteError([Fault(WHERE, message, "song", slug or None, suggestion(slug, songs))])
    return songs[slug]


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


def _report(lines: Sequence[ReportLine], progress: Progress, csv_file: Path | None) -> None:
    """Print the report, and write it as CSV if asked for."""
    if csv_file:
        path = csv_file.absolute()
        _write_csv(lines, path)
        progress.log(f"{path}: {len(lines)} lines")
    table = Table("stem", box=None)
    for heading in ("target", "planned", "drawn", "deviation"):
        table.add_column(heading, justify="right")
    for line in lines:
        numbers = f"{line.target:.1f}", str(line.planned), str(line.drawn), f"{line.deviation:+.1f}"
        table.add_row("/".join(line.key), *numbers)
    progress.console.print(table)
    progress.log(
        "target: the exact share; planned: that share as a whole number, once everything is "
        "minted; drawn: in this mint; deviation: drawn minus target"
    )
    largest = max((abs(line.deviation) for line in lines), default=0.0)
    progress.log(f"largest deviation from a target: {largest:.1f} tokens")


def _write_csv(lines: Sequence[ReportLine], path: Path) -> None:
    with attach_filename(path), path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["song", "layer", "stem", "wished", "planned", "drawn", "apart"])
        for line in lines:
            row = f"{line.target:.2f}", line.planned, line.drawn, f"{line.deviation:.2f}"
            writer.writerow([*line.key, *row])


def _rejection(key: str, message: str, value: object) -> SiteError:
    return SiteError([Fault(WHERE, message, key, value)])
