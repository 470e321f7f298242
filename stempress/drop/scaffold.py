"""``build.py new``: a site to start from, out of a folder of stems."""

from __future__ import annotations

import json
import shlex
import shutil
from collections import defaultdict
from typing import TYPE_CHECKING

from rich.prompt import Prompt

from stempress.audio.check import LENGTH_TOLERANCE
from stempress.audio.decode import UnreadableError, open_source
from stempress.audio.tempo import BEATS_PER_BAR, detect_tempo
from stempress.collection.stem_files import AUDIO, PICTURES
from stempress.core.errors import Fault, Findings, SiteError
from stempress.core.tables import slugify
from stempress.drop.name_guess import Guess, guess, tempo_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path, PurePath

    from stempress.core.progress import Progress

    type Layers = dict[str, dict[str, Path]]
    """Names of layers to names of stems to files."""

WHERE = "new"


def start(  # noqa: PLR0913 - what can be said instead of guessed
    stems: Path,
    site: Path,
    progress: Progress,
    *,
    title: str = "",
    artist: str = "",
    beats: int = BEATS_PER_BAR,
) -> None:
    """Write a site that builds: what names tell is guessed, what can be measured is measured."""
    if site.exists() and any(site.iterdir()):
        hint = "name another folder with --site"
        raise SiteError([Fault(str(site), "is not empty", hint=hint)])
    found = _sound_files(stems)
    songs = _songs(found, stems)
    lengths = _check(songs, stems)
    title = title or _asked(progress, "Title of the collection", _title(stems))
    artist = artist or _asked(progress, "Artist", "Unknown artist")
    slugs = {song: slugify(song) for song in songs}
    with progress.track("Tempos", len(songs)) as step:
        for song, layers in songs.items():
            files = [file for stems_of in layers.values() for file in stems_of.values()]
            measured = detect_tempo(files, beats)
            told = tempo_of([str(file.relative_to(stems)) for file in files])
            bpm, bars = _tempo(told, measured, max(lengths[song]), beats)
            text = _song(song, layers, bpm, bars)
            _write(site / f"content/albums/{slugify(title)}/{slugs[song]}.md", text)
            _copy(layers, site / "stems" / slugs[song])
            step(song)
            progress.log(_told(song, layers, bpm, bars))
    pad = any(max(each) - min(each) > LENGTH_TOLERANCE / 48000 for each in lengths.values())
    _write(site / "site.toml", _settings(title, artist, pad=pad))
    _write(site / ".gitignore", "/dist/\n/published/*.car\n/secret.json\n/audition.json\n")
    _write(site / "content/index.md", "+++\n+++\nWhat this collection is about.\n")
    listed = json.dumps(list(slugs.values()))
    index = f"+++\ntitle = {_quoted(title)}\nsongs = {listed}\n+++\n"
    _write(site / f"content/albums/{slugify(title)}/index.md", index)
    progress.log(f"bars were taken to have {beats} beats: --beats says otherwise")
    progress.log(f"{site}: look through content/, then build.py --site {shlex.quote(str(site))}")


def _sound_files(stems: Path) -> list[Path]:
    if not stems.is_dir():
        raise SiteError([Fault(WHERE, "is no folder", value=str(stems))])
    found = [
        path
        for path in sorted(stems.rglob("*"))
        if path.suffix.lower() in AUDIO
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(stems).parts)
    ]
    if not found:
        hint = f"files that end in {', '.join(AUDIO)}"
        raise SiteError([Fault(WHERE, "has no sound files", value=str(stems), hint=hint)])
    return found


def _songs(found: Sequence[Path], stems: Path) -> dict[str, Layers]:
    """Return what the files are; SiteError for names that cannot be told apart."""
    guesses = guess([path.relative_to(stems) for path in found], stems.resolve().name)
    songs: dict[str, Layers] = defaultdict(lambda: defaultdict(dict))
    taken: dict[tuple[str, ...], PurePath] = {}
    findings = Findings()
    for path, names in guesses.items():
        slugs = tuple(map(slugify, names))
        if not all(slugs):
            findings.fault(str(path), "gives no name for an address", value=names, hint="rename it")
        elif slugs in taken:
            what = f"would be the same stem as {taken[slugs]}"
            findings.fault(str(path), what, value="/".join(slugs), hint="rename one of them")
        else:
            song, layer, stem = _first_spelling(songs, names)
            songs[song][layer][stem] = stems / path
        taken[slugs] = path
    findings.raise_faults()
    return songs


