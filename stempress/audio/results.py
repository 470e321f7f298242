"""What the pipeline makes of the stems, as pages and data speak of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from stempress.audio.waveform_svg import waveform_path
from stempress.output.output_files import OutputFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import StemKey, Variation
    from stempress.audio.facts import Course, Facts
    from stempress.audio.song_sound import SongSound


@dataclass(frozen=True, slots=True)
class WebFile:
    """A sound file of the site: its address below the root, its type, and where it lies now."""

    address: str
    type: str
    size: int
    file: Path


@dataclass(frozen=True)
class StemSound:
    """One stem, measured and encoded; ``edge`` is the level at the edge of its waveform."""

    stream: WebFile
    lossless: WebFile | None
    facts: Facts
    edge: float
    seconds: float

    @cached_property
    def waveform(self) -> str:
        """SVG path data in a 400 x 64 box, drawn for the pages that are made."""
        return waveform_path(self.course.bins, self.edge)

    @cached_property
    def course(self) -> Course:
        """How it goes over time, unpacked for what is drawn."""
        return self.facts.course

    @property
    def envelope(self) -> tuple[float, ...]:
        """Effective values over time, the loudest being 1."""
        return self.course.envelope

    @property
    def bands(self) -> tuple[tuple[int, ...], ...]:
        """Low, middle and high levels over time, as ``spectrum.py`` has them."""
        return self.course.bands

    @property
    def loudness(self) -> float:
        """In LUFS."""
        return self.facts.loudness

    @property
    def channels(self) -> int:
        """1 or 2."""
        return self.facts.channels


@dataclass(frozen=True, slots=True)
class MixDigest:
    """The SHA-256, in hex, of a mix in 24-bit words; the rate and length of that mix."""

    sha256: str
    rate: int
    frames: int


@dataclass(frozen=True, slots=True)
class Sounds:
    """All sound of a site."""

    stems: Mapping[StemKey, StemSound] = field(default_factory=dict)
    songs: Mapping[str, SongSound] = field(default_factory=dict)
    previews: Mapping[Variation, WebFile] = field(default_factory=dict)
    digests: Mapping[Variation, MixDigest] = field(default_factory=dict)

    def files(self) -> Iterator[OutputFile]:
        """Yield every sound file once."""
        stems = [file for stem in self.stems.values() for file in (stem.stream, stem.lossless)]
        every = {file.address: file for file in (*stems, *self.previews.values()) if file}
        for address, file in every.items():
            yield OutputFile(address, file.file)
