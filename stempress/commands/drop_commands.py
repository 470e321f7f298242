"""The commands of a drop: new, mint, seal, reveal, forge, sync, holders, import."""

# ruff: noqa: PLC0415 - each command imports only what it needs

from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.commands.arguments import add_site, name, positive_number, whole_number
from stempress.commands.command import Command
from stempress.drop.forge_options import ForgeOptions
from stempress.drop.holders_options import HoldersOptions
from stempress.drop.mint_options import MintOptions
from stempress.drop.name_guess import Layout

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Mapping

    from stempress.commands.command import Context

MAX_BEATS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOptions:
    """Options of ``new``: ``beats`` in a bar, for measuring the tempo."""

    site: Path
    stems: Path
    title: str = ""
    artist: str = ""
    beats: int = 4
    layout: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SealOptions:
    """Options of ``seal``."""

    site: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealOptions:
    """Options of ``reveal``: ``tokens`` are ids such as ``1-500,605``."""

    site: Path
    tokens: str
    starting_index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions:
    """Options of ``sync``: ``depth`` counts the blocks below the head that are not final."""

    site: Path
    depth: int | None = None
    from_block: int | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """Options of ``import``: ``folder`` holds a JSON file for every token."""

    site: Path
    folder: Path
    traits: Path | None = None
    append: bool = False


def add_new_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``new``."""
    add_site(parser)
    add = parser.add_argument
    add("stems", type=Path, metavar="DIR", help="the folder of stems")
    add("--title", help="of the collection; default: the folder's name")
    add("--artist", help="default: asked for")
    add(
        "--beats",
        type=_beats,
        metavar="N",
        help="beats in a bar, for measuring the tempo; default: 4",
    )
    add(
        "--layout",
        choices=[layout.value for layout in Layout],
        metavar="LAYOUT",
        help="what folders are: song/layer/stem, song/layer, layer/stem; names: only file names "
        "count; default: the likeliest",
    )
    add("--dry-run", action="store_true", help="show what would be written, and write nothing")


def _beats(text: str) -> int:
    """Parse the beats of a bar, 1 to 32."""
    if not 1 <= positive_number(text) <= MAX_BEATS:
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_BEATS}")
    return int(text)


def site_beside_stems(values: Mapping[str, object], _: Path | None) -> Path:
    """Return the default folder of a new site."""
    stems = Path(str(values["stems"])).resolve()
    return stems.with_name(f"{stems.name}-site")


def add_mint_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``mint``."""
    add_site(parser)
    add = parser.add_argument
    add("--size", type=positive_number, metavar="N", help="default: what the supplies leave")
    add("--seed", metavar="S", help="the same seed draws the same tokens")
    add("--tier", choices=("stem", "song"), help="song: variations; default: stem")
    add("--song", type=name, metavar="SLUG", help="of this song alone")
    add("--first", type=whole_number, metavar="ID", help="the first id; default: the next")
    add(
        "--place",
        action="append",
        metavar="ID=ITEM",
        help="a hand-made token: 7=song/layer/stem or 8=song/3-1-4",
    )
    add("--append", action="store_true", help="keep the tokens that exist, and add to them")
    add("--random", action="store_true", dest="at_random", help="draw weights at random")
    add(
        "--editions",
        action="store_true",
        help="one id for each stem with all of its copies, as ERC-1155 has them",
    )
    add("--approved", action="store_true", help="only what the audition approved")
    add("--csv", type=Path, metavar="FILE", help="write the report as a table, too")


def add_reveal_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``reveal``."""
    add_site(parser)
    parser.add_argument("--tokens", required=True, metavar="IDS", help="such as 1-500,605")
    parser.add_argument(
        "--starting-index",
        type=whole_number,
        metavar="I",
        help="the item of the first token; it is settled once",
    )


def add_forge_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``forge``."""
    add_site(parser)
    add = parser.add_argument
    add("song", nargs="?", metavar="SONG", help="the song's slug; or --album")
    add("--album", type=name, metavar="SLUG", help="forge this album from song tokens")
    add("--burn", required=True, metavar="IDS", help="the tokens to burn, such as 1,17,40")
    add("--id", metavar="ID", help="the new token's id; default: the next")
    add(
        "--owner",
        type=name,
        metavar="ADDRESS",
        help="its holder; default: who holds what is burned",
    )
    add("--dry-run", action="store_true", help="check only, and write nothing")


