"""Source of some of a site's files: an excerpt of the site, with a cache key."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from stempress.core.digests import digest_of

if TYPE_CHECKING:
    from stempress.audio.results import Sounds
    from stempress.collection.collection import Collection
    from stempress.i18n.translations import Translations
    from stempress.site.excerpt import Excerpt
    from stempress.site.facts import SiteFacts
    from stempress.site.token_facts import TokenTable


class Source:
    """What some files are made from: an excerpt, and ``key``, a hash of it and of the generator.

    ``tokens`` are what is known of all tokens of the site.
    """

    def __init__(
        self, excerpt: Excerpt, generator: str, translations: Translations, tokens: TokenTable
    ) -> None:
        self.excerpt, self.tokens = excerpt, tokens
        self._generator, self._translations = generator, translations

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what it was made from, without what was computed."""
        return Source, (self.excerpt, self._generator, self._translations, self.tokens)

    @cached_property
    def key(self) -> str:
        """The cache key of what is made from this and nothing else."""
        return digest_of(self._generator, self.excerpt)

    def key_with(self, *values: object) -> str:
        """Return the cache key of what is made from this and some values."""
        return digest_of(self.key, values)

    @cached_property
    def collection(self) -> Collection:
        """The excerpt as a collection."""
        return self.facts.collection

    @cached_property
    def sounds(self) -> Sounds:
        """The excerpt's sound."""
        return self.facts.sounds

    @cached_property
    def facts(self) -> SiteFacts:
        """The facts of the excerpt."""
        return self.excerpt.facts(self._translations, self.tokens)
