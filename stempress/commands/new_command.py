"""``stempress new``: start a site from a folder of stems."""

# ruff: noqa: PLC0415 - each command imports only what it needs

from __future__ import annotations

from argparse import ArgumentTypeError
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.commands.arguments import add_site, positive_number
from stempress.commands.command import Command
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


NEW = Command(NewOptions, add_new_arguments, run_new, site_beside_stems)
