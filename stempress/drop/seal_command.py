"""``build.py seal`` and ``build.py reveal``: promise what tokens are, and keep the promise."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from pyodide_app.provenance import final_hash, item_hash
from stempress.collection.commitments import WHERE as SEALS
from stempress.collection.commitments import Seal
from stempress.collection.ledger import WHERE as LEDGER
from stempress.collection.settings_parser import parse_ranges
from stempress.collection.token_parser import REVEALING_KEYS
from stempress.collection.token_spec import parse_item, tier_of
from stempress.core.errors import Fault, Findings, SiteError
from stempress.core.text_files import SECRET_FILE
from stempress.drop.drop_state import open_books

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.drop.drop_state import Books, Entry


def seal(site: Path, progress: Progress) -> None:
    """Write a commitment to every unrevealed token that is in none."""
    books = open_books(site)
    told = _take_in(books)
    tokens = [
        token.id
        for token in sorted(books.collection.tokens, key=lambda token: int(token.id))
        if token.state == "unrevealed" and books.seal_of(token.id) is None
    ]
    if not tokens:
        raise SiteError([_nothing_to_seal(books)])
    items = _items(books, tokens)
    salts = books.secret.salts
    for token in tokens:
        salts.setdefault(token, secrets.token_hex(32))
    hashes = tuple(item_hash(salts[token], item) for token, item in zip(tokens, items, strict=True))
    books.seals.append(Seal(tuple(tokens), hashes, final_hash(hashes)))
    books.write_secret()  # first: a promise whose salts are lost could never be kept
    if told:
        books.write_ledger()
    books.write_seals()
    progress.log(f"{len(tokens)} tokens sealed in {SEALS}: publish it before the mint")
    progress.log(f"final hash {books.seals[-1].final}")
    if not books.blind:
        progress.log(
            "warning: site.toml: [drop] blind is not true: what is minted next is not hidden\n"
            "    -> blind = true, if these tokens are to stay unrevealed until you reveal them"
        )
    progress.log(f"{SECRET_FILE} has the salts: keep a copy, and keep it to yourself")


def _nothing_to_seal(books: Books) -> Fault:
    what = "has no unrevealed token that is not sealed yet"
    if not books.entries:
        hint = "build.py mint draws tokens"
    elif books.blind:
        hint = "build.py mint --append draws more"
    else:
        hint = (
            "the drop is not blind, so that mint says at once what tokens are: for a sealed drop "
            "let site.toml say [drop] blind = true, move the ledger away and mint again"
        )
    return Fault(LEDGER, what, hint=hint)


def _take_in(books: Books) -> list[Entry]:
    """Move what the ledger tells of unrevealed tokens into the secret file."""
    told = []
    for entry in books.entries:
        if entry["state"] == "unrevealed" and REVEALING_KEYS & entry.keys():
            fields = {key: entry.pop(key) for key in REVEALING_KEYS & entry.keys()}
            if "stem" in fields:
                item = f"{fields['song']}/{fields['layer']}/{fields['stem']}"
            else:
                pairs = sorted(fields.get("stems", {}).items())
                item = f"{fields['song']}/" + ",".join(f"{la}={st}" for la, st in pairs)
            books.secret.items[entry["id"]] = item
            told.append(entry)
    return told


def _items(books: Books, tokens: Sequence[str]) -> list[str]:
    """Return what tokens are; note those of which nobody knows, or what is not there."""
    findings = Findings()
    items = []
    for token in tokens:
        item = books.secret.items.get(token, "")
        try:
            parse_item(item, books.songs)
        except ValueError as error:
            what = str(error) if item else "does not say what this token is"
            hint = "" if item else f"such as {_example(books)}; build.py mint writes it"
            findings.fault(SECRET_FILE, what, key=f"items.{token}", value=item or None, hint=hint)
        items.append(item)
    findings.raise_faults()
    return items


def _example(books: Books) -> str:
    """Return a stem as the secret names one."""
    key = next(stem_keys(list(books.songs.values())), ("song", "layer", "stem"))
    return f'"{"/".join(key)}"'


def reveal(site: Path, words: str, progress: Progress, starting_index: int | None = None) -> None:
    """Say in the ledger what sealed tokens are, and prove it in the commitment."""
    books = open_books(site)
    wanted = _wanted(books, words)
    sealed = list(books.seals)
    for at, each in enumerate(sealed):
        mine = [token for token in wanted if token in each.slots]
        if mine:
            books.seals[at] = _opened(books, _begun(books, each, starting_index), mine)
    states = {entry["id"]: entry for entry in books.entries}
    new = [token for token in wanted if states[token]["state"] == "unrevealed"]
    for token in new:
        entry = states[token]
        supply = {"supply": entry["supply"]} if "supply" in entry else {}
        item = books.hidden(token)
        entry.clear()
        entry |= {"id": token, "tier": tier_of(item), "state": "revealed"}
        entry |= {**parse_item(item, books.songs), **supply}
    books.write_ledger()
    books.write_seals()
    for before, after in zip(sealed, books.seals, strict=True):
        if before.starting_index is None and after.starting_index is not None:
            progress.log(f"starting index settled for good: {after.starting_index}")
    left = sum(entry["state"] == "unrevealed" for entry in books.entries)
    progress.log(
        f"{len(new)} tokens revealed, {left} still unrevealed; build the site to show them"
    )


def _wanted(books: Books, words: str) -> list[str]:
    """Return the sealed tokens of some ranges of ids."""
    try:
        spans = parse_ranges(words)
    except ValueError:
        fault = Fault(
            "reveal", "is not a list of token ids", "tokens", words, 'such as "1-500, 605"'
        )
        raise SiteError([fault]) from None
    inside = [
        entry["id"]
        for entry in books.entries
        if any(low <= int(entry["id"]) <= high for low, high in spans)
    ]
    wanted = [token for token in inside if books.seal_of(token)]
    states = {entry["id"]: entry["state"] for entry in books.entries}
    bare = [token for token in inside if token not in wanted and states[token] == "unrevealed"]
    if bare or not wanted:
        what = f"token {bare[0]} is not sealed" if bare else "no sealed token is among these"
        raise SiteError([Fault("reveal", what, "tokens", words, "build.py seal comes first")])
    return wanted


def _begun(books: Books, seal: Seal, starting_index: int | None) -> Seal:
    """Return the seal with its starting index, which the first reveal settles for good."""
    size, settled = len(seal.tokens), seal.starting_index
    asked = 0 if starting_index is None else starting_index % size
    if settled is not None:
        if starting_index is not None and asked != settled:
            what = "was settled by the first reveal"
            raise SiteError([Fault("reveal", what, "starting-index", starting_index, str(settled))])
        return seal
    tiers = {tier_of(books.secret.items.get(token, "")) for token in seal.tokens}
    if asked and len(tiers) > 1:
        hint = "without --starting-index every token is what was sealed in its place"
        what = "would give tokens of one tier the place of another"
        raise SiteError([Fault("reveal", what, "starting-index", starting_index, hint)])
    return replace(seal, starting_index=asked)


def _opened(books: Books, seal: Seal, tokens: Sequence[str]) -> Seal:
    """Return the seal with the salts and items of these tokens shown."""
    findings = Findings()
    opened = dict(seal.opened)
    for token in tokens:
        place = seal.slot_of(token)
        salt, item = books.secret.salts.get(place, ""), books.secret.items.get(place, "")
        if place not in opened and item_hash(salt, item) != seal.hashes[seal.slots[place]]:
            what = "does not have the salt and the item that were sealed"
            findings.fault(
                SECRET_FILE, what, key=f"items.{place}", hint="restore the copy of that time"
            )
        opened.setdefault(place, (salt, item))
    findings.raise_faults()
    return replace(seal, opened=opened)
