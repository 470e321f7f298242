"""Leaves of the views: what pages show of a token, a stem, a mix or a song besides their own.

Most are made once, and are part of the views of many pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.model import id_number
from stempress.core.digests import Shared

if TYPE_CHECKING:
    from pyodide_app.engine.model import State, Tier
    from stempress.audio.results import StemSound
    from stempress.collection.rarity import Count


@dataclass(frozen=True, slots=True)
class Link:
    """A page to link to. Addresses of views are relative to the site's root."""

    title: str
    address: str


@dataclass(frozen=True, slots=True, eq=False)
class SongLink(Shared):
    """A song to link to, with its cover and its number of layers."""

    title: str
    address: str
    slug: str
    cover: str
    layers: int


@dataclass(frozen=True, slots=True, eq=False)
class MixLink(Shared):
    """A variation to link to."""

    mix_number: str
    address: str


@dataclass(frozen=True, slots=True, eq=False)
class Card(Shared):
    """A token as lists show it; ``tracks`` is what the player bar plays for it."""

    id: str
    tier: Tier
    state: State
    title: str
    address: str
    cover: str
    tracks: tuple[str, ...]

    @property
    def number(self) -> str:
        """The token's ID within its contract."""
        return id_number(self.id)


@dataclass(frozen=True, slots=True, eq=False)
class FamilyMember(Shared):
    """A token in a family tree; ``at`` is the 0-based index of a stem token's layer."""

    card: Card
    at: int


@dataclass(frozen=True, slots=True, eq=False)
class FamilyTree(Shared):
    """A token, and the trees of the tokens that were burned for it."""

    member: FamilyMember
    parts: tuple[FamilyTree, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Waveform(Shared):
    """The waveform of a stem's ``sound``."""

    sound: StemSound

    @property
    def bins(self) -> tuple[tuple[float, float], ...]:
        """The lowest and highest sample of every bin."""
        return self.sound.curves.bins

    @property
    def edge(self) -> float:
        """The level at the edge of the box."""
        return self.sound.song_peak

    @property
    def path(self) -> str:
        """SVG path data in a 400 x 64 box."""
        return self.sound.waveform


@dataclass(frozen=True, slots=True, eq=False)
class StemLeaf(Shared):
    """A stem with what stays when tokens change.

    ``path`` are the slugs of song, layer and stem, separated by slashes; ``at`` is the 0-based
    index of its layer, ``odds`` its target share of the layer's tokens, ``played`` that of mixes,
    which is less if the layer may be left out.
    """

    name: str
    path: str
    address: str
    cover: str
    layer: str
    at: int
    song: Link
    odds: float
    played: float
    waveform: Waveform


@dataclass(frozen=True, slots=True)
class Offer:
    """A token that somebody may sell, and its address on the marketplace."""

    id: str
    link: str


@dataclass(frozen=True, slots=True, eq=False)
class StemRow(Shared):
    """A stem, and how many of its tokens there are.

    ``offer`` is the first of them that is neither hidden nor burned, if there is a marketplace.
    """

    stem: StemLeaf
    notes: str
    count: Count
    offer: Offer | None


@dataclass(frozen=True, slots=True, eq=False)
class SongLayer(Shared):
    """A layer of a song with the rows of its stems; ``at`` is its 0-based index.

    ``left_out`` is the target share of variations without it, None if it always plays.
    """

    slug: str
    name: str
    at: int
    rows: tuple[StemRow, ...]
    left_out: float | None


@dataclass(frozen=True, slots=True)
class LeftOutLayer:
    """A layer that a variation is without; ``at`` is its 0-based index.

    ``odds`` is the target share of variations without it.
    """

    name: str
    at: int
    odds: float


@dataclass(frozen=True, slots=True)
class OddsLine:
    """A stem that an unrevealed token may be.

    ``share`` is in words; ``bar`` is its percentage of the highest share, with two decimals.
    """

    name: str
    address: str
    layer: str
    at: int
    song: str
    share: str
    bar: str


@dataclass(frozen=True, slots=True, eq=False)
class Odds(Shared):
    """What an unrevealed token may be: the likeliest of so many ``stems``."""

    stems: int
    lines: tuple[OddsLine, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TraitLine(Shared):
    """A trait of a token in the site's language, and its share of all tokens in words."""

    name: str
    value: str
    address: str
    share: str


@dataclass(frozen=True, slots=True, eq=False)
class MixerLink(Shared):
    """A mixer that pages fetch, and what it begins with.

    ``data`` is the address of the song's data; ``mix`` a mix number; ``solo`` the slug of a layer
    or empty; ``streamed`` whether the song may be streamed.
    """

    slug: str
    data: str
    rate: int
    streamed: bool
    mix: str
    solo: str = ""


@dataclass(frozen=True, slots=True)
class MixerStem:
    """A stem to choose in a mixer; ``waveform`` is None unless it is chosen."""

    slug: str
    name: str
    chosen: bool
    waveform: Waveform | None


@dataclass(frozen=True, slots=True)
class MixerLayer:
    """A layer of a mixer, which may be left out if it is ``optional``."""

    slug: str
    name: str
    stems: tuple[MixerStem, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class MixerView:
    """A whole mixer; ``duration`` is in seconds, ``units`` a number of bars or seconds."""

    link: MixerLink
    duration: float
    unit: str
    units: int
    sections: tuple[str, ...]
    layers: tuple[MixerLayer, ...]


@dataclass(frozen=True, slots=True)
class Stripes:
    """What is on a record: ``count`` layers or songs, from the 0-based index ``first`` on."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a page of a list is: ``base`` is the address of the first page."""

    base: str
    number: int
    last: int

    def address(self, number: int) -> str:
        """Return the address of a page of the list."""
        return self.base if number == 1 else f"{self.base}{number}/"
