"""``build.py new``: creates a site from a folder of stems."""

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
from stempress.collection.file_kinds import AUDIO, PICTURES
from stempress.core.errors import Fault, Findings, SiteError
from stempress.core.slugs import slugify
from stempress.drop.name_guess import Guess, guess, tempo_in_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path, PurePath

    from stempress.core.progress import Progress

    type Layers = dict[str, dict[str, Path]]
    """Layer name -> stem name -> file."""

WHERE = "new"


def create_site(  # noqa: PLR0913 - options that replace guesses
    stems: Path,
    site: Path,
    progress: Progress,
    *,
    title: str = "",
    artist: str = "",
    beats: int = BEATS_PER_BAR,
) -> None:
    """Write a site that builds, from the names of the files and measurements of the stems."""
    if site.exists() and any(site.iterdir()):
        hint = "choose another folder with --site"
        raise SiteError([Fault(str(site), "is not empty", hint=hint)])
    songs = _songs(_audio_files(stems), stems)
    lengths = _measure_lengths(songs, stems)
    title = title or _prompt(progress, "Title of the collection", _default_title(stems))
    artist = artist or _prompt(progress, "Artist", "Unknown artist")
    album = site / "content/albums" / slugify(title)
    slugs = {song: slugify(song) for song in songs}
    with progress.track("Tempos", len(songs)) as step:
        for song, layers in songs.items():
            bpm, bars = _tempo(layers, stems, max(lengths[song]), beats)
            _write(album / f"{slugs[song]}.md", _song_text(song, layers, bpm, bars))
            _copy(layers, site / "stems" / slugs[song])
            step(song)
            progress.log(_summary(song, layers, bpm, bars))
    pad = any(
        max(seconds) - min(seconds) > LENGTH_TOLERANCE / 48000 for seconds in lengths.values()
    )
    _write(site / "site.toml", _settings_text(title, artist, pad=pad))
    _write(site / ".gitignore", "/dist/\n/published/*.car\n/secret.json\n/audition.json\n")
    _write(site / "content/index.md", "+++\n+++\nWhat this collection is about.\n")
    order = json.dumps(list(slugs.values()))
    _write(album / "index.md", f"+++\ntitle = {_quoted(title)}\nsongs = {order}\n+++\n")
    progress.log(f"assumed {beats} beats per bar; use --beats for another number")
    progress.log(f"{site}: review content/, then run build.py --site {shlex.quote(str(site))}")


def _audio_files(stems: Path) -> list[Path]:
    if not stems.is_dir():
        raise SiteError([Fault(WHERE, "is not a folder", value=str(stems))])
    files = [
        path
        for path in sorted(stems.rglob("*"))
        if path.suffix.lower() in AUDIO
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(stems).parts)
    ]
    if not files:
        hint = f"files that end in {', '.join(AUDIO)}"
        raise SiteError([Fault(WHERE, "contains no audio files", value=str(stems), hint=hint)])
    return files


def _songs(files: Sequence[Path], stems: Path) -> dict[str, Layers]:
    """Group the files by guessed song and layer; SiteError for names with the same slugs."""
    guesses = guess([path.relative_to(stems) for path in files], stems.resolve().name)
    songs: dict[str, Layers] = defaultdict(lambda: defaultdict(dict))
    taken: dict[tuple[str, ...], PurePath] = {}
    findings = Findings()
    for path, names in guesses.items():
        slugs = tuple(map(slugify, names))
        if not all(slugs):
            message = "has no name that could be part of an address"
            findings.fault(str(path), message, value=names, hint="rename it")
        elif slugs in taken:
            message = f"would be the same stem as {taken[slugs]}"
            findings.fault(str(path), message, value="/".join(slugs), hint="rename one of them")
        else:
            song, layer, stem = _normalise(songs, names)
            songs[song][layer][stem] = stems / path
        taken[slugs] = path
    findings.raise_faults()
    return songs


def _normalise(songs: Mapping[str, Layers], names: Guess) -> Guess:
    """Return the names with the first spelling of song and layer: Drums and drums are the same."""
    song = next((name for name in songs if slugify(name) == slugify(names.song)), names.song)
    layers = songs.get(song, {})
    layer = next((name for name in layers if slugify(name) == slugify(names.layer)), names.layer)
    return Guess(song, layer, names.stem)


def _files(layers: Layers) -> list[Path]:
    return [file for files in layers.values() for file in files.values()]


def _measure_lengths(songs: Mapping[str, Layers], stems: Path) -> dict[str, list[float]]:
    """Return the lengths of each song's stems in seconds; SiteError for unusable files."""
    findings = Findings()
    lengths: dict[str, list[float]] = defaultdict(list)
    for song, layers in songs.items():
        for file in _files(layers):
            try:
                source = open_source(file)
                lengths[song].append(source.frames / source.rate)
            except UnreadableError as error:
                findings.fault(str(file.relative_to(stems)), str(error))
    findings.raise_faults()
    return lengths


def _prompt(progress: Progress, question: str, default: str) -> str:
    """Return the user's answer, or the default without a terminal."""
    if not progress.console.is_terminal:
        return default
    return Prompt.ask(question, default=default, console=progress.console)


def _default_title(stems: Path) -> str:
    """Return a title from the folder's name, or its parent's if it is called stems or audio."""
    path = stems.resolve()
    name = path.parent.name if path.name.lower() in {"stems", "audio"} else path.name
    return name.replace("-", " ").replace("_", " ").strip().title() or "Untitled"


def _tempo(
    layers: Layers, stems: Path, seconds: float, beats: int
) -> tuple[float | None, int | None]:
    """Return the tempo in BPM and the number of bars: from file names, else detected."""
    files = _files(layers)
    bpm = tempo_in_names([str(file.relative_to(stems)) for file in files])
    if bpm is None:
        return detect_tempo(files, beats) or (None, None)
    bars = bpm * seconds / 60 / beats
    return bpm, round(bars) if abs(bars - round(bars)) < 0.02 and round(bars) else None


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


def _song_text(title: str, layers: Layers, bpm: float | None, bars: int | None) -> str:
    lines = ["+++", f"title = {_quoted(title)}"]
    lines += [f"bpm = {bpm:g}"] if bpm else []
    lines += [f"bars = {bars}"] if bars else []
    for layer, stems in layers.items():
        lines += ["", "[[layers]]", f"name = {_quoted(layer)}"]
        for stem in stems:
            lines += ["[[layers.stems]]", f"name = {_quoted(stem)}", "weight = 1"]
    return "\n".join([*lines, "+++", ""])


def _quoted(text: str) -> str:
    """Return a TOML string; JSON strings are valid TOML."""
    return json.dumps(text, ensure_ascii=False)


def _copy(layers: Layers, folder: Path) -> None:
    for layer, stems in layers.items():
        for stem, file in stems.items():
            target = folder / slugify(layer) / f"{slugify(stem)}{file.suffix.lower()}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            if picture := _picture(file):
                shutil.copyfile(picture, target.with_suffix(picture.suffix.lower()))


def _picture(file: Path) -> Path | None:
    """Return the picture with a stem's name next to it, if any."""
    candidates = (file.with_suffix(suffix) for suffix in PICTURES)
    return next((path for path in candidates if path.is_file()), None)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _summary(song: str, layers: Layers, bpm: float | None, bars: int | None) -> str:
    stems = "; ".join(f"{layer}: {', '.join(names)}" for layer, names in layers.items())
    tempo = f" ({bpm:g} bpm{f', {bars} bars' if bars else ''})" if bpm else ""
    return f"{song}{tempo}: {stems}"
