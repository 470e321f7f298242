"""Results of the audio pipeline, as used by pages and JSON data."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from stempress.audio.waveform_svg import waveform_path
from stempress.core.digests import Shared
from stempress.output.output_files import OutputFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from pyodide_app.engine.model import StemKey, Variation
    from stempress.audio.facts import Curves, Facts
    from stempress.audio.song_sound import SongSound


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file of the site that is played: address below the root, media type, size and cached file.

    The address tells the content, wherever the cached file is.
    """

    address: str
    type: str
    size: int
    file: Path = field(compare=False)


@dataclass(frozen=True)
class StemSound(Shared):
    """A measured and encoded stem; ``song_peak`` is the level at the edge of its waveform."""

    stream: WebFile
    lossless: WebFile | None
    facts: Facts
    song_peak: float
    seconds: float

    @cached_property
    def waveform(self) -> str:
        """Waveform as SVG path data in a 400 x 64 box."""
        return waveform_path(self.curves.bins, self.song_peak)

    @cached_property
    def curves(self) -> Curves:
        """The stem over time."""
        return self.facts.curves

    @property
    def envelope(self) -> tuple[float, ...]:
        """RMS values over time, scaled so that the largest is 1."""
        return self.curves.envelope

    @property
    def bands(self) -> tuple[tuple[int, ...], ...]:
        """Low, middle and high band levels over time; see ``stempress.audio.bands``."""
        return self.curves.bands

    @property
    def loudness(self) -> float:
        """Integrated loudness in LUFS."""
        return self.facts.loudness

    @property
    def channels(self) -> int:
        """Number of channels, 1 or 2."""
        return self.facts.channels


@dataclass(frozen=True, slots=True)
class MixDigest:
    """SHA-256 (hex) of a mix's 24-bit samples, with the mix's rate and length in frames."""

    sha256: str
    rate: int
    frames: int


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginnings of ``stems`` in one file, in parts that end at ``times``, in seconds."""

    file: WebFile
    times: tuple[float, ...]
    stems: tuple[WebFile, ...]


@dataclass(frozen=True, slots=True)
class Sounds:
    """All audio of a site.

    ``songs`` has the rates and lengths of the stems that the mixer plays, ``lossless`` those of
    their lossless files, where there are any besides. ``digests`` are of mixes of the artist's
    files, ``stream_digests`` of those that the mixer plays, if they are lossy. ``openings`` are
    those of long songs, by slug; ``streamed`` has the slugs of all songs that players may stream.
    ``mixes`` are those of song tokens, at full length, in every format that is offered; ``videos``
    those that marketplaces are to play. ``takes`` are the digests of takes, by slug.
    """

    stems: Mapping[StemKey, StemSound] = field(default_factory=dict)
    songs: Mapping[str, SongSound] = field(default_factory=dict)
    previews: Mapping[Variation, WebFile] = field(default_factory=dict)
    digests: Mapping[Variation, MixDigest] = field(default_factory=dict)
    stream_digests: Mapping[Variation, MixDigest] = field(default_factory=dict)
    stem_previews: Mapping[StemKey, WebFile] = field(default_factory=dict)
    openings: Mapping[str, Opening] = field(default_factory=dict)
    mixes: Mapping[Variation, tuple[WebFile, ...]] = field(default_factory=dict)
    videos: Mapping[Variation, WebFile] = field(default_factory=dict)
    lossless: Mapping[str, SongSound] = field(default_factory=dict)
    takes: Mapping[str, str] = field(default_factory=dict)
    streamed: AbstractSet[str] = frozenset()

    def files(self) -> Iterator[OutputFile]:
        """Yield every audio file once."""
        stems = [file for stem in self.stems.values() for file in (stem.stream, stem.lossless)]
        openings = [opening.file for opening in self.openings.values()]
        mixes = [file for files in self.mixes.values() for file in files]
        previews = (*self.previews.values(), *self.stem_previews.values())
        every = (*stems, *previews, *openings, *mixes, *self.videos.values())
        by_address = {file.address: file for file in every if file}
        for address, file in by_address.items():
            yield OutputFile(address, file.file)
