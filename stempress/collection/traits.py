"""Traits of tokens, for metadata, filters and trait pages."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from stempress.core.slugs import slugify

if TYPE_CHECKING:
    from pyodide_app.engine.model import Token
    from stempress.collection.collection import Collection
    from stempress.i18n.translations import Translations


NONE = "None"
"""Value of the trait of a layer that is left out, as other collections have it."""
MAX_SEGMENT = 48
"""Maximum length of one segment of a trait's address."""


class Trait(NamedTuple):
    """A fact about a token."""

    name: str
    value: str
    name_slug: str = ""
    """Slug of the layer that the name is; "": the name's own."""
    value_slug: str = ""
    """Slug of the stem or layer that the value is; "": the value's own, or no stem at all."""

    @property
    def address(self) -> str:
        """Address of the list of tokens that share this trait."""
        return _address(self)


@cache
def _address(trait: Trait) -> str:
    name = _segment(trait.name, trait.name_slug)
    return f"traits/{name}/{_segment(trait.value, trait.value_slug)}/"


def _segment(text: str, slug: str) -> str:
    """Return a text as one segment of an address; a hash is appended if it is too long or empty."""
    slug = slug or slugify(text)
    if 0 < len(slug) <= MAX_SEGMENT:
        return slug
    return f"{slug[:MAX_SEGMENT]}-{sha256(text.encode()).hexdigest()[:8]}".strip("-")


def shown_trait(_: Translations, trait: Trait) -> Trait:
    """Return a trait in the site's language; names given by the artist stay as they are."""
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
            "Burned": _.pgettext("state", "Burned"),
        },
    }
    value = values.get(trait.name, {}).get(trait.value, trait.value)
    if trait.name_slug and not trait.value_slug:
        value = left_out_word(_)
    return Trait(names.get(trait.name, trait.name), value)


def left_out_word(_: Translations) -> str:
    """Return what a layer that is left out plays, in the site's language."""
    return _.pgettext("layer", "None")


def trait_key(token: Token) -> tuple[object, ...]:
    """Return what a token's traits depend on: tokens for which this is equal share all traits."""
    names = token.album, token.song, token.layer, token.stem
    return (token.tier, token.state, *names, *token.stems.items())


def traits_of(collection: Collection, token: Token) -> tuple[Trait, ...]:
    """Return a token's traits; an unrevealed token has only tier and state."""
    basic = (Trait("Tier", token.tier.title()), Trait("State", token.state.title()))
    if token.state == "unrevealed":
        return basic
    if token.tier == "album":
        return (*basic, Trait("Album", collection.album(token.album).title))
    song = collection.song(token.song)
    shared = (*basic, Trait("Album", collection.album(song.album).title), Trait("Song", song.title))
    if token.tier == "song":
        return shared + tuple(
            Trait(layer.name, stem.name or NONE, layer.slug, stem.slug)
            for layer in song.layers
            for stem in [layer.options[layer.index_in(token.stems)]]
        )
    layer = song.layer(token.layer)
    stem = layer.stems[layer.index(token.stem)]
    return (
        *shared,
        Trait("Layer", layer.name, value_slug=layer.slug),
        Trait("Stem", stem.name, value_slug=stem.slug),
    )
