"""Facts that follow from a song alone, or from the songs of a collection."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pyodide_app.engine.holdings import SongHolding
from pyodide_app.engine.model import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyodide_app.engine.model import Layer, Song, Stem, Variation
    from stempress.site.pages import VariationPages


def first_variation(song: Song) -> Variation:
    """Return the first permitted variation of a song."""
    return next(song.variations())


def grouped_variations(pages: VariationPages) -> Iterator[tuple[Stem, list[Variation]]]:
    """Yield a song's variations with a page, grouped by the stem in the first layer.

    The stem of those without that layer has no name.
    """
    for index, group in groupby(pages.shown, key=lambda variation: variation.choice[0]):
        yield pages.song.layers[0].options[index], list(group)


def left_out_layers(song: Song, variation: Variation) -> list[tuple[int, Layer]]:
    """Return the layers that a variation is without, and their 0-based indices."""
    layers = zip(song.layers, variation.choice, strict=True)
    return [(at, layer) for at, (layer, stem) in enumerate(layers) if stem == LEFT_OUT]


def recipe_layers(song: Song) -> tuple[Layer, ...]:
    """Return the layers that forging a song takes one stem of."""
    return SongHolding(song, {}).missing_layers


def optional_layers(song: Song) -> tuple[Layer, ...]:
    """Return the layers that a song may be forged without."""
    return tuple(layer for layer in song.layers if layer.empty)


def neighbours(songs: Sequence[Song], song: Song) -> tuple[Song | None, Song | None]:
    """Return the previous and the next song."""
    index = songs.index(song)
    return songs[index - 1] if index else None, songs[index + 1] if index + 1 < len(songs) else None
