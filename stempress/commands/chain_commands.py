"""``stempress sync`` and ``holders``, which report what the chain says."""

# ruff: noqa: PLC0415 - each command imports only what it needs

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.commands.arguments import add_site, name, whole_number
from stempress.commands.command import Command
from stempress.drop.holders_options import HoldersOptions

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from stempress.commands.command import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions:
    """Options of ``sync``: ``depth`` counts the blocks below the head that are not final."""

    site: Path
    depth: int | None = None
    from_block: int | None = None
    anew: bool = False


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


SYNC = Command(SyncOptions, add_sync_arguments, run_sync)
HOLDERS = Command(HoldersOptions, add_holders_arguments, run_holders)
