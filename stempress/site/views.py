"""What templates ask for: computed once per song or stem, not once per page."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from pyodide_app.engine.forge import largest_batch
from pyodide_app.engine.holdings import SongHolding, song_holdings
from pyodide_app.engine.model import TIERS, Token, Variation
from pyodide_app.provenance import ALGORITHM
from stempress.audio.song_sound import bar_seconds
from stempress.collection.family_tree import family_tree, forged_into
from stempress.collection.traits import Trait, traits_of
from stempress.i18n.formatting import formatter_for
from stempress.site.addresses import address_of, cover_of
from stempress.site.cover_addresses import is_embedded, picture_keys, stem_cover, variation_cover
from stempress.site.page_plan import token_title
from stempress.site.stem_rows import Existing, StemRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from jinja2.runtime import Macro

    from pyodide_app.engine.forge import Batch
    from pyodide_app.engine.model import Layer, Song, Stem, StemKey
    from stempress.audio.results import Sounds
    from stempress.collection.albums import Album
    from stempress.collection.collection import Collection
    from stempress.collection.family_tree import Branch
    from stempress.collection.rarity import Rarity
    from stempress.collection.settings import Perk
    from stempress.site.page_plan import Page, Plan, VariationPages

ROOT = "\0"
"""Stands for the way to the root in what is made once for pages at all depths."""
_PLAIN = (Trait, str)
BROWSED = ("Tier", "State", "Album", "Song", "Layer")
"""Names of the traits of which a collection has few, however many tokens."""


class Views:
    """Answers the templates' questions about a collection."""

    def __init__(
        self,
        plan: Plan,
        collection: Collection,
        rarity: Rarity,
        sounds: Sounds,
        mixer_off: str = "",
    ) -> None:
        """Take everything that pages speak of; ``mixer_off`` says why the mixer cannot run."""
        self.translations, self.words = plan.translations, formatter_for(plan.translations)
        self.plan, self.collection, self.rarity = plan, collection, rarity
        self.sounds, self.mixer_off = sounds, mixer_off
        self._rows: dict[str, tuple[tuple[StemRow, ...], ...]] = {}
        self._kept: dict[object, Markup] = {}
        self._pieces: dict[str, dict[object, str]] = {}

    def pictures(self, song: Song, variation: Variation) -> list[str]:
        """Return the addresses of the pictures to lay over each other for a variation."""
        keys = picture_keys(self.collection, song, variation)
        if keys and not is_embedded(self.collection, keys):
            return [stem_cover(key) for key in keys]
        return [variation_cover(variation)]

    def layers(self, song: Song) -> tuple[tuple[StemRow, ...], ...]:
        """Return the rows of every layer of a song."""
        if song.slug not in self._rows:
            self._rows[song.slug] = tuple(
                tuple(self._row(song, at, nth) for nth in range(len(layer.stems)))
                for at, layer in enumerate(song.layers)
            )
        return self._rows[song.slug]

    def _row(self, song: Song, at: int, nth: int) -> StemRow:
        layer = song.layers[at]
        stem = layer.stems[nth]
        key = song.slug, layer.slug, stem.slug
        rarity = self.rarity
        return StemRow(
            song,
            layer,
            stem,
            key,
            at,
            nth,
            rarity.odds(key),
            rarity.actual(key),
            rarity.count(key, stem),
            self.sounds.stems[key],
            tuple(self._stem_tokens.get(key, ())),
        )

    def row(self, key: StemKey) -> StemRow:
        """Return the row of one stem."""
        return self._row_of[key]

    @cached_property
    def _row_of(self) -> dict[StemKey, StemRow]:
        layers = (rows for song in self.collection.songs for rows in self.layers(song))
        return {row.key: row for rows in layers for row in rows}

    def title_of(self, token: Token) -> str:
        """Return what a token is called."""
        return self._titles[token.id]

    @cached_property
    def _titles(self) -> dict[str, str]:
        of = self.collection
        return {token.id: token_title(of, token, self.translations) for token in of.tokens}

    def chosen(self, song: Song, variation: Variation) -> list[StemRow]:
        """Return the rows of a variation's stems."""
        return [rows[at] for rows, at in zip(self.layers(song), variation.choice, strict=True)]

    @cached_property
    def _stem_tokens(self) -> dict[StemKey, list[Token]]:
        found: dict[StemKey, list[Token]] = defaultdict(list)
        for token in self.collection.tokens:
            if token.tier == "stem" and token.stem_key and token.state != "unrevealed":
                found[token.stem_key].append(token)
        return found

    @property
    def algorithm(self) -> str:
        """How tokens were sealed, in words."""
        return self.translations(ALGORITHM)

    @cached_property
    def by_id(self) -> dict[str, Token]:
        """Every token by its id."""
        return {token.id: token for token in self.collection.tokens}

    def family(self, token: Token) -> Branch:
        """Return the tree of what a token was forged from and what it became part of."""
        return family_tree(token, self.by_id)

    def became(self, token: Token) -> list[Token]:
        """Return what a token became part of, nearest first."""
        return forged_into(token, self.by_id)

    @cached_property
    def song_tokens(self) -> dict[str, list[Token]]:
        """Song tokens by song."""
        found: dict[str, list[Token]] = {song.slug: [] for song in self.collection.songs}
        for token in self.collection.tokens:
            if token.tier == "song" and token.song:
                found[token.song].append(token)
        return found

    def album_tokens(self, album: Album) -> list[Token]:
        """Return the tokens that are an album."""
        return [token for token in self.collection.tokens if token.album == album.slug]

    @cached_property
    def counts(self) -> dict[str, Counter[str]]:
        """How many tokens there are, by tier and state."""
        found: dict[str, Counter[str]] = {tier: Counter() for tier in TIERS}
        for token in self.collection.tokens:
            found[token.tier][token.state] += 1
        return found

    @cached_property
    def stems(self) -> int:
        """How many stems there are."""
        return sum(len(layer.stems) for song in self.collection.songs for layer in song.layers)

    @cached_property
    def mixes(self) -> int:
        """How many variations the songs' rules permit."""
        return sum(self.rarity.permitted(song) for song in self.collection.songs)

    @cached_property
    def unrevealed(self) -> list[tuple[StemRow, float]]:
        """What an unrevealed stem token can turn out to be, likeliest first."""
        odds = [(self.row(key), share) for key, share in self.rarity.unrevealed_odds.items()]
        return sorted(odds, key=lambda pair: -pair[1])

    def first(self, song: Song) -> Variation:
        """Return the first permitted variation of a song."""
        return next(song.variations())

    def variation(self, token: Token) -> Variation:
        """Return the variation that a song token is."""
        return Variation.from_stems(self.collection.song(token.song), token.stems)

    def tracks(self, token: Token) -> list[str]:
        """Return what the player bar plays of a token, as web/bar/tracks.js names it."""
        if token.state == "unrevealed":
            return []
        if token.stem_key:
            return [address_of(self.row(token.stem_key)).rstrip("/")]
        if token.stems:
            return [address_of(self.variation(token)).rstrip("/")]
        return self._mixes_in(token)

    def tracks_of(self, tokens: Iterable[Token]) -> list[str]:
        """Return what the player bar plays of tokens, each track once."""
        return list(dict.fromkeys(track for token in tokens for track in self.tracks(token)))

    def _mixes_in(self, token: Token) -> list[str]:
        """Return the mixes that an album token is made of, in the album's order."""
        songs = [song.slug for song in self.collection.album(token.album).songs]
        burned = [self.by_id[each] for each in token.burned if each in self.by_id]
        known = sorted((each for each in burned if each.stems), key=lambda t: songs.index(t.song))
        return [address_of(self.variation(each)).rstrip("/") for each in known]

    def with_stem(self, row: StemRow) -> tuple[list[Variation], Variation]:
        """Return the variations with a page that use a stem, and one to begin with."""
        shown = self.plan.variations[row.song.slug].shown
        found = [variation for variation in shown if variation.choice[row.at] == row.nth]
        permitted = (each for each in found if row.song.permits(each))
        return found, next(permitted, None) or self._any_with(row)

    def first_with(self, row: StemRow) -> Variation:
        """Return a variation to begin with where a stem is to be heard."""
        if row.key not in self._first_with:
            self._first_with[row.key] = self.with_stem(row)[1]
        return self._first_with[row.key]

    @cached_property
    def _first_with(self) -> dict[StemKey, Variation]:
        return {}

    def _any_with(self, row: StemRow) -> Variation:
        """Return a permitted variation with a stem; any one where the rules leave none."""
        layers = list(row.song.layers)
        layers[row.at] = replace(row.layer, stems=(row.stem,))
        found = next(replace(row.song, layers=tuple(layers)).variations(), None)
        choice = list(found.choice if found else (0,) * len(layers))
        choice[row.at] = row.nth
        return Variation(row.song.slug, tuple(choice))

    def grouped(self, pages: VariationPages) -> Iterator[tuple[Stem, list[Variation]]]:
        """Yield the variations with a page by the stem in their first layer."""
        for at, group in groupby(pages.shown, key=lambda variation: variation.choice[0]):
            yield pages.song.layers[0].stems[at], list(group)

    def recipe(self, song: Song) -> tuple[Layer, ...]:
        """Return what forging a song takes: a stem of each of these layers."""
        return SongHolding(song, {}).missing_layers

    def forgeable(self, song: Song) -> Batch:
        """Return the most songs that the stems in anybody's hands would make."""
        return largest_batch(self._alive[song.slug])

    @cached_property
    def _alive(self) -> dict[str, SongHolding]:
        return song_holdings(
            self.collection.songs, [(token, token.supply) for token in self.collection.tokens]
        )

    def existing(self, song: Song) -> list[Existing]:
        """Return the variations of a song that are tokens, rarest first."""
        found: dict[Variation, list[Token]] = defaultdict(list)
        for token in self.song_tokens[song.slug]:
            if token.stems:
                found[self.variation(token)].append(token)
        rows = [
            Existing(variation, self.rarity.standing(song, variation), tuple(tokens))
            for variation, tokens in found.items()
        ]
        return sorted(rows, key=lambda row: (-row.standing.score, row.variation))

    def neighbours(self, song: Song) -> tuple[Song | None, Song | None]:
        """Return the songs before and after one."""
        songs = self.collection.songs
        at = songs.index(song)
        return songs[at - 1] if at else None, songs[at + 1] if at + 1 < len(songs) else None

    def owners(self, token: Token) -> dict[str, int]:
        """Return who holds a token, and how many of it."""
        return dict(self.collection.ledger.owners.get(token.id, {}))

    def perks(self, token: Token) -> list[Perk]:
        """Return what a token brings."""
        return [
            perk for perk in self.collection.settings.perks if perk.covers(token.tier, token.id)
        ]

    def traits(self, token: Token) -> tuple[Trait, ...]:
        """Return a token's traits."""
        return traits_of(self.collection, token)

    def share(self, trait: Trait) -> float:
        """Return the share of all tokens that have a trait."""
        return self._shares[address_of(trait)]

    @cached_property
    def _shares(self) -> dict[str, float]:
        total = len(self.collection.tokens)
        return {address_of(trait): len(found) / total for trait, found in self.plan.traits.items()}

    @cached_property
    def browse(self) -> list[list[tuple[Trait, int]]]:
        """The traits that lead through the gallery, by their name, with their tokens' number."""
        found: dict[str, list[tuple[Trait, int]]] = {name: [] for name in BROWSED}
        for trait, tokens in self.plan.traits.items():
            if trait.name in found:
                found[trait.name].append((trait, len(tokens)))
        return [traits for traits in found.values() if traits]

    def each(self, macro: Macro, root: str, things: Iterable[object]) -> Markup:
        """Return what a macro makes of each thing, made once for pages at all depths.

        What is not a plain tuple is known by its place in memory, where it stays while pages are
        made: songs, tokens and rows.
        """
        kept = self._pieces.setdefault(macro.name, {})
        found = []
        for thing in things:
            known = thing if type(thing) in _PLAIN else id(thing)
            if known not in kept:
                kept[known] = str(macro(ROOT, thing))
            found.append(kept[known])
        return Markup("\n".join(found).replace(ROOT, root))  # noqa: S704 - macros have escaped it

    def linked_data(self, page: Page, url: str) -> dict[str, object]:
        """Return what a token is in the words of schema.org, for search engines."""
        settings = self.collection.settings
        token = page.about
        if not isinstance(token, Token):
            raise TypeError(page.template)
        found: dict[str, object] = {
            "@context": "https://schema.org",
            "@type": "MusicAlbum" if token.album else "MusicRecording",
            "name": page.title,
        }
        if settings.artist:
            found["byArtist"] = {"@type": "MusicGroup", "name": settings.artist}
        if url:
            base = settings.url.rstrip("/")
            found |= {"url": url, "image": f"{base}/{cover_of(self.collection, token)}"}
        if token.song:
            song = self.collection.song(token.song)
            album = self.collection.album(song.album)
            found["inAlbum"] = {"@type": "MusicAlbum", "name": album.title}
        return found

    def once(self, key: object, macro: Callable[..., Markup], *given: object) -> Markup:
        """Return what a macro makes; the next time with the same key, the same again."""
        if key not in self._kept:
            self._kept[key] = macro(*given)
        return self._kept[key]

    def mixer(
        self, song: Song, root: str, choice: Sequence[int], solo: str = ""
    ) -> dict[str, object]:
        """Return what the mixer's template takes: the song, its stems, and where to begin."""
        sound = self.sounds.songs[song.slug]
        bar = bar_seconds(song, sound)
        return {
            "root": root,
            "data": f"{root}data/songs/{song.slug}.json",
            "song": song.title,
            "slug": song.slug,
            "locked": self.collection.settings.audio.locked,
            "preview": self.collection.settings.audio.preview_seconds,
            "mix": "-".join(str(nth + 1) for nth in choice),
            "solo": solo,
            "rate": sound.rate,
            "duration": sound.seconds,
            "unit": "bar" if bar else "second",
            "units": round(sound.seconds / (bar or 1)),
            "layers": [
                {
                    "slug": layer.slug,
                    "name": layer.name,
                    "stems": [
                        {
                            "slug": row.stem.slug,
                            "name": row.stem.name,
                            "chosen": row.nth == at,
                            "path": row.sound.waveform if row.nth == at else "",
                        }
                        for row in rows
                    ],
                }
                for layer, rows, at in zip(song.layers, self.layers(song), choice, strict=True)
            ],
            "enabled": not self.mixer_off,
            "reason": self.mixer_off,
        }

    def mixer_songs(self, root: str) -> list[dict[str, str]]:
        """Return what the mixer's chooser takes."""
        return [
            {"slug": song.slug, "title": song.title, "data": f"{root}data/songs/{song.slug}.json"}
            for song in self.collection.songs
        ]
