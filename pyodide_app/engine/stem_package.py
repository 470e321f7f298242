"""The stems of a mix for audio workstations: WAV files, and a DAWproject file that plays them.

What is in the files, and what they are called, is decided here for the browser and the command line
alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pyodide_app.engine.archive import Member, Piece, archive
from pyodide_app.engine.dawproject import BEATS_PER_BAR, AudioTrack, DawProject
from pyodide_app.engine.file_names import readable_name
from pyodide_app.engine.mix import RowSettings
from pyodide_app.engine.riff import WavWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Section
    from pyodide_app.engine.pcm import Bits
    from pyodide_app.engine.tags import Tags


@dataclass(frozen=True, slots=True)
class PackagedStem:
    """A stem that plays: names of its layer and its own, the layer's position, the controls."""

    layer: str
    stem: str
    position: int
    channels: int
    settings: RowSettings = field(default_factory=RowSettings)


@dataclass(frozen=True, slots=True)
class StemPackage:
    """The stems of a mix. ``bars`` is the song's length, 0 if unknown; it tells the tempo, too."""

    tags: Tags
    stems: tuple[PackagedStem, ...]
    rate: int
    frames: int
    bits: Bits
    master_db: float = 0.0
    bars: float = 0
    sections: tuple[Section, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the stems' files, in layer order."""
        return [
            readable_name(f"{number:02} {stem.layer}", stem.stem, suffix=".wav")
            for number, stem in enumerate(self.stems, 1)
        ]

    @property
    def project_name(self) -> str:
        """Name of the DAWproject file."""
        return mix_name(self.tags, ".dawproject")

    @property
    def archive_name(self) -> str:
        """Name of the archive of all files."""
        return mix_name(self.tags, ".zip")

    def writer(self, index: int) -> WavWriter:
        """Return what writes a stem's file."""
        stem = self.stems[index]
        return WavWriter(
            frames=self.frames,
            channels=stem.channels,
            rate=self.rate,
            bits=self.bits,
            tags=self._timed_tags.of_stem(stem.layer, stem.stem),
        )

    def project_pieces(self, files: Sequence[Piece]) -> tuple[Piece, ...]:
        """Return the DAWproject file, which contains the stems' files."""
        paths = [f"audio/{name}" for name in self.names]
        project = self._project(paths)
        texts = {"project.xml": project.project_xml, "metadata.xml": project.metadata_xml}
        members = [Member(name, (Piece.of(text),)) for name, text in texts.items()]
        members += [Member(path, (file,)) for path, file in zip(paths, files, strict=True)]
        return archive(members)

    def archive_pieces(self, files: Sequence[Piece]) -> tuple[Piece, ...]:
        """Return the archive: the stems' files and the DAWproject file."""
        members = [Member(name, (file,)) for name, file in zip(self.names, files, strict=True)]
        return archive([*members, Member(self.project_name, self.project_pieces(files))])

    @property
    def _timed_tags(self) -> Tags:
        """The tags, with the tempo that follows from the number of bars if none is stated."""
        if self.tags.bpm or not self.bars:
            return self.tags
        return replace(self.tags, bpm=self.bars * BEATS_PER_BAR * 60 * self.rate / self.frames)

    def _project(self, paths: Sequence[str]) -> DawProject:
        tracks = (
            AudioTrack(stem.layer, stem.stem, stem.position, stem.channels, path, stem.settings)
            for stem, path in zip(self.stems, paths, strict=True)
        )
        return DawProject(
            self._timed_tags, tuple(tracks), self.master_db, self.sections, self.rate, self.frames
        )


def mix_name(tags: Tags, suffix: str) -> str:
    """Return the name of a file of a whole mix, or of a take, which has no mix number."""
    title = f"{tags.title} ({tags.mix})" if tags.mix else tags.title
    return readable_name(tags.artist, title, suffix=suffix)
