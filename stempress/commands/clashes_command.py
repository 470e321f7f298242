"""``stempress clashes``: which stems of a song do not fit together, and where."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from stempress.clashes.clash import counted
from stempress.commands.arguments import add_site
from stempress.commands.command import Command
from stempress.commands.json_output import print_json

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from pathlib import Path

    from stempress.clashes.clash import Clash, SongClashes
    from stempress.commands.command import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ClashesOptions:
    """Options of ``clashes``: ``song`` is a slug, by default all songs are compared."""

    site: Path
    song: str = ""
    json: bool = False


def add_clashes_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``clashes``."""
    add_site(parser)
    parser.add_argument(
        "song", nargs="?", metavar="SONG", help="the song's slug; default: all songs"
    )
    parser.add_argument("--json", action="store_true", help="every pair that clashes, as JSON")


def run_clashes(options: ClashesOptions, context: Context) -> bool:
    """Compare stems, and print what does not fit: the worst first."""
    from stempress.clashes.site_clashes import site_clashes  # noqa: PLC0415 - slow, and builds do without

    songs = site_clashes(options.site, options.song or "", context.progress)
    if options.json:
        print_json({"songs": [_as_object(song) for song in songs]})
        return True
    for song in songs:
        print(_heading(song))  # noqa: T201 - data goes to standard output
        for note in song.notes:
            print(f"  {note}")  # noqa: T201
        for clash in song.causes:
            print(f"  {clash.severity:.1f}  {clash.kind:<8}{clash}")  # noqa: T201
    return True


def _heading(song: SongClashes) -> str:
    if not song.compared and song.notes:
        return f"{song.song}: not compared"
    count = len(song.causes)
    found = counted(count, "clash", "clashes") if count else "no clashes"
    return f"{song.song}: {found} in {counted(song.compared, 'pair')} of stems"


def _as_object(song: SongClashes) -> dict[str, object]:
    return {
        "song": song.song,
        "compared": song.compared,
        "notes": list(song.notes),
        "stem_clashes": [_clash_object(clash) for clash in song.stems],
        "pair_clashes": [_clash_object(clash) for clash in song.pairs],
    }


def _clash_object(clash: Clash) -> dict[str, object]:
    stems = [{"layer": layer, "stem": stem} for layer, stem in clash.stems]
    return {**asdict(clash), "stems": stems, "severity": round(clash.severity, 2)}


CLASHES = Command(ClashesOptions, add_clashes_arguments, run_clashes)
