"""A song's front matter: its layers, stems, rules and credits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Credit, Layer, Rule, Song, Stem
from stempress import codes
from stempress.errors import nearest
from stempress.fields import Table, slugify, unique

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def parse_song(slug: str, album: str, table: Table, story: str, *, pad: bool) -> Song:
    """Read a song: its slug and its album's, its front matter, and the text below that."""
    layers = tuple(_layers(table))
    song = Song(
        slug=slug,
        title=table.text("title", required=True),
        layers=layers,
        rules=tuple(_rules(table, layers)),
        album=album,
        isrc=_isrc(table),
        bpm=table.number("bpm", 0.0, 1, 999) or None,
        key=table.text("key"),
        bars=table.whole("bars", 0, 1, 100_000) or None,
        streaming=dict(_streaming(table)),
        credits=tuple(_credits(table)),
        story=story,
        pad=table.flag("pad", default=pad),
    )
    table.done()
    if layers and all(layer.stems for layer in layers) and not song.permitted():
        table.fault("rules", "leave no variation", hint="every combination is excluded: relax one")
    return song


def _isrc(table: Table) -> str:
    bare = codes.read(table, "isrc")
    if not bare:
        return ""
    found = codes.lookalikes(bare)
    if found:
        table.warn("isrc", f"{' and '.join(found)} may be a mistyped digit", bare, "O/0, I/1")
    year, now = int(bare[5:7]), datetime.now(UTC).year % 100
    if (year - now) % 100 in range(2, 50):
        table.warn("isrc", f"the year {bare[5:7]} is not over yet", codes.show_isrc(bare))
    return bare


def _streaming(table: Table) -> Iterator[tuple[str, str]]:
    links = table.table("streaming")
    for name in links.data:
        url = links.url(name)
        if url:
            yield name, url


def _credits(table: Table) -> Iterator[Credit]:
    for credit in table.tables("credits"):
        yield Credit(credit.text("name", required=True), credit.text("role"))
        credit.done()


def _layers(table: Table) -> Iterator[Layer]:
    if not table.data.get("layers"):
        table.fault("layers", "is required: a song has one layer or more", hint="[[layers]]")
    layers = [_layer(layer) for layer in table.tables("layers")]
    unique(layers, "slug", table, "layers")
    yield from layers


def _layer(table: Table) -> Layer:
    name = table.text("name", required=True)
    if not table.data.get("stems"):
        table.fault("stems", "is required: a layer has one stem or more", hint="[[layers.stems]]")
    stems = tuple(_stem(stem) for stem in table.tables("stems"))
    unique(stems, "slug", table, "stems")
    if len({stem.supply is None for stem in stems}) > 1:
        table.fault("stems", "mix supply and weight", hint="one of the two for a whole layer")
    table.done()
    return Layer(_slug(table, name), name, stems)


def _stem(table: Table) -> Stem:
    name = table.text("name", required=True)
    if "supply" in table.data and "weight" in table.data:
        table.fault("weight", "stands beside supply", hint="give one of the two")
    supply = table.whole("supply", 0, 1, 10**9)
    weight = table.number("weight", 1.0, 1e-9, 1e9)
    stem = Stem(
        slug=_slug(table, name),
        name=name,
        supply=supply if "supply" in table.data else None,
        weight=weight if "weight" in table.data else None,
        notes=table.text("notes"),
    )
    table.done()
    return stem


def _slug(table: Table, name: str) -> str:
    slug = slugify(name)
    if name and not slug:
        table.fault("name", "gives no word for an address", name, "use a letter or a digit")
    return slug


def _rules(table: Table, layers: tuple[Layer, ...]) -> Iterator[Rule]:
    known = {layer.slug: [stem.slug for stem in layer.stems] for layer in layers}
    for rule in table.tables("rules"):
        when = _side(rule, "if", known)
        sides = {key: _side(rule, key, known) for key in ("exclude", "require")}
        if "if" not in rule.data:
            rule.fault("if", "is required and missing", hint='if = { drums = "amen" }')
        if not any(key in rule.data for key in sides):
            rule.fault("exclude", "is missing: a rule excludes or requires", hint='or "require"')
        rule.done()
        yield Rule(when, **sides)


def _side(rule: Table, key: str, known: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Read ``{ layer = "stem" }`` or ``{ layer = ["stem", "stem"] }``."""
    side: dict[str, tuple[str, ...]] = {}
    table = rule.table(key)
    if key in rule.data and not table.data and isinstance(rule.data[key], dict):
        rule.fault(key, "names nothing", hint='{ drums = "amen" }')
    for layer, value in table.data.items():
        stems = [value] if isinstance(value, str) else value
        if layer not in known:
            table.fault(layer, "is not a layer of this song", hint=nearest(layer, known))
        elif not isinstance(stems, list) or not stems:
            table.fault(layer, "must be a stem or a list of stems", value)
        else:
            for stem in stems:
                if stem not in known[layer]:
                    table.fault(
                        layer, "is not a stem of this layer", stem, nearest(str(stem), known[layer])
                    )
            side[layer] = tuple(str(stem) for stem in stems)
    return side
