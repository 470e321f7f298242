"""Rules of a song, from its front matter: which stems exclude or require others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide_app.engine.model import Layer, Rule, Song
from stempress.collection.variation_space import variations_per_stem
from stempress.core.errors import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stempress.core.tables import Table

NONE = "rules name stems; of a layer that is left out, none plays"


def read_rules(table: Table, layers: tuple[Layer, ...]) -> Iterator[Rule]:
    """Yield the rules, whose layers and stems are checked."""
    known = {layer.slug: layer for layer in layers}
    for rule in table.tables("rules"):
        when = _side(rule, "if", known)
        exclude, require = _side(rule, "exclude", known), _side(rule, "require", known)
        if rule.data.keys() <= {"if"} and not rule.absent:
            rule.fault("exclude", "is missing: a rule needs exclude or require")
        _check_contradictions(rule, exclude, require)
        rule.finish()
        yield Rule(when, exclude, require)


def _check_contradictions(
    rule: Table, exclude: Mapping[str, Sequence[str]], require: Mapping[str, Sequence[str]]
) -> None:
    for layer in exclude.keys() & require.keys():
        if set(require[layer]) <= set(exclude[layer]):
            rule.fault(
                f"require.{layer}",
                "requires only stems that the same rule excludes",
                list(require[layer]),
                "keep it in one of the two",
            )


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
            _check_stems(table, known[layer], stems)
            side[layer] = tuple(str(stem) for stem in stems)
    return side


def _check_stems(table: Table, layer: Layer, stems: Sequence[object]) -> None:
    """Report names that are not stems of a layer; of a faulty layer none are known."""
    slugs = [stem.slug for stem in layer.stems]
    for stem in stems:
        if slugs and stem not in slugs:
            is_none = layer.empty and stem in ("none", "")
            hint = NONE if is_none else suggestion(str(stem), slugs)
            table.fault(layer.slug, "is not a stem of this layer", stem, hint)


def check_rules(table: Table, song: Song) -> None:
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
