"""Views of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Token, id_number
from stempress.site.addresses import address_of
from stempress.views.albums import album_stripes
from stempress.views.downloads import mix_downloads
from stempress.views.leaves import Link, Stripes
from stempress.views.page import PageView

if TYPE_CHECKING:
    from pyodide_app.engine.model import State, Tier
    from stempress.collection.settings import Perk
    from stempress.collection.song_rarity import Standing
    from stempress.site.pages import Page
    from stempress.views.downloads import MixDownloads
    from stempress.views.leaves import (
        Card,
        FamilyTree,
        LeftOutLayer,
        MixerLink,
        MixLink,
        Odds,
        SongLink,
        StemLeaf,
        TraitLine,
    )
    from stempress.views.page import Head
    from stempress.views.shared_leaves import Leaves


@dataclass(frozen=True, slots=True)
class StemPart:
    """What a stem token's page shows: the stem, and the mixer that it is heard in."""

    stem: StemLeaf
    mixer: MixerLink


@dataclass(frozen=True, slots=True)
class MixPart:
    """What a song token's page shows; ``pictures`` are stacked, ``preview`` may be empty.

    ``left_out`` are the layers that it is without. ``downloads`` is None if none are offered.
    """

    mix: MixLink
    standing: Standing
    pictures: tuple[str, ...]
    stems: tuple[StemLeaf, ...]
    left_out: tuple[LeftOutLayer, ...]
    preview: str
    mixer: MixerLink
    downloads: MixDownloads | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPageView(PageView):
    """A token of any tier and state.

    One of ``stem``, ``mix`` and ``album`` is what it is, if that is known, and ``song`` the song of
    a stem or mix. ``held`` are its holders and their copies, as of ``block``. ``above`` is what it
    became part of, nearest first; ``way`` the address where it is revealed or forged with, which
    may be empty; ``family`` the whole tree, None without relatives. ``odds`` are
    those of an unrevealed stem token.
    """

    id: str
    tier: Tier
    state: State
    cover: str
    supply: int
    stripes: Stripes | None
    song: SongLink | None
    stem: StemPart | None
    mix: MixPart | None
    album: Link | None
    artist: Link
    tracks: tuple[str, ...]
    held: tuple[tuple[str, int], ...]
    block: int | None
    above: tuple[Card, ...]
    family: FamilyTree | None
    perks: tuple[Perk, ...]
    odds: Odds | None
    traits: tuple[TraitLine, ...]
    way: str

    @property
    def number(self) -> str:
        """The ID within its contract."""
        return id_number(self.id)


def token_page(leaves: Leaves, page: Page, head: Head) -> TokenPageView:
    """Return the view of a token."""
    token, facts = page.subject(Token), leaves.facts
    collection, known = facts.collection, token.state != "unrevealed"
    card = leaves.card(token)
    held = tuple(facts.owners(token).items())
    above = tuple(map(leaves.card, facts.became(token))) if known else ()
    has_family = known and (token.burned or above)
    album = collection.album(token.album) if known and token.tier == "album" else None
    stem = _stem(leaves, token) if known and token.tier == "stem" else None
    song = leaves.song(collection.song(token.song)) if known and token.song else None
    return TokenPageView(
        **head,
        id=token.id,
        tier=token.tier,
        state=token.state,
        cover=card.cover,
        supply=token.supply,
        stripes=album_stripes(leaves, album)
        if album
        else Stripes(stem.stem.at, 1)
        if stem
        else Stripes(0, song.layers)
        if song
        else None,
        song=song,
        stem=stem,
        mix=_mix(leaves, token) if known and token.tier == "song" else None,
        album=Link(album.title, address_of(album)) if album else None,
        artist=leaves.artist(collection.artist_of(token)),
        tracks=card.tracks,
        held=held,
        block=facts.block_of([token.tier]) if held else None,
        above=above,
        family=leaves.family(token) if has_family else None,
        perks=tuple(facts.perks(token)),
        odds=leaves.odds if not known and token.tier == "stem" else None,
        traits=leaves.traits(token),
        way=_way(leaves, token),
    )


def _way(leaves: Leaves, token: Token) -> str:
    """Return the address where a token is revealed, or forged with others."""
    collection = leaves.facts.collection
    drop = collection.settings.drop
    if drop is None:
        return ""
    if token.state == "unrevealed":
        return drop.reveal_link(token.id)
    if token.state != "revealed" or token.tier == "album":
        return ""
    if token.tier == "stem":
        return drop.forge_link(song=token.song, burn=token.id)
    return drop.forge_link(album=collection.song(token.song).album, burn=token.id)


def _stem(leaves: Leaves, token: Token) -> StemPart:
    key = token.song, token.layer, token.stem
    return StemPart(leaves.stem(key), leaves.solo(key))


def _mix(leaves: Leaves, token: Token) -> MixPart:
    facts = leaves.facts
    song, variation = facts.collection.song(token.song), facts.variation(token)
    preview = facts.sounds.previews.get(variation)
    return MixPart(
        leaves.mix(variation),
        facts.rarity.standing(song, variation),
        tuple(facts.pictures(song, variation)),
        tuple(leaves.stem(figures.key) for figures in facts.chosen(song, variation)),
        leaves.left_out(song, variation),
        preview.address if preview else "",
        leaves.mixer_link(song, variation),
        mix_downloads(facts, variation),
    )
