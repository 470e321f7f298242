"""Songs: the front matter that defines layers, stems, rules and credits.

A faulty layer is read as one without stems, and faulty layers as none: whatever refers to them is
then not checked, so that one mistake gives one message.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pyodide_app.engine.file_names import is_reserved
from pyodide_app.engine.model import Credit, Layer, Rule, Section, Song, Stem
from stempress.collection.documents import read_date
from stempress.collection.variation_space import variations_per_stem
from stempress.core import identifiers as codes
from stempress.core.errors import suggestion
from stempress.core.slugs import distinct_slugs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stempress.core.tables import Table

EMPTY = "{ weight = 1 }, or { supply = 10 }"
NONE = "rules name stems; of a layer that is left out, none plays"
RESERVED = "is a name that Windows reserves: it can have no folder or file of this name"


def parse_song(slug: str, album: str, table: Table, story: str, *, pad: bool) -> Song:
    """Parse a song from its front matter and the story below it; ``artist`` is still a slug."""
    layers = _layers(table)
    faults_before = len(table.findings.faults)
    rules = tuple(_rules(table, layers))
    is_sound = all(layer.stems for layer in layers) and len(table.findings.faults) == faults_before
    released = read_date(table, "released")
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
        credits=read_credits(table),
        sections=_sections(table),
        story=story,
        pad=table.flag("pad", default=pad),
        genre=table.text("genre"),
        artist=table.text("artist"),
        released=released.isoformat() if released else "",
        copyright=table.text("copyright"),
    )
    table.finish()
    if layers and rules and is_sound:
        _check_rules(table, song)
    return song


def _check_rules(table: Table, song: Song) -> None:
    """Report rules that permit no variation, and warn of options that no variation can use."""
    counts = variations_per_stem(song)
    if not any(counts[0]):
        table.fault("rules", "permit no variation", hint="every combination is excluded: relax one")
        return
    unused = [
        (layer.slug, option.slug)
        for layer, layer_counts in zip(song.layers, counts, strict=True)
        for option, count in zip(layer.options, layer_counts, strict=True)
        if not count
    ]
    for layer_slug, stem_slug in sorted(unused):
        option = f"with {layer_slug} = {stem_slug!r}" if stem_slug else f"without {layer_slug}"
        table.warn("rules", f"permit no variation {option}", hint="relax one")


def _isrc(table: Table) -> str:
    bare = codes.read_identifier(table, "isrc")
    if not bare:
        return ""
    letters = codes.ambiguous_letters(bare)
    if letters:
        table.warn("isrc", f"{' and '.join(letters)} may be a mistyped digit", bare, "O/0, I/1")
    year, now = int(bare[5:7]), datetime.now(UTC).year % 100
    if (year - now) % 100 in range(2, 50):
        table.warn("isrc", f"is from the future: the year {bare[5:7]}", codes.format_isrc(bare))
    return bare


def _streaming(table: Table) -> Iterator[tuple[str, str]]:
    links = table.table("streaming")
    for name in links.data:
        url = links.url(name)
        if links.is_plain(name) and url:
            yield name, url


def read_credits(table: Table) -> tuple[Credit, ...]:
    """Read the list ``credits``."""
    return tuple(_credits(table))


def _credits(table: Table) -> Iterator[Credit]:
    for credit in table.tables("credits"):
        yield Credit(credit.text("name", required=True), credit.text("role"))
        credit.finish()


def _sections(table: Table) -> tuple[Section, ...]:
    """Read where the song's parts begin, at bars that rise."""
    sections: list[Section] = []
    bars = table.data.get("bars")
    last = bars if isinstance(bars, int) and bars > 0 else 100_000
    for section in table.tables("sections"):
        name = section.text("name", required=True)
        bar = section.integer("bar", 0, 1, last, required=True)
        if sections and bar and bar <= sections[-1].bar:
            message = f"must be after bar {sections[-1].bar}, where {sections[-1].name!r} begins"
            section.fault("bar", message, bar)
        section.finish()
        sections.append(Section(name, bar))
    if sections and not {"bars", "bpm"} & table.data.keys():
        message = "need to know how long a bar is"
        table.fault("sections", message, hint="give the song bars = 16 or bpm = 92")
    return tuple(sections)


def _layers(table: Table) -> tuple[Layer, ...]:
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


def _rules(table: Table, layers: tuple[Layer, ...]) -> Iterator[Rule]:
    known = {layer.slug: layer for layer in layers}
    for rule in table.tables("rules"):
        when = _side(rule, "if", known)
        exclude, require = _side(rule, "exclude", known), _side(rule, "require", known)
        if rule.data.keys() <= {"if"} and not rule.absent:
            rule.fault("exclude", "is missing: a rule needs exclude or require")
        for layer in exclude.keys() & require.keys():
            if set(require[layer]) <= set(exclude[layer]):
                rule.fault(
                    f"require.{layer}",
                    "requires only stems that the same rule excludes",
                    list(require[layer]),
                    "keep it in one of the two",
                )
        rule.finish()
        yield Rule(when, exclude, require)


def _side(rule: Table, key: str, known: Mapping[str, Layer]) -> dict[str, tuple[str, ...]]:
    """Read ``{ layer = "stem" }`` or ``{ layer = ["stem", "stem"] }``."""
    side: dict[str, tuple[str, ...]] = {}
    table = rule.table(key, required=key == "if", hint='if = { drums = "amen" }')
    if key in rule.data and not table.data and isinstance(rule.data[key], dict):
        rule.fault(key, "is empty", hint='{ drums = "amen" }')
    for layer, value in table.data.items():
        stems = [value] if isinstance(value, str) else value
        if layer not in known:
            if known:
                table.fault(layer, "is not a layer of this song", hint=suggestion(layer, known))
        elif not isinstance(stems, list) or not stems:
            table.fault(layer, "must be a stem or a list of stems", value)
        else:
            slugs = [stem.slug for stem in known[layer].stems]
            for stem in stems:
                if slugs and stem not in slugs:
                    is_none = known[layer].empty and stem in ("none", "")
                    hint = NONE if is_none else suggestion(str(stem), slugs)
                    table.fault(layer, "is not a stem of this layer", stem, hint)
            side[layer] = tuple(str(stem) for stem in stems)
    return side
