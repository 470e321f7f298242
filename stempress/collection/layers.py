"""Layers of a song and their stems, from its front matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide_app.engine.file_names import is_reserved
from pyodide_app.engine.model import Layer, Stem
from stempress.core.slugs import distinct_slugs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stempress.core.tables import Table

EMPTY = "{ weight = 1 }, or { supply = 10 }"
RESERVED = "is a name that Windows reserves: it can have no folder or file of this name"


def read_layers(table: Table) -> tuple[Layer, ...]:
    """Read the layers, none if one has no slug of its own."""
    tables = list(table.tables("layers", required=True))
    layers = [_layer(layer, name, slug) for layer, name, slug in _named(tables)]
    if layers and all(layer.empty for layer in layers):
        message = "may all be left out, which leaves no music"
        table.fault("layers", message, hint="remove empty from a layer that always plays")
    return _with_unique_slugs(table, "layers", layers)


def _named(tables: Sequence[Table]) -> Iterator[tuple[Table, str, str]]:
    """Yield each table with its name and slug."""
    names = [table.text("name", required=True) for table in tables]
    for table, name, slug in zip(tables, names, distinct_slugs(names), strict=True):
        if name and not slug:
            table.fault("name", "has no letter or digit for a slug", name, "use at least one")
        if is_reserved(slug):
            table.warn("name", RESERVED, name, "another name, if the site is to be opened there")
        yield table, name, slug


def _layer(table: Table, name: str, slug: str) -> Layer:
    tables = list(table.tables("stems", required=True))
    stems = [_stem(stem, name, slug) for stem, name, slug in _named(tables)]
    keys_used = [{"supply", "weight"} & stem.data.keys() for stem in tables]
    if any(keys == {"supply"} for keys in keys_used) and not all(
        "supply" in keys for keys in keys_used
    ):
        table.fault("stems", "mix supply and weight", hint="use one of the two in the whole layer")
    empty = _empty(table, keys_used) if "empty" in table.data else None
    if empty and any(stem.slug == "none" for stem in stems):
        message, hint = "cannot be told from the stem 'none'", "give that stem another name"
        table.fault("empty", message, hint=hint)
    table.finish()
    return Layer(slug, name, _with_unique_slugs(table, "stems", stems), empty)


def _empty(table: Table, keys_of_stems: Sequence[set[str]]) -> Stem | None:
    """Read how often a layer is left out: ``{ weight = 3 }`` or ``{ supply = 10 }``."""
    empty = table.table("empty", hint=EMPTY)
    if empty.absent:
        return None
    keys = {"supply", "weight"} & empty.data.keys()
    if not empty.data:
        table.fault("empty", "needs a weight or a supply", hint=EMPTY)
    elif len(keys) == 1 and any(used != keys for used in keys_of_stems if used or "supply" in keys):
        message = f"has a {min(keys)}, unlike the layer's stems"
        table.fault("empty", message, hint="use one of the two in the whole layer")
    supply, weight = _supply_and_weight(empty)
    empty.finish()
    return Stem("", "", supply, weight)


def _stem(table: Table, name: str, slug: str) -> Stem:
    supply, weight = _supply_and_weight(table)
    stem = Stem(slug, name, supply, weight, notes=table.text("notes"))
    table.finish()
    return stem


def _supply_and_weight(table: Table) -> tuple[int | None, float | None]:
    if "supply" in table.data and "weight" in table.data:
        table.fault("weight", "cannot be combined with supply", hint="keep one of the two")
    supply = table.integer("supply", 0, 1, 10**9) or None
    return supply, table.number("weight", 0.0, 1e-9, 1e9) or None


def _with_unique_slugs[T: (Layer, Stem)](table: Table, key: str, items: list[T]) -> tuple[T, ...]:
    """Return the items if each has a slug of its own, else report that and return none."""
    slugs = [item.slug for item in items]
    for slug in sorted({slug for slug in slugs if slug and slugs.count(slug) > 1}):
        names = [item.name for item in items if item.slug == slug]
        table.fault(key, f"have the same slug {slug!r}", names, "give each a different name")
    return tuple(items) if all(slugs) and len(set(slugs)) == len(slugs) else ()
