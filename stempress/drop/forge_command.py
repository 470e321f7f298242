"""``stempress forge``: burns tokens of a ledger without a chain, and adds what they become."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pyodide_app.engine.model import Variation, id_number
from stempress.collection.albums import Album
from stempress.collection.eth_addresses import check_address, is_burn_address
from stempress.collection.ledger import WHERE as LEDGER
from stempress.collection.token_ids import PARTS
from stempress.collection.token_parser import is_token_id
from stempress.core.errors import Findings, suggestion
from stempress.core.program import program
from stempress.core.tables import Table
from stempress.drop.drop_state import open_drop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pyodide_app.engine.model import Song, Tier, Token
    from stempress.core.progress import Progress
    from stempress.drop.drop_state import DropState
    from stempress.drop.forge_options import ForgeOptions

WHERE = "forge"


def forge(options: ForgeOptions, progress: Progress) -> None:
    """Burn the tokens that the options name, and add the song or album token made of them.

    SiteError lists everything that forbids it; then nothing is written.
    """
    drop, findings = open_drop(options.site), Findings()
    target = _target(drop, options, findings)
    tier: Tier = "album" if options.album else "song"
    tokens = _tokens(drop, tier, options.burn, findings)
    fields: dict[str, Any] = {}
    if target and tokens:
        fields = _fields(target, tokens, findings)
    token_id = _free_id(drop, tier, options.id, findings)
    owner = _owner(drop, tokens, options.owner, findings)
    findings.raise_faults()
    new = {"id": token_id, "state": "revealed", **fields, "burned": [token.id for token in tokens]}
    _burn(drop, new, owner)
    name = f"{target.title} {tier} token {id_number(token_id)}" if target else ""
    burned = ", ".join(token.number for token in tokens)
    held = f", held by {owner}" if owner else ""
    if options.dry_run:
        progress.log(f"would burn {burned} for {name}{held}; {LEDGER} is unchanged")
        return
    drop.write_ledger()
    progress.log(f"{burned} burned for {name}{held}; build the site to show it")
    if drop.collection.settings.contract:
        progress.log(
            "warning: site.toml has a contract, and this did nothing on its chain\n"
            "    -> the next sync makes the ledger what the chain says"
        )


def _target(drop: DropState, options: ForgeOptions, findings: Findings) -> Song | Album | None:
    """Return the song or album to forge."""
    if bool(options.song) == bool(options.album):
        hint = "not both" if options.song else f"songs: {', '.join(drop.songs)}"
        findings.fault(WHERE, "needs either a song or --album", hint=hint)
        return None
    if options.song:
        if options.song not in drop.songs:
            hint = suggestion(options.song, drop.songs)
            findings.fault(WHERE, "is not a song", key="song", value=options.song, hint=hint)
        return drop.songs.get(options.song)
    albums = {album.slug: album for album in drop.collection.albums}
    if options.album not in albums:
        hint = suggestion(options.album, albums)
        findings.fault(WHERE, "is not an album", key="album", value=options.album, hint=hint)
    return albums.get(options.album)


def _tokens(drop: DropState, tier: Tier, text: str, findings: Findings) -> list[Token]:
    """Return the tokens to burn for one of a tier; report those that cannot be."""
    numbers = [part.strip() for part in text.split(",") if part.strip()]
    ids = [drop.token_id(PARTS[tier], number) for number in numbers]
    by_id = {token.id: token for token in drop.collection.tokens}
    if not ids:
        findings.fault(WHERE, "lists no token", key="burn", hint="such as 1,17,40")
    for token_id, count in Counter(ids).items():
        if count > 1:
            findings.fault(WHERE, "is listed twice", key="burn", value=token_id)
        if token_id not in by_id:
            hint = "" if is_token_id(id_number(token_id)) else "ids, with commas between them"
            findings.fault(
                WHERE, "is not a token of the ledger", key="burn", value=token_id, hint=hint
            )
        elif message := _why_not(by_id[token_id]):
            findings.fault(WHERE, message[0], key="burn", value=token_id, hint=message[1])
    return [by_id[token_id] for token_id in dict.fromkeys(ids) if token_id in by_id]


def _why_not(token: Token) -> tuple[str, str] | None:
    """Return why a token cannot be burned, and what to do about it; None if it can."""
    if token.state == "unrevealed":
        return "is unrevealed", f"{program('reveal')} reveals it"
    if token.state == "forged":
        return f"was burned already, for {token.into}", ""
    if token.state == "burned":
        return "was burned already", ""
    if token.supply > 1:
        hint = "a token is burned with all its copies; give every copy an id of its own"
        return f"has {token.supply} copies", hint
    return None


def _fields(target: Song | Album, tokens: Sequence[Token], findings: Findings) -> dict[str, Any]:
    """Return what the new token is; report what does not fit its recipe.

    A song takes a stem token of every layer that is not left out, an album a song token of every
    song.
    """
    if isinstance(target, Album):
        slugs = [song.slug for song in target.songs]
        _sort(tokens, Recipe("song", slugs, "song", slugs), findings)
        return {"tier": "album", "album": target.slug}
    layers = [layer.slug for layer in target.layers]
    optional = {layer.slug for layer in target.layers if layer.empty}
    parts = _sort(tokens, Recipe("stem", [target.slug], "layer", layers, optional), findings)
    stems = {layer: part.stem for layer, part in parts.items()}
    if stems.keys() | optional == set(layers):
        variation = Variation.from_stems(target, stems)
        if not target.permits(variation):
            message = "is a combination that the song's rules do not permit"
            hint = f"see [[rules]] of content/albums/{target.album}/{target.slug}.md"
            findings.fault(WHERE, message, key="burn", value=variation.mix_number, hint=hint)
    return {"tier": "song", "song": target.slug, "stems": stems}


class Recipe(NamedTuple):
    """What is burned: tokens of a tier and of these songs, one for each name of a part.

    The ``optional`` parts may be missing.
    """

    tier: Tier
    songs: Sequence[str]
    part: Literal["layer", "song"]
    names: Sequence[str]
    optional: AbstractSet[str] = frozenset()


def _sort(tokens: Sequence[Token], recipe: Recipe, findings: Findings) -> dict[str, Token]:
    """Return the tokens by part, in the recipe's order; report what is too much or missing."""
    parts: dict[str, list[Token]] = {name: [] for name in recipe.names}
    revealed = [token for token in tokens if token.state != "unrevealed"]
    for token in revealed:
        if token.tier == recipe.tier and token.song in recipe.songs:
            parts[getattr(token, recipe.part)].append(token)
        else:
            message = f"is a {token.tier} token" + (f" of {token.song}" if token.song else "")
            hint = f"{recipe.tier} tokens of {', '.join(recipe.songs)} are burned for it"
            findings.fault(WHERE, message, key="burn", value=token.id, hint=hint)
    missing = [name for name, found in parts.items() if not (found or name in recipe.optional)]
    if missing and len(revealed) == len(tokens):  # else one of them may be what is missing
        message = f"lacks a token for the {recipe.part}"
        findings.fault(WHERE, message, key="burn", value=", ".join(missing))
    for name, found in parts.items():
        if len(found) > 1:
            message = f"lists several tokens for the {recipe.part} {name}"
            ids = ", ".join(token.id for token in found)
            findings.fault(WHERE, message, key="burn", value=ids, hint="exactly one is burned")
    return {name: found[0] for name, found in parts.items() if found}


