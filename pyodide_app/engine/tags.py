"""Metadata of files that visitors save: what a mix or a stem is called, and its tempo and key."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_KEY = re.compile(r"([A-Ga-g])\s*([#♯b♭]?)\s*(m|min|minor|M|maj|major|)")
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"#": 1, "♯": 1, "b": -1, "♭": -1, "": 0}


@dataclass(frozen=True, slots=True)
class Tags:
    """Metadata of a file; empty fields are left out, and so is a ``bpm`` of 0.

    ``mix`` is the mix number, ``track`` such as "2/7", ``date`` in ISO 8601, ``bpm`` in quarter
    notes per minute. ValueError if the ISRC contains anything but letters and digits.
    """

    title: str = ""
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    track: str = ""
    date: str = ""
    isrc: str = ""
    genre: str = ""
    label: str = ""
    copyright: str = ""
    license: str = ""
    key: str = ""
    bpm: float = 0
    mix: str = ""

    def __post_init__(self) -> None:
        if self.isrc and not (self.isrc.isascii() and self.isrc.isalnum()):
            raise ValueError(f"{self.isrc!r} is not an ISRC")

    def of_take(self) -> Tags:
        """Return the metadata of a take, which is a recording of its own."""
        return replace(self, title=f"{self.title} (Take)", mix="", isrc="")

    def of_stem(self, layer: str, stem: str) -> Tags:
        """Return the metadata of one of the song's stems."""
        return replace(self, title=f"{self.title} ({layer}: {stem})", mix="")


@dataclass(frozen=True, slots=True)
class MusicalKey:
    """A key: its tonic, such as "F#", and whether it is minor."""

    tonic: str
    is_minor: bool

    @classmethod
    def parse(cls, text: str) -> MusicalKey | None:
        """Parse a key such as "F# minor", "Bb" or "Am"; None if it is not of that form."""
        match = _KEY.fullmatch(text.strip())
        if not match:
            return None
        letter, accidental, mode = match.groups()
        sign = {1: "#", -1: "b", 0: ""}[_ACCIDENTALS[accidental]]
        return cls(letter.upper() + sign, mode.startswith("m") and not mode.startswith("maj"))

    @property
    def short(self) -> str:
        """The key as ID3 has it (TKEY), in at most three characters: "F#m"."""
        return self.tonic + "m" * self.is_minor

    @property
    def pitch_class(self) -> int:
        """Semitones of the tonic above C, 0 to 11."""
        return (_SEMITONES[self.tonic[0]] + _ACCIDENTALS[self.tonic[1:]]) % 12