def add_sync_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``sync``."""
    add_site(parser)
    add = parser.add_argument
    add("--depth", type=whole_number, metavar="N", help="blocks below the head that are final")
    add("--from-block", type=whole_number, metavar="N", help="the block of the deployment")
    add("--anew", action="store_true", help="discard what was read, and read it again")


def add_holders_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``holders``."""
    add_site(parser)
    add = parser.add_argument
    add("--tier", choices=("stem", "song", "album"), help="of tokens of this tier")
    add("--perk", type=name, metavar="TITLE", help="of tokens that come with this perk")
    add("--song", type=name, metavar="SLUG", help="of stem and song tokens of this song")
    add("--block", type=whole_number, metavar="N", help="at this block; default: the last read")
    add("--json", action="store_true", help="JSON with copies of each token, instead of CSV")
    add("--merkle", type=Path, metavar="FILE", help="write a Merkle tree with proofs as well")


def add_import_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``import``."""
    add_site(parser)
    add = parser.add_argument
    add("folder", type=Path, metavar="DIR", help="a JSON file for every token")
    add(
        "--traits",
        type=Path,
        metavar="FILE",
        help="the table of what traits mean; without it, one is written",
    )
    add("--append", action="store_true", help="keep the tokens that exist, and add to them")


def run_new(options: NewOptions, context: Context) -> bool:
    """Write a site from a folder of stems."""
    from stempress.drop.scaffold import Answers, create_site

    answers = Answers(
        title=options.title,
        artist=options.artist,
        beats=options.beats,
        layout=Layout(options.layout) if options.layout else None,
        dry_run=options.dry_run,
    )
    create_site(options.stems, options.site, context.progress, answers)
    return True


def run_mint(options: MintOptions, context: Context) -> bool:
    """Draw tokens into the ledger."""
    from stempress.drop.mint_command import mint

    mint(options, context.progress)
    return True


def run_seal(options: SealOptions, context: Context) -> bool:
    """Write commitments to unrevealed tokens."""
    from stempress.drop.seal_command import seal

    seal(options.site, context.progress)
    return True


def run_reveal(options: RevealOptions, context: Context) -> bool:
    """Reveal sealed tokens."""
    from stempress.drop.seal_command import reveal

    reveal(options.site, options.tokens, context.progress, options.starting_index)
    return True


def run_forge(options: ForgeOptions, context: Context) -> bool:
    """Burn tokens of the ledger for another."""
    from stempress.drop.forge_command import forge

    forge(options, context.progress)
    return True


def run_sync(options: SyncOptions, context: Context) -> bool:
    """Read the chain into the ledger."""
    from stempress.drop.sync_command import sync

    sync(
        options.site,
        context.progress,
        depth=options.depth,
        from_block=options.from_block,
        anew=options.anew,
    )
    return True


def run_holders(options: HoldersOptions, context: Context) -> bool:
    """Write who holds what to standard output."""
    from stempress.drop.holders_command import list_holders

    try:
        list_holders(options, context.progress, sys.stdout)
        sys.stdout.flush()
    except (
        BrokenPipeError
    ):  # whoever reads has enough, as head has; what is left is flushed at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def run_import(options: ImportOptions, context: Context) -> bool:
    """Read a foreign drop into the ledger."""
    from stempress.drop.import_command import import_drop

    import_drop(
        options.folder,
        options.site,
        context.progress,
        traits=options.traits,
        append=options.append,
    )
    return True


NEW = Command(NewOptions, add_new_arguments, run_new, site_beside_stems)
MINT = Command(MintOptions, add_mint_arguments, run_mint)
SEAL = Command(SealOptions, add_site, run_seal)
REVEAL = Command(RevealOptions, add_reveal_arguments, run_reveal)
FORGE = Command(ForgeOptions, add_forge_arguments, run_forge)
SYNC = Command(SyncOptions, add_sync_arguments, run_sync)
HOLDERS = Command(HoldersOptions, add_holders_arguments, run_holders)
IMPORT = Command(ImportOptions, add_import_arguments, run_import)
