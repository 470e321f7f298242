"""Audition: the artist's verdicts on variations before the mint, saved in the site's folder.

``audition.json`` maps song slugs to mix numbers to verdicts. It is private to the artist: builds do
not read it, and mints leave out rejected variations. Rules are written to the song's own file.
Variations in which stems clash are offered first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation
from stempress.clashes.clash import SongClashes
from stempress.clashes.risky_variations import clashes_in, risky_variations
from stempress.clashes.site_clashes import collection_clashes
from stempress.collection.collection import read_collection
from stempress.collection.rarity import Rarity
from stempress.collection.settings_parser import read_settings
from stempress.collection.variation_space import VariationSpace
from stempress.core.errors import Fault, Findings, SiteError, suggestion
from stempress.core.files import write_text_atomically
from stempress.core.progress import Progress
from stempress.drop.audition_rules import rule_text, song_file, song_with_rule, stems_lost
from stempress.drop.seeded_rng import SeededRandom

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song
    from stempress.clashes.clash import Clash
    from stempress.collection.collection import Collection
    from stempress.drop.audition_rules import Side

FILE = "audition.json"
VERDICTS = ("approved", "rejected")
MAX_SUGGESTIONS = 24
"""Variations without a verdict that are offered at a time, apart from risky ones."""
MAX_RISKY = 12
"""Variations without a verdict that are offered at a time because stems in them clash."""
MAX_REASONS = 6
"""Clashes of a variation that are stated."""

type Verdicts = dict[str, dict[str, str]]


def read_verdicts(site: Path) -> Verdicts:
    """Return song slug -> mix number -> verdict; empty if there are none yet."""
    path = site / FILE
    try:
        content = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return {
            str(song): {str(mix): str(verdict) for mix, verdict in verdicts.items()}
            for song, verdicts in content.items()
        }
    except (ValueError, AttributeError):
        fault = Fault(FILE, "is not a valid audition file", hint="repair it, or remove it")
        raise SiteError([fault]) from None


def verdicts_on(site: Path, song: Song) -> dict[str, str]:
    """Return the verdicts on a song's variations by mix number, without outdated numbers."""
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
    """Backend of the audition page."""

    site: Path

    def songs(self) -> list[dict[str, str]]:
        """Return slug and title of all songs."""
        return [{"slug": song.slug, "title": song.title} for song in self._collection().songs]

    def song_data(self, slug: str) -> dict[str, object]:
        """Return a song's layers, rules and variations.

        Variations are those with a verdict, risky ones, and some others.
        """
        collection = self._collection()
        song = _song(collection, slug)
        space = VariationSpace(song)
        rarity = Rarity(collection.songs, collection.tokens)
        verdicts = verdicts_on(self.site, song)
        clashes = _clashes(collection, song)
        risky = (variation.mix_number for variation in risky_variations(song, clashes))
        new = [mix for mix in risky if mix not in verdicts][:MAX_RISKY]
        offered = dict.fromkeys([*verdicts, *new])
        mixes = [*offered, *_suggestions(song, space, offered)]
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
            "rules": [rule_text(song, rule) for rule in song.rules],
            "permitted": space.size,
            "variations": [
                {
                    "mix": mix,
                    "verdict": verdicts.get(mix, ""),
                    "bits": round(rarity.score(song, variation), 2),
                    "permitted": variation.choice in space,
                    "clashes": [
                        _reason(clash)
                        for clash in clashes_in(song, variation, clashes)[:MAX_REASONS]
                    ],
                }
                for mix in mixes
                for variation in [Variation.parse(song, mix)]
            ],
        }

    def set_verdict(self, slug: str, mix: str, verdict: str) -> None:
        """Save a verdict; an empty one removes it."""
        song = _song(self._collection(), slug)
        try:
            mix = Variation.parse(song, mix).mix_number
        except ValueError as error:
            raise SiteError([Fault("audition", str(error), "mix")]) from None
        if verdict and verdict not in VERDICTS:
            fault = Fault(
                "audition", "is not a verdict", "verdict", verdict, suggestion(verdict, VERDICTS)
            )
            raise SiteError([fault])
        all_verdicts = read_verdicts(self.site)
        verdicts = all_verdicts.setdefault(slug, {})
        verdicts.pop(mix, None)
        if verdict:
            verdicts[mix] = verdict
        write_text_atomically(
            self.site / FILE, json.dumps(all_verdicts, indent=1, ensure_ascii=False) + "\n"
        )

    def add_rule(self, slug: str, when: Side, exclude: Side) -> None:
        """Add a rule to the song's file.

        SiteError if the song would not be valid, or its rules exclude all of it already.
        """
        song = _song(self._collection(), slug)
        changed = song_with_rule(self.site, song, when, exclude)
        write_text_atomically(self.site / song_file(song), changed.text)

    def rule_warnings(self, slug: str, when: Side, exclude: Side) -> list[str]:
        """Return why a rule cannot be added, or which stems it would leave without a variation."""
        song = _song(self._collection(), slug)
        try:
            changed = song_with_rule(self.site, song, when, exclude)
        except SiteError as error:
            return list(map(str, error.faults))
        return [
            f"With this rule no variation would contain {name}."
            for name in stems_lost(song, changed.song)
        ]

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


def _clashes(collection: Collection, song: Song) -> SongClashes:
    """Return a song's clashes; none if its stems cannot be used, which builds report."""
    try:
        (clashes,) = collection_clashes(collection, [song], Progress(quiet=True))
    except SiteError:
        return SongClashes(song.slug, 0)
    return clashes


def _reason(clash: Clash) -> dict[str, object]:
    """Return why a variation is risky; ``sides`` are those of a rule that excludes it."""
    sides = [{layer: stem} for layer, stem in clash.stems]
    return {"text": str(clash), "bar": clash.bar, "seconds": clash.seconds, "sides": sides}


def _suggestions(song: Song, space: VariationSpace, offered: Mapping[str, object]) -> Iterator[str]:
    """Yield random mix numbers that are not offered yet; the same ones until a verdict is added."""
    left = space.size - sum(1 for mix in offered if Variation.parse(song, mix).choice in space)
    rng, seen = SeededRandom(f"{song.slug} {sorted(offered)}"), set(offered)
    for _ in range(min(MAX_SUGGESTIONS, left)):
        mix = _random_mix(song, space, rng)
        while mix in seen:
            mix = _random_mix(song, space, rng)
        seen.add(mix)
        yield mix


def _random_mix(song: Song, space: VariationSpace, rng: SeededRandom) -> str:
    return Variation(song.slug, space.nth(rng.randbelow(space.size))).mix_number
