"""Leaves of the views, each made once and shared by all pages that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.collection.traits import shown_trait, trait_key
from stempress.site.addresses import address_of
from stempress.site.cover_addresses import song_cover
from stempress.site.page_addresses import (
    album_address,
    person_address,
    song_address,
    token_address,
)
from stempress.views.leaves import (
    Card,
    FamilyMember,
    FamilyTree,
    Link,
    MixLink,
    SongLink,
    TraitLine,
)
from stempress.views.stem_leaves import StemLeaves

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyodide_app.engine.model import Song, Token, Variation
    from stempress.collection.family_tree import Branch
    from stempress.collection.traits import Trait
    from stempress.site.facts import SiteFacts


class Leaves(StemLeaves):
    """Makes leaves from the facts of a site, and keeps them.

    A page's view must be the same whichever pages were viewed before: nothing here depends on
    what is kept.
    """

    def __init__(self, facts: SiteFacts) -> None:
        super().__init__(facts)
        self._cards: dict[str, Card] = {}
        self._songs: dict[str, SongLink] = {}
        self._mixes: dict[Variation, MixLink] = {}
        self._traits: dict[object, tuple[TraitLine, ...]] = {}
        self._trait_lines: dict[Trait, TraitLine] = {}
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
            self._trait_lines[trait] = TraitLine(
                shown.name, shown.value, address_of(trait), self.facts.share(trait)
            )
        return self._trait_lines[trait]

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
