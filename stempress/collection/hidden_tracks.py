"""Hidden tracks: ``content/hidden/<slug>.md``, a sound file and its encrypted copy beside it.

The sound is the artist's alone. ``seal`` encrypts it to ``<slug>.sealed``, which sites publish.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from stempress.collection.commitments import WHERE as SEALS
from stempress.collection.documents import markdown_files, read_document
from stempress.collection.file_kinds import AUDIO, COMMON_AUDIO, CONVERT, OTHER_SOUND
from stempress.core.cache import file_digest
from stempress.core.crash_log import working_on
from stempress.core.errors import suggestion
from stempress.core.program import program
from stempress.core.slugs import composed
from stempress.core.text_files import is_refused_link

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song
    from stempress.collection.commitments import Seal, SealedTrack
    from stempress.core.errors import Findings

FOLDER = "content/hidden"
SEALED_SUFFIX = ".sealed"


@dataclass(frozen=True, slots=True)
class HiddenTrack:
    """A hidden track; ``body`` is Markdown, ``song`` a slug or empty.

    ``sound`` is the artist's file, None where only the encrypted one is kept. ``seal`` is None
    until the track is sealed; ``sealed`` is the encrypted file, which may be of no seal then.
    """

    slug: str
    title: str
    body: str
    where: str
    song: str = ""
    sound: Path | None = None
    sealed: Path | None = None
    seal: Seal | None = None

    @property
    def entry(self) -> SealedTrack | None:
        """What its seal says of it."""
        tracks = self.seal.hidden if self.seal else ()
        return next((track for track in tracks if track.slug == self.slug), None)

    @property
    def awaited(self) -> int:
        """The number of tokens that it waits for in all, 0 before it is sealed."""
        return self.entry.tokens if self.entry else 0

    @property
    def missing(self) -> int:
        """The number of tokens that it still waits for."""
        if not self.seal or not self.entry:
            return 0
        return self.awaited - len(self.seal.salts_of(self.entry))


def read_hidden_tracks(
    content: Path, songs: Mapping[str, Song], seals: Sequence[Seal], findings: Findings
) -> tuple[HiddenTrack, ...]:
    """Read the hidden tracks, and check their encrypted files against the seals."""
    folder = content / "hidden"
    files = _files_by_slug(folder)
    tracks = []
    for slug, path in markdown_files(folder, FOLDER, findings):
        where = f"{FOLDER}/{path.name}"
        with working_on(where):
            seal = _seal_of(slug, seals)
            beside = files.pop(composed(path.stem), [])  # the slug may differ: then it is reported
            track = _read_track(path, where, slug, seal, beside, songs, findings)
            _check_files(track, findings)
            _check_seal(track, findings)
            tracks.append(track)
    for path in (path for paths in files.values() for path in paths):
        hint = f"{FOLDER}/<slug>.md, a sound file and {SEALED_SUFFIX} beside it"
        findings.warn(
            f"{FOLDER}/{path.name}", "belongs to no hidden track and is ignored", hint=hint
        )
    _check_promises({track.slug for track in tracks}, seals, findings)
    return tuple(tracks)


def _files_by_slug(folder: Path) -> dict[str, list[Path]]:
    """Return the files beside the texts, by name without suffix."""
    files: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.glob("*")):
        if path.suffix != ".md" and not path.name.startswith(".") and path.is_file():
            files[composed(path.stem)].append(path)
    return files


def _seal_of(slug: str, seals: Sequence[Seal]) -> Seal | None:
    return next((seal for seal in seals if slug in {track.slug for track in seal.hidden}), None)


def _read_track(  # noqa: PLR0913, PLR0917 - the parts of a track
    path: Path,
    where: str,
    slug: str,
    seal: Seal | None,
    files: list[Path],
    songs: Mapping[str, Song],
    findings: Findings,
) -> HiddenTrack:
    table, body = read_document(path, where, findings)
    song = table.text("song")
    if song and song not in songs:
        table.fault("song", "is not a song", song, suggestion(song, songs))
    title = table.text("title", required=True)
    table.finish()
    sealed = next((file for file in files if file.suffix == SEALED_SUFFIX), None)
    sounds = [file for file in files if file != sealed]
    sound = _only_sound(where, sounds, findings, is_sealed=bool(sealed or seal))
    return HiddenTrack(slug, title, body, where, song, sound, sealed, seal)


def _only_sound(
    text: str, files: list[Path], findings: Findings, *, is_sealed: bool
) -> Path | None:
    """Return the sound file of a track, whose text is given; report several, and what is none.

    A sealed track needs none.
    """
    sounds = [file for file in files if file.suffix.lower() in AUDIO]
    if len(sounds) > 1:
        names = [file.name for file in sounds]
        where = f"{FOLDER}/{names[0]}"
        findings.fault(where, "is not the track's only sound", value=names, hint="keep one")
    for file in files:
        kind = OTHER_SOUND.get(file.suffix.lower())
        if kind and not sounds and not is_sealed:
            message = f"is {kind}, which hidden tracks cannot be"
            findings.fault(f"{FOLDER}/{file.name}", message, value=file.suffix, hint=CONVERT)
        elif file not in sounds:
            findings.warn(f"{FOLDER}/{file.name}", "is not a sound file, and is ignored")
    if not files and not is_sealed:
        name = PurePosixPath(text).stem
        beside = ", ".join(f"{name}{suffix}" for suffix in COMMON_AUDIO[:2])
        hint = f"put it beside the text: {beside} or another"
        findings.fault(text, "has no sound file", hint=hint)
    if not sounds or is_refused_link(sounds[0], f"{FOLDER}/{sounds[0].name}", findings):
        return None
    return sounds[0]


def _check_files(track: HiddenTrack, findings: Findings) -> None:
    """Report a track that is not sealed, and an encrypted file that is not what was sealed."""
    where = f"{FOLDER}/{track.slug}{SEALED_SUFFIX}"
    if not track.entry:
        message = "is not sealed yet, and has no page"
        findings.warn(track.where, message, hint=f"{program('seal')} encrypts and seals it")
    elif not track.sealed:
        hint = "restore it: nothing else can be what was sealed"
        findings.fault(where, "is missing", hint=hint)
    elif not is_refused_link(track.sealed, where, findings):
        digest = file_digest(track.sealed)
        if digest != track.entry.sha256:
            hint = f"restore the file with the SHA-256 {track.entry.sha256}"
            findings.fault(where, "is not the file that was sealed", value=digest, hint=hint)


def _check_seal(track: HiddenTrack, findings: Findings) -> None:
    """Report a track that is to wait for other tokens than it was sealed for."""
    if track.entry and track.entry.song != track.song:
        sealed = track.entry.song
        hint = f'song = "{sealed}"' if sealed else "remove it"
        message = "is not what the track was sealed with"
        findings.fault(track.where, message, key="song", value=track.song, hint=hint)


def _check_promises(slugs: set[str], seals: Sequence[Seal], findings: Findings) -> None:
    """Report tracks that were sealed twice, or that the site no longer has."""
    seen: set[str] = set()
    for number, track in ((n, track) for n, seal in enumerate(seals) for track in seal.hidden):
        key = f"seals[{number}].hidden"
        if track.slug in seen:
            findings.fault(SEALS, "has a hidden track twice", key=key, value=track.slug)
        elif track.slug not in slugs:
            hint = f"restore {FOLDER}/{track.slug}.md: what was sealed is to be opened"
            findings.fault(
                SEALS, "has a hidden track without a text", key=key, value=track.slug, hint=hint
            )
        seen.add(track.slug)
