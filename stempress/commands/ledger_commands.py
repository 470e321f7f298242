"""``stempress mint``, ``forge`` and ``import``, which add tokens to the ledger."""

# ruff: noqa: PLC0415 - each command imports only what it needs

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.commands.arguments import add_site, name, positive_number, whole_number
from stempress.commands.command import Command
from stempress.drop.forge_options import ForgeOptions
from stempress.drop.mint_options import MintOptions

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from stempress.commands.command import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """Options of ``import``: ``folder`` holds a JSON file for every token."""

    site: Path
    folder: Path
    traits: Path | None = None
    append: bool = False


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


def run_mint(options: MintOptions, context: Context) -> bool:
    """Draw tokens into the ledger."""
    from stempress.drop.mint_command import mint

    mint(options, context.progress)
    return True


def run_forge(options: ForgeOptions, context: Context) -> bool:
    """Burn tokens of the ledger for another."""
    from stempress.drop.forge_command import forge

    forge(options, context.progress)
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


MINT = Command(MintOptions, add_mint_arguments, run_mint)
FORGE = Command(ForgeOptions, add_forge_arguments, run_forge)
IMPORT = Command(ImportOptions, add_import_arguments, run_import)
