"""The commands of a drop: what they ask for, and what does it, imported when it runs."""

# ruff: noqa: PLC0415 - each command needs a part of the house that the others do not

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable

    from stempress.core.progress import Progress

    type AddCommand = Callable[[str, str], ArgumentParser]

MOST_BEATS = 32
COMMANDS = ("new", "mint", "seal", "reveal", "sync", "import", "published")


def add_commands(add: AddCommand) -> None:
    """Add every command of a drop; ``add`` takes its name and what it is for."""
    new = add("new", "a site to start from, out of a folder of stems")
    new.add_argument("stems", type=Path, metavar="DIR", help="the folder of stems")
    new.add_argument("--title", help="of the collection; default: the folder's name")
    new.add_argument("--artist", help="default: asked for")
    new.add_argument(
        "--beats", type=_beats, metavar="N", help="in a bar, by which tempo is measured; default: 4"
    )
    _add_mint(add("mint", "draw the tokens of a drop into the ledger"))
    add("seal", "promise what unrevealed tokens are, without telling it")
    reveal = add("reveal", "reveal sealed tokens, and prove what they are")
    reveal.add_argument("--tokens", required=True, metavar="IDS", help="such as 1-500,605")
    reveal.add_argument(
        "--starting-index", type=_natural, metavar="I", help="where items begin; settled once"
    )
    sync = add("sync", "read the chain's state into the ledger")
    sync.add_argument(
        "--depth", type=_natural, metavar="N", help="blocks below the head that are final"
    )
    sync.add_argument("--from-block", type=_natural, metavar="N", help="where the contract begins")
    sync.add_argument("--anew", action="store_true", help="forget what was read, read it again")
    imported = add("import", "take in a drop that was made elsewhere")
    imported.add_argument("folder", type=Path, metavar="DIR", help="a JSON file for every token")
    imported.add_argument(
        "--traits", type=Path, metavar="FILE", help="what traits mean; without it, it is written"
    )
    imported.add_argument("--append", action="store_true", help="beside the tokens that there are")
    add("published", "note that the site as it is built is what the public has")


def _add_mint(mint: ArgumentParser) -> None:
    mint.add_argument(
        "--size", type=_positive, metavar="N", help="default: what the supplies leave"
    )
    mint.add_argument("--seed", metavar="S", help="the same seed draws the same tokens")
    mint.add_argument("--tier", choices=("stem", "song"), help="song: variations; default: stem")
    mint.add_argument("--song", metavar="SLUG", help="of this song alone")
    mint.add_argument(
        "--first", type=_natural, metavar="ID", help="the first id; default: the next"
    )
    mint.add_argument(
        "--place",
        action="append",
        metavar="ID=ITEM",
        help="a hand-made token: 7=song/layer/stem or 8=song/3-1-4",
    )
    mint.add_argument("--append", action="store_true", help="beside the tokens that there are")
    mint.add_argument(
        "--random", action="store_true", dest="at_random", help="draw weights by chance"
    )
    mint.add_argument(
        "--editions",
        action="store_true",
        help="one id for each stem with all of its copies, as ERC-1155 has them",
    )
    mint.add_argument("--approved", action="store_true", help="only what the audition approved")
    mint.add_argument("--csv", type=Path, metavar="FILE", help="write the report as a table, too")


def _natural(text: str) -> int:
    """Read a whole number that is not below 0."""
    if not (text.isascii() and text.isdigit()):
        raise ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def _positive(text: str) -> int:
    """Read a whole number above 0."""
    if not _natural(text):
        raise ArgumentTypeError("must be at least 1")
    return int(text)


def _beats(text: str) -> int:
    """Read how many beats a bar has."""
    if not 1 <= _natural(text) <= MOST_BEATS:
        raise ArgumentTypeError(f"must be from 1 to {MOST_BEATS}")
    return int(text)


def home_of(command: str, asked: dict[str, Any], bundled: Path) -> Path:
    """Return the site's folder where ``--site`` does not name one: new sites lie beside stems."""
    if command != "new":
        return bundled
    stems: Path = asked["stems"].resolve()
    return stems.with_name(f"{stems.name}-site")


def run_drop(
    command: str, site: Path, out: Path, asked: dict[str, Any], progress: Progress
) -> None:
    """Do what a command asks; SiteError tells everything that is in its way."""
    if command == "new":
        from stempress.drop.scaffold import start

        start(asked.pop("stems"), site, progress, **asked)
    elif command == "mint":
        from stempress.drop.mint_command import Wanted, mint

        csv_file = asked.pop("csv", None)
        mint(site, Wanted(**asked), progress, csv_file)
    elif command == "seal":
        from stempress.drop.seal_command import seal

        seal(site, progress)
    elif command == "reveal":
        from stempress.drop.seal_command import reveal

        reveal(site, asked["tokens"], progress, asked.get("starting_index"))
    elif command == "sync":
        from stempress.drop.sync_command import sync

        sync(site, progress, **asked)
    elif command == "import":
        from stempress.drop.import_command import import_drop

        import_drop(asked.pop("folder"), site, progress, **asked)
    elif command == "published":
        from stempress.publish.upload_diff import note_published

        note_published(site, out, progress)
