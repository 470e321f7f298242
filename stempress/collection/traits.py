"""What a token is, as pairs of trait and value: for metadata, filters and trait pages."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from stempress.core.tables import slugify

if TYPE_CHECKING:
    from pyodide_app.engine.model import Token
    from stempress.collection.collection import Collection
    from stempress.i18n.translations import Translations


SEGMENT = 48


class Trait(NamedTuple):
    """One fact about a token."""

    name: str
    value: str

    @property
    def address(self) -> str:
        """Where the tokens that share this trait are listed."""
        return _address(self)


@cache
def _address(trait: Trait) -> str:
    return f"traits/{_segment(trait.name)}/{_segment(trait.value)}/"


def _segment(words: str) -> str:
    """Return words as one part of an address; those too long, or without a letter, get a number."""
    slug = slugify(words)
    if 0 < len(slug) <= SEGMENT:
        return slug
    return f"{slug[:SEGMENT]}-{sha256(words.encode()).hexdigest()[:8]}".strip("-")


def shown_trait(_: Translations, trait: Trait) -> Trait:
    """Return a trait as pages show it; what the artist has named stays as it is."""
    names = {
        "Tier": _("Tier"),
        "State": _("State"),
        "Album": _("Album"),
        "Song": _("Song"),
        "Layer": _("Layer"),
        "Stem": _("Stem"),
    }
    values = {
        "Tier": {
            "Stem": _.pgettext("tier", "Stem"),
            "Song": _.pgettext("tier", "Song"),
            "Album": _.pgettext("tier", "Album"),
        },
        "State": {
            "Unrevealed": _.pgettext("state", "Unrevealed"),
            "Revealed": _.pgettext("state", "Revealed"),
            "Forged": _.pgettext("state", "Forged"),
        },
    }
    value = values.get(trait.name, {}).get(trait.value, trait.value)
    return Trait(names.get(trait.name, trait.name), value)


def identity(token: Token) -> tuple[object, ...]:
    """Return what a token's traits follow from: tokens with the same have the same traits."""
    named = token.album, token.song, token.layer, token.stem
    return (token.tier, token.state, *named, *token.stems.items())


def traits_of(collection: Collection, token: Token) -> tuple[Trait, ...]:
    """Return a token's traits; an unrevealed one has tier and state alone."""
    basic = (Trait("Tier", token.tier.title()), Trait("State", token.state.title()))
    if token.state == "unrevealed":
        return basic
    if token.tier == "album":
        return (*basic, Trait("Album", collection.album(token.album).title))
    song = collection.song(token.song)
    named = (*basic, Trait("Album", collection.album(song.album).title), Trait("Song", song.title))
    if token.tier == "song":
        return named + tuple(
            Trait(layer.name, layer.stems[layer.index(token.stems[layer.slug])].name)
            for layer in song.layers
        )
    layer = song.layer(token.layer)
    stem = layer.stems[layer.index(token.stem)]
    return (*named, Trait("Layer", layer.name), Trait("Stem", stem.name))
