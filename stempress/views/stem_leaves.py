"""Leaves of stems and mixers, each made once and shared by all pages that show it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pyodide_app.engine.model import LEFT_OUT
from stempress.audio.song_sound import bar_seconds
from stempress.i18n.number_format import is_web_link
from stempress.site.cover_addresses import stem_cover
from stempress.site.page_addresses import song_address, stem_address
from stempress.site.song_facts import left_out_layers
from stempress.views.leaves import (
    LeftOutLayer,
    Link,
    MixerLayer,
    MixerLink,
    MixerStem,
    MixerView,
    Odds,
    OddsLine,
    Offer,
    SongLayer,
    StemLeaf,
    StemRow,
    Waveform,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyodide_app.engine.model import Song, StemKey, Token, Variation
    from stempress.site.facts import SiteFacts

ODDS_SHOWN = 24
"""How many stems pages of unrevealed tokens list."""


class StemLeaves:
    """Makes leaves of stems from the facts of a site, and keeps them."""

    def __init__(self, facts: SiteFacts) -> None:
        self.facts = facts
        self._stems: dict[StemKey, StemLeaf] = {}
        self._rows: dict[StemKey, StemRow] = {}
        self._solos: dict[StemKey, MixerLink] = {}
        self._layers: dict[str, tuple[SongLayer, ...]] = {}

    def stem(self, key: StemKey) -> StemLeaf:
        """Return a stem."""
        if key not in self._stems:
            facts = self.facts.stem(key)
            self._stems[key] = StemLeaf(
                facts.stem.name,
                "/".join(key),
                stem_address(key),
                stem_cover(key),
                facts.layer.name,
                facts.at,
                Link(facts.song.title, song_address(facts.song)),
                facts.odds,
                facts.layer.odds[facts.nth],
                Waveform(facts.sound),
            )
        return self._stems[key]

    def row(self, key: StemKey) -> StemRow:
        """Return a stem with its figures."""
        if key not in self._rows:
            facts = self.facts.stem(key)
            self._rows[key] = StemRow(
                self.stem(key),
                facts.stem.notes,
                facts.count,
                next(iter(self.offers(facts.alive[:1])), None),
            )
        return self._rows[key]

    def offers(self, tokens: Sequence[Token]) -> tuple[Offer, ...]:
        """Return where stem tokens may be sold; none if the site names no marketplace."""
        contract = self.facts.collection.settings.contract_of("stem")
        if not contract or not is_web_link(contract.marketplace):
            return ()
        return tuple(
            Offer(token.number, contract.link(contract.marketplace, token.id)) for token in tokens
        )

    def layers(self, song: Song) -> tuple[SongLayer, ...]:
        """Return a song's layers."""
        if song.slug not in self._layers:
            self._layers[song.slug] = tuple(
                SongLayer(
                    layer.slug,
                    layer.name,
                    at,
                    tuple(self.row((song.slug, layer.slug, stem.slug)) for stem in layer.stems),
                    layer.odds[LEFT_OUT] if layer.empty else None,
                )
                for at, layer in enumerate(song.layers)
            )
        return self._layers[song.slug]

    def chosen(self, song: Song, variation: Variation) -> tuple[StemRow, ...]:
        """Return the rows of a variation's stems."""
        layers = self.layers(song)
        return tuple(layers[layer].rows[stem] for layer, stem in variation.chosen())

    def left_out(self, song: Song, variation: Variation) -> tuple[LeftOutLayer, ...]:
        """Return the layers that a variation is without."""
        return tuple(
            LeftOutLayer(layer.name, at, layer.odds[LEFT_OUT])
            for at, layer in left_out_layers(song, variation)
        )

    def solo(self, key: StemKey) -> MixerLink:
        """Return the mixer in which a stem is heard alone, in the first of its mixes."""
        if key not in self._solos:
            facts = self.facts.stem(key)
            start = self.facts.first_with(facts)
            self._solos[key] = self.mixer_link(facts.song, start, facts.layer.slug)
        return self._solos[key]

    def mixer_link(self, song: Song, variation: Variation, solo: str = "") -> MixerLink:
        """Return a song's mixer, which begins with a variation."""
        sounds = self.facts.sounds
        return MixerLink(
            song.slug,
            f"data/songs/{song.slug}.json",
            sounds.songs[song.slug].rate,
            song.slug in sounds.streamed,
            variation.mix_number,
            solo,
        )

    def mixer(self, song: Song, variation: Variation) -> MixerView:
        """Return a song's mixer with its layers, which begins with a variation."""
        sound = self.facts.sounds.songs[song.slug]
        bar = bar_seconds(song, sound)
        layers = (
            MixerLayer(
                layer.slug,
                layer.name,
                tuple(
                    MixerStem(
                        stem.slug,
                        stem.name,
                        nth == chosen,
                        self.stem((song.slug, layer.slug, stem.slug)).waveform
                        if nth == chosen
                        else None,
                    )
                    for nth, stem in enumerate(layer.stems)
                ),
                layer.empty is not None,
            )
            for layer, chosen in zip(song.layers, variation.choice, strict=True)
        )
        return MixerView(
            self.mixer_link(song, variation),
            sound.seconds,
            "bar" if bar else "second",
            round(sound.seconds / (bar or 1)),
            tuple(
                section.name
                for section in song.sections
                if (section.bar - 1) * (bar or 0) < sound.seconds
            ),
            tuple(layers),
        )

    @cached_property
    def odds(self) -> Odds:
        """What an unrevealed stem token may be.

        In words: of the figures behind them, all change with every token that is revealed.
        """
        found = self.facts.unrevealed
        top = found[0][1] if found else 1.0
        lines = (
            OddsLine(
                figures.stem.name,
                stem_address(figures.key),
                figures.layer.name,
                figures.at,
                figures.song.title,
                self.facts.formatter.percent(share),
                f"{100 * (share / top):.2f}",
            )
            for figures, share in found[:ODDS_SHOWN]
        )
        return Odds(len(found), tuple(lines))
