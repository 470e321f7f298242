"""A song's front matter: its layers, stems, rules and credits.

A song without layers, or a layer without stems, is one whose own faults leave open what is in it:
nothing that names it is held against it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Credit, Layer, Rule, Song, Stem
from stempress.collection.variation_space import stem_counts
from stempress.core import identifiers as codes
from stempress.core.errors import suggestion
from stempress.core.tables import MAX_SLUG_BYTES, Table, slugify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def parse_song(slug: str, album: str, table: Table, story: str, *, pad: bool) -> Song:
    """Read a song: its slug and its album's, its front matter, and the text below that."""
    layers = _layers(table)
    before = len(table.findings.faults)
    rules = tuple(_rules(table, layers))
    clear = all(layer.stems for layer in layers) and len(table.findings.faults) == before
    song = Song(
        slug=slug,
        title=table.text("title", required=True),
        layers=layers,
        rules=rules,
        album=album,
        isrc=_isrc(table),
        bpm=table.number("bpm", 0.0, 1, 999) or None,
        key=table.text("key"),
        bars=table.integer("bars", 0, 1, 100_000) or None,
        streaming=dict(_streaming(table)),
        credits=tuple(_credits(table)),
        story=story,
        pad=table.flag("pad", default=pad),
    )
    table.finish()
    if layers and rules and clear:
        _check_rules(table, song)
    return song


def _check_rules(table: Table, song: Song) -> None:
    """Refuse rules that leave no variation; warn of stems that no variation can hold."""
    counts = stem_counts(song)
    if not any(counts[0]):
        table.fault("rules", "leave no variation", hint="every combination is excluded: relax one")
        return
    idle = [
        (layer.slug, stem.slug)
        for layer, numbers in zip(song.layers, counts, strict=True)
        for stem, number in zip(layer.stems, numbers, strict=True)
        if not number
    ]
    for layer_slug, stem_slug in sorted(idle):
        what = f"leave no variation with {layer_slug} = {stem_slug!r}"
        table.warn("rules", what, hint="relax one")


def _isrc(table: Table) -> str:
    bare = codes.read_identifier(table, "isrc")
    if not bare:
        return ""
    found = codes.ambiguous_letters(bare)
    if found:
        table.warn("isrc", f"{' and '.join(found)} may be a mistyped digit", bare, "O/0, I/1")
    year, now = int(bare[5:7]), datetime.now(UTC).year % 100
    if (year - now) % 100 in range(2, 50):
        table.warn("isrc", f"the year {bare[5:7]} is not over yet", codes.format_isrc(bare))
    return bare


def _streaming(table: Table) -> Iterator[tuple[str, str]]:
    links = table.table("streaming")
    for name in links.data:
        url = links.url(name)
        if links.is_plain(name) and url:
            yield name, url


def _credits(table: Table) -> Iterator[Credit]:
    for credit in table.tables("credits"):
        yield Credit(credit.text("name", required=True), credit.text("role"))
        credit.finish()


def _layers(table: Table) -> tuple[Layer, ...]:
    tables = list(table.tables("layers", required=True))
    return _told_apart(table, "layers", [_layer(layer) for layer in tables])


def _layer(table: Table) -> Layer:
    name = table.text("name", required=True)
    tables = list(table.tables("stems", required=True))
    stems = _told_apart(table, "stems", [_stem(stem) for stem in tables])
    either = [{"supply", "weight"} & stem.data.keys() for stem in tables]
    if any(given == {"supply"} for given in either) and not all("supply" in g for g in either):
        table.fault("stems", "mix supply and weight", hint="one of the two for a whole layer")
    table.finish()
    return Layer(_slug(table, name), name, stems)


def _stem(table: Table) -> Stem:
    name = table.text("name", required=True)
    if "supply" in table.data and "weight" in table.data:
        table.fault("weight", "stands beside supply", hint="give one of the two")
    stem = Stem(
        slug=_slug(table, name),
        name=name,
        supply=table.integer("supply", 0, 1, 10**9) or None,
        weight=table.number("weight", 0.0, 1e-9, 1e9) or None,
        notes=table.text("notes"),
    )
    table.finish()
    return stem


def _slug(table: Table, name: str) -> str:
    slug = slugify(name)
    if name and not slug:
        table.fault("name", "gives no word for an address", name, "use a letter or a digit")
    if len(slug.encode()) > MAX_SLUG_BYTES:
        table.fault(
            "name", "is too long for a file's name", name, f"at most {MAX_SLUG_BYTES} bytes"
        )
        return ""
    return slug


def _told_apart[T: (Layer, Stem)](table: Table, key: str, items: list[T]) -> tuple[T, ...]:
    """Return items if each has a slug of its own, else none of them."""
    slugs = [item.slug for item in items]
    for slug in sorted({slug for slug in slugs if slug and slugs.count(slug) > 1}):
        names = [item.name for item in items if item.slug == slug]
        table.fault(key, f"have the slug {slug!r} twice", names, "give each a name of its own")
    return tuple(items) if all(slugs) and len(set(slugs)) == len(slugs) else ()


def _rules(table: Table, layers: tuple[Layer, ...]) -> Iterator[Rule]:
    known = {layer.slug: [stem.slug for stem in layer.stems] for layer in layers}
    for rule in table.tables("rules"):
        when = _side(rule, "if", known)
        exclude, require = _side(rule, "exclude", known), _side(rule, "require", known)
        if rule.data.keys() <= {"if"} and not rule.absent:
            rule.fault("exclude", "is missing: a rule excludes or requires", hint='or "require"')
        for layer in exclude.keys() & require.keys():
            if set(require[layer]) <= set(exclude[layer]):
                rule.fault(
                    f"require.{layer}",
                    "requires what the same rule excludes",
                    list(require[layer]),
                    "leave it in one of the two",
                )
        rule.finish()
        yield Rule(when, exclude, require)


def _side(rule: Table, key: str, known: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Read ``{ layer = "stem" }`` or ``{ layer = ["stem", "stem"] }``."""
    side: dict[str, tuple[str, ...]] = {}
    table = rule.table(key, required=key == "if", hint='if = { drums = "amen" }')
    if key in rule.data and not table.data and isinstance(rule.data[key], dict):
        rule.fault(key, "names nothing", hint='{ drums = "amen" }')
    for layer, value in table.data.items():
        stems = [value] if isinstance(value, str) else value
        if layer not in known:
            if known:
                table.fault(layer, "is not a layer of this song", hint=suggestion(layer, known))
        elif not isinstance(stems, list) or not stems:
            table.fault(layer, "must be a stem or a list of stems", value)
        else:
            for stem in stems:
                if known[layer] and stem not in known[layer]:
                    table.fault(
                        layer,
                        "is not a stem of this layer",
                        stem,
                        suggestion(str(stem), known[layer]),
                    )
            side[layer] = tuple(str(stem) for stem in stems)
    return side