def _free_id(drop: DropState, tier: Tier, wanted: str, findings: Findings) -> str:
    """Return the new token's ID: the wanted number, or the one after the highest."""
    taken = drop.taken_numbers(tier)
    if not wanted:
        return drop.token_id(tier, str(max(taken, default=0) + 1))
    if not is_token_id(wanted):
        hint = "a decimal number below 2^256"
        findings.fault(WHERE, "is not a token ID", key="id", value=wanted, hint=hint)
    elif int(wanted) in taken:
        findings.fault(WHERE, "is already a token", key="id", value=wanted)
    return drop.token_id(tier, wanted)


def _owner(drop: DropState, tokens: Sequence[Token], wanted: str, findings: Findings) -> str:
    """Return the new token's holder, who must be the holder of all that is burned, where known."""
    owners = drop.collection.ledger.owners
    holders = {token.id: next(iter(owners[token.id])) for token in tokens if token.id in owners}
    if len(set(holders.values())) > 1:
        listed = ", ".join(f"{token_id}: {holder}" for token_id, holder in holders.items())
        findings.fault(WHERE, "lists tokens of several holders", key="burn", value=listed)
        return wanted
    holder = next(iter(holders.values()), "")
    if not wanted:
        return holder
    wanted = check_address(Table({}, WHERE, findings), "owner", wanted)
    if is_burn_address(wanted):
        findings.fault(WHERE, "is a burn address, which holds nothing", key="owner", value=wanted)
    elif holder and wanted != holder:
        findings.fault(
            WHERE, "does not hold what is burned", key="owner", value=wanted, hint=f"{holder} does"
        )
    return wanted


def _burn(drop: DropState, new: Mapping[str, Any], owner: str) -> None:
    """Make the burned tokens' entries say so, and add the new token."""
    for entry in drop.entries:
        if entry["id"] in new["burned"]:
            entry |= {"state": "forged", "into": new["id"]}
    owners = {
        token: holders
        for token, holders in drop.data.get("owners", {}).items()
        if token not in new["burned"]
    }
    drop.entries.append(dict(new))
    if owner:
        owners[new["id"]] = owner
    if owners or "owners" in drop.data:
        drop.data["owners"] = owners
