"""``stempress new``: creates a site from a folder of stems."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError, printable
from stempress.core.program import program
from stempress.core.progress import can_show
from stempress.core.text_files import SITE_FILE
from stempress.drop.delivery import read_delivery
from stempress.drop.draft import draft_songs
from stempress.drop.name_guess import Layout, read_names
from stempress.drop.name_parts import title_of
from stempress.drop.song_tempo import song_tempo
from stempress.drop.starter_site import StarterSite, write_site

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.drop.delivery import Delivery
    from stempress.drop.draft import SongDraft
    from stempress.drop.name_guess import Reading
    from stempress.drop.song_tempo import SongTempo

MEANINGS = {
    Layout.SONG_LAYER: "a folder for each song, in it one for each layer",
    Layout.SONG: "a folder for each song, with a file for each layer",
    Layout.LAYER: "one song, with a folder for each layer",
    Layout.NAMES: "songs and layers by the names of the files",
}


TREE = "├── ", "└── ", "│   "
ASCII_TREE = "|-- ", "`-- ", "|   "
"""For consoles whose encoding has no lines."""
UNKNOWN_ARTIST = "Unknown artist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the artist has said in place of guesses; "" and None: to be guessed or asked.

    ``dry_run``: only show what would be written.
    """

    title: str = ""
    artist: str = ""
    beats: int = 4
    layout: Layout | None = None
    dry_run: bool = False


def create_site(stems: Path, site: Path, progress: Progress, answers: Answers) -> None:
    """Write a site that builds, from the names of the files and measurements of the stems.

    With a dry run what would be written is shown, and nothing is asked.
    """
    if site.exists() and any(site.iterdir()):
        hint = "choose another folder with --site"
        raise SiteError([Fault(str(site), "is not empty", hint=hint)])
    _check_is_no_site(stems)
    delivery = read_delivery(stems)
    asks = progress.console.is_terminal and not answers.dry_run
    layout = answers.layout or _choose_layout(_read(stems, delivery, None), progress, asks=asks)
    songs = draft_songs(_read(stems, delivery, layout).guesses, stems)
    title = answers.title or _default_title(stems)
    _show(title, songs, delivery, progress)
    if answers.dry_run:
        progress.log(f"{site}: nothing was written; leave out --dry-run to write it")
        return
    artist = answers.artist or (_ask_artist(progress) if asks else UNKNOWN_ARTIST)
    with progress.track("Tempos", len(songs)) as step:
        tempos = {}
        for song in songs:
            tempos[song.slug] = song_tempo(song, answers.beats)
            step(song.title)
    pictures = {stems / stem: stems / picture for stem, picture in delivery.pictures.items()}
    write_site(site, StarterSite(title, artist, songs, tempos, pictures))
    _report(songs, tempos, answers.beats, progress)
    if not answers.artist and not asks:
        progress.log(
            f'no --artist was given: the artist is "{UNKNOWN_ARTIST}"; '
            f"change it in {site / SITE_FILE}"
        )
    serve = f"{program('serve')} --open --site {shlex.quote(str(site))}"
    progress.log(f"{site}: review content/, then run {serve}")


def _check_is_no_site(stems: Path) -> None:
    """Raise SiteError for the folder of a site, whose stems are in a site already."""
    if (stems / SITE_FILE).is_file():
        hint = f"to build it, run {program('build')} in it; to start a site, name a folder of stems"
        raise SiteError([Fault(str(stems), f"is already a site: it has a {SITE_FILE}", hint=hint)])


def _read(stems: Path, delivery: Delivery, layout: Layout | None) -> Reading:
    return read_names(delivery.stems, stems.resolve().name, layout)


def _choose_layout(reading: Reading, progress: Progress, *, asks: bool) -> Layout | None:
    """Return how to read the folders: asked or reported if two ways are possible."""
    if reading.other is None:
        return None
    if not asks:
        progress.log(
            f"read as {MEANINGS[reading.layout]}; "
            f"for {MEANINGS[reading.other]}, use --layout {reading.other}"
        )
        return reading.layout
    from rich.prompt import Prompt  # noqa: PLC0415 - slow to import

    choices = [reading.layout, reading.other]
    for number, layout in enumerate(choices, start=1):
        progress.log(f"{number}: {MEANINGS[layout]}")
    answer = Prompt.ask(
        "How are the folders meant?", choices=["1", "2"], default="1", console=progress.console
    )
    return choices[int(answer) - 1]


def _show(title: str, songs: list[SongDraft], delivery: Delivery, progress: Progress) -> None:
    """Show as a tree what has been understood, and name every file that is left out."""
    more, last, line = TREE if can_show("".join(TREE)) else ASCII_TREE
    progress.log(printable(title))
    for nth, song in enumerate(songs, start=1):
        branch, below = (last, "    ") if nth == len(songs) else (more, line)
        progress.log(f"{branch}{printable(song.title)}")
        for at, layer in enumerate(song.layers, start=1):
            twig = last if at == len(song.layers) else more
            names = ", ".join(stem.name for stem in layer.stems)
            progress.log(f"{below}{twig}{printable(f'{layer.name}: {names}')}")
    for path, reason in delivery.left_out.items():
        progress.log(f"left out: {printable(str(path))} {reason}")
    if files := delivery.of_systems:
        progress.log(f"left out: hidden and system files: {len(files)}, such as {files[0]}")


def _ask_artist(progress: Progress) -> str:
    from rich.prompt import Prompt  # noqa: PLC0415 - slow to import

    return Prompt.ask("Artist", default=UNKNOWN_ARTIST, console=progress.console)


def _default_title(stems: Path) -> str:
    """Return a title from the folder's name, or its parent's if it is called stems or audio."""
    path = stems.resolve()
    name = path.parent.name if path.name.lower() in {"stems", "audio"} else path.name
    return title_of(name) or "Untitled"


def _report(
    songs: list[SongDraft], tempos: dict[str, SongTempo], beats: int, progress: Progress
) -> None:
    """Log what has been measured, and what was assumed."""
    for song in songs:
        progress.log(f"{song.title}: {tempos[song.slug]}")
        for line in song.short_stems:
            progress.log(f"{song.title}: {line}: silence is added at its end (pad = true)")
    progress.log(f"assumed {beats} beats per bar; use --beats for another number")
