"""``build.py mint``: a ledger from the plan, beside what is there already."""

from __future__ import annotations

import csv
import secrets
from collections import Counter
from itertools import count as counting
from typing import TYPE_CHECKING

from rich.table import Table

from pyodide_app.engine.model import Variation, stem_keys
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
    stem_plan,
)
from stempress.drop.audition import judged_of
from stempress.drop.drop_state import Books, open_books
from stempress.drop.mint_report import Line, stem_lines, variation_lines
from stempress.drop.sampler import count
from stempress.drop.seeded_rng import Dice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.collection.variation_space import Choice
    from stempress.core.progress import Progress
    from stempress.drop.drop_state import Entry
    from stempress.drop.mint_options import MintOptions

LONG_SEED = 16
"""A blind drop whose seed has fewer characters can be found by trying."""


def mint(options: MintOptions, progress: Progress) -> None:
    """Draw the tokens, write them into the ledger, and say how far from the wish they are."""
    if options.csv:
        check_writable(options.csv.absolute(), "--csv")
    books = open_books(options.site)
    _refuse_second(books, options)
    if options.editions:
        _refuse_editions(books, options)
    placed = _placed(books, options.place)
    known = _known_items(books)
    minted = [*known.elements(), *placed.values()]
    _refuse_full(books, minted)
    seed = options.seed or secrets.token_hex(16)
    size = None if options.size is None else options.size - len(placed)
    if size is not None and size < 0:
        raise _refused("size", "is less than the tokens that are placed", options.size)
    # Another part of a drop is another draw, and still the same one on every machine.
    dice = Dice(f"{seed}\0{known.total()}")
    items, lines = _drawn(books, options, size, minted, dice)
    numbers = _numbers(books, options.first, placed)
    copies = _copies(books, items) if options.editions else {}
    drawn = zip(numbers, copies or items, strict=False)
    tokens = dict(sorted([*placed.items(), *drawn], key=_by_id))
    hidden = books.blind
    if hidden:
        books.secret.seed = seed
        books.secret.items |= tokens
        books.write_secret()  # before the ledger: a token nobody can reveal would be worse
    for token_id, item in tokens.items():
        supply = 1 if token_id in placed else copies.get(item, 1)
        books.entries.append(_entry(books, token_id, item, supply, hidden=hidden))
    books.write_ledger()
    _tell(lines, progress, options.csv)
    where = f"{LEDGER} and {SECRET_FILE}" if hidden else LEDGER
    of = f", {len(placed) + len(items)} copies of them," if copies else ""
    alone = ", for nobody's eyes but yours" if hidden else ""
    progress.log(f"{len(tokens)} tokens{of} in {where}; seed {seed}{alone}")
    if hidden and len(seed) < LONG_SEED:
        progress.log(
            "warning: a short seed can be found by trying, and tells what every token is\n"
            "    -> leave --seed out: a long one is made and kept"
        )


def _by_id(pair: tuple[str, str]) -> int:
    return int(pair[0])


def _refuse_second(books: Books, options: MintOptions) -> None:
    if books.entries and not options.append:
        raise SiteError(
            [
                Fault(
                    LEDGER,
                    f"holds {len(books.entries)} tokens already",
                    hint="--append mints more beside them; or move the file away to begin again",
                )
            ]
        )


def _refuse_editions(books: Books, options: MintOptions) -> None:
    """Refuse copies where no two tokens may be alike, or where their number would tell too much."""
    contract = books.collection.settings.contract
    if contract and contract.standard != "erc1155":
        hint = 'standard = "erc1155" in [collection.contract], or mint without --editions'
        fault = Fault(WHERE, "needs ERC-1155", "editions", contract.standard, hint)
    elif options.tier == "song":
        hint = "--tier stem"
        fault = Fault(WHERE, "are of stems: a variation is unique", "editions", hint=hint)
    elif books.blind:
        what = "cannot be blind: how many copies there are of an id tells which stem it is"
        fault = Fault(WHERE, what, "editions", hint="blind = false in [drop], or one id for each")
    else:
        return
    raise SiteError([fault])


def _copies(books: Books, items: Sequence[str]) -> dict[str, int]:
    """Return how many copies each stem gets, in the order of songs and layers."""
    counts = Counter(items)
    every = map(stem_item, stem_keys(books.collection.songs))
    return {item: counts[item] for item in every if item in counts}


def _known_items(books: Books) -> Counter[str]:
    """Return how often the ledger has what it has; what a seal hides is in the secret file."""
    found, unknown = Counter[str](), []
    for token in books.collection.tokens:
        item = item_of(token) or books.hidden(token.id)
        if item:
            found[item] += token.supply
        elif token.state == "unrevealed":
            unknown.append(int(token.id))
    if unknown:
        what = "are unrevealed, and nothing says what they are: supplies cannot be counted"
        hint = f"{SECRET_FILE} of the mint that made them"
        raise SiteError([Fault(LEDGER, what, f"tokens {format_ranges(unknown)}", hint=hint)])
    return found


def _placed(books: Books, place: Sequence[str]) -> dict[str, str]:
    """Read ``ID=item`` of every hand-made token."""
    findings = Findings()
    taken = {entry["id"] for entry in books.entries}
    placed: dict[str, str] = {}
    for words in place:
        token_id, _, item = words.partition("=")
        try:
            fields = parse_item(item, books.songs)
        except ValueError as error:
            findings.fault(WHERE, str(error), key="place", value=words)
            continue
        if not is_token_id(token_id):
            findings.fault(WHERE, "has no token id", key="place", value=words, hint="7=song/3-1-4")
        elif token_id in taken or token_id in placed:
            findings.fault(WHERE, "is a token already", key="place", value=token_id)
        placed[token_id] = _canonical(books, fields)
    findings.raise_faults()
    return placed


