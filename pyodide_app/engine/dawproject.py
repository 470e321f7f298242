"""DAWproject files: a mix as a project of an audio workstation (version 1.0 of the format).

https://github.com/bitwig/dawproject, Project.xsd and MetaData.xsd. Times are in quarter notes, or
in seconds if the tempo is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.ramps import CEILING_DB, gain
from pyodide_app.engine.xml import HEAD, element, escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyodide_app.engine.mix import RowSettings
    from pyodide_app.engine.model import Section
    from pyodide_app.engine.tags import Tags

LAYER_COLOURS = (
    "#b3401c",
    "#836000",
    "#44701d",
    "#0a7065",
    "#2064a6",
    "#6a4fb3",
    "#a8346f",
    "#56626e",
)
"""Colours of layers, as on pages (site.css)."""
BEATS_PER_BAR = 4
_APPLICATION = "Stempress"
_SLOWEST, _FASTEST = 20, 666
_MASTER = "master"


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """A track with one sound file: names of the layer and the stem, and the layer's position.

    ``path`` is the file's in the archive.
    """

    layer: str
    stem: str
    position: int
    channels: int
    path: str
    settings: RowSettings


@dataclass(frozen=True, slots=True)
class DawProject:
    """A mix: its tags, its tracks, sections of the song, the sample rate and length in frames."""

    tags: Tags
    tracks: tuple[AudioTrack, ...]
    master_db: float
    sections: tuple[Section, ...]
    rate: int
    frames: int

    @property
    def project_xml(self) -> bytes:
        """The archive's project.xml."""
        application = element("Application", name=_APPLICATION, version="1.0")
        parts = application, self._transport(), self._structure(), self._arrangement()
        return (HEAD + element("Project", *parts, version="1.0")).encode()

    @property
    def metadata_xml(self) -> bytes:
        """The archive's metadata.xml."""
        tags = self.tags
        texts = {
            "Title": tags.title,
            "Artist": tags.artist,
            "Album": tags.album,
            "Year": tags.date[:4],
            "Genre": tags.genre,
            "Copyright": tags.copyright,
            "Comment": ", ".join(filter(None, self._comments())),
        }
        fields = (element(name, escape(text)) for name, text in texts.items() if text)
        return (HEAD + element("MetaData", *fields)).encode()

    def _comments(self) -> Iterable[str]:
        """Yield what the format has no field for."""
        tags = self.tags
        yield tags.mix and f"mix {tags.mix}"
        yield tags.key
        yield tags.isrc and f"ISRC {tags.isrc}"
        yield tags.license

    @property
    def _seconds(self) -> float:
        return self.frames / self.rate

    def _times(self, seconds: float) -> float:
        """Return a time of the arrangement."""
        return seconds * self.tags.bpm / 60 if self.tags.bpm else seconds

    def _transport(self) -> str:
        if not self.tags.bpm:
            return element("Transport")
        tempo = element(
            "Tempo",
            **_range(min(_SLOWEST, self.tags.bpm), max(_FASTEST, self.tags.bpm)),
            unit="bpm",
            value=float(self.tags.bpm),
            id="tempo",
            name="Tempo",
        )
        meter = element("TimeSignature", numerator=BEATS_PER_BAR, denominator=4, id="meter")
        return element("Transport", tempo, meter)

    def _structure(self) -> str:
        tracks = [_track(number, track) for number, track in enumerate(self.tracks)]
        channel = _channel(_MASTER, role="master", volume_db=self.master_db)
        master = element(
            "Track", channel, contentType="audio", loaded=True, id="track-master", name="Master"
        )
        return element("Structure", *tracks, master)

    def _arrangement(self) -> str:
        unit = "beats" if self.tags.bpm else "seconds"
        lanes = [self._lane(number, track) for number, track in enumerate(self.tracks)]
        parts = [element("Lanes", *lanes, timeUnit=unit, id="lanes")]
        if self.sections and self.tags.bpm:
            markers = [
                element("Marker", time=float((section.bar - 1) * BEATS_PER_BAR), name=section.name)
                for section in self.sections
            ]
            parts.append(element("Markers", *markers, timeUnit=unit, id="markers"))
        return element("Arrangement", *parts, id="arrangement")

    def _lane(self, number: int, track: AudioTrack) -> str:
        """Return the lane of a track: one clip of its whole file, which is not stretched."""
        audio = element(
            "Audio",
            element("File", path=track.path),
            channels=track.channels,
            duration=self._seconds,
            sampleRate=self.rate,
            id=f"audio-{number}",
        )
        clip = element(
            "Clip",
            audio,
            time=0.0,
            duration=self._times(self._seconds),
            contentTimeUnit="seconds",
            playStart=0.0,
            playStop=self._seconds,
            name=track.stem,
        )
        clips = element("Clips", clip, id=f"clips-{number}")
        return element("Lanes", clips, track=f"track-{number}", id=f"lane-{number}")


def _track(number: int, track: AudioTrack) -> str:
    settings = track.settings
    channel = _channel(
        f"channel-{number}",
        role="regular",
        volume_db=settings.volume_db,
        pan=settings.pan,
        mute=settings.mute,
        solo=settings.solo,
    )
    return element(
        "Track",
        channel,
        contentType="audio",
        loaded=True,
        id=f"track-{number}",
        name=f"{track.layer}: {track.stem}",
        color=LAYER_COLOURS[track.position % len(LAYER_COLOURS)],
    )


def _channel(  # noqa: PLR0913 - named at the call
    name: str,
    *,
    role: str,
    volume_db: float,
    pan: float = 0,
    mute: bool = False,
    solo: bool = False,
) -> str:
    """Return a channel of the mixer; its volume is a factor, its pan 0 (left) to 1."""
    level, place = float(gain(volume_db)), (pan + 1) / 2
    return element(
        "Channel",
        element("Mute", value=mute, id=f"{name}-mute", name="Mute"),
        element(
            "Pan", **_range(0, 1), unit="normalized", value=place, id=f"{name}-pan", name="Pan"
        ),
        element(
            "Volume",
            **_range(0, float(gain(CEILING_DB))),
            unit="linear",
            value=level,
            id=f"{name}-volume",
            name="Volume",
        ),
        audioChannels=2,
        destination=None if name == _MASTER else _MASTER,
        role=role,
        solo=solo,
        id=name,
    )


def _range(least: float, most: float) -> dict[str, float]:
    return {"min": float(least), "max": float(most)}
