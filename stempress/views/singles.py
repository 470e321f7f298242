"""Views of pages of which there is one: mixer, radio, the visitor's tokens, provenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.commitments import algorithms
from stempress.site.song_facts import first_variation, optional_layers, recipe_layers
from stempress.views.page import PageView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Layer
    from stempress.collection.commitments import Seal
    from stempress.site.pages import Page
    from stempress.views.leaves import MixerView, SongLink
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class MixerPageView(PageView):
    """The songs to mix, and the mixer of the first; None without a song."""

    songs: tuple[SongLink, ...]
    mixer: MixerView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioPageView(PageView):
    """The songs that the radio plays."""

    songs: tuple[SongLink, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A song, and the names of the layers that forging it takes a stem token of.

    The ``optional`` ones may be left out.
    """

    song: SongLink
    layers: tuple[str, ...]
    optional: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MinePageView(PageView):
    """What forging each song takes."""

    recipes: tuple[Recipe, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenancePageView(PageView):
    """The seals, and how they are made, in words."""

    algorithm: str
    seals: tuple[Seal, ...]


def plain_page(_: Leaves, __: Page, head: Head) -> PageView:
    """Return the view of a page that has nothing of its own."""
    return PageView(**head)


def mixer_page(leaves: Leaves, _: Page, head: Head) -> MixerPageView:
    """Return the view of the page of all mixers."""
    songs = leaves.facts.collection.songs
    mixer = leaves.mixer(songs[0], first_variation(songs[0])) if songs else None
    return MixerPageView(**head, songs=tuple(map(leaves.song, songs)), mixer=mixer)


def radio_page(leaves: Leaves, _: Page, head: Head) -> RadioPageView:
    """Return the view of the page that plays the collection without end."""
    return RadioPageView(**head, songs=tuple(map(leaves.song, leaves.facts.collection.songs)))


def mine_page(leaves: Leaves, _: Page, head: Head) -> MinePageView:
    """Return the view of the page of the visitor's tokens."""
    recipes = (
        Recipe(
            leaves.song(song),
            _names(recipe_layers(song)),
            _names(optional_layers(song)),
        )
        for song in leaves.facts.collection.songs
    )
    return MinePageView(**head, recipes=tuple(recipes))


def _names(layers: Sequence[Layer]) -> tuple[str, ...]:
    return tuple(layer.name for layer in layers)


def provenance_page(leaves: Leaves, _: Page, head: Head) -> ProvenancePageView:
    """Return the view of the page of all seals."""
    facts, seals = leaves.facts, leaves.facts.collection.seals
    texts = algorithms(seals)
    return ProvenancePageView(
        **head, algorithm=" ".join(map(facts.translations, texts)), seals=seals
    )
