"""What a trait of an imported token means, guessed from names of the collection."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stempress.core.slugs import fold_case, slugify
from stempress.drop.trait_table import NONE, Meaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyodide_app.engine.model import Layer, Song, Stem
    from stempress.drop.external_metadata import Trait


def guess_meaning(trait: Trait, songs: Mapping[str, Song]) -> Meaning:
    """Return the meaning of a trait whose words match a stem, layer or song, else an empty one."""
    stems = _guess_stems(trait, songs.values())
    if stems:
        return stems[0] if len(stems) == 1 else _shared_meaning(stems)
    name, value = trait
    kind = slugify(name)
    if kind in ("song", "track"):
        slug = slugify(value)
        matches = [song.slug for song in songs.values() if slug in (song.slug, slugify(song.title))]
        return Meaning(matches[0]) if len(matches) == 1 else Meaning()
    layers = [layer for song in songs.values() for layer in song.layers]
    if kind == "layer":
        return Meaning("", _only_slug(_called(value, layers)))
    if kind == "stem":
        all_stems = [stem for layer in layers for stem in layer.stems]
        return Meaning("", "", _only_slug(_called(value, all_stems)))
    return Meaning()


def _guess_stems(trait: Trait, songs: Iterable[Song]) -> list[Meaning]:
    """Return the stems that a trait names with their layer, or the layers that it leaves out."""
    name, value = trait
    layers = [(song, layer) for song in songs for layer in _called(name, song.layers)]
    stems = [
        Meaning(song.slug, layer.slug, stem.slug)
        for song, layer in layers
        for stem in _called(value, layer.stems)
    ]
    if stems or fold_case(value.strip()) not in {"", NONE}:
        return stems
    return [Meaning(song.slug, layer.slug, NONE) for song, layer in layers if layer.empty]


def _shared_meaning(meanings: Sequence[Meaning]) -> Meaning:
    """Return what is true of stems of several songs: layer and stem, if their slugs agree."""
    shared = {replace(meaning, song="") for meaning in meanings}
    return shared.pop() if len(shared) == 1 else Meaning()


def _called[T: (Layer, Stem)](name: str, items: Iterable[T]) -> list[T]:
    """Return the items with a name; if none has it, those whose slug the name has."""
    items = list(items)
    exact = [item for item in items if fold_case(item.name) == fold_case(name)]
    return exact or [item for item in items if item.slug == slugify(name)]


def _only_slug(items: Iterable[Layer | Stem]) -> str:
    """Return the slug that all items have, else ""."""
    slugs = {item.slug for item in items}
    return slugs.pop() if len(slugs) == 1 else ""
