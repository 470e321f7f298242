"""Leak check of hidden tracks: no file of a site has a closed track's sound or key."""

from __future__ import annotations

from filecmp import cmp
from pathlib import Path
from typing import TYPE_CHECKING

from pyodide_app.provenance import is_awaited
from stempress.output.output_files import OutputFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stempress.collection.collection import Collection
    from stempress.collection.hidden_tracks import HiddenTrack
    from stempress.core.errors import Findings
    from stempress.drop.secret_file import Secret
    from stempress.output.output_files import Bundle

EXCERPT_BYTES = 64
MIN_DISTINCT = 24
"""An excerpt with fewer distinct bytes, such as silence, could be in other files, too."""


def check_hidden_sounds(
    collection: Collection, files: Iterable[OutputFile | Bundle], findings: Findings
) -> None:
    """Report files to be copied, and stems, that are the sound of a closed track."""
    single = [file for file in files if isinstance(file, OutputFile)]
    copied = {f"/{file.address}": file.content for file in single}
    stems = {f"stems/{'/'.join(key)}": path for key, path in collection.files.audio.items()}
    for track in closed_tracks(collection):
        for where, path in {**copied, **stems}.items():
            if isinstance(path, Path) and track.sound and cmp(path, track.sound, shallow=False):
                hint = f"remove it, or {track.where}"
                findings.fault(where, f"is the sound of the hidden track {track.slug}", hint=hint)


def closed_tracks(collection: Collection) -> Iterator[HiddenTrack]:
    """Yield the tracks that nobody may hear yet."""
    for track in collection.hidden:
        if track.missing or not track.entry:
            yield track


def hidden_needles(tracks: Iterable[HiddenTrack], secret: Secret) -> dict[bytes, str]:
    """Return bytes that no file may contain, and what they are."""
    needles = {}
    for track in tracks:
        if track.sound and (excerpt := _excerpt(track.sound.read_bytes())):
            needles[excerpt] = f"the sound of the hidden track {track.slug}"
        if key := _key(track, secret):
            needles[key] = needles[key.hex().encode()] = f"the key of {track.slug}"
    return needles


def _excerpt(sound: bytes) -> bytes:
    """Return bytes from the middle of a sound file, where they are no silence; empty if all is."""
    for start in range(len(sound) // 2, len(sound) - EXCERPT_BYTES, EXCERPT_BYTES):
        excerpt = sound[start : start + EXCERPT_BYTES]
        if len(set(excerpt)) >= MIN_DISTINCT:
            return excerpt
    return b""


def _key(track: HiddenTrack, secret: Secret) -> bytes:
    """Return a track's key; empty if it is not sealed, or the secret is not here."""
    if not track.seal or not track.entry:
        return b""
    items = [(slot, secret.items.get(slot, "")) for slot in track.seal.tokens]
    salts = [secret.salts.get(slot, "") for slot, item in items if is_awaited(track.song, item)]
    if len(salts) != track.entry.tokens or not all(salts):
        return b""
    from stempress.drop.track_cipher import derive_key  # noqa: PLC0415 - few sites have tracks

    return derive_key(salts, track.slug)
