"""What ``mint`` checks before it draws: the ledger, placed tokens, supplies and editions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation
from stempress.collection.ledger import WHERE as LEDGER
from stempress.collection.token_parser import is_token_id
from stempress.collection.token_spec import item_of, parse_item, stem_item, tier_of, variation_item
from stempress.core.errors import Fault, Findings, SiteError
from stempress.core.text_files import SECRET_FILE
from stempress.core.units import format_ranges
from stempress.drop.mint_errors import WHERE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stempress.drop.drop_state import DropState
    from stempress.drop.mint_options import MintOptions


def check_append(drop: DropState, options: MintOptions) -> None:
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


def check_editions(drop: DropState, options: MintOptions) -> None:
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


def existing_items(drop: DropState) -> Counter[str]:
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


def parse_placed(drop: DropState, place: Sequence[str]) -> dict[str, str]:
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


def check_supplies(drop: DropState, items: Sequence[str]) -> None:
    """Reject more tokens of a stem than its supply, or two tokens of a variation."""
    findings = Findings()
    for item, number in Counter(items).items():
        if tier_of(item) == "song":
            if number > 1:
                findings.fault(WHERE, "is already minted: a variation is unique", key=item)
            continue
        slug, layer, name = item.split("/")
        supply = drop.collection.stem((slug, layer, name)).supply
        if supply is not None and number > supply:
            findings.fault(
                WHERE, "is minted more often than its supply", key=item, hint=f"supply: {supply}"
            )
    findings.raise_faults()
