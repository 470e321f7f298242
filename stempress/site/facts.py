"""Facts of a site that views are made from, computed once per song, stem or token."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pyodide_app.engine.forge import largest_batch
from pyodide_app.engine.holdings import song_holdings
from pyodide_app.engine.model import TIERS
from stempress.collection.family_tree import family_tree, forged_into
from stempress.i18n.formatting import formatter_for
from stempress.site.addresses import address_of
from stempress.site.cover_addresses import is_embedded, picture_keys, stem_cover, variation_cover
from stempress.site.page_addresses import stem_address, variation_address
from stempress.site.stem_facts import StemFacts
from stempress.site.stem_figures import MintedVariation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyodide_app.engine.forge import Batch
    from pyodide_app.engine.holdings import SongHolding
    from pyodide_app.engine.model import Song, Tier, Token, Variation
    from stempress.audio.results import Sounds
    from stempress.collection.albums import Album
    from stempress.collection.collection import Collection
    from stempress.collection.family_tree import Branch
    from stempress.collection.rarity import Rarity
    from stempress.collection.settings import Perk
    from stempress.collection.traits import Trait
    from stempress.site.pages import Plan

GALLERY_TRAITS = ("Tier", "State", "Album", "Song", "Layer")
"""Names of traits with few values, however many tokens there are."""


class App(NamedTuple):
    """What pages run: the address of their modules, and why the mixer is off, if it is."""

    address: str
    mixer_off: str = ""


APP_DOORS = App("app/web/")
"""The address that stays, whatever the modules are."""


class SiteFacts(StemFacts):
    """Facts of a collection, its pages and its sound."""

    def __init__(  # noqa: PLR0913, PLR0917 - what all facts follow from
        self,
        plan: Plan,
        collection: Collection,
        rarity: Rarity,
        sounds: Sounds,
        app: App = APP_DOORS,
        shares: Mapping[str, str] | None = None,
    ) -> None:
        """Take what the facts follow from; ``shares`` of traits by their address, if known."""
        self.translations, self.formatter = plan.translations, formatter_for(plan.translations)
        super().__init__(plan, collection, rarity, sounds)
        self.app, self.mixer_off = app.address, app.mixer_off
        self._known_shares = shares

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what it was made from, without what was computed."""
        app = App(self.app, self.mixer_off)
        parts = self.plan, self.collection, self.rarity, self.sounds, app, self._known_shares
        return SiteFacts, parts

    def pictures(self, song: Song, variation: Variation) -> list[str]:
        """Return the addresses of the pictures to stack for a variation."""
        keys = picture_keys(self.collection, song, variation)
        if keys and not is_embedded(self.collection, keys):
            return [stem_cover(key) for key in keys]
        return [variation_cover(variation)]

    def title_of(self, token: Token) -> str:
        """Return a token's title."""
        return self.plan.tokens[token].title

    @cached_property
    def by_id(self) -> dict[str, Token]:
        """Tokens by ID."""
        return {token.id: token for token in self.collection.tokens}

    def family(self, token: Token) -> Branch:
        """Return a token's family tree: what it was forged from and what it became part of."""
        return family_tree(token, self.by_id)

    def became(self, token: Token) -> list[Token]:
        """Return what a token became part of, nearest first."""
        return forged_into(token, self.by_id)

    @cached_property
    def song_tokens(self) -> dict[str, list[Token]]:
        """Song tokens by the song's slug."""
        tokens: dict[str, list[Token]] = {song.slug: [] for song in self.collection.songs}
        for token in self.collection.tokens:
            if token.tier == "song" and token.song:
                tokens[token.song].append(token)
        return tokens

    def album_tokens(self, album: Album) -> list[Token]:
        """Return an album's tokens."""
        return [token for token in self.collection.tokens if token.album == album.slug]

    @cached_property
    def counts(self) -> dict[str, Counter[str]]:
        """Numbers of tokens by tier and state."""
        counts: dict[str, Counter[str]] = {tier: Counter() for tier in TIERS}
        for token in self.collection.tokens:
            counts[token.tier][token.state] += 1
        return counts

    @cached_property
    def mixes(self) -> int:
        """Number of permitted variations of all songs."""
        return sum(self.rarity.permitted(song) for song in self.collection.songs)

    def variation(self, token: Token) -> Variation:
        """Return a song token's variation; ValueError for any other token."""
        variation = self.plan.tokens[token].variation
        if variation is None:
            raise ValueError(token.id)
        return variation

    def tracks(self, token: Token) -> list[str]:
        """Return what the player bar plays for a token, as ``web/bar/tracks.js`` names tracks."""
        if token.state == "unrevealed":
            return []
        if token.stem_key:
            return [stem_address(token.stem_key).rstrip("/")]
        mixes = [self.variation(token)] if token.stems else self.mixes_in(token)
        return [variation_address(mix).rstrip("/") for mix in mixes]

    def mixes_in(self, token: Token) -> list[Variation]:
        """Return the mixes of the song tokens in an album token, in the album's order."""
        songs = [song.slug for song in self.collection.album(token.album).songs]
        burned = [self.by_id[token_id] for token_id in token.burned if token_id in self.by_id]
        mixes = sorted((part for part in burned if part.stems), key=lambda t: songs.index(t.song))
        return [self.variation(part) for part in mixes]

    def forgeable(self, song: Song) -> Batch:
        """Return the largest batch of songs that all unburned stem tokens could forge."""
        return largest_batch(self._unburned[song.slug])

    @cached_property
    def _unburned(self) -> dict[str, SongHolding]:
        return song_holdings(
            self.collection.songs, [(token, token.supply) for token in self.collection.tokens]
        )

    def existing(self, song: Song) -> list[MintedVariation]:
        """Return a song's minted variations, rarest first."""
        tokens_of: dict[Variation, list[Token]] = defaultdict(list)
        for token in self.song_tokens[song.slug]:
            if token.stems:
                tokens_of[self.variation(token)].append(token)
        rows = [
            MintedVariation(variation, self.rarity.standing(song, variation), tuple(tokens))
            for variation, tokens in tokens_of.items()
        ]
        return sorted(rows, key=lambda row: (-row.standing.score, row.variation))

    def owners(self, token: Token) -> dict[str, int]:
        """Return a token's holders, and how many copies each holds."""
        return dict(self.collection.ledger.owners.get(token.id, {}))

    def block_of(self, tiers: Iterable[Tier]) -> int | None:
        """Return the block of the owners of some tiers' tokens, if it is of the same chain."""
        is_of = self.collection.settings.is_on_first_chain
        return self.collection.ledger.block if all(map(is_of, tiers)) else None

    def perks(self, token: Token) -> list[Perk]:
        """Return the perks a token comes with."""
        return [
            perk for perk in self.collection.settings.perks if perk.covers(token.tier, token.id)
        ]

    def traits(self, token: Token) -> tuple[Trait, ...]:
        """Return a token's traits."""
        return self.plan.tokens[token].traits

    def share(self, trait: Trait) -> str:
        """Return a trait's share of all tokens in words: few change when one token does."""
        return self._shares[address_of(trait)]

    @cached_property
    def _shares(self) -> Mapping[str, str]:
        if self._known_shares is not None:
            return self._known_shares
        total, traits = len(self.collection.tokens), self.plan.traits
        return {
            address_of(trait): self.formatter.percent(len(tokens) / total)
            for trait, tokens in traits.items()
        }

    @cached_property
    def browse(self) -> list[list[tuple[Trait, int]]]:
        """The gallery's traits and how many tokens have each, grouped by name."""
        traits_by_name: dict[str, list[tuple[Trait, int]]] = {name: [] for name in GALLERY_TRAITS}
        for trait, tokens in self.plan.traits.items():
            if trait.name in traits_by_name:
                traits_by_name[trait.name].append((trait, len(tokens)))
        return [traits for traits in traits_by_name.values() if traits]
