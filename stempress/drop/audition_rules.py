"""Rules of the audition: what one would do to a song, and writing it to the song's file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from stempress.collection.documents import split_front_matter
from stempress.collection.songs import parse_song
from stempress.collection.variation_space import VariationSpace, variations_per_stem
from stempress.core.errors import Fault, Findings, SiteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Rule, Song

    type Side = Mapping[str, str]
    """One side of a rule: layer slug -> stem slug."""


class ChangedSong(NamedTuple):
    """A song's file with another rule, and the song that it describes."""

    text: str
    song: Song


def song_file(song: Song) -> str:
    """Return the path of a song's file in its site."""
    return f"content/albums/{song.album}/{song.slug}.md"


def song_with_rule(site: Path, song: Song, when: Side, exclude: Side) -> ChangedSong:
    """Return a song with another rule; SiteError if it is not valid or has no effect."""
    where = song_file(song)
    with (site / where).open(encoding="utf-8", newline="") as file:
        text = with_rule(file.read(), when, exclude)
    findings = Findings()
    table, story = split_front_matter(text.replace("\r\n", "\n"), where, findings)
    changed = parse_song(song.slug, song.album, table, story, pad=song.pad)
    findings.raise_faults()
    if VariationSpace(changed).size == VariationSpace(song).size:
        raise SiteError([Fault(where, "changes nothing: it is excluded already", "rules")])
    return ChangedSong(text, changed)


def stems_lost(before: Song, after: Song) -> Iterator[str]:
    """Yield the names of layer and stem that no variation contains any more."""
    counts = zip(variations_per_stem(before), variations_per_stem(after), strict=True)
    for layer, (earlier, later) in zip(before.layers, counts, strict=True):
        for option, was, stays in zip(layer.options, earlier, later, strict=True):
            if was and not stays and option.slug:
                yield f"{layer.name}: {option.name}"


def with_rule(text: str, when: Side, exclude: Side) -> str:
    """Return a song's file with a rule appended to its front matter."""
    newline = "\r\n" if "\r\n" in text else "\n"
    match = re.match(r"\ufeff?\s*\+\+\+[^\n]*\n.*?(?=^\+\+\+\s*$)", text, re.DOTALL | re.MULTILINE)
    if match is None:
        raise SiteError([Fault("audition", "the song's file has no front matter for the rule")])
    lines = ["", "[[rules]]", f"if = {_inline_table(when)}"]
    lines += [f"exclude = {_inline_table(exclude)}", ""]
    return text[: match.end()] + newline.join(lines) + text[match.end() :]


def _inline_table(side: Side) -> str:
    """Return one side of a rule as a TOML inline table."""
    pairs = (f"{_toml_key(layer)} = {_quoted(stem)}" for layer, stem in side.items())
    return f"{{ {', '.join(pairs)} }}"


def _toml_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def rule_text(song: Song, rule: Rule) -> str:
    """Return a rule as a sentence."""

    def join(side: Mapping[str, tuple[str, ...]], separator: str) -> str:
        return separator.join(
            f"{song.layer(layer).name} {' or '.join(stems)}" for layer, stems in side.items()
        )

    effects = [f"never {join(rule.exclude, ', never ')}"] if rule.exclude else []
    effects += [f"only {join(rule.require, ', only ')}"] if rule.require else []
    return f"with {join(rule.when, ' and ')}: {'; '.join(effects)}"
