"""Leaves of the views, each made once and shared by all pages that show it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pyodide_app.engine.model import LEFT_OUT
from stempress.audio.song_sound import bar_seconds
from stempress.collection.traits import shown_trait, trait_key
from stempress.i18n.number_format import is_web_link
from stempress.site.addresses import address_of
from stempress.site.cover_addresses import song_cover, stem_cover
from stempress.site.page_addresses import (
    album_address,
    person_address,
    song_address,
    stem_address,
    token_address,
)
from stempress.views.leaves import (
    Card,
    FamilyMember,
    FamilyTree,
    LeftOutLayer,
    Link,
    MixerLayer,
    MixerLink,
    MixerStem,
    MixerView,
    MixLink,
    Odds,
    OddsLine,
    Offer,
    SongLayer,
    SongLink,
    StemLeaf,
    StemRow,
    TraitLine,
    Waveform,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyodide_app.engine.model import Song, StemKey, Token, Variation
    from stempress.collection.family_tree import Branch
    from stempress.collection.traits import Trait
    from stempress.site.facts import SiteFacts

ODDS_SHOWN = 24
"""How many stems pages of unrevealed tokens list."""


class Leaves:
    """Makes leaves from the facts of a site, and keeps them.

    A page's view must be the same whichever pages were viewed before: nothing here depends on
    what is kept.
    """

    def __init__(self, facts: SiteFacts) -> None:
        self.facts = facts
        self._cards: dict[str, Card] = {}
        self._stems: dict[StemKey, StemLeaf] = {}
        self._rows: dict[StemKey, StemRow] = {}
        self._songs: dict[str, SongLink] = {}
        self._mixes: dict[Variation, MixLink] = {}
        self._solos: dict[StemKey, MixerLink] = {}
        self._traits: dict[object, tuple[TraitLine, ...]] = {}
        self._trait_lines: dict[Trait, TraitLine] = {}
        self._layers: dict[str, tuple[SongLayer, ...]] = {}
        self._members: dict[str, FamilyMember] = {}
        self._families: dict[str, FamilyTree] = {}

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the facts alone."""
        return Leaves, (self.facts,)

    def card(self, token: Token) -> Card:
        """Return a token's card."""
        card = self._cards.get(token.id)
        if card is None:
            facts = self.facts.plan.tokens[token]
            card = self._cards[token.id] = Card(
                token.id,
                token.tier,
                token.state,
                facts.title,
                token_address(token.id),
                facts.cover,
                tuple(self.facts.tracks(token)),
            )
        return card

    def cards(self, tokens: Iterable[Token]) -> tuple[Card, ...]:
        """Return the cards of some tokens."""
        return tuple(map(self.card, tokens))

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
                Waveform(facts.sound.curves.bins, facts.sound.song_peak),
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
            for at, layer in self.facts.left_out(song, variation)
        )

    def song(self, song: Song) -> SongLink:
        """Return a link to a song."""
        if song.slug not in self._songs:
            self._songs[song.slug] = SongLink(
                song.title, song_address(song), song.slug, song_cover(song), len(song.layers)
            )
        return self._songs[song.slug]

    def album_of(self, song: Song) -> Link:
        """Return a link to a song's album."""
        album = self.facts.collection.album(song.album)
        return Link(album.title, album_address(album))

    def artist(self, name: str) -> Link:
        """Return an artist, with an empty address if there is no page to link to."""
        person = self.facts.collection.settings.person_named(name)
        return Link(name, person_address(person) if person else "")

    def mix(self, variation: Variation) -> MixLink:
        """Return a link to a variation."""
        if variation not in self._mixes:
            self._mixes[variation] = MixLink(variation.mix_number, address_of(variation))
        return self._mixes[variation]

    def mixes(self, variations: Iterable[Variation]) -> tuple[MixLink, ...]:
        """Return links to variations."""
        return tuple(map(self.mix, variations))

    def traits(self, token: Token) -> tuple[TraitLine, ...]:
        """Return a token's traits."""
        key = trait_key(token)
        if key not in self._traits:
            self._traits[key] = tuple(map(self._trait, self.facts.traits(token)))
        return self._traits[key]

    def _trait(self, trait: Trait) -> TraitLine:
        if trait not in self._trait_lines:
            shown = shown_trait(self.facts.translations, trait)
            share = self.facts.formatter.percent(self.facts.share(trait))
            self._trait_lines[trait] = TraitLine(shown.name, shown.value, address_of(trait), share)
        return self._trait_lines[trait]

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

    def family_member(self, token: Token) -> FamilyMember:
        """Return a token as family trees show it."""
        if token.id not in self._members:
            stem = self.stem(token.stem_key) if token.stem_key else None
            self._members[token.id] = FamilyMember(self.card(token), stem.at if stem else 0)
        return self._members[token.id]

    def family(self, token: Token) -> FamilyTree:
        """Return a token's family tree, which a song token shares with its stem tokens."""
        is_part = token.tier == "stem" and token.state == "forged"
        parent = self.facts.by_id.get(token.into) if is_part else None
        if parent and parent.tier == "song" and token.id in parent.burned:
            return self.family(parent)
        if token.id not in self._families:
            self._families[token.id] = self._tree(self.facts.family(token))
        return self._families[token.id]

    def _tree(self, branch: Branch) -> FamilyTree:
        parts = tuple(map(self._tree, branch.parts))
        return FamilyTree(self.family_member(branch.token), parts)

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
