"""What content/ says about the songs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Choice = dict[str, str]
Rule = tuple[Mapping[str, str], Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]


def permitted(choice: Choice, rules: Sequence[Rule]) -> bool:
    """Whether no rule (if, exclude, require) forbids the choice."""
    for when, exclude, require in rules:
        if all(choice[layer] == stem for layer, stem in when.items()):
            if any(choice[layer] in stems for layer, stems in exclude.items()):
                return False
            if any(choice[layer] not in stems for layer, stems in require.items()):
                return False
    return True


def variations(layers: Mapping[str, Sequence[str]], rules: Sequence[Rule]) -> list[Choice]:
    """Every permitted choice of one stem per layer."""
    found: list[Choice] = [{}]
    for layer, stems in layers.items():
        found = [{**choice, layer: stem} for choice in found for stem in stems]
    return [choice for choice in found if permitted(choice, rules)]


def slugify(name: str) -> str:
    """The slug of a name."""
    kept = "".join(c if c.isalnum() else " " for c in name.lower())
    return "-".join(kept.split())


def front_matter(path: Path) -> dict[str, Any]:
    """The TOML between the +++ lines."""
    return tomllib.loads(path.read_text(encoding="utf-8").split("+++")[1])


def described(slug: str) -> dict[str, Any]:
    """What content/ says about a song."""
    return front_matter(next((ROOT / "content" / "albums").glob(f"*/{slug}.md")))


def rules_of(facts: dict[str, Any]) -> list[Rule]:
    """The rules of a song, in the shape `variations` takes."""
    return [
        (rule["if"], rule.get("exclude", {}), rule.get("require", {}))
        for rule in facts.get("rules", [])
    ]


def layers_of(facts: dict[str, Any]) -> dict[str, list[str]]:
    """Layer slug to stem slugs, in order."""
    return {
        slugify(layer["name"]): [slugify(stem["name"]) for stem in layer["stems"]]
        for layer in facts["layers"]
    }


def supplies_of(facts: dict[str, Any]) -> dict[tuple[str, str], int]:
    """(layer slug, stem slug) to the supply of the stem."""
    return {
        (slugify(layer["name"]), slugify(stem["name"])): int(stem["supply"])
        for layer in facts["layers"]
        for stem in layer["stems"]
    }
