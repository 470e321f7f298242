"""Collections as commands on a song read them: faults of other songs and of takes stop none."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from stempress.collection.collection import read_collection
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Fault, Findings, SiteError, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song
    from stempress.collection.collection import Collection

BESIDE_SONGS = (
    *("content/hidden/", "content/notes/", "content/pages/", "content/takes/"),
    *("content/index.md", "content/provenance.json", "content/tokens.json"),
)
"""What the sound of a song does not depend on."""
_ALBUMS, _STEMS = "content/albums/", "stems/"


def read_songs(site: Path, slug: str) -> tuple[Collection, tuple[Song, ...]]:
    """Read a collection and the song with a slug, or all songs if it is empty."""
    findings = Findings()
    collection = read_collection(site, read_settings(site, findings), findings)
    songs = tuple(song for song in collection.songs if slug in {"", song.slug})
    if not songs:
        findings.raise_faults()
        hint = suggestion(slug, [song.slug for song in collection.songs])
        raise SiteError([Fault("song", "there is no such song", value=slug, hint=hint)])
    raise_song_faults(songs, findings)
    return collection, songs


def raise_song_faults(songs: Iterable[Song], findings: Findings) -> None:
    """Raise the faults that the sound of songs may depend on."""
    chosen = tuple(songs)
    Findings([fault for fault in findings.faults if _concerns(fault.where, chosen)]).raise_faults()


def raise_faults_below(start: str, findings: Findings) -> None:
    """Raise the faults of files whose paths begin so."""
    Findings([fault for fault in findings.faults if fault.where.startswith(start)]).raise_faults()


def _concerns(where: str, songs: Sequence[Song]) -> bool:
    """Return whether a file is one of some songs', or may be any song's."""
    if where.startswith(BESIDE_SONGS):
        return False
    folder, _, name = where.removeprefix(_ALBUMS).partition("/")
    if where.startswith(_ALBUMS) and name:
        return any(
            folder == song.album if name == "index.md" else _same(name, f"{song.slug}.")
            for song in songs
        )
    folder, _, name = where.removeprefix(_STEMS).partition("/")
    if where.startswith(_STEMS) and folder:
        return any(_same(f"{folder}/", f"{song.slug}/") for song in songs)
    return True


def _same(name: str, start: str) -> bool:
    """Return whether a name begins so on disks that know neither case nor composed letters."""
    return unicodedata.normalize("NFC", name).casefold().startswith(start.casefold())
