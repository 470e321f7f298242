"""The files of a new site: settings, texts and stems, and what its repository needs."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress import __version__
from stempress.core.slugs import slugify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stempress.drop.draft import LayerDraft, SongDraft
    from stempress.drop.song_tempo import SongTempo

PROJECT = Path(__file__).with_name("project")
PROJECT_FILES = {
    ".github/workflows/pages.yml": "pages.yml",
    ".gitignore": "gitignore.txt",
    "README.md": "README.md",
}
"""Files of the artist's repository, and their names in ``project/``."""


@dataclass(frozen=True, slots=True)
class StarterSite:
    """What a new site is made from; ``tempos`` by the slugs of songs, ``pictures`` by stem."""

    title: str
    artist: str
    songs: Sequence[SongDraft]
    tempos: Mapping[str, SongTempo]
    pictures: Mapping[Path, Path]


def write_site(folder: Path, site: StarterSite) -> None:
    """Write a site's texts to a folder, and copy its stems."""
    for song in site.songs:
        for layer in song.layers:
            _copy(layer, site.pictures, folder / "stems" / song.slug / layer.slug)
    for name, text in _texts(site):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


def _texts(site: StarterSite) -> Iterator[tuple[str, str]]:
    """Yield the names and contents of all text files."""
    pad = any(song.short_stems for song in site.songs)
    album = f"content/albums/{slugify(site.title) or 'album'}"
    order = json.dumps([song.slug for song in site.songs], ensure_ascii=False)
    yield "site.toml", _settings_text(site.title, site.artist, pad=pad)
    yield "content/index.md", "+++\n+++\nWhat this collection is about.\n"
    yield f"{album}/index.md", f"+++\ntitle = {_quoted(site.title)}\nsongs = {order}\n+++\n"
    for song in site.songs:
        yield f"{album}/{song.slug}.md", _song_text(song, site.tempos[song.slug])
    for name, source in PROJECT_FILES.items():
        text = (PROJECT / source).read_text("utf-8")
        yield name, text.replace("{title}", " ".join(site.title.split()))
    yield "requirements.txt", f"stempress=={__version__}\n"


def _copy(layer: LayerDraft, pictures: Mapping[Path, Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for stem in layer.stems:
        target = folder / f"{stem.slug}{stem.file.suffix.lower()}"
        shutil.copyfile(stem.file, target)
        if picture := pictures.get(stem.file):
            shutil.copyfile(picture, target.with_suffix(picture.suffix.lower()))


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
