"""Auditions: what the artist thinks of variations before the mint, kept beside the site.

``audition.json`` maps songs to mix numbers to verdicts. It is for the artist alone: a build does
not read it, a mint leaves out what was rejected. A rule is written into the song's own file.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation
from stempress.collection.collection import read_collection
from stempress.collection.documents import split_front_matter
from stempress.collection.rarity import Rarity
from stempress.collection.settings_parser import read_settings
from stempress.collection.songs import parse_song
from stempress.collection.variation_space import VariationSpace
from stempress.core.errors import Fault, Findings, SiteError, suggestion
from stempress.core.files import write_text_atomically
from stempress.drop.seeded_rng import Dice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Rule, Song
    from stempress.collection.collection import Collection

FILE = "audition.json"
VERDICTS = ("approved", "rejected")
FRESH = 24
"""How many variations that nobody has judged are offered at once."""

type Verdicts = dict[str, dict[str, str]]
type Side = Mapping[str, str]
"""One side of a rule: the slug of a layer to that of a stem."""


def read_verdicts(site: Path) -> Verdicts:
    """Return verdicts by song and mix number; none where nobody has listened yet."""
    path = site / FILE
    try:
        found = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return {
            str(song): {str(mix): str(verdict) for mix, verdict in judged.items()}
            for song, judged in found.items()
        }
    except (ValueError, AttributeError):
        fault = Fault(FILE, "is not what the audition has written", hint="mend it, or remove it")
        raise SiteError([fault]) from None


def judged_of(site: Path, song: Song) -> dict[str, str]:
    """Return the verdicts on a song by mix number, of those that its layers still have."""
    return {
        mix: verdict
        for mix, verdict in read_verdicts(site).get(song.slug, {}).items()
        if _is_mix(song, mix)
    }


def _is_mix(song: Song, mix: str) -> bool:
    try:
        Variation.parse(song, mix)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Audition:
    """What the page of the audition asks for."""

    site: Path

    def songs(self) -> list[dict[str, str]]:
        """Return the songs to choose from."""
        return [{"slug": each.slug, "title": each.title} for each in self._collection().songs]

    def offer(self, slug: str) -> dict[str, object]:
        """Return a song's layers and rules, what was judged of it, and some that was not."""
        collection = self._collection()
        song = _song(collection, slug)
        space = VariationSpace(song)
        rarity = Rarity(collection.songs, collection.tokens)
        judged = judged_of(self.site, song)
        offered = [*judged, *_fresh(song, space, judged)]
        return {
            "title": song.title,
            "layers": [
                {
                    "slug": layer.slug,
                    "name": layer.name,
                    "stems": [{"slug": stem.slug, "name": stem.name} for stem in layer.stems],
                }
                for layer in song.layers
            ],
            "rules": [_rule_words(song, rule) for rule in song.rules],
            "permitted": space.size,
            "variations": [
                {
                    "mix": mix,
                    "verdict": judged.get(mix, ""),
                    "bits": round(rarity.score(song, variation), 2),
                    "permitted": variation.choice in space,
                }
                for mix in offered
                for variation in [Variation.parse(song, mix)]
            ],
        }

    def judge(self, slug: str, mix: str, verdict: str) -> None:
        """Keep a verdict; an empty one takes it back."""
        song = _song(self._collection(), slug)
        try:
            mix = Variation.parse(song, mix).mix_number
        except ValueError as error:
            raise SiteError([Fault("audition", str(error), "mix")]) from None
        if verdict and verdict not in VERDICTS:
            fault = Fault(
                "audition", "is no verdict", "verdict", verdict, suggestion(verdict, VERDICTS)
            )
            raise SiteError([fault])
        verdicts = read_verdicts(self.site)
        judged = verdicts.setdefault(slug, {})
        judged.pop(mix, None)
        if verdict:
            judged[mix] = verdict
        write_text_atomically(
            self.site / FILE, json.dumps(verdicts, indent=1, ensure_ascii=False) + "\n"
        )

    def rule(self, slug: str, when: Side, exclude: Side) -> None:
        """Write a rule into the song's file, if it leaves the song as it should be."""
        song = _song(self._collection(), slug)
        where = f"content/albums/{song.album}/{song.slug}.md"
        path = self.site / where
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        changed = with_rule(text, when, exclude)
        findings = Findings()
        table, story = split_front_matter(changed.replace("\r\n", "\n"), where, findings)
        parse_song(song.slug, song.album, table, story, pad=song.pad)
        findings.raise_faults()
        write_text_atomically(path, changed)

    def _collection(self) -> Collection:
        findings = Findings()
        collection = read_collection(self.site, read_settings(self.site, findings), findings)
        findings.raise_faults()
        return collection


def _song(collection: Collection, slug: str) -> Song:
    songs = {song.slug: song for song in collection.songs}
    if slug not in songs:
        fault = Fault("audition", "is not a song", "song", slug, suggestion(slug, songs))
        raise SiteError([fault])
    return songs[slug]


def _fresh(song: Song, space: VariationSpace, judged: Mapping[str, str]) -> Iterator[str]:
    """Yield variations that nobody has judged, in an order of chance; the same until one is."""
    left = space.size - sum(1 for mix in judged if Variation.parse(song, mix).choice in space)
    dice, seen = Dice(f"{song.slug} {sorted(judged)}"), set(judged)
    for _ in range(min(FRESH, left)):
        mix = _drawn(song, space, dice)
        while mix in seen:
            mix = _drawn(song, space, dice)
        seen.add(mix)
        yield mix


def _drawn(song: Song, space: VariationSpace, dice: Dice) -> str:
    return Variation(song.slug, space.nth(dice.below(space.size))).mix_number


def with_rule(text: str, when: Side, exclude: Side) -> str:
    """Return a song's file with one more rule at the end of its front matter."""
    newline = "\r\n" if "\r\n" in text else "\n"
    head = re.match(r"\ufeff?\s*\+\+\+[^\n]*\n.*?(?=^\+\+\+\s*$)", text, re.DOTALL | re.MULTILINE)
    if head is None:
        raise SiteError([Fault("audition", "finds no front matter to write the rule into")])
    lines = ["", "[[rules]]", f"if = {_inline(when)}", f"exclude = {_inline(exclude)}", ""]
    return text[: head.end()] + newline.join(lines) + text[head.end() :]


def _inline(side: Side) -> str:
    """Return one side of a rule as TOML."""
    pairs = (f"{_toml_key(layer)} = {_quoted(stem)}" for layer, stem in side.items())
    return f"{{ {', '.join(pairs)} }}"


def _toml_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _rule_words(song: Song, rule: Rule) -> str:
    """Return a rule as a sentence."""

    def named(side: Mapping[str, tuple[str, ...]], joiner: str) -> str:
        return joiner.join(
            f"{song.layer(layer).name} {' or '.join(stems)}" for layer, stems in side.items()
        )

    words = [f"with {named(rule.when, ' and ')}"]
    words += [f"never {named(rule.exclude, ', never ')}"] if rule.exclude else []
    words += [f"only {named(rule.require, ', only ')}"] if rule.require else []
    return ": ".join((words[0], "; ".join(words[1:])))