def _canonical(books: Books, fields: dict[str, object]) -> str:
    song = books.songs[str(fields["song"])]
    if "stems" in fields:
        return variation_item(song, Variation.from_stems(song, fields["stems"]))  # type: ignore[arg-type]
    return stem_item((song.slug, str(fields["layer"]), str(fields["stem"])))


def _refuse_full(books: Books, items: Sequence[str]) -> None:
    """Refuse to place more of a stem than its supply, or a variation that is there."""
    findings = Findings()
    for item, number in Counter(items).items():
        if tier_of(item) == "song":
            if number > 1:
                findings.fault(WHERE, "is minted already: a variation is unique", value=item)
            continue
        slug, layer, name = item.split("/")
        supply = books.collection.stem((slug, layer, name)).supply
        if supply is not None and number > supply:
            findings.fault(
                WHERE, "is minted more often than its supply", value=item, hint=f"supply: {supply}"
            )
    findings.raise_faults()


def _drawn(
    books: Books, options: MintOptions, size: int | None, minted: Sequence[str], dice: Dice
) -> tuple[list[str], list[Line]]:
    if options.tier == "song":
        return _drawn_variations(books, options, size, minted, dice)
    songs = [_song(books, options.song)] if options.song else list(books.collection.songs)
    have: Counter[StemKey] = Counter(
        (slug, layer, name)
        for item in minted
        if tier_of(item) == "stem"
        for slug, layer, name in [item.split("/")]
    )
    plan = stem_plan(songs, have, size, dice if options.at_random else None)
    keys = draw_stems(plan, size, dice)
    return [stem_item(key) for key in keys], stem_lines(songs, plan, keys)


def _drawn_variations(
    books: Books, options: MintOptions, size: int | None, minted: Sequence[str], dice: Dice
) -> tuple[list[str], list[Line]]:
    song = _song(books, options.song)
    here = [
        Variation.from_stems(song, stems).choice
        for item in minted
        if tier_of(item) == "song" and item.startswith(f"{song.slug}/")
        for stems in [parse_item(item, books.songs)["stems"]]
        if isinstance(stems, dict)
    ]
    if options.approved:
        choices = draw_approved(song, size, here, _judged(books.site, song, "approved"), dice)
        items = [variation_item(song, Variation(song.slug, choice)) for choice in choices]
        return items, variation_lines(song, count(song, choices), choices)
    if size is None:
        raise _refused("size", "is needed: how many variations", None)
    rejected = set(_judged(books.site, song, "rejected"))
    choices, plan = draw_variations(song, size, here, rejected, dice, at_random=options.at_random)
    items = [variation_item(song, Variation(song.slug, choice)) for choice in choices]
    return items, variation_lines(song, plan, choices)


def _judged(site: Path, song: Song, wanted: str) -> list[Choice]:
    """Return the variations that have a verdict."""
    return [
        Variation.parse(song, mix).choice
        for mix, verdict in judged_of(site, song).items()
        if verdict == wanted
    ]


def _song(books: Books, slug: str) -> Song:
    songs = books.songs
    if not slug and len(songs) == 1:
        return next(iter(songs.values()))
    if slug not in songs:
        what = "is not a song" if slug else "is needed: of which song"
        raise SiteError([Fault(WHERE, what, "song", slug or None, suggestion(slug, songs))])
    return songs[slug]


def _numbers(books: Books, first: int | None, placed: dict[str, str]) -> Iterator[str]:
    """Yield free ids: from the first one asked for, or after the last that is taken."""
    taken = {int(entry["id"]) for entry in books.entries}
    start = first if first is not None else max(taken, default=0) + 1
    taken.update(map(int, placed))
    return (str(each) for each in counting(start) if each not in taken)


def _entry(books: Books, token_id: str, item: str, supply: int, *, hidden: bool) -> Entry:
    entry: Entry = {"id": token_id, "tier": tier_of(item)}
    if hidden:
        return {**entry, "state": "unrevealed"}
    copies = {"supply": supply} if supply > 1 else {}
    return {**entry, "state": "revealed", **parse_item(item, books.songs), **copies}


def _tell(lines: Sequence[Line], progress: Progress, csv_file: Path | None) -> None:
    """Show the report, and write it as a table for other programs."""
    if csv_file:
        table_file = csv_file.absolute()
        with (
            attach_filename(table_file),
            table_file.open("w", newline="", encoding="utf-8") as file,
        ):
            writer = csv.writer(file)
            writer.writerow(["song", "layer", "stem", "wished", "planned", "drawn", "apart"])
            for line in lines:
                row = f"{line.wished:.2f}", line.planned, line.drawn, f"{line.apart:.2f}"
                writer.writerow([*line.key, *row])
        progress.log(f"{table_file}: {len(lines)} lines")
    table = Table("stem", box=None)
    for heading in ("wished", "planned", "drawn", "apart"):
        table.add_column(heading, justify="right")
    for line in lines:
        figures = f"{line.wished:.1f}", str(line.planned), str(line.drawn), f"{line.apart:+.1f}"
        table.add_row("/".join(line.key), *figures)
    progress.console.print(table)
    progress.log(
        "wished: its exact share of all; planned: that share as a whole number of tokens, once "
        "all is minted; drawn: in this mint; apart: drawn less wished"
    )
    worst = max((abs(line.apart) for line in lines), default=0.0)
    progress.log(f"what was drawn lies at most {worst:.1f} tokens from the wish")


def _refused(key: str, what: str, value: object) -> SiteError:
    return SiteError([Fault(WHERE, what, key, value)])
