"""``stempress new``: creates a site from a folder of stems."""

from __future__ import annotations

import json
import shlex
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.file_kinds import PICTURES
from stempress.core.errors import Fault, SiteError
from stempress.core.program import program
from stempress.core.slugs import slugify
from stempress.drop.delivery import read_delivery
from stempress.drop.draft import draft_songs
from stempress.drop.name_guess import Layout, read_names
from stempress.drop.name_parts import title_of
from stempress.drop.song_tempo import song_tempo

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.drop.delivery import Delivery
    from stempress.drop.draft import LayerDraft, SongDraft
    from stempress.drop.name_guess import Reading
    from stempress.drop.song_tempo import SongTempo

MEANINGS = {
    Layout.SONG_LAYER: "a folder for each song, in it one for each layer",
    Layout.SONG: "a folder for each song, with a file for each layer",
    Layout.LAYER: "one song, with a folder for each layer",
    Layout.NAMES: "songs and layers by the names of the files",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the artist has said in place of guesses; "" and None: to be guessed or asked."""

    title: str = ""
    artist: str = ""
    beats: int = 4
    layout: Layout | None = None


def create_site(stems: Path, site: Path, progress: Progress, answers: Answers) -> None:
    """Write a site that builds, from the names of the files and measurements of the stems."""
    if site.exists() and any(site.iterdir()):
        hint = "choose another folder with --site"
        raise SiteError([Fault(str(site), "is not empty", hint=hint)])
    delivery = read_delivery(stems)
    layout = answers.layout or _ask_layout(_read(stems, delivery, None), progress)
    songs = draft_songs(_read(stems, delivery, layout).guesses, stems)
    _show(songs, progress)
    for path, reason in delivery.left_out.items():
        progress.log(f"left out: {path} {reason}")
    if not _confirm(progress):
        progress.log("nothing was written")
        return
    title = answers.title or _prompt(progress, "Title of the collection", _default_title(stems))
    artist = answers.artist or _prompt(progress, "Artist", "Unknown artist")
    with progress.track("Tempos", len(songs)) as step:
        tempos = {}
        for song in songs:
            tempos[song.slug] = song_tempo(song, answers.beats)
            step(song.title)
    _write_site(site, songs, tempos, title, artist)
    _report(songs, tempos, answers.beats, progress)
    progress.log(f"{site}: review content/, then run {program()} --site {shlex.quote(str(site))}")


def _read(stems: Path, delivery: Delivery, layout: Layout | None) -> Reading:
    return read_names(delivery.stems, stems.resolve().name, layout)


def _ask_layout(reading: Reading, progress: Progress) -> Layout | None:
    """Return how to read the folders: asked on a terminal if two ways are possible."""
    if reading.other is None:
        return None
    if not progress.console.is_terminal:
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


def _show(songs: list[SongDraft], progress: Progress) -> None:
    """Show what has been understood."""
    for song in songs:
        progress.log(song.title)
        for nth, layer in enumerate(song.layers, start=1):
            branch = "└──" if nth == len(song.layers) else "├──"
            names = ", ".join(stem.name for stem in layer.stems)
            progress.log(f"{branch} {layer.name}: {names}")


def _confirm(progress: Progress) -> bool:
    """Return whether to write the site: asked on a terminal."""
    if not progress.console.is_terminal:
        return True
    from rich.prompt import Confirm  # noqa: PLC0415 - slow to import

    return Confirm.ask("Write this site?", default=True, console=progress.console)


def _prompt(progress: Progress, question: str, default: str) -> str:
    """Return the user's answer, or the default without a terminal."""
    if not progress.console.is_terminal:
        return default
    from rich.prompt import Prompt  # noqa: PLC0415 - slow to import

    return Prompt.ask(question, default=default, console=progress.console)


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


def _write_site(
    site: Path, songs: list[SongDraft], tempos: dict[str, SongTempo], title: str, artist: str
) -> None:
    album = site / "content/albums" / (slugify(title) or "album")
    for song in songs:
        _write(album / f"{song.slug}.md", _song_text(song, tempos[song.slug]))
        for layer in song.layers:
            _copy(layer, site / "stems" / song.slug / layer.slug)
    pad = any(song.short_stems for song in songs)
    _write(site / "site.toml", _settings_text(title, artist, pad=pad))
    _write(site / ".gitignore", "/dist/\n/published/*.car\n/secret.json\n/audition.json\n")
    _write(site / "content/index.md", "+++\n+++\nWhat this collection is about.\n")
    order = json.dumps([song.slug for song in songs], ensure_ascii=False)
    _write(album / "index.md", f"+++\ntitle = {_quoted(title)}\nsongs = {order}\n+++\n")


def _settings_text(title: str, artist: str, *, pad: bool) -> str:
    lines = [
        "[site]",
        f"title = {_quoted(title)}",
        f"artist = {_quoted(artist)}",
        "",
        "[collection]",
        f"name = {_quoted(title)}",
        '# license = "what holders may do with the music"',
        "",
        "[drop]",
        'phase = "upcoming"',
        "blind = true",
    ]
    if pad:
        lines += ["", "[audio]", "pad = true  # the stems differ in length"]
    return "\n".join(lines) + "\n"


def _song_text(song: SongDraft, tempo: SongTempo) -> str:
    lines = ["+++", f"title = {_quoted(song.title)}"]
    lines += [f"bpm = {tempo.bpm:g}"] if tempo.bpm else []
    lines += [f"bars = {tempo.bars}"] if tempo.bars else []
    for layer in song.layers:
        lines += ["", "[[layers]]", f"name = {_quoted(layer.name)}"]
        for stem in layer.stems:
            lines += ["[[layers.stems]]", f"name = {_quoted(stem.name)}", "weight = 1"]
    return "\n".join([*lines, "+++", ""])


def _quoted(text: str) -> str:
    """Return a TOML string; JSON strings are valid TOML."""
    return json.dumps(text, ensure_ascii=False)


def _copy(layer: LayerDraft, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for stem in layer.stems:
        target = folder / f"{stem.slug}{stem.file.suffix.lower()}"
        shutil.copyfile(stem.file, target)
        if picture := _picture(stem.file):
            shutil.copyfile(picture, target.with_suffix(picture.suffix.lower()))


def _picture(file: Path) -> Path | None:
    """Return the picture with a stem's name next to it, if any."""
    candidates = (file.with_suffix(suffix) for suffix in PICTURES)
    return next((path for path in candidates if path.is_file()), None)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
