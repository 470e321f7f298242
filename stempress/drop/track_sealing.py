"""Sealing of hidden tracks: what is encrypted, with the salts of which tokens."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import soundfile

from pyodide_app.provenance import is_awaited
from stempress.audio.decode import UnreadableError, open_source
from stempress.audio.encode import encode
from stempress.audio.measure import SILENCE, SILENT
from stempress.audio.repair import repaired
from stempress.audio.sound import decode
from stempress.collection.commitments import SealedTrack
from stempress.collection.hidden_tracks import FOLDER, SEALED_SUFFIX
from stempress.core.cache import file_digest
from stempress.core.errors import Findings
from stempress.drop.track_cipher import LockedError, Track, decrypt, encrypt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from stempress.collection.commitments import Seal
    from stempress.collection.hidden_tracks import HiddenTrack

KEPT = {"FLAC": "audio/flac", "MP3": "audio/mpeg"}
"""Formats that every browser plays, as libsndfile calls them, and their media types."""


class EncryptedTrack(NamedTuple):
    """A hidden track as it is sealed, the digest of its sound file, the encrypted file to write."""

    entry: SealedTrack
    sound_digest: str
    path: Path
    content: bytes


def encrypt_tracks(
    tracks: Iterable[HiddenTrack],
    tokens: Sequence[str],
    items: Mapping[str, str],
    salts: Mapping[str, str],
) -> list[EncryptedTrack]:
    """Encrypt tracks for the tokens of a new seal; all that keeps one from it is reported.

    ``items`` and ``salts`` are those of the tokens.
    """
    findings = Findings()
    encrypted = []
    for track in tracks:
        awaited = [token for token in tokens if is_awaited(track.song, items[token])]
        if not awaited:
            message = "has no token in this seal that the track could wait for"
            hint = "choose another song, or remove the key: then it waits for all tokens"
            findings.fault(track.where, message, key="song", value=track.song, hint=hint)
        elif sound := _read_sound(track, findings):
            keys = [salts[token] for token in awaited]
            content = encrypt(Track(track.title, *sound), keys, track.slug)
            encrypted.append(_encrypted(track, len(awaited), content))
    findings.raise_faults()
    return encrypted


def _encrypted(track: HiddenTrack, awaited: int, content: bytes) -> EncryptedTrack:
    assert track.sound  # noqa: S101 - it has just been read
    entry = SealedTrack(track.slug, track.song, awaited, sha256(content).hexdigest())
    path = track.sound.with_name(f"{track.slug}{SEALED_SUFFIX}")
    return EncryptedTrack(entry, file_digest(track.sound), path, content)


def _read_sound(track: HiddenTrack, findings: Findings) -> tuple[str, bytes] | None:
    """Return the media type and bytes of a track's sound: FLAC, if browsers may not play it."""
    if not track.sound:
        hint = f"put {track.slug}.wav or another beside it"
        findings.fault(track.where, "has no sound file to seal", hint=hint)
        return None
    try:
        return pack_sound(track.sound)
    except UnreadableError as error:
        where = f"{FOLDER}/{track.sound.name}"
        findings.fault(where, str(error), hint="export or download it again")
        return None


def pack_sound(path: Path) -> tuple[str, bytes]:
    """Return a sound file as it is sealed, and its media type.

    UnreadableError if it is damaged, or silent as no stem may be.
    """
    blocks = open_source(path).blocks()  # all of them, to find out whether they can be decoded
    if max((np.abs(block).max(initial=0) for block in blocks), default=0) < SILENCE:
        raise UnreadableError(SILENT)
    file = repaired(path)
    with soundfile.SoundFile(file) as sound:
        container = sound.format
    if container == "MP3" or (container == "FLAC" and file == path):
        return KEPT[container], path.read_bytes()
    return KEPT["FLAC"], encode(decode(path), "flac", 0)


def opens(track: HiddenTrack, seal: Seal) -> bool:
    """Return whether a seal's published salts decrypt a track."""
    if not (track.entry and track.sealed):
        return False
    try:
        decrypt(track.sealed.read_bytes(), seal.salts_of(track.entry), track.slug)
    except LockedError:
        return False
    return True