def _first_spelling(songs: Mapping[str, Layers], names: Guess) -> Guess:
    """Return the names with song and layer as they were met first: Drums and drums are one."""
    song = next((each for each in songs if slugify(each) == slugify(names.song)), names.song)
    layers = songs.get(song, {})
    layer = next((each for each in layers if slugify(each) == slugify(names.layer)), names.layer)
    return Guess(song, layer, names.stem)


def _check(songs: Mapping[str, Layers], stems: Path) -> dict[str, list[float]]:
    """Return the stems' lengths in seconds, song by song; SiteError for what cannot be a stem."""
    findings = Findings()
    lengths: dict[str, list[float]] = defaultdict(list)
    for song, layers in songs.items():
        for file in (file for stems_of in layers.values() for file in stems_of.values()):
            try:
                source = open_source(file)
                lengths[song].append(source.frames / source.rate)
            except UnreadableError as error:
                findings.fault(str(file.relative_to(stems)), str(error))
    findings.raise_faults()
    return lengths


def _asked(progress: Progress, what: str, default: str) -> str:
    """Return an answer, if there is somebody to ask."""
    if not progress.console.is_terminal:
        return default
    return Prompt.ask(what, default=default, console=progress.console)


def _title(stems: Path) -> str:
    """Return a title for the collection: the folder's name, or the one of that around it."""
    path = stems.resolve()
    name = path.parent.name if path.name.lower() in {"stems", "audio"} else path.name
    return name.replace("-", " ").replace("_", " ").strip().title() or "Untitled"


def _tempo(
    told: float | None, measured: tuple[float, int] | None, seconds: float, beats: int
) -> tuple[float | None, int | None]:
    """Return beats a minute and bars: as names tell, else as measured."""
    if told is None:
        return measured or (None, None)
    bars = told * seconds / 60 / beats
    return told, round(bars) if abs(bars - round(bars)) < 0.02 and round(bars) else None


def _settings(title: str, artist: str, *, pad: bool) -> str:
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


def _song(title: str, layers: Layers, bpm: float | None, bars: int | None) -> str:
    lines = ["+++", f"title = {_quoted(title)}"]
    lines += [f"bpm = {bpm:g}"] if bpm else []
    lines += [f"bars = {bars}"] if bars else []
    for layer, stems in layers.items():
        lines += ["", "[[layers]]", f"name = {_quoted(layer)}"]
        for stem in stems:
            lines += ["[[layers.stems]]", f"name = {_quoted(stem)}", "weight = 1"]
    return "\n".join([*lines, "+++", ""])


def _quoted(text: str) -> str:
    """Return a text as TOML has it; JSON's strings are among those."""
    return json.dumps(text, ensure_ascii=False)


def _copy(layers: Layers, folder: Path) -> None:
    for layer, stems in layers.items():
        for stem, file in stems.items():
            to = folder / slugify(layer) / f"{slugify(stem)}{file.suffix.lower()}"
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, to)
            for picture in _pictures(file):
                shutil.copyfile(picture, to.with_suffix(picture.suffix.lower()))


def _pictures(file: Path) -> Iterator[Path]:
    """Yield the first picture beside a stem that has its name."""
    beside = (file.with_suffix(suffix) for suffix in PICTURES)
    yield from [path for path in beside if path.is_file()][:1]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _told(song: str, layers: Layers, bpm: float | None, bars: int | None) -> str:
    told = "; ".join(f"{layer}: {', '.join(stems)}" for layer, stems in layers.items())
    at = f" ({bpm:g} bpm{f', {bars} bars' if bars else ''})" if bpm else ""
    return f"{song}{at}: {told}"
