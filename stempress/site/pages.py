"""Pages: what each is about, groups of pages, and the plan of all pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from stempress.i18n.translations import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyodide_app.engine.model import Layer, Song, Stem, StemKey, Tier, Token, Variation
    from stempress.collection.traits import Trait
    from stempress.i18n.translations import Translations
    from stempress.site.token_facts import TokenTable


class Page(NamedTuple):
    """A page: its address relative to the site's root, its template, and what it is about."""

    address: str
    template: str
    title: str
    about: object = None

    @property
    def output(self) -> str:
        """The page's file, relative to dist/."""
        return self.address if self.address.endswith(".html") else f"{self.address}index.html"

    @property
    def listed(self) -> bool:
        """Whether other pages and the sitemap link to it: not if it is embedded, or has nothing."""
        return self.template not in {"404.html", "embed.html", "nothing.html"}

    def subject[Kind](self, kind: type[Kind]) -> Kind:
        """Return what the page is about, checking its type."""
        if not isinstance(self.about, kind):
            raise TypeError(self.address)
        return self.about


@dataclass(frozen=True, slots=True)
class TokenList:
    """One page of a list of tokens; ``base`` is the address of the first page.

    ``shared`` is the tier or trait that all ``total`` tokens have in common, None for all tokens.
    """

    tokens: tuple[Token, ...]
    number: int
    last: int
    base: str
    total: int
    shared: Tier | Trait | None = None

    def address(self, number: int) -> str:
        """Return the address of a page of this list."""
        return self.base if number == 1 else f"{self.base}{number}/"


@dataclass(frozen=True, slots=True)
class SongList:
    """One page of the songs on /rarity/."""

    songs: tuple[Song, ...]
    number: int
    last: int

    def address(self, number: int) -> str:
        """Return the address of a page of this list."""
        return "rarity/" if number == 1 else f"rarity/{number}/"


@dataclass(frozen=True, slots=True)
class VariationPages:
    """The variations of a song that have pages, out of ``total`` permitted ones."""

    song: Song
    shown: tuple[Variation, ...]
    total: int

    @property
    def complete(self) -> bool:
        """Whether every permitted variation has a page."""
        return len(self.shown) >= self.total


@dataclass(frozen=True, slots=True)
class VariationView:
    """A variation of a song. ``whole``: the page has the song's mixer, which other pages fetch."""

    song: Song
    variation: Variation
    whole: bool = False


@dataclass(frozen=True, slots=True)
class StemView:
    """A stem in its layer and song."""

    song: Song
    layer: Layer
    stem: Stem

    @property
    def key(self) -> StemKey:
        """The stem's key."""
        return self.song.slug, self.layer.slug, self.stem.slug


class Section:
    """A group of pages: a bundle with one cache key, or pages with keys of their own.

    ``kind`` is "gallery", "songs", "tokens" or "traits" for a bundle, else empty; ``slug`` is the
    song's where every song has a section. ``plan`` is called when the pages are first needed.
    """

    def __init__(self, kind: str, plan: Callable[[], Iterable[Page]], slug: str = "") -> None:
        self.kind, self.slug, self._plan = kind, slug, plan

    @property
    def name(self) -> str:
        """Name of the bundle."""
        return f"pages/{self.kind}/{self.slug}"

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages."""
        return tuple(self._plan())


@dataclass(frozen=True)
class Plan:
    """All pages of a site, the pages of variations, the tokens of every trait, the language.

    ``tokens`` has the facts of every token.
    """

    sections: tuple[Section, ...]
    variations: dict[str, VariationPages] = field(default_factory=dict)
    group: Callable[[], dict[Trait, tuple[Token, ...]]] = dict
    translations: Translations = ENGLISH
    tokens: TokenTable = field(kw_only=True)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """All pages."""
        return tuple(page for section in self.sections for page in section.pages)

    @cached_property
    def traits(self) -> dict[Trait, tuple[Token, ...]]:
        """Tokens by trait."""
        return self.group()
