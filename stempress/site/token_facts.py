"""Facts of tokens that pages, lists, data and metadata share, computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyodide_app.engine.model import Variation
from stempress.collection.traits import traits_of
from stempress.i18n.translations import ENGLISH
from stempress.site.cover_addresses import album_cover, stem_cover, variation_cover
from stempress.site.tokens_by_trait import group_by_trait

if TYPE_CHECKING:
    from pyodide_app.engine.model import Token
    from stempress.collection.collection import Collection
    from stempress.collection.traits import Trait
    from stempress.i18n.translations import Translations


class TokenFacts(NamedTuple):
    """A token, its title in the site's language and in English, its cover's address, its traits.

    ``variation`` is None unless it is a song token that has been revealed.
    """

    token: Token
    title: str
    english_title: str
    cover: str
    traits: tuple[Trait, ...]
    variation: Variation | None


class TokenTable:
    """The facts of a collection's tokens, and the tokens of each trait, computed when needed."""

    def __init__(self, collection: Collection, translations: Translations = ENGLISH) -> None:
        self._collection, self._translations = collection, translations
        self._facts: dict[str, TokenFacts] = {}
        self._grouped: tuple[object, dict[Trait, tuple[Token, ...]]] | None = None

    def __getitem__(self, token: Token) -> TokenFacts:
        """Return the facts of a token."""
        if token.id not in self._facts:
            self._facts[token.id] = self._compute(token)
        return self._facts[token.id]

    def by_trait(self, tokens: tuple[Token, ...]) -> dict[Trait, tuple[Token, ...]]:
        """Return tokens by trait, grouped once where they are the same as before."""
        if self._grouped is None or self._grouped[0] is not tokens:
            self._grouped = tokens, group_by_trait(self._collection, tokens)
        return self._grouped[1]

    def _compute(self, token: Token) -> TokenFacts:
        collection, variation = self._collection, None
        if token.tier == "song" and token.stems:
            variation = Variation.from_stems(collection.song(token.song), token.stems)
        cover = _cover(collection, token, variation)
        traits = traits_of(collection, token)
        if token.state == "unrevealed":
            titles = [_unrevealed_title(token, _) for _ in (self._translations, ENGLISH)]
            return TokenFacts(token, titles[0], titles[1], cover, traits, variation)
        title = _title(collection, token, variation)
        return TokenFacts(token, title, title, cover, traits, variation)


def _unrevealed_title(token: Token, _: Translations) -> str:
    return {
        "stem": _("Unrevealed stem #%(id)s", id=token.number),
        "song": _("Unrevealed song #%(id)s", id=token.number),
        "album": _("Unrevealed album #%(id)s", id=token.number),
    }[token.tier]


def _title(collection: Collection, token: Token, variation: Variation | None) -> str:
    if token.tier == "album":
        return f"{collection.album(token.album).title} #{token.number}"
    if variation:
        return f"{collection.song(token.song).title} {variation.mix_number} #{token.number}"
    song = collection.song(token.song)
    layer = song.layer(token.layer)
    return (
        f"{song.title}: {layer.name}, {layer.stems[layer.index(token.stem)].name} #{token.number}"
    )


def _cover(collection: Collection, token: Token, variation: Variation | None) -> str:
    if token.state == "unrevealed":
        return f"art/unrevealed/{token.tier}.svg"
    if token.tier == "album":
        return album_cover(collection.album(token.album))
    if variation:
        return variation_cover(variation)
    return stem_cover((token.song, token.layer, token.stem))
