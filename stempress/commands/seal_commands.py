"""``stempress seal`` and ``reveal``."""

# ruff: noqa: PLC0415 - each command imports only what it needs

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.commands.arguments import add_site, whole_number
from stempress.commands.command import Command

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from pathlib import Path

    from stempress.commands.command import Context


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


def run_seal(options: SealOptions, context: Context) -> bool:
    """Write commitments to unrevealed tokens."""
    from stempress.drop.seal_command import seal

    seal(options.site, context.progress)
    return True


def run_reveal(options: RevealOptions, context: Context) -> bool:
    """Reveal sealed tokens."""
    from stempress.drop.reveal_command import reveal

    reveal(options.site, options.tokens, context.progress, options.starting_index)
    return True


SEAL = Command(SealOptions, add_site, run_seal)
REVEAL = Command(RevealOptions, add_reveal_arguments, run_reveal)
